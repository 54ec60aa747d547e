//! The keys of an output.

use super::{Level, Log};
use crate::app::dialog::Step;
use crate::app::dialog::paper::{leaves, scrolls};
use crate::app::effect::Effect;
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::state::State;

impl Log {
    /// Scrolls, searches, filters, follows.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if self.typing {
            self.key_search(state, key);
            return Step::Stay(Vec::new());
        }
        if self.choosing.is_some() {
            return Step::Stay(self.key_choosing(state, key));
        }
        if leaves(key) && !self.search.text().is_empty() {
            self.search = Entry::default();
            return Step::Stay(Vec::new());
        }
        if leaves(key) || key == Key::char('q') {
            let open = [Slot::Log, Slot::Outputs].into_iter().filter(|slot| state.slots.close(slot));
            return Step::Close(open.map(Effect::Forget).collect());
        }
        match key.typed() {
            Some('/') => self.typing = true,
            Some('n') => self.next(state, true),
            Some('N') => self.next(state, false),
            Some('e') => self.error(state),
            Some('l') => self.level(state),
            Some('w') => self.wrap = !self.wrap,
            Some('#') => self.numbers = !self.numbers,
            Some('t') => self.stamps = !self.stamps,
            Some('f') => return Step::Stay(self.toggle_following(state)),
            Some('r') => return Step::Stay(self.ask(state)),
            Some('y') => return Step::Stay(self.copy(state)),
            Some('p') if self.chooses() => return Step::Stay(self.choose(state)),
            Some('P') if self.chooses() => return Step::Stay(self.previous(state)),
            _ => {
                let rows = self.rows(state);
                if let Some(by) = scrolls(key, rows) {
                    self.scroll.step(by, self.shown().len(), rows);
                }
            }
        }
        Step::Stay(Vec::new())
    }

    fn key_search(&mut self, state: &State, key: Key) {
        match () {
            () if leaves(key) => {
                self.typing = false;
                self.search = Entry::default();
            }
            () if key.is(Named::Enter) => {
                self.typing = false;
                // The line where one stands counts as the next one.
                let hits = self.hits(&self.shown());
                if !hits.contains(&self.scroll.at) {
                    self.next(state, true);
                }
            }
            () => {
                self.search.key(key);
            }
        }
    }

    /// To the next line that holds what is searched, around the end.
    fn next(&mut self, state: &State, forward: bool) {
        let shown = self.shown();
        let hits = self.hits(&shown);
        let at = self.scroll.at;
        let next = match forward {
            true => hits.iter().find(|hit| **hit > at).or(hits.first()),
            false => hits.iter().rev().find(|hit| **hit < at).or(hits.last()),
        };
        if let Some(next) = next {
            self.scroll.select(*next, shown.len(), self.rows(state));
        }
    }

    /// To the first error, or from an error to the next one.
    fn error(&mut self, state: &mut State) {
        let shown = self.shown();
        let is_error = |at: usize| self.lines.get(at).is_some_and(|(level, _)| *level == Level::Error);
        // What goes on from an error is a part of it.
        let begins = |number: &usize| {
            let here = shown.get(*number).copied();
            let before = number.checked_sub(1).and_then(|it| shown.get(it)).copied();
            here.is_some_and(is_error) && !before.is_some_and(is_error)
        };
        let errors: Vec<usize> = (0..shown.len()).filter(begins).collect();
        let after = errors.iter().find(|it| **it > self.scroll.at && errors.contains(&self.scroll.at));
        match after.or(errors.first()) {
            Some(at) => self.scroll.select(*at, shown.len(), self.rows(state)),
            None if shown.is_empty() => {}
            None => state.tell(Message::note("no line looks like an error")),
        }
    }

    /// Everything, warnings and errors, errors, notes and above, everything. The selection stays with its line.
    fn level(&mut self, state: &State) {
        let here = self.shown().get(self.scroll.at).copied().unwrap_or_default();
        self.least = match self.least {
            Level::Plain => Level::Error,
            Level::Error => Level::Warning,
            Level::Warning => Level::Info,
            Level::Info => Level::Plain,
        };
        let shown = self.shown();
        let at = shown.iter().position(|at| *at >= here).unwrap_or(shown.len());
        self.scroll.select(at, shown.len(), self.rows(state));
    }

    fn toggle_following(&mut self, state: &mut State) -> Vec<Effect> {
        self.following = !self.following;
        if self.following {
            self.scroll.select(usize::MAX, self.shown().len(), self.rows(state));
            return self.follow(state);
        }
        if self.asked.is_some() {
            // What is on its way is not what would be waited for.
            return Vec::new();
        }
        state.slots.close(&Slot::Log).then_some(Effect::Forget(Slot::Log)).into_iter().collect()
    }

    fn copy(&self, state: &mut State) -> Vec<Effect> {
        let at = self.shown().get(self.scroll.at).copied();
        let Some((_, line)) = at.and_then(|at| self.lines.get(at)) else { return Vec::new() };
        let text = line.as_str().to_owned();
        state.tell(Message::note("copied the line"));
        vec![Effect::Copy(text)]
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        if self.typing {
            self.search.paste(text);
        }
    }
}
