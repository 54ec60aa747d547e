//! The keys of several plans at once. A count is typed and Enter takes it; no single key carries several out.

use super::{Bulk, Focus, Stage};
use crate::app::dialog::paper::{leaves, scrolls};
use crate::app::dialog::{Step, palette, plan};
use crate::app::effect::Effect;
use crate::app::gate::Slot;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::state::State;
use crate::model::Text;
use crate::operation::Confirm;

impl Bulk {
    /// Takes a key. What comes within a moment of something to confirm appearing is ignored.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if state.clock < self.shield {
            return Step::Stay(Vec::new());
        }
        match self.focus {
            Focus::Reason => self.key_reason(key),
            Focus::Typed => self.key_typed(state, key),
            Focus::Plan(top) => self.key_plan(state, key, top),
            Focus::List => self.key_list(state, key),
        }
    }

    fn key_list(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) || key == Key::char('q') {
            return self.leave(state);
        }
        if key.is(Named::Tab) && !matches!(self.confirm(), Some(Confirm::Yes) | None) && !self.running {
            self.focus = Focus::Typed;
            return Step::Stay(Vec::new());
        }
        match key.typed() {
            Some('y') if matches!(self.confirm(), Some(Confirm::Yes)) => return Step::Stay(self.confirmed(state)),
            Some(c) if c.is_ascii_digit() && matches!(self.confirm(), Some(Confirm::Count(_))) && !self.running => {
                self.focus = Focus::Typed;
                self.typed.key(key);
            }
            Some(' ') if !self.running => self.toggle(),
            Some('e') if !self.running => self.focus = Focus::Reason,
            Some('r') if !self.running => return Step::Stay(self.plan_again(state)),
            Some('s') if self.running => {
                self.stopping = true;
                self.notice = Some(Text::from("it stops after the one that is carried out"));
            }
            Some('u') => {
                if let Some(intent) = self.selected().and_then(super::Item::inverse) {
                    return Step::Stay(plan::open(state, intent));
                }
            }
            Some(':') => return Step::Stay(palette::open(state)),
            _ if key.is(Named::Enter) || key == Key::char('v') => {
                if self.selected().is_some_and(|item| item.plan().is_some()) {
                    self.focus = Focus::Plan(0);
                }
            }
            _ => {
                let rows = self.paper(state).rows(state.size);
                if let Some(by) = scrolls(key, rows) {
                    self.scroll.step(by, self.items.len(), rows);
                }
            }
        }
        Step::Stay(Vec::new())
    }

    /// Leaves the selected one out, or takes it in again. What was typed was the count of others.
    fn toggle(&mut self) {
        if let Some(item) = self.items.get_mut(self.scroll.at)
            && matches!(item.stage, Stage::Planned(_) | Stage::Waiting | Stage::Asking(_))
        {
            item.out = !item.out;
            self.typed = crate::app::input::Entry::default();
            self.notice = None;
        }
    }

    /// While something is carried out it goes on unseen; else what is still being planned is given up.
    fn leave(&mut self, state: &mut State) -> Step {
        if self.running {
            state.tell(Message::note("it goes on; `:bulk` shows how far it has come"));
            state.bulk = Some(Box::new(self.clone()));
            return Step::Close(Vec::new());
        }
        let slots = self.items.iter().map(|item| Slot::PlanOf(item.intent.track.clone()));
        let open: Vec<Slot> = slots.filter(|slot| state.slots.close(slot)).collect();
        Step::Close(open.into_iter().map(Effect::Forget).collect())
    }

    fn key_typed(&mut self, state: &mut State, key: Key) -> Step {
        match () {
            () if leaves(key) || key.is(Named::Tab) => {
                self.focus = Focus::List;
                self.typed = crate::app::input::Entry::default();
            }
            () if key.is(Named::Enter) => return Step::Stay(self.confirmed(state)),
            () => {
                self.typed.key(key);
                self.notice = None;
            }
        }
        Step::Stay(Vec::new())
    }

    fn key_reason(&mut self, key: Key) -> Step {
        if leaves(key) || key.is(Named::Enter) || key.is(Named::Tab) {
            self.focus = Focus::List;
        } else {
            self.reason.key(key);
        }
        Step::Stay(Vec::new())
    }

    fn key_plan(&mut self, state: &State, key: Key, top: usize) -> Step {
        if leaves(key) || key == Key::char('q') || key.is(Named::Enter) {
            self.focus = Focus::List;
            return Step::Stay(Vec::new());
        }
        let paper = self.paper(state);
        let rows = paper.rows(state.size);
        if let Some(by) = scrolls(key, rows) {
            let last = paper.lines.len().saturating_sub(rows);
            self.focus = Focus::Plan(top.saturating_add_signed(by).min(last));
        }
        Step::Stay(Vec::new())
    }
}
