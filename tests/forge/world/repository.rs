//! One repository with all that happened in it.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::clock::{Clock, Time};
use super::code::{Check, Commit, CommitStatus, Issue, Pull, Release};
use super::deployment::{Deployment, Environment};
use super::run::Run;
use super::workflow::Workflow;

/// Everything in time order, oldest first.
pub struct Repository {
    pub clock: Arc<Clock>,
    pub id: u64,
    /// `acme/shop`.
    pub full_name: String,
    /// What it was called before; GitHub answers those with 301.
    pub former_names: Vec<String>,
    pub private: bool,
    pub default_branch: String,
    pub created_at: Time,
    /// Logins that may read only. Everybody else with a token may write.
    pub readers: Vec<String>,
    /// Members of teams that are named as reviewers.
    pub teams: BTreeMap<String, Vec<String>>,
    pub commits: Vec<Commit>,
    pub commit_places: HashMap<String, usize>,
    pub branches: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub environments: Vec<Environment>,
    pub deployments: Vec<Deployment>,
    pub workflows: Vec<Workflow>,
    pub runs: Vec<Run>,
    pub pulls: Vec<Pull>,
    pub issues: Vec<Issue>,
    pub releases: Vec<Release>,
    pub checks: Vec<Check>,
    pub commit_statuses: Vec<CommitStatus>,
    /// A real bare repository with the same commits.
    pub git: Option<PathBuf>,
    /// `cancel` is accepted and nothing happens, until it is forced.
    pub stubborn: bool,
    /// What the next creation of a deployment answers instead of 201.
    pub next_deployment: Option<Creation>,
}

/// What happens instead when somebody creates a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// 202: the default branch was merged into the reference.
    Merged,
    /// 409, with a message.
    Conflict(String),
}

impl Repository {
    /// An empty private one.
    pub fn new(clock: Arc<Clock>, full_name: &str) -> Self {
        let (id, created_at) = (clock.id(), clock.now());
        Self {
            clock,
            id,
            full_name: full_name.to_owned(),
            former_names: Vec::new(),
            private: true,
            default_branch: "main".to_owned(),
            created_at,
            readers: Vec::new(),
            teams: BTreeMap::new(),
            commits: Vec::new(),
            commit_places: HashMap::new(),
            branches: BTreeMap::new(),
            tags: BTreeMap::new(),
            environments: Vec::new(),
            deployments: Vec::new(),
            workflows: Vec::new(),
            runs: Vec::new(),
            pulls: Vec::new(),
            issues: Vec::new(),
            releases: Vec::new(),
            checks: Vec::new(),
            commit_statuses: Vec::new(),
            git: None,
            stubborn: false,
            next_deployment: None,
        }
    }

    /// `acme`.
    pub fn owner(&self) -> &str {
        self.full_name.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// `shop`.
    pub fn name(&self) -> &str {
        self.full_name.split_once('/').map_or(&self.full_name, |(_, name)| name)
    }

    /// Gives it another name.
    pub fn rename(&mut self, full_name: &str) {
        let former = std::mem::replace(&mut self.full_name, full_name.to_owned());
        self.former_names.push(former);
    }
}
