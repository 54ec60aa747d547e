//! Verbs: what can be done to a track.

use serde::{Deserialize, Serialize};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Put a version that exists into the environment.
    Promote,
    /// Put back a version that was there before.
    RollBack,
    /// Hold what is on its way where it is, until it is resumed.
    Pause,
    /// Let go on what was paused.
    Resume,
    /// Start the same version anew.
    Restart,
    /// Give up what is on its way, and stay with what was live before it.
    Abort,
}

impl Verb {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 6] = [Self::Promote, Self::RollBack, Self::Pause, Self::Resume, Self::Restart, Self::Abort];

    /// What it is called: `roll back`.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// What it is called on the command line: `rollback`.
    pub fn command(self) -> &'static str {
        self.row().command
    }

    /// While it is done: `rolling back`.
    pub fn doing(self) -> &'static str {
        self.row().doing
    }

    /// When it has been done: `rolled back`.
    pub fn done(self) -> &'static str {
        self.row().done
    }

    /// What it does, in one sentence.
    pub fn sentence(self) -> &'static str {
        self.row().sentence
    }

    /// The word between service and environment: `promote checkout to production`, `pause checkout in production`.
    pub fn preposition(self) -> &'static str {
        if self == Self::Promote { "to" } else { "in" }
    }

    /// Whether it is about another version than the one that should be live anyway, so that there is one to choose.
    pub fn chooses(self) -> bool {
        matches!(self, Self::Promote | Self::RollBack)
    }

    /// Whether users get other code by it, or lose some.
    pub fn changes_code(self) -> bool {
        !matches!(self, Self::Pause | Self::Restart)
    }

    /// Whether it is about what is on its way.
    pub fn acts_on_what_is_coming(self) -> bool {
        matches!(self, Self::Pause | Self::Resume | Self::Abort)
    }

    /// Whether it stops what may be hurting users, and starts nothing: no freeze and no lock keeps anybody from that.
    pub fn only_stops(self) -> bool {
        matches!(self, Self::Pause | Self::Abort)
    }

    fn row(self) -> Row {
        let row = |word, command, doing, done, sentence| Row { word, command, doing, done, sentence };
        match self {
            Self::Promote => {
                row("promote", "promote", "promoting", "promoted", "Puts a version that exists into the environment.")
            }
            Self::RollBack => row(
                "roll back",
                "rollback",
                "rolling back",
                "rolled back",
                "Puts a version back that was there before.",
            ),
            Self::Pause => {
                row("pause", "pause", "pausing", "paused", "Holds a rollout where it is, until it is resumed.")
            }
            Self::Resume => row("resume", "resume", "resuming", "resumed", "Lets a rollout go on that was paused."),
            Self::Restart => row("restart", "restart", "restarting", "restarted", "Starts the version that runs anew."),
            Self::Abort => row(
                "abort",
                "abort",
                "aborting",
                "aborted",
                "Gives up a rollout that is on its way, and stays with what was live before it.",
            ),
        }
    }
}

struct Row {
    word: &'static str,
    command: &'static str,
    doing: &'static str,
    done: &'static str,
    sentence: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_a_word_of_its_own_and_is_written_in_snake_case() {
        let words: std::collections::BTreeSet<_> = Verb::ALL.iter().map(|verb| verb.word()).collect();
        assert_eq!(words.len(), Verb::ALL.len());
        assert_eq!(serde_json::to_string(&Verb::RollBack).expect("text"), "\"roll_back\"");
        assert!(Verb::ALL.iter().all(|verb| verb.sentence().ends_with('.')));
    }
}
