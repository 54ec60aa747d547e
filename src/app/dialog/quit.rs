//! Ending while an operation runs: what has yet to begin would not, so it asks.

use super::Step;
use super::paper::{Paper, keys, leaves, width};
use crate::app::effect::Effect;
use crate::app::key::{Key, Named};
use crate::app::state::State;
use crate::view::{Line, Role, fit};

const WIDE: u16 = 60;

/// Whether to end while an operation runs.
#[derive(Clone, Debug)]
pub struct Asked;

impl Asked {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let flying = state.flying.iter().map(|it| {
            let track = &it.plan.intent.track;
            let line = Line::of(Role::Strong, format!("  {}", track.service)).with(Role::Text, " in ");
            fit::squeeze(&line.with(Role::Strong, track.environment.to_string()), cells)
        });
        let mut lines = Vec::new();
        if !state.flying.is_empty() {
            lines.push(Line::of(Role::Warning, "an operation is being carried out:"));
            lines.extend(flying);
            lines.push(Line::of(Role::Text, "nothing further begins, and the cockpit ends when it has"));
            lines.push(Line::of(Role::Text, "ended; then it says what was done and what was not"));
        }
        if state.slots.marking() {
            lines.push(Line::of(Role::Warning, "a lock, a mark or an answer is being noted:"));
            lines.push(Line::of(Role::Text, "the cockpit ends when it is written"));
        }
        lines.push(Line::default());
        let foot = vec![keys(&[("y", "quit all the same"), ("Esc", "stay")])];
        Paper { title: Line::of(Role::Heading, "quit?"), lines, foot, wide: WIDE, ..Paper::default() }
    }

    /// `y` ends; anything that leaves stays; other keys do nothing.
    pub fn key(&mut self, key: Key) -> Step {
        match key {
            key if key == Key::char('y') => Step::Close(vec![Effect::Quit]),
            key if leaves(key) || key.is(Named::Enter) || key == Key::char('n') || key == Key::char('q') => {
                Step::Close(Vec::new())
            }
            _ => Step::Stay(Vec::new()),
        }
    }
}
