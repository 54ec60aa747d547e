//! Two versions or environments of a service side by side: what one has and the other has not.
//!
//! [`sides`] says what is compared where nothing is named, [`choose`] changes a side inside the dialog, [`show`] says
//! what is seen.

mod choose;
mod show;
mod sides;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::paper::{leaves, scrolls};
use super::{Dialog, Step};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::place::Stop;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::update::going;
use crate::app::world::Failure;
use crate::model::{CommitId, ServiceId, Time};
use crate::operation::Comparison;
use crate::view::comparison::{self, Entry as Item};
use crate::view::{Filter, Present, RowKey, Screen, Wish};
use choose::Choose;

pub use sides::{Meant, brought, can_compare};

/// Two versions side by side.
#[derive(Clone, Debug)]
pub struct Compare {
    service: ServiceId,
    /// The names of both sides: environments, versions, tags, branches or commits.
    from: String,
    to: String,
    /// When it was asked, while the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Arc<Comparison>, Failure>>,
    filter: Entry,
    focus: Focus,
    /// Where one is among the lines.
    scroll: Scroll,
}

/// Where keys go.
#[derive(Clone, Debug)]
enum Focus {
    Changes,
    Filter,
    Side(Choose),
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// Compares what is named (`[SERVICE] FROM TO`), else what is marked or selected.
pub fn open(state: &mut State, arguments: &str) -> Vec<Effect> {
    match sides::meant(state, arguments) {
        Ok(meant) => between(state, meant),
        Err(reason) => {
            state.tell(Message::warning(reason));
            Vec::new()
        }
    }
}

/// Compares two that are known.
pub fn between(state: &mut State, (service, from, to): Meant) -> Vec<Effect> {
    let mut dialog = Compare {
        service,
        from,
        to,
        asked: None,
        answer: None,
        filter: Entry::default(),
        focus: Focus::Changes,
        scroll: Scroll::default(),
    };
    let effects = dialog.ask(state);
    state.dialogs.push(Dialog::Compare(Box::new(dialog)));
    effects
}

/// The answer.
pub fn compared(state: &mut State, result: Result<Arc<Comparison>, Failure>) -> Vec<Effect> {
    let asking = state.dialogs.iter_mut().rev().find_map(|dialog| match dialog {
        Dialog::Compare(it) => Some(it),
        _ => None,
    });
    if let Some(dialog) = asking {
        dialog.asked = None;
        dialog.answer = Some(result);
        dialog.scroll = Scroll::default();
    }
    Vec::new()
}

impl Compare {
    /// The service that it is about.
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.asked = Some(state.clock);
        let request = Request::Compare { service: self.service.clone(), from: self.from.clone(), to: self.to.clone() };
        vec![Effect::Ask(state.slots.issue(Slot::Compare), request)]
    }

    fn comparison(&self) -> Option<&Arc<Comparison>> {
        self.answer.as_ref()?.as_ref().ok()
    }

    /// The changes that pass the filter, with the lines between them.
    fn items(&self, state: &State) -> Vec<Item> {
        let filter = Filter::parse(self.filter.text(), &comparison::FIELDS);
        let present = Present::new(state.sources.now, chrono_tz::UTC);
        self.comparison().map(|it| comparison::entries(it, &filter, &present)).unwrap_or_default()
    }

