//! Keys as data: rows make a trie of chords for each place in which they hold.

pub mod load;
pub mod trie;

use std::collections::BTreeMap;

pub use load::{PRESETS, Problem, check, load};
pub use trie::{Binding, Lookup, Trie};

use super::key::{Key, write_chord};

/// Where a row of keys holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Everywhere outside dialogs.
    Always,
    /// On one screen.
    Screen(&'static str),
    /// Where a row is selected.
    Row,
    /// In dialogs.
    Dialog,
}

/// All keys that hold, by where they hold.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    tries: BTreeMap<When, Trie>,
    /// What the beginnings of chords are called.
    groups: BTreeMap<Vec<Key>, String>,
}

impl Keymap {
    /// Binds a chord; what it was bound to before there.
    pub fn bind(&mut self, when: When, chord: &[Key], binding: Option<Binding>) -> Option<Binding> {
        self.tries.entry(when).or_default().bind(chord, binding)
    }

    /// What the keys pressed so far mean, where the places in which they hold are given from the most to the least
    /// particular. A chord that goes on in any of them is waited for, unless a more particular place has an end for it.
    pub fn look_up(&self, places: &[When], chord: &[Key]) -> Lookup {
        let mut going_on = Vec::new();
        for trie in places.iter().filter_map(|when| self.tries.get(when)) {
            match trie.look_up(chord) {
                Lookup::Run(binding) if going_on.is_empty() => return Lookup::Run(binding),
                Lookup::Pending(next) => going_on.extend(next),
                Lookup::Run(_) | Lookup::Unbound => {}
            }
        }
        if going_on.is_empty() { Lookup::Unbound } else { Lookup::Pending(going_on) }
    }

    /// What the beginning of a chord is called.
    pub fn group(&self, keys: &[Key]) -> Option<&str> {
        self.groups.get(keys).map(String::as_str)
    }

    /// The keys of a command, as they are written, shortest first.
    pub fn keys_of(&self, command: &str) -> Vec<String> {
        let of_command = self.bindings().filter(|(_, _, binding)| binding.is(command));
        let mut all: Vec<String> = of_command.map(|(_, keys, _)| keys).collect();
        all.sort_by_key(String::len);
        all.dedup();
        all
    }

    /// The first key of a command, for the footer.
    pub fn key_of(&self, command: &str) -> Option<String> {
        self.keys_of(command).into_iter().next()
    }

    /// Every binding: where it holds, its keys, what it runs.
    pub fn bindings(&self) -> impl Iterator<Item = (&When, String, Binding)> {
        self.tries.iter().flat_map(|(when, trie)| {
            trie.bindings().into_iter().map(move |(keys, binding)| (when, write_chord(&keys), binding))
        })
    }
}
