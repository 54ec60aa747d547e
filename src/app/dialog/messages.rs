//! Everything that was told, newest last.

use super::paper::{Paper, keys, leaves, scrolls, width};
use super::{Dialog, Step};
use crate::app::effect::Effect;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::wrap::wrap;
use crate::view::{Line, Present, Role, format, reading};

/// What cannot be read now, before what was told.
fn standing(state: &State, cells: usize) -> Vec<Line> {
    let present = Present::new(state.clock, chrono_tz::UTC);
    let problems = reading::problems(&state.sources.snapshot, &present);
    let mut lines: Vec<Line> = problems.iter().flat_map(|line| wrap(line, cells, 2)).collect();
    if !lines.is_empty() {
        lines.push(Line::blank());
    }
    lines
}

/// Everything that was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    scroll: Scroll,
}

const WIDE: u16 = 100;

/// Opens it at the newest.
pub fn open(state: &mut State) -> Vec<Effect> {
    let mut told = Told::default();
    let paper = told.paper(state);
    told.scroll.slide(isize::MAX, paper.lines.len(), paper.rows(state.size));
    state.dialogs.push(Dialog::Messages(told));
    Vec::new()
}

impl Told {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let mut lines = standing(state, cells);
        for (at, message) in state.messages.all() {
            let role = message.weight.role();
            let line = Line::of(Role::Muted, format!("{:>4}  ", format::age(state.clock, *at)))
                .with(role, message.text.as_str());
            lines.extend(wrap(&line, cells, 6));
            if let Some(hint) = &message.hint {
                lines.extend(wrap(&Line::of(Role::Muted, format!("      hint: {hint}")), cells, 6));
            }
        }
        if state.messages.all().next().is_none() {
            lines.push(Line::of(Role::Muted, "nothing has been told yet"));
        }
        let foot = vec![Line::default(), keys(&[("j k", "scroll"), ("Esc", "close")])];
        let title = Line::of(Role::Heading, "messages");
        Paper { title, lines, top: self.scroll.top, foot, wide: WIDE, tall: true, ..Paper::default() }
    }

    /// Scrolls or closes.
    pub fn key(&mut self, state: &State, key: Key) -> Step {
        if leaves(key) || key.is(Named::Enter) || key == Key::char('q') {
            return Step::Close(Vec::new());
        }
        let paper = self.paper(state);
        let rows = paper.rows(state.size);
        if let Some(by) = scrolls(key, rows) {
            self.scroll.slide(by, paper.lines.len(), rows);
        }
        Step::Stay(Vec::new())
    }
}
