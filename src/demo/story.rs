//! What happened in the demo company, as plain data: who built what when, and where it went.

use super::history::{History, Mark};
use crate::model::{Outcome, PullRequest, Run, RunId, Time, Version};

/// Everything about one repository and the services that are built from it.
#[derive(Debug)]
pub struct RepositoryStory {
    /// Its name.
    pub name: String,
    /// Its commits.
    pub history: History,
    /// Its pull requests, oldest first.
    pub pulls: Vec<PullStory>,
    /// Its services.
    pub services: Vec<ServiceStory>,
}

/// A pull request whose commits have marks instead of ids.
#[derive(Debug)]
pub struct PullStory {
    /// Everything but the ids.
    pub pull: PullRequest,
    /// Its commits.
    pub commits: Vec<Mark>,
    /// What brought it into the branch.
    pub merge: Option<Mark>,
}

/// Everything about one service.
#[derive(Debug)]
pub struct ServiceStory {
    /// Its name.
    pub name: String,
    /// The folder of the repository that it lives in, with a slash at its end; empty for the whole repository.
    pub folder: String,
    /// Its builds, oldest first.
    pub built: Vec<Built>,
    /// Its runs with the commits that they ran on, oldest first.
    pub runs: Vec<(Mark, Run)>,
    /// What arrived in the stages, oldest first.
    pub arrivals: Vec<Arrival>,
    /// What was tried in production, oldest first.
    pub attempts: Vec<Attempt>,
    /// When users were hurt.
    pub troubles: Vec<Trouble>,
    /// Versions that somebody marked bad: the build, when, who, why.
    pub bad: Vec<(usize, Time, &'static str, &'static str)>,
    /// A lock on production: since when, who, why.
    pub lock: Option<(Time, &'static str, &'static str)>,
}

/// A build that made an artifact.
#[derive(Clone, Debug)]
pub struct Built {
    /// What it is called.
    pub version: Version,
    /// The commit.
    pub mark: Mark,
    /// The run.
    pub run: RunId,
    /// When the artifact was there.
    pub at: Time,
}

/// A stage of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Every build.
    Dev,
    /// What is being tested.
    Testing,
}

impl Stage {
    /// Both, in the order of promotion.
    pub const ALL: [Self; 2] = [Self::Dev, Self::Testing];

    /// The environment's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Testing => "testing",
        }
    }
}

/// A build that came into a stage.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Which stage.
    pub stage: Stage,
    /// Which build.
    pub built: usize,
    /// When.
    pub at: Time,
    /// Who brought it.
    pub actor: &'static str,
}

/// An attempt to put a build into production.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which build.
    pub built: usize,
    /// When it began.
    pub started: Time,
    /// When it was over.
    pub finished: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it put an older version back.
    pub rollback: bool,
    /// Who asked for it.
    pub actor: &'static str,
    /// Why.
    pub reason: String,
    /// `hotfix` …
    pub label: Option<&'static str>,
}

/// A period in which users were hurt.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What it was.
    pub title: &'static str,
    /// When it began.
    pub opened: Time,
    /// When somebody noticed.
    pub detected: Time,
    /// When it was over.
    pub resolved: Option<Time>,
    /// The attempt that caused it.
    pub caused_by: Option<usize>,
}

impl ServiceStory {
    /// A service to which nothing has happened yet.
    pub fn new(name: &str, folder: &str) -> Self {
        Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            built: Vec::new(),
            runs: Vec::new(),
            arrivals: Vec::new(),
            attempts: Vec::new(),
            troubles: Vec::new(),
            bad: Vec::new(),
            lock: None,
        }
    }

    /// What production runs after the last attempt, with the number of the attempt that brought it.
    pub fn live(&self) -> Option<(usize, usize)> {
        let mut good = self.attempts.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Success);
        good.next_back().map(|(number, attempt)| (number, attempt.built))
    }

    /// The newest build that was in `stage` at `moment`.
    pub fn newest_in(&self, stage: Stage, moment: Time) -> Option<usize> {
        self.arrivals.iter().rfind(|it| it.stage == stage && it.at <= moment).map(|it| it.built)
    }
}