    /// Types, scrolls, changes a side.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        let rows = self.paper(state).rows(state.size);
        match &mut self.focus {
            Focus::Side(choose) => {
                let Some(chosen) = choose.key(state, rows, key) else { return Step::Stay(Vec::new()) };
                let side = choose.side;
                self.focus = Focus::Changes;
                Step::Stay(chosen.map(|name| self.take(state, side, name)).unwrap_or_default())
            }
            Focus::Filter => self.key_filter(key),
            Focus::Changes => self.key_changes(state, key),
        }
    }

    /// Another side: compared anew.
    fn take(&mut self, state: &mut State, side: Side, name: String) -> Vec<Effect> {
        match side {
            Side::From => self.from = name,
            Side::To => self.to = name,
        }
        self.ask(state)
    }

    fn key_filter(&mut self, key: Key) -> Step {
        match () {
            () if leaves(key) => {
                self.filter = Entry::default();
                self.focus = Focus::Changes;
            }
            () if key.is(Named::Enter) => self.focus = Focus::Changes,
            () => {
                self.filter.key(key);
            }
        }
        self.scroll = Scroll::default();
        Step::Stay(Vec::new())
    }

    fn key_changes(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) && !self.filter.text().is_empty() {
            self.filter = Entry::default();
            self.scroll = Scroll::default();
            return Step::Stay(Vec::new());
        }
        match key.typed() {
            _ if leaves(key) => return self.close(state),
            Some('q') => return self.close(state),
            Some('f') => self.focus = Focus::Side(Choose::new(Side::From, &self.service)),
            Some('t') => self.focus = Focus::Side(Choose::new(Side::To, &self.service)),
            Some('x') => {
                std::mem::swap(&mut self.from, &mut self.to);
                return Step::Stay(self.ask(state));
            }
            Some('/') => self.focus = Focus::Filter,
            Some('r') => return Step::Stay(self.ask(state)),
            Some('y') => return Step::Stay(self.copy(state)),
            Some(':') => return Step::Stay(super::palette::open(state)),
            _ if key.is(Named::Enter) => {
                if let Some(commit) = self.selected(state) {
                    land(state, &self.service, &commit);
                    return Step::Close(Vec::new());
                }
            }
            _ => self.step(state, key),
        }
        Step::Stay(Vec::new())
    }

    fn close(&self, state: &mut State) -> Step {
        let forget = state.slots.close(&Slot::Compare).then_some(Effect::Forget(Slot::Compare));
        Step::Close(forget.into_iter().collect())
    }

    /// The selection goes from change to change; where there is none the text scrolls.
    fn step(&mut self, state: &State, key: Key) {
        let paper = self.paper(state);
        let rows = paper.rows(state.size);
        let Some(by) = scrolls(key, rows) else { return };
        let len = paper.lines.len();
        let stops: Vec<usize> = self.stops(state).into_iter().map(|(line, _)| line).collect();
        let Some(at) = stops.iter().position(|line| Some(*line) == paper.selected) else {
            self.scroll.slide(by, len, rows);
            return;
        };
        let next = at.saturating_add_signed(by).min(stops.len() - 1);
        self.scroll.at = next;
        let line = stops.get(next).copied().unwrap_or_default();
        // What stands above the first change is seen with it.
        let mut seen = Scroll { at: line, top: self.scroll.top };
        seen.select(line, len, rows);
        self.scroll.top = if next == 0 { seen.top.min(line.saturating_sub(rows.saturating_sub(1))) } else { seen.top };
    }

    /// The change that is selected.
    fn selected(&self, state: &State) -> Option<CommitId> {
        self.stops(state).get(self.scroll.at).map(|(_, commit)| *commit)
    }

    fn copy(&self, state: &mut State) -> Vec<Effect> {
        let Some(it) = self.comparison() else { return Vec::new() };
        let text = comparison::changelog(it);
        state
            .tell(Message::note(format!("copied the changes from {} to {}", it.answer.from.asked, it.answer.to.asked)));
        vec![Effect::Copy(text)]
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        match &mut self.focus {
            Focus::Filter => self.filter.paste(text),
            Focus::Side(choose) => choose.paste(text),
            Focus::Changes => {}
        }
    }
}

/// Goes to a change on the flow screen.
fn land(state: &mut State, service: &ServiceId, commit: &CommitId) {
    let key = RowKey::commit(commit);
    let wish = Wish { service: Some(service.clone()), ..Wish::of(Screen::Flow) };
    state.trail.push(state.place.stop());
    going::go(state, Stop { selected: Some(key.clone()), ..Stop::of(wish) });
    if state.place.selected != Some(key) {
        state.tell(Message::warning(format!(
            "{} is not on the flow: no branch that is deployed holds it",
            commit.short()
        )));
    }
}
