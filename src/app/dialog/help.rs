//! Help: every command with its keys and its sentence, found by words, run by Enter.

use super::paper::{Paper, field, keys, leaves, scrolls_while_typing, width};
use super::{Dialog, Step};
use crate::app::commands::{self, COMMANDS, Command, Scope};
use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::view::{Line, Role, fit};

/// What can be done here.
#[derive(Clone, Debug, Default)]
pub struct Help {
    words: Entry,
    scroll: Scroll,
}

const WIDE: u16 = 110;

/// Opens it, with words to find already.
pub fn open(state: &mut State, words: &str) -> Vec<Effect> {
    state.dialogs.push(Dialog::Help(Help { words: Entry::prefilled(words), scroll: Scroll::default() }));
    Vec::new()
}

impl Help {
    /// The commands that hold all the words, in the table's order.
    fn found(&self, state: &State) -> Vec<&'static Command> {
        let words: Vec<String> = self.words.text().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let holds = |command: &&Command| {
            let keys = state.keymap.keys_of(command.id).join(" ");
            let text = format!("{} {} {} {keys}", command.id, command.title, command.sentence).to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        COMMANDS.iter().filter(|command| (command.offered)(state)).filter(holds).collect()
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let found = self.found(state);
        let mut lines: Vec<Line> = found.iter().map(|command| line(state, command, cells)).collect();
        if lines.is_empty() {
            lines.push(Line::of(Role::Muted, "no command holds these words"));
        }
        let (search, at) = field("find", &self.words, cells);
        let selected = found.get(self.scroll.at);
        let says =
            selected.map_or_else(Line::default, |command| Line::of(Role::Text, fit::cut(command.sentence, cells)));
        let foot = vec![Line::default(), says, search, keys(&[("Enter", "run"), ("↑ ↓", "select"), ("Esc", "close")])];
        Paper {
            title: Line::of(Role::Heading, "help"),
            lines,
            top: self.scroll.top,
            selected: selected.map(|_| self.scroll.at),
            foot,
            cursor: Some((2, at)),
            wide: WIDE,
            tall: true,
        }
    }

    /// Types, selects, runs.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) {
            return Step::Close(Vec::new());
        }
        let found = self.found(state);
        if key.is(Named::Enter) {
            let Some(command) = found.get(self.scroll.at) else { return Step::Stay(Vec::new()) };
            return Step::Close(commands::run(state, command, ""));
        }
        let rows = self.paper(state).rows(state.size);
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, found.len(), rows);
        } else if self.words.key(key) {
            self.scroll = Scroll::default();
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.words.paste(text);
        self.scroll = Scroll::default();
    }
}

fn line(state: &State, command: &Command, cells: usize) -> Line {
    let keys = match command.scope {
        Scope::Plan => "in a plan".to_owned(),
        _ => state.keymap.keys_of(command.id).join(", "),
    };
    let shown = if keys.is_empty() { format!(":{}", command.word) } else { keys };
    let line = Line::of(Role::Key, format!("{} ", fit::pad(&shown, 14, crate::view::Align::Left)));
    let line = match (command.enabled)(state) {
        Ok(()) => line
            .with(Role::Strong, fit::pad(command.title, 24, crate::view::Align::Left))
            .with(Role::Muted, command.sentence),
        Err(reason) => line
            .with(Role::Muted, format!("{}not now: {reason}", fit::pad(command.title, 24, crate::view::Align::Left))),
    };
    fit::cut_line(&line, cells)
}
