//! The form of a lock or a mark: what is typed, and what `y` notes.

use super::{Ask, Focus, What, zone};
use crate::app::dialog::paper::{Paper, field, keys, leaves, width};
use crate::app::dialog::{Step, palette};
use crate::app::effect::{Effect, Request};
use crate::app::key::{Key, Named};
use crate::app::state::State;
use crate::app::wrap::wrap;
use crate::view::{Line, Present, Role, fit};

const WIDE: u16 = 84;

impl Ask {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let mut lines = vec![Line::of(Role::Text, self.says())];
        lines.extend(self.standing(state));
        let lines = lines.iter().flat_map(|line| wrap(line, cells, 2)).collect();
        let mut paper = Paper { title: self.title(), lines, wide: WIDE, ..Paper::default() };
        paper.foot.push(Line::default());
        let (reason, at) = field("reason", &self.reason, cells);
        if self.focus == Focus::Reason {
            paper.cursor = Some((paper.foot.len(), at));
        }
        paper.foot.push(reason);
        if let What::Lock(scopes) = &self.what {
            let (until, at) = field("until", &self.until, cells);
            if self.focus == Focus::Until {
                paper.cursor = Some((paper.foot.len(), at));
            }
            let says = match self.ends(state) {
                Ok(None) if self.focus == Focus::Until => {
                    "  18:00, 2h, 3d, 2026-12-24; nothing: until it is taken away".to_owned()
                }
                Ok(None) => "it is taken away".to_owned(),
                Ok(Some(at)) => {
                    format!("  {}", Present::new(state.sources.now, zone(state, scopes)).moment_in_zone(at))
                }
                Err(_) => String::new(),
            };
            paper.foot.push(fit::cut_line(&until.with(Role::Muted, says), cells));
        }
        paper.foot.push(Line::default());
        paper.foot.push(match (self.allowed(state), self.focus) {
            (Err(refused), _) => fit::cut_line(&Line::of(Role::Warning, refused), cells),
            (Ok(_), Focus::Confirm) => keys(&[("y", self.does()), ("e", "edit"), ("Esc", "no")]),
            (Ok(_), _) if matches!(self.what, What::Lock(_)) => {
                keys(&[("Enter", "done"), ("Tab", "reason, end"), ("Esc", "close")])
            }
            (Ok(_), _) => keys(&[("Enter", "done"), ("Esc", "close")]),
        });
        paper
    }

    /// Types the reason and the end, then `y`.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) {
            return Step::Close(Vec::new());
        }
        let lock = matches!(self.what, What::Lock(_));
        match self.focus {
            Focus::Reason | Focus::Until if key.is(Named::Enter) => {
                let said = !self.reason.text().trim().is_empty() && self.ends(state).is_ok();
                self.focus = if said { Focus::Confirm } else { self.focus };
            }
            Focus::Reason if key.is(Named::Tab) && lock => self.focus = Focus::Until,
            Focus::Reason if key.is(Named::Tab) => {
                let said = !self.reason.text().trim().is_empty();
                self.focus = if said { Focus::Confirm } else { Focus::Reason };
            }
            Focus::Until if key.is(Named::Tab) => self.focus = Focus::Reason,
            Focus::Reason => _ = self.reason.key(key),
            Focus::Until => _ = self.until.key(key),
            Focus::Confirm => return self.key_confirm(state, key),
        }
        Step::Stay(Vec::new())
    }

    fn key_confirm(&mut self, state: &mut State, key: Key) -> Step {
        match (key.typed(), self.allowed(state)) {
            (Some('y'), Ok(until)) => {
                let ticket = state.slots.issue_mark();
                return Step::Close(vec![Effect::Ask(ticket, Request::Mark(self.mark(until)))]);
            }
            (Some('e' | 'i'), _) => self.focus = Focus::Reason,
            (Some(':'), _) => return Step::Stay(palette::open(state)),
            (Some('n' | 'q'), _) => return Step::Close(Vec::new()),
            _ => {}
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        match self.focus {
            Focus::Reason => self.reason.paste(text),
            Focus::Until => self.until.paste(text),
            Focus::Confirm => {}
        }
    }
}
