//! The session: writing, looks, reading again, suspending, ending.

use std::sync::Arc;

use crate::app::dialog::{Dialog, quit, themes};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::layout::Kind;
use crate::app::message::Message;
use crate::app::pane::{self, Pane};
use crate::app::state::State;
use crate::app::update::{going, measuring};
use crate::operation::Rule;
use crate::picture::{Snapshot, SourceStatus};
use crate::view;

/// Takes a new picture in, and tells what has to be known before it is believed.
pub fn pictured(state: &mut State, snapshot: Arc<Snapshot>) {
    let new: Vec<_> = snapshot.cut_off().filter(|id| !state.cut_off.contains(*id)).cloned().collect();
    for repository in new {
        state.tell(Message::warning(view::cut_off(&repository)));
        state.cut_off.insert(repository);
    }
    state.sources.snapshot = snapshot;
    state.outdated = true;
}

/// The terminal has another size.
pub fn resize(state: &mut State, size: (u16, u16)) -> Vec<Effect> {
    state.size = size;
    if pane::can_go(state).is_err() || matches!(state.layout().kind, Kind::Line | Kind::List) {
        state.pane = Pane::Table;
    }
    Vec::new()
}

/// The moment has come for which the timer was set.
pub fn woke(state: &mut State) -> Vec<Effect> {
    state.wake = None;
    state.outdated = true;
    let now = state.clock;
    state.messages.fade(now);
    Vec::new()
}

/// Whether writing can be allowed.
pub fn can_write(state: &State) -> Result<(), String> {
    if state.sources.snapshot.sources.values().any(SourceStatus::writes) {
        return Ok(());
    }
    Err("no backend here can change anything".to_owned())
}

/// Allows writing for a while.
pub fn write(state: &mut State) -> Vec<Effect> {
    let now = state.clock;
    if !state.write.rule(now).writes() {
        state.write.begin(now);
    }
    let rule = state.write.rule(now);
    state.tell(Message::warning(rule.why()));
    Vec::new()
}

/// Takes back what `:write` allowed.
pub fn read_only(state: &mut State) -> Vec<Effect> {
    state.write.end();
    let rule = state.write.rule(state.clock);
    state.tell(Message::note(rule.why()));
    Vec::new()
}

/// Says so when writing has ended because nobody pressed a key.
pub fn watch_writing(state: &mut State) {
    let rule = state.write.rule(state.clock);
    if state.writing && rule == Rule::Idle {
        state.tell(Message::warning(rule.why()).hint("`:write` allows it again"));
    }
    state.writing = rule.writes();
}

/// Whether there is no reading under way.
pub fn can_sync(state: &State) -> Result<(), String> {
    if state.syncing.is_some() { Err("everything is being read already".to_owned()) } else { Ok(()) }
}

/// Reads everything again.
pub fn sync(state: &mut State) -> Vec<Effect> {
    state.syncing = Some(state.clock);
    vec![Effect::Ask(state.slots.issue(Slot::Sync), Request::Sync)]
}

/// Other colours: the named ones, or a list to try them in.
pub fn theme(state: &mut State, name: &str) -> Vec<Effect> {
    if name.is_empty() {
        return themes::open(state);
    }
    if name == "auto" || state.look.themes.iter().any(|theme| theme == name) {
        name.clone_into(&mut state.picked_theme);
        return themes::wear(state, name);
    }
    state.tell(Message::warning(format!("there is no theme `{name}`: there are {}", state.look.themes.join(", "))));
    Vec::new()
}

/// Other symbols.
pub fn glyphs(state: &mut State, name: &str) -> Vec<Effect> {
    if ["unicode", "ascii", "nerd"].contains(&name) {
        return vec![Effect::Dress(state.look.theme.clone(), name.to_owned())];
    }
    state.tell(Message::warning(format!("there are no symbols `{name}`: there are unicode, ascii and nerd")));
    Vec::new()
}

/// Draws everything again.
pub fn repaint() -> Vec<Effect> {
    vec![Effect::Repaint]
}

/// Hands the terminal back to the shell.
pub fn suspend() -> Vec<Effect> {
    vec![Effect::Suspend]
}

/// Back out of what was entered, or the end.
pub fn leave(state: &mut State) -> Vec<Effect> {
    if state.pane == Pane::Table
        && state.place.wish.filter.is_empty()
        && state.trail.is_empty()
        && measuring::shallower(state).is_none()
    {
        return quit(state);
    }
    going::out(state)
}

/// The end, unless an operation runs, or something is being noted for everybody: then it asks.
pub fn quit(state: &mut State) -> Vec<Effect> {
    if state.flying.is_empty() && !state.slots.marking() {
        return vec![Effect::Quit];
    }
    state.dialogs.push(Dialog::Quit(quit::Asked));
    Vec::new()
}
