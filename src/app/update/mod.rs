//! From one state to the next. This file only routes; each sort of thing that happens has its own.

pub mod finding;
pub mod going;
pub mod keys;
pub mod marking;
pub mod measuring;
pub mod moving;
pub mod pointing;
pub mod replies;
pub mod row;
pub mod seeking;
pub mod session;
pub mod viewing;

#[cfg(test)]
mod tests;

use super::dialog;
use super::effect::Effect;
use super::msg::Msg;
use super::state::State;
use super::wake;
use crate::model::Time;

/// Takes what happened at `at` into the state, and says what to do.
pub fn update(state: &mut State, at: Time, msg: Msg) -> Vec<Effect> {
    state.clock = at;
    let mut effects = match msg {
        Msg::Key(key) => {
            state.place.used = true;
            keys::pressed(state, key)
        }
        Msg::Mouse(pointer) => pointing::pointed(state, pointer),
        Msg::Paste(text) => keys::pasted(state, &text),
        Msg::Resize(width, height) => session::resize(state, (width, height)),
        Msg::Snapshot(snapshot) => {
            session::pictured(state, snapshot);
            Vec::new()
        }
        Msg::Operations(operations) => {
            state.sources.operations = operations;
            state.outdated = true;
            Vec::new()
        }
        Msg::Wake => session::woke(state),
        Msg::Reply(late) => replies::came(state, late),
        Msg::Progress(late) => dialog::plan::progressed(state, late),
        Msg::Dressed(theme, glyphs) => {
            state.look.theme = theme;
            state.look.glyphs = glyphs;
            Vec::new()
        }
        Msg::Tell(message) => {
            state.tell(message);
            Vec::new()
        }
        Msg::Terminate => vec![Effect::Quit],
    };
    settle(state, &mut effects);
    effects
}

/// What follows from any change: the screen is made again where it is outdated, and the timer is set.
fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    session::watch_writing(state);
    let rows = state.layout().rows();
    if std::mem::take(&mut state.outdated) {
        state.sources.now = state.clock;
        state.place.refresh(state.views.table, &state.sources, rows);
    }
    state.place.reveal(rows);
    effects.extend(measuring::ask(state));
    effects.extend(dialog::welcome::ask(state));
    let wake = wake::next(state);
    if wake != state.wake {
        state.wake = wake;
        effects.push(Effect::Wake(wake));
    }
}
