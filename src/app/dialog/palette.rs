//! The palette: a command by its name, fuzzily, with arguments: `:where 1a2b3c4`, `:theme light`.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::paper::{Paper, field, leaves, scrolls_while_typing, width};
use super::{Dialog, Step};
use crate::app::commands::{self, COMMANDS, Command};
use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::view::{Align, Line, Role, fit};

/// A command by its name.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    typed: Entry,
    scroll: Scroll,
}

const WIDE: u16 = 68;
/// How many commands are shown at most.
const SHOWN: usize = 12;

/// Opens it.
pub fn open(state: &mut State) -> Vec<Effect> {
    open_with(state, "")
}

/// Opens it with something typed already.
pub fn open_with(state: &mut State, typed: &str) -> Vec<Effect> {
    state.dialogs.push(Dialog::Palette(Palette { typed: Entry::prefilled(typed), ..Palette::default() }));
    Vec::new()
}

impl Palette {
    /// The commands that are meant, best first, and what is said to them.
    fn meant(&self, state: &State) -> (Vec<&'static Command>, String) {
        let typed = self.typed.text().trim_start();
        if let Some((word, arguments)) = typed.split_once(' ')
            && let Some(command) = commands::by_word(word)
        {
            return (vec![command], arguments.trim().to_owned());
        }
        (ranked(typed, state), String::new())
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let (meant, _) = self.meant(state);
        let mut lines: Vec<Line> = meant.iter().map(|command| line(state, command, cells)).collect();
        if lines.is_empty() {
            lines.push(Line::of(Role::Muted, "no command of that name"));
        }
        let (input, at) = field(":", &self.typed, cells);
        let usage = meant.get(self.scroll.at).map_or_else(Line::default, |command| usage(state, command, cells));
        Paper {
            title: Line::of(Role::Heading, "commands"),
            selected: meant.get(self.scroll.at).map(|_| self.scroll.at),
            top: self.scroll.top,
            lines,
            foot: vec![Line::default(), usage, input],
            cursor: Some((2, at)),
            wide: WIDE,
            tall: false,
        }
    }

    /// Types, selects, completes, runs.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        let gone = self.typed.text().is_empty() && key.is(Named::Backspace);
        if leaves(key) || gone {
            return Step::Close(Vec::new());
        }
        let (meant, arguments) = self.meant(state);
        let selected = meant.get(self.scroll.at).copied();
        if key.is(Named::Enter) {
            let Some(command) = selected else { return Step::Stay(Vec::new()) };
            return Step::Close(commands::run(state, command, &arguments));
        }
        if key.is(Named::Tab) {
            if let Some(command) = selected.filter(|_| arguments.is_empty()) {
                self.typed = Entry::prefilled(&format!("{} ", command.word));
                self.scroll = Scroll::default();
            }
            return Step::Stay(Vec::new());
        }
        let rows = self.paper(state).rows(state.size);
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, meant.len(), rows);
        } else if self.typed.key(key) {
            self.scroll = Scroll::default();
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.typed.paste(text);
        self.scroll = Scroll::default();
    }
}

/// The commands that a text fits, best first; what cannot be run now comes last.
fn ranked(typed: &str, state: &State) -> Vec<&'static Command> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<_> = COMMANDS
        .iter()
        .enumerate()
        .filter_map(|(at, command)| {
            let text = format!("{} {}", command.word, command.title);
            let score = pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher)?;
            let begins = !typed.is_empty() && command.word.starts_with(typed);
            let fit = (Reverse(command.word == typed), Reverse(begins));
            Some((fit, (command.enabled)(state).is_err(), Reverse(score), at, command))
        })
        .collect();
    scored.sort_by_key(|&(fit, disabled, score, at, _)| (fit, disabled, score, at));
    scored.into_iter().map(|(.., command)| command).take(SHOWN).collect()
}

fn line(state: &State, command: &Command, cells: usize) -> Line {
    let role = if (command.enabled)(state).is_ok() { Role::Strong } else { Role::Muted };
    let keys = state.keymap.key_of(command.id).unwrap_or_default();
    let line = Line::of(role, fit::pad(command.word, 14, Align::Left))
        .with(Role::Text, " ")
        .with(Role::Muted, fit::pad(command.title, cells.saturating_sub(27), Align::Left))
        .with(Role::Key, fit::pad(&keys, 12, Align::Right));
    fit::cut_line(&line, cells)
}

fn usage(state: &State, command: &Command, cells: usize) -> Line {
    let line = match (command.enabled)(state) {
        Err(reason) => Line::of(Role::Warning, format!("not now: {reason}")),
        Ok(()) if command.id == "theme.set" => {
            Line::of(Role::Muted, format!("there are {}", state.look.themes.join(", ")))
        }
        Ok(()) if command.arguments.is_empty() => Line::of(Role::Text, command.sentence),
        Ok(()) => {
            Line::of(Role::Key, format!(":{} {}  ", command.word, command.arguments)).with(Role::Text, command.sentence)
        }
    };
    fit::cut_line(&line, cells)
}
