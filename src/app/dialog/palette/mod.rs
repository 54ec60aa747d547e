//! The palette: a command by its name, fuzzily, with what is said to it: `:where 1a2b3c4`, `:theme light`. What can be said
//! is offered; what was run before comes back.

mod offer;
mod show;

#[cfg(test)]
mod tests;

use offer::Item;

use super::paper::{Paper, leaves, scrolls_while_typing};
use super::{Dialog, Step};
use crate::app::commands::{self, Class, Command, complete};
use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::memory::Keep;
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;

/// A command by its name.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    typed: Entry,
    scroll: Scroll,
    /// Whether somebody chose an item.
    chosen: bool,
    /// Which of the commands that were run before stands in the line, while one does.
    walked: Option<usize>,
}

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
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        show::paper(self, state)
    }

    /// Types, selects, completes, runs.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        let gone = self.typed.text().is_empty() && key.is(Named::Backspace);
        if leaves(key) || gone {
            return Step::Close(Vec::new());
        }
        if self.walks(state, key) {
            return Step::Stay(Vec::new());
        }
        let items = offer::items(state, self.typed.text());
        if key.is(Named::Enter) {
            return self.enter(state, &items);
        }
        if key.is(Named::Tab) {
            if let Some(line) = items.get(self.scroll.at).and_then(|item| offer::completed(self.typed.text(), item)) {
                self.type_line(&line);
            }
            return Step::Stay(Vec::new());
        }
        let rows = show::rows(state.size);
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, items.len(), rows);
            self.chosen = true;
        } else if self.typed.key(key) {
            self.begin_anew();
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.typed.paste(text);
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        (self.scroll, self.chosen, self.walked) = (Scroll::default(), false, None);
    }

    fn type_line(&mut self, line: &str) {
        self.typed = Entry::prefilled(line);
        self.begin_anew();
    }

    /// Up on an empty line, and from there on, walks through what was run before.
    fn walks(&mut self, state: &State, key: Key) -> bool {
        let begins = self.typed.text().is_empty() && self.scroll.at == 0;
        let next = match self.walked {
            None if begins && key.is(Named::Up) => Some(0),
            Some(at) if key.is(Named::Up) => Some(at + 1),
            Some(at) if key.is(Named::Down) => at.checked_sub(1),
            _ => return false,
        };
        match next.map(|at| (at, state.memory.command.get(at))) {
            Some((at, Some(line))) => {
                self.type_line(line);
                self.walked = Some(at);
            }
            Some((_, None)) => {}
            None => self.type_line(""),
        }
        true
    }

    fn enter(&mut self, state: &mut State, items: &[Item]) -> Step {
        let typed = self.typed.text().trim().to_owned();
        let walked = self.walked.is_some();
        let line = match items.get(self.scroll.at) {
            _ if walked => typed,
            None => return Step::Stay(Vec::new()),
            Some(Item::Recent(line)) => line.clone(),
            Some(Item::Command(command)) if typed.split_once(' ').is_some_and(|(word, _)| word == command.word) => {
                typed
            }
            // A few letters are never meant for this: it is written out, and Enter pressed on what stands there.
            Some(Item::Command(command)) if command.class >= Class::Mutate && typed != command.word => {
                self.type_line(command.word);
                return Step::Stay(Vec::new());
            }
            Some(Item::Command(command)) => command.word.to_owned(),
            Some(item @ Item::Said(_)) if self.chosen || offer::is_meant(self.typed.text(), items) => {
                offer::completed(self.typed.text(), item).unwrap_or(typed).trim().to_owned()
            }
            Some(Item::Said(_)) => typed,
        };
        let (word, arguments) = line.split_once(' ').unwrap_or((&line, ""));
        let Some(command) = commands::by_word(word) else { return Step::Stay(Vec::new()) };
        if complete::wants(command) && arguments.trim().is_empty() {
            self.type_line(&format!("{} ", command.word));
            let wanted = command.arguments.to_lowercase();
            state.tell(Message::note(format!(":{} wants a {wanted} after it", command.word)));
            return Step::Stay(Vec::new());
        }
        let mut effects = Vec::from_iter(remembered(state, command, &line));
        effects.extend(commands::run(state, command, arguments));
        Step::Close(effects)
    }
}

/// Keeps a line that can be run. That somebody ended is nothing to come back to, and what changes the world stands at the
/// top of no list, where Enter would do it again.
fn remembered(state: &mut State, command: &Command, line: &str) -> Option<Effect> {
    let ends = matches!(command.id, "session.quit" | "session.leave" | "session.suspend");
    let runs = commands::can_run(state, command).is_ok() && !ends && command.class < Class::Mutate;
    runs.then(|| state.keep(Keep::Command(line.to_owned())))
}
