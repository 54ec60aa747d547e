//! Chords as a trie.

use std::collections::BTreeMap;

use crate::app::commands::Command;
use crate::app::key::Key;

/// A command with what is said to it.
#[derive(Clone)]
pub struct Binding {
    /// The command.
    pub command: &'static Command,
    /// Its arguments, as they would be typed.
    pub arguments: String,
}

impl Binding {
    /// Whether it runs that command without arguments.
    pub fn is(&self, command: &str) -> bool {
        self.command.id == command && self.arguments.is_empty()
    }
}

impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        self.command.id == other.command.id && self.arguments == other.arguments
    }
}

impl std::fmt::Debug for Binding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.command.id, self.arguments)
    }
}

/// What keys mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// They run this.
    Run(Binding),
    /// More keys are needed: which, and what each leads to.
    Pending(Vec<(Key, String)>),
    /// They mean nothing.
    Unbound,
}

/// Chords as a trie.
#[derive(Clone, Debug, Default)]
pub struct Trie {
    run: Option<Binding>,
    next: BTreeMap<Key, Trie>,
}

impl Trie {
    /// Binds a chord, or takes its binding away; what it was bound to before. A longer chord and a shorter one that
    /// begins it cannot live together: the newer one stays.
    pub fn bind(&mut self, chord: &[Key], binding: Option<Binding>) -> Option<Binding> {
        let Some((first, rest)) = chord.split_first() else {
            let before = self.first();
            self.run = binding;
            self.next.clear();
            return before;
        };
        let shorter = if binding.is_some() { self.run.take() } else { None };
        let before = self.next.entry(*first).or_default().bind(rest, binding);
        self.next.retain(|_, trie| !trie.is_empty());
        before.or(shorter)
    }

    fn is_empty(&self) -> bool {
        self.run.is_none() && self.next.is_empty()
    }

    fn first(&self) -> Option<Binding> {
        self.run.clone().or_else(|| self.next.values().find_map(Self::first))
    }

    /// What keys mean.
    pub fn look_up(&self, chord: &[Key]) -> Lookup {
        let mut here = self;
        for key in chord {
            match here.next.get(key) {
                Some(next) => here = next,
                None => return Lookup::Unbound,
            }
        }
        match &here.run {
            Some(binding) => Lookup::Run(binding.clone()),
            None if here.next.is_empty() => Lookup::Unbound,
            None => Lookup::Pending(here.next.iter().map(|(key, trie)| (*key, trie.leads_to())).collect()),
        }
    }

    fn leads_to(&self) -> String {
        match &self.run {
            Some(binding) => binding.command.title.to_owned(),
            None => format!("{} more", self.bindings().len()),
        }
    }

    /// Every chord with what it runs.
    pub fn bindings(&self) -> Vec<(Vec<Key>, Binding)> {
        let mut all: Vec<_> = self.run.iter().map(|binding| (Vec::new(), binding.clone())).collect();
        for (key, trie) in &self.next {
            let deeper = trie.bindings().into_iter();
            all.extend(deeper.map(|(chord, binding)| ([vec![*key], chord].concat(), binding)));
        }
        all
    }
}
