//! What is counted, and how: every choice that changes a number, in one place, with its default.

use chrono::TimeDelta;
use regex::Regex;

use crate::model::{CommitId, Time};

/// Every choice that changes a number.
#[derive(Clone, Debug)]
pub struct Policy {
    /// When the clock of a change starts.
    pub start: Start,
    /// What had been delivered before anything is counted.
    pub baseline: Baseline,
    /// Whether a commit with two parents or more is a change.
    pub count_merges: bool,
    /// Authors whose commits are not counted as changes: matched against `name <address>`. `None` counts everybody.
    pub bots: Option<Regex>,
    /// What makes two commits one change.
    pub equivalence: Equivalence,
    /// Which deployments are in the headline of the deployment frequency.
    pub headline: Headline,
    /// Whether deployments that changed nothing of the service are in it too.
    pub count_noop: bool,
    /// Which deployment a rollback blames.
    pub blame: Blame,
    /// How long after a deployment a rollback or a revert is still its failure. Younger deployments are provisional.
    pub horizon: TimeDelta,
    /// Within how long after a deployment an incident without a cause is taken for its failure; `None` takes none.
    pub infer_within: Option<TimeDelta>,
    /// When the clock of a recovery starts.
    pub recovery_from: RecoveryFrom,
    /// What a label or version of a hotfix deployment looks like; `None` knows none.
    pub hotfix: Option<Regex>,
    /// When a group of environments counts as deployed.
    pub group: GroupRule,
    /// How far back is looked when nobody says; changes no number.
    pub window: TimeDelta,
    /// The year of the bands that are named beside numbers; changes no number.
    pub bands: Option<u16>,
}

/// When the clock of a change starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Start {
    /// When it was written. Survives rebase, amend and cherry-pick.
    #[default]
    Author,
    /// When it was committed.
    Commit,
    /// When it reached the deployable branch.
    Landed,
    /// When the first commit was written that reached the deployable branch together with it.
    FirstCommit,
}

/// What had been delivered before anything is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// What the first deployment holds.
    #[default]
    First,
    /// What these commits hold.
    Commits(Vec<CommitId>),
    /// What was written before this moment.
    Since(Time),
}

/// What makes two commits one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equivalence {
    /// A trailer says that one was picked from the other.
    pub trailer: bool,
    /// The forge says so: a squash commit stands for the commits of its pull request.
    pub forge: bool,
    /// They make the same difference to the files.
    pub patch: bool,
}

/// Which successful deployments are in the headline of the deployment frequency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Headline {
    /// Those that brought something new: forward, divergent, initial.
    #[default]
    New,
    /// All.
    All,
}

/// Which of the deployments whose commits a rollback removed is its failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The first of them.
    #[default]
    Earliest,
    /// The last of them.
    Latest,
    /// Each of them.
    All,
}

/// When the clock of a recovery starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecoveryFrom {
    /// When users got the failure.
    #[default]
    Deployment,
    /// When somebody noticed it, where an incident tells.
    Detection,
}

/// When a group of environments counts as deployed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupRule {
    /// When the last member has it.
    #[default]
    All,
    /// When the first member has it.
    Any,
}

/// Authors that are programs, as forges and their helpers name them.
pub const BOTS: &str = r"(?i)\[bot\]|-bot\b|\bbot@|\b(dependabot|renovate|automation)\b";

/// What says that a deployment is a hotfix.
pub const HOTFIX: &str = r"(?i)\bhot-?fix";

impl Default for Policy {
    fn default() -> Self {
        Self {
            start: Start::default(),
            baseline: Baseline::default(),
            count_merges: false,
            bots: Regex::new(BOTS).ok(),
            equivalence: Equivalence { trailer: true, forge: true, patch: false },
            headline: Headline::default(),
            count_noop: false,
            blame: Blame::default(),
            horizon: TimeDelta::days(7),
            infer_within: None,
            recovery_from: RecoveryFrom::default(),
            hotfix: Regex::new(HOTFIX).ok(),
            group: GroupRule::default(),
            window: TimeDelta::days(90),
            bands: None,
        }
    }
}
