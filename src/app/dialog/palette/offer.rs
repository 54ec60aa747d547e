//! What the palette offers for what is typed: commands, what can be said to one, what was run before.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::app::commands::complete::{self, Candidate};
use crate::app::commands::{self, COMMANDS, Class, Command};
use crate::app::fuzzy;
use crate::app::state::State;

/// How many commands that were run before stand at the top of an empty palette.
const RECENT: usize = 4;

/// Something that is offered.
#[derive(Clone)]
pub enum Item {
    /// A command.
    Command(&'static Command),
    /// What was run before, as it was typed.
    Recent(String),
    /// Something that can be said to the command that stands there.
    Said(Candidate),
}

/// What is offered, best first.
pub fn items(state: &State, typed: &str) -> Vec<Item> {
    let typed = typed.trim_start();
    if let Some((word, arguments)) = typed.split_once(' ')
        && let Some(command) = commands::by_word(word)
    {
        let (said, part) = arguments.rsplit_once(' ').unwrap_or(("", arguments));
        let said: Vec<&str> = said.split_whitespace().collect();
        let found = fuzzy::rank(part, complete::candidates(state, command, &said), |it| it.text.clone());
        if found.is_empty() {
            return vec![Item::Command(command)];
        }
        return found.into_iter().map(Item::Said).collect();
    }
    let recent = state.memory.command.iter().take(if typed.is_empty() { RECENT } else { 0 });
    recent.cloned().map(Item::Recent).chain(ranked(typed, state).into_iter().map(Item::Command)).collect()
}

/// The line with an item in the place of what is being typed; none where there is nothing to complete.
pub fn completed(typed: &str, item: &Item) -> Option<String> {
    let typed = typed.trim_start();
    match item {
        Item::Command(command) if typed.starts_with(&format!("{} ", command.word)) => None,
        Item::Command(command) => Some(format!("{} ", command.word)),
        Item::Recent(line) => Some(line.clone()),
        Item::Said(it) => Some(format!("{} {} ", typed.rsplit_once(' ')?.0, it.text)),
    }
}

/// Whether what is being typed stands for what is offered: some letters that are nothing of it themselves. For what leads
/// to a change of the world nothing is guessed: there Tab completes.
pub fn is_meant(typed: &str, items: &[Item]) -> bool {
    let word = typed.trim_start().split(' ').next().unwrap_or_default();
    if commands::by_word(word).is_none_or(|command| command.class >= Class::Plan) {
        return false;
    }
    let part = typed.rsplit(' ').next().unwrap_or_default();
    !part.is_empty() && !items.iter().any(|item| matches!(item, Item::Said(it) if it.text == part))
}

/// The commands that a text fits, best first; what cannot be run now comes last.
fn ranked(typed: &str, state: &State) -> Vec<&'static Command> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<_> = COMMANDS
        .iter()
        .enumerate()
        .filter(|(_, command)| (command.offered)(state) || command.word == typed)
        .filter_map(|(at, command)| {
            let text = format!("{} {}", command.word, command.title);
            let score = pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher)?;
            let begins = !typed.is_empty() && command.word.starts_with(typed);
            let fit = (Reverse(command.word == typed), Reverse(begins));
            Some((fit, commands::can_run(state, command).is_err(), Reverse(score), at, command))
        })
        .collect();
    scored.sort_by_key(|&(fit, disabled, score, at, _)| (fit, disabled, score, at));
    scored.into_iter().map(|(.., command)| command).collect()
}
