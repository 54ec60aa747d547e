//! What the cockpit can do, as one table: keys, palette, help, footer and documentation all read it.

pub mod complete;
pub mod table;

use super::effect::Effect;
use super::state::State;
pub use table::COMMANDS;

/// Something that the cockpit can do.
pub struct Command {
    /// Its name in key rows: `track.promote`.
    pub id: &'static str,
    /// What is typed in the palette: `promote`.
    pub word: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// What can be said to it, as it is shown: `[VERSION]`.
    pub arguments: &'static str,
    /// Where it can be run.
    pub scope: Scope,
    /// What it touches.
    pub class: Class,
    /// Whether anything here could ever do it: what nothing can is not listed.
    pub offered: fn(&State) -> bool,
    /// Whether it can be run now, else why not.
    pub enabled: fn(&State) -> Result<(), String>,
    /// Runs it with its arguments as they were typed.
    pub run: fn(&mut State, &str) -> Vec<Effect>,
}

/// Where a command can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Everywhere,
    /// Where a row is selected.
    Row,
    /// In the dialog of a plan.
    Plan,
}

/// What a command touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// What is seen.
    View,
    /// This session and this machine.
    Local,
    /// Nothing yet: it opens the dialog in which a change of the world is read and confirmed.
    Plan,
    /// The world.
    Mutate,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Local => "local",
            Self::Plan => "plan",
            Self::Mutate => "mutate",
        }
    }
}

/// The command of that id.
pub fn by_id(id: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.id == id)
}

/// The command of that word.
pub fn by_word(word: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.word == word)
}

/// The id that is most like `id`, if one is.
pub fn nearest(id: &str) -> Option<&'static str> {
    let scored = COMMANDS.iter().map(|command| (strsim::jaro_winkler(id, command.id), command.id));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
}

/// The end of a sentence that something is not known.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |id| format!("; did you mean `{id}`?"))
}

/// Whether a command can be run now, else why not. What means the row that is selected is not done to a row on which a
/// dialog lies: nobody sees there which one it would be.
pub fn can_run(state: &State, command: &Command) -> Result<(), String> {
    let covered = state.dialogs.iter().any(|dialog| !matches!(dialog, super::dialog::Dialog::Palette(_)));
    if covered && (command.scope == Scope::Row || (command.scope != Scope::Plan && command.class >= Class::Plan)) {
        return Err("it means the row beneath this dialog: close the dialog first".to_owned());
    }
    (command.enabled)(state)
}

/// Runs a command if it can be run, and says why not otherwise.
pub fn run(state: &mut State, command: &'static Command, arguments: &str) -> Vec<Effect> {
    match can_run(state, command) {
        Ok(()) => (command.run)(state, arguments.trim()),
        Err(reason) => {
            let text = format!("{}: {reason}", command.title.to_lowercase());
            state.tell(super::message::Message::warning(text));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_words_are_unique_and_everything_is_said() {
        let ids: BTreeSet<_> = COMMANDS.iter().map(|command| command.id).collect();
        let words: BTreeSet<_> = COMMANDS.iter().map(|command| command.word).collect();
        assert_eq!((ids.len(), words.len()), (COMMANDS.len(), COMMANDS.len()));
        for command in COMMANDS {
            assert!(command.sentence.ends_with('.') && command.sentence.len() > 10, "{}", command.id);
            assert!(!command.title.ends_with('.') && command.title.len() > 1, "{}", command.id);
            assert!(!command.word.contains(' '), "{}", command.id);
        }
    }

    #[test]
    fn what_changes_the_world_can_be_run_only_in_the_dialog_of_a_plan() {
        let mutating = COMMANDS.iter().filter(|command| command.class == Class::Mutate);
        assert!(mutating.into_iter().all(|command| command.scope == Scope::Plan));
    }

    #[test]
    fn slips_find_the_nearest() {
        assert_eq!(nearest("track.rolback"), Some("track.rollback"));
        assert_eq!(nearest("xyzzy"), None);
    }
}
