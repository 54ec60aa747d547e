//! Keys: to the dialog on top, to the filter while it is typed, else to the commands that they are bound to.

use crate::app::commands;
use crate::app::dialog;
use crate::app::effect::Effect;
use crate::app::key::{Key, Named, write_chord};
use crate::app::keymap::Lookup;
use crate::app::message::Message;
use crate::app::state::{Chord, State};
use crate::app::update::finding;

/// A key was pressed.
pub fn pressed(state: &mut State, key: Key) -> Vec<Effect> {
    let now = state.clock;
    state.write.key(now);
    state.messages.dismiss();
    if !state.dialogs.is_empty() {
        return dialog::key(state, key);
    }
    if state.typing_filter.is_some() {
        return finding::type_key(state, key);
    }
    bound(state, key)
}

/// Text was pasted: it goes where text is typed, and nowhere else.
pub fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    if !state.dialogs.is_empty() {
        return dialog::paste(state, text);
    }
    finding::paste(state, text)
}

/// Runs what a key is bound to, or waits for the rest of its chord.
pub fn bound(state: &mut State, key: Key) -> Vec<Effect> {
    let mut keys = std::mem::take(&mut state.chord).keys;
    let had_begun = !keys.is_empty();
    if had_begun && key.is(Named::Esc) {
        return Vec::new();
    }
    keys.push(key);
    match state.keymap.look_up(&state.key_places(), &keys) {
        Lookup::Run(binding) => commands::run(state, binding.command, &binding.arguments),
        Lookup::Pending(_) => {
            state.chord = Chord { keys, since: Some(state.clock) };
            Vec::new()
        }
        Lookup::Unbound if had_begun => {
            state.tell(Message::note(format!("{} does nothing", write_chord(&keys))));
            Vec::new()
        }
        Lookup::Unbound => Vec::new(),
    }
}

/// How a chord can go on that was begun, once it has waited long enough. What nothing here can do is left out.
pub fn which(state: &State) -> Vec<(String, String)> {
    let shown = state
        .chord
        .since
        .is_some_and(|since| state.clock >= since + chrono::TimeDelta::milliseconds(crate::app::wake::WHICH_KEY));
    let look_up = |keys: &[Key]| state.keymap.look_up(&state.key_places(), keys);
    let offered = |key: Key| match look_up(&[state.chord.keys.as_slice(), &[key]].concat()) {
        Lookup::Run(binding) => (binding.command.offered)(state),
        _ => true,
    };
    match look_up(&state.chord.keys) {
        Lookup::Pending(next) if shown => {
            let next = next.into_iter().filter(|(key, _)| offered(*key));
            next.map(|(key, leads)| (key.to_string(), leads)).collect()
        }
        _ => Vec::new(),
    }
}
