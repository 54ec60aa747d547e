//! What can be done to a run.

use serde::{Deserialize, Serialize};

/// What can be done to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunAct {
    /// Stop what runs or waits.
    Cancel,
    /// Run all of it again, on the same commit.
    Rerun,
    /// Run again what failed or was stopped, and what comes after it.
    RerunFailed,
    /// Run one job again, and what comes after it.
    RerunJob,
}

impl RunAct {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 4] = [Self::Cancel, Self::Rerun, Self::RerunFailed, Self::RerunJob];

    /// What it is called: `rerun failed jobs of`.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// What it is called on the command line: `rerun-failed`.
    pub fn command(self) -> &'static str {
        self.row().1
    }

    /// When it has been done: `cancelled`.
    pub fn done(self) -> &'static str {
        self.row().2
    }

    /// What it does, in one sentence.
    pub fn sentence(self) -> &'static str {
        self.row().3
    }

    /// Whether it only stops what may be hurting, and starts nothing.
    pub fn only_stops(self) -> bool {
        self == Self::Cancel
    }

    fn row(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Cancel => ("cancel", "cancel", "cancelled", "Stops what runs or waits."),
            Self::Rerun => ("rerun", "rerun", "rerun", "Runs all of it again, on the same commit."),
            Self::RerunFailed => (
                "rerun failed jobs of",
                "rerun-failed",
                "rerun where it had failed",
                "Runs again what failed or was stopped, and what comes after it.",
            ),
            Self::RerunJob => {
                ("rerun a job of", "rerun-job", "rerun in one job", "Runs one job again, and what comes after it.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_words_of_its_own() {
        let commands: std::collections::BTreeSet<_> = RunAct::ALL.iter().map(|act| act.command()).collect();
        assert_eq!(commands.len(), RunAct::ALL.len());
        assert!(RunAct::ALL.iter().all(|act| act.sentence().ends_with('.') && !act.word().is_empty()));
        assert_eq!(serde_json::to_string(&RunAct::RerunFailed).expect("text"), "\"rerun_failed\"");
    }
}
