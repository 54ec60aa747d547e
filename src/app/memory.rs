//! What the cockpit remembers from one session to the next: somebody's own views, commands that were typed, whether it
//! has introduced itself. It is never needed: a cockpit that remembers nothing does everything.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::config::ViewEntry;

/// How many commands are remembered.
const COMMANDS: usize = 100;
/// How many views of one's own are remembered.
const VIEWS: usize = 200;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Whether somebody has seen what was found at the first start.
    pub welcomed: bool,
    /// Commands as they were typed, newest first.
    pub command: VecDeque<String>,
    /// Views that somebody kept.
    pub view: Vec<ViewEntry>,
}

/// Something to remember.
#[derive(Clone, Debug, PartialEq)]
pub enum Keep {
    /// A view; one of that name is replaced.
    View(ViewEntry),
    /// The view of that name is forgotten.
    Drop(String),
    /// A command as it was typed.
    Command(String),
    /// Somebody has seen what was found at the first start.
    Welcomed,
}

impl Memory {
    /// Remembers something.
    pub fn keep(&mut self, what: &Keep) {
        match what {
            Keep::View(view) => {
                self.view.retain(|it| it.name != view.name);
                self.view.push(view.clone());
                let extra = self.view.len().saturating_sub(VIEWS);
                self.view.drain(..extra);
            }
            Keep::Drop(name) => self.view.retain(|it| it.name != *name),
            Keep::Command(line) => {
                self.command.retain(|it| it != line);
                self.command.push_front(line.clone());
                self.command.truncate(COMMANDS);
            }
            Keep::Welcomed => self.welcomed = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, screen: &str) -> ViewEntry {
        ViewEntry { name: name.to_owned(), screen: screen.to_owned(), ..ViewEntry::default() }
    }

    #[test]
    fn of_one_name_or_line_only_the_newest_is_remembered_and_not_without_end() {
        let mut memory = Memory::default();
        for keep in [Keep::View(view("a", "board")), Keep::View(view("b", "board")), Keep::View(view("a", "runs"))] {
            memory.keep(&keep);
        }
        assert_eq!(memory.view, [view("b", "board"), view("a", "runs")]);
        memory.keep(&Keep::Drop("b".to_owned()));
        assert_eq!(memory.view, [view("a", "runs")]);
        for n in 0..300 {
            memory.keep(&Keep::Command(format!("where {n}")));
        }
        memory.keep(&Keep::Command("where 299".to_owned()));
        assert_eq!((memory.command.len(), memory.command[0].as_str()), (COMMANDS, "where 299"));
    }

    #[test]
    fn it_is_written_and_read_again() {
        let mut memory = Memory::default();
        memory.keep(&Keep::View(view("a", "board")));
        memory.keep(&Keep::Command("theme \"x\"".to_owned()));
        memory.keep(&Keep::Welcomed);
        let text = toml::to_string(&memory).unwrap();
        assert_eq!(toml::from_str::<Memory>(&text).unwrap(), memory);
        assert_eq!(toml::from_str::<Memory>("").unwrap(), Memory::default());
    }
}
