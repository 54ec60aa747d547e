//! A small cockpit for tests, on the small world of `view`.

use std::sync::Arc;

use super::effect::{Effect, Request};
use super::gate::Late;
use super::keymap;
use super::state::{Look, Own, Start, State, Views};
use super::{Failure, Msg, Reply, update};
use crate::config::Policy;
use crate::model::Text;
use crate::operation::{Comparison, WriteMode};
use crate::picture::Snapshot;
use crate::query;
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

/// Answers questions for measures as the driver does; what else is to be done.
pub fn measure(state: &mut State, effects: Vec<Effect>) -> Vec<Effect> {
    let mut rest = Vec::new();
    for effect in effects {
        let Effect::Ask(ticket, Request::Measure(question)) = effect else {
            rest.push(effect);
            continue;
        };
        let at = state.clock;
        let answer = Msg::Reply(Late::new(ticket, Reply::Measured(Ok(Arc::new(question.answer())))));
        let more = update(state, at, answer);
        rest.extend(measure(state, more));
    }
    rest
}

/// Answers questions for comparisons as the world does, without risk rules; what else is to be done.
pub fn compare(state: &mut State, effects: Vec<Effect>) -> Vec<Effect> {
    let mut rest = Vec::new();
    for effect in effects {
        let Effect::Ask(ticket, Request::Compare { service, from, to }) = effect else {
            rest.push(effect);
            continue;
        };
        let answer = query::changes_between(&state.sources.snapshot, &service, &from, &to, 100);
        let answer = answer.map_err(|error| Failure::new(error.to_string()));
        let answer = answer.map(|answer| {
            let risks = Vec::new();
            Arc::new(Comparison { same_bytes: answer.same_bytes(), answer, risks, unread: None })
        });
        let at = state.clock;
        rest.extend(update(state, at, Msg::Reply(Late::new(ticket, Reply::Compared(answer)))));
    }
    rest
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
        own: Own::default(),
    }
}
