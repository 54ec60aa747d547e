//! What is held against deployments, and what repaired them (metrics documentation, "Frequency, failure, recovery,
//! rework").

use crate::model::{DeploymentId, IncidentId, Text, Time, Version};

/// The kind of evidence that a deployment failed its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// S1: somebody said so: an incident's cause, a repairing deployment's target, a version marked bad.
    Explicit,
    /// S2: a later rollback took its commits away again.
    Rollback,
    /// S3: a later deployment brought a commit that reverts one of its commits.
    Revert,
    /// S4: a hotfix without a target came right after it.
    Hotfix,
    /// S5: an incident without a cause was opened soon after it. Possible, and counted only where the policy says so.
    Inferred,
    /// S6: it failed after it had taken traffic.
    Traffic,
}

impl Signal {
    /// The number by which documentation and scripts name it: `S1` to `S6`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Explicit => "S1",
            Self::Rollback => "S2",
            Self::Revert => "S3",
            Self::Hotfix => "S4",
            Self::Inferred => "S5",
            Self::Traffic => "S6",
        }
    }
}

/// Evidence that a deployment failed its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its kind.
    pub signal: Signal,
    /// What it is.
    pub by: Witness,
}

impl Evidence {
    /// The evidence in words, read after the deployment's name: `rolled back by d7`.
    pub fn words(&self) -> Text {
        Text::from(self.told(ToString::to_string))
    }

    /// The evidence in words, in which other deployments are called what `name` says.
    pub fn told(&self, name: impl Fn(&DeploymentId) -> String) -> String {
        let by = match &self.by {
            Witness::Incident(id) => id.to_string(),
            Witness::Deployment(id) => name(id),
            Witness::Mark(version) => version.to_string(),
            Witness::Itself => String::new(),
        };
        match (self.signal, &self.by) {
            (Signal::Explicit, Witness::Incident(_)) => format!("caused incident {by}"),
            (Signal::Explicit, Witness::Mark(_)) => format!("its version {by} is marked bad"),
            (Signal::Explicit, _) => format!("{by} says that it fixes it"),
            (Signal::Rollback, _) => format!("rolled back by {by}"),
            (Signal::Revert, _) => format!("reverted by {by}"),
            (Signal::Hotfix, _) => format!("{by} after it bears the label of a hotfix"),
            (Signal::Inferred, _) => format!("incident {by} was opened soon after it"),
            (Signal::Traffic, _) => "took traffic and failed".to_owned(),
        }
    }

    /// Whether it makes a deployment count that did not succeed.
    pub fn by_itself(&self) -> bool {
        self.signal == Signal::Traffic
    }
}

/// What bears witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// An incident.
    Incident(IncidentId),
    /// A later deployment of the track.
    Deployment(DeploymentId),
    /// A mark that somebody set on the version.
    Mark(Version),
    /// The deployment's own report.
    Itself,
}

/// Why a deployment counts as unplanned repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// It took something back.
    Rollback,
    /// It says that it repairs that deployment or incident.
    Fixes(Text),
    /// It is called a hotfix.
    Hotfix,
    /// All of its changes are reverts.
    Reverts,
    /// It put the same code up again during an incident.
    Restart(IncidentId),
}

/// What is known of one deployment beyond the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why it counts as failed; empty when nothing is held against it. In the order of the signals.
    pub failed_by: Vec<Evidence>,
    /// What might be held against it and is not counted.
    pub possible: Vec<Evidence>,
    /// Why it counts as unplanned repair.
    pub remedy: Option<Remedy>,
    /// Whether it took away what a deployment brought that finished while it was under way: a race, no failure.
    pub overwrote_newer: bool,
}

/// A time in which users were hurt by deployments: one observation of recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// When it began.
    pub from: Time,
    /// When it was over; absent while it is not.
    pub until: Option<Time>,
    /// The failed deployments in it, by their numbers in the ledger, oldest first.
    pub deployments: Vec<usize>,
    /// What ended it.
    pub ended_by: Option<Witness>,
}

/// The verdicts over a whole ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// One for each entry.
    pub entries: Vec<Verdict>,
    /// Oldest first; they do not overlap.
    pub episodes: Vec<Episode>,
}

impl Verdicts {
    /// The verdict over an entry.
    pub fn of(&self, entry: usize) -> Option<&Verdict> {
        self.entries.get(entry)
    }

    /// Whether anything counts against an entry.
    pub fn failed(&self, entry: usize) -> bool {
        self.of(entry).is_some_and(|it| !it.failed_by.is_empty())
    }
}
