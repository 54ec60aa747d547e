//! *Where is …*: a commit, tag, branch, version, pull request, ticket or words of a subject; it lands on the flow with the change selected.

use super::paper::{Paper, field, keys, leaves, scrolls_while_typing, width};
use super::{Dialog, Step};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::place::Stop;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::update::going;
use crate::app::world::{Failure, Found};
use crate::app::wrap::wrap;
use crate::model::Time;
use crate::view::{Align, Line, Role, RowKey, Screen, Wish, fit};

/// Where something is.
#[derive(Clone, Debug, Default)]
pub struct Where {
    what: Entry,
    /// When it was asked, while the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Vec<Found>, Failure>>,
    scroll: Scroll,
}

const WIDE: u16 = 68;

/// What is found.
pub const CAN_BE: &str = "a commit, tag, branch, version, #pull request, ticket or words of a subject";

/// Opens it, or asks at once.
pub fn open(state: &mut State, what: &str) -> Vec<Effect> {
    let mut dialog = Where { what: Entry::prefilled(what), ..Where::default() };
    let effects = if what.is_empty() { Vec::new() } else { dialog.ask(state) };
    state.dialogs.push(Dialog::Where(dialog));
    effects
}

/// The answer: one change is gone to at once, of several one is chosen.
pub fn found(state: &mut State, result: Result<Vec<Found>, Failure>) -> Vec<Effect> {
    let only = match &result {
        Ok(found) if found.len() == 1 => found.first().cloned(),
        _ => None,
    };
    let at = state.dialogs.iter().rposition(|dialog| matches!(dialog, Dialog::Where(_)));
    let Some(at) = at else { return Vec::new() };
    if let Some(found) = only {
        state.dialogs.remove(at);
        land(state, &found);
    } else if let Some(Dialog::Where(dialog)) = state.dialogs.get_mut(at) {
        dialog.asked = None;
        dialog.scroll = Scroll::default();
        dialog.answer = Some(result);
    }
    Vec::new()
}

/// Goes to the flow of the change's service, with the change selected.
fn land(state: &mut State, found: &Found) {
    let wish = Wish { service: Some(found.service.clone()), ..Wish::of(Screen::Flow) };
    state.trail.push(state.place.stop());
    going::go(state, Stop { selected: Some(RowKey::commit(&found.commit)), ..Stop::of(wish) });
}

impl Where {
    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        let what = self.what.text().trim().to_owned();
        if what.is_empty() {
            return Vec::new();
        }
        self.asked = Some(state.clock);
        self.answer = None;
        vec![Effect::Ask(state.slots.issue(Slot::Where), Request::Find(what))]
    }

    fn choices(&self) -> &[Found] {
        match &self.answer {
            Some(Ok(found)) => found,
            _ => &[],
        }
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let lines = match &self.answer {
            Some(Ok(found)) if found.is_empty() => vec![Line::of(Role::Warning, "nothing here is called that")],
            Some(Ok(found)) => found.iter().map(|found| choice(found, cells)).collect(),
            Some(Err(failure)) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                let lines = std::iter::once(Line::of(Role::Warning, failure.what.as_str())).chain(hint);
                lines.flat_map(|line| wrap(&line, cells, 2)).collect()
            }
            None if self.asked.is_some() => vec![Line::of(Role::Muted, "looking …")],
            None => wrap(&Line::of(Role::Muted, CAN_BE), cells, 0),
        };
        let (input, at) = field("where is", &self.what, cells);
        Paper {
            title: Line::of(Role::Heading, "where is …"),
            selected: (!self.choices().is_empty()).then_some(self.scroll.at),
            top: self.scroll.top,
            lines,
            foot: vec![Line::default(), input, keys(&[("Enter", "find"), ("Esc", "close")])],
            cursor: Some((1, at)),
            wide: WIDE,
            tall: false,
        }
    }

    /// Types, asks, chooses.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) {
            let forget = state.slots.close(&Slot::Where).then_some(Effect::Forget(Slot::Where));
            return Step::Close(forget.into_iter().collect());
        }
        if key.is(Named::Enter) {
            if let Some(found) = self.choices().get(self.scroll.at) {
                land(state, found);
                return Step::Close(Vec::new());
            }
            return Step::Stay(self.ask(state));
        }
        let rows = self.paper(state).rows(state.size);
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, self.choices().len(), rows);
        } else if self.what.key(key) {
            self.answer = None;
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.what.paste(text);
        self.answer = None;
    }
}

fn choice(found: &Found, cells: usize) -> Line {
    let line = Line::of(Role::Strong, fit::pad(&found.service.to_string(), 18, Align::Left))
        .with(Role::Muted, format!(" {} ", found.commit.short()))
        .with(Role::Text, found.says.as_str());
    fit::cut_line(&line, cells)
}
