//! A small cockpit for tests, on the small world of `view`.

use super::keymap;
use super::state::{Look, Start, State, Views};
use crate::config::Policy;
use crate::model::Text;
use crate::operation::WriteMode;
use crate::picture::Snapshot;
use crate::view::{Sources, fixture};

/// A cockpit of 80 × 24 on the small world, started with `--write`.
pub fn state() -> State {
    state_of(fixture::sources(), Some(true))
}

/// A cockpit on a crowd of services.
pub fn crowded(services: usize) -> State {
    state_of(fixture::sources_of(fixture::crowd(services)), None)
}

/// A cockpit on any picture, started with `--write`, `--read-only` or neither.
pub fn state_of(sources: Sources, flag: Option<bool>) -> State {
    State::new(start(sources, flag))
}

/// A cockpit on any picture.
pub fn on(snapshot: Snapshot) -> State {
    state_of(fixture::sources_of(snapshot), None)
}

fn start(sources: Sources, flag: Option<bool>) -> Start {
    Start {
        name: Text::from("acme"),
        views: Views::default(),
        size: (80, 24),
        now: sources.now,
        snapshot: sources.snapshot,
        operations: sources.operations,
        write: WriteMode::new(flag, &Policy::default()),
        keymap: keymap::load("vim", &[]).0,
        look: Look {
            theme: "default".to_owned(),
            glyphs: "unicode".to_owned(),
            themes: vec!["default".to_owned(), "light".to_owned()],
        },
    }
}
