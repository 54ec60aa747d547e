//! What is kept of a repository between readings: enough to know what changed, and what a track runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::deployments::Deployed;
use super::wire::{Deployment, DeploymentStatus, Environment, Job, Pending, Run};
use crate::model::Time;

/// How many deployments are kept, the newest ones; of each track the newest few stay beside them.
const DEPLOYMENTS: usize = 400;
/// How many deployments of one environment are kept whatever comes after them.
const OF_ENVIRONMENT: usize = 12;
/// How many runs are kept.
const RUNS: usize = 300;

/// What is kept of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What it is called now, where it was renamed.
    pub renamed: Option<String>,
    /// The branch that is checked out by default.
    pub default_branch: String,
    /// Whether who asks may write; not known for a token that does not tell.
    pub may_push: Option<bool>,
    /// By which each address can be asked whether it changed.
    pub etags: BTreeMap<String, String>,
    /// Deployments by number.
    pub deployments: BTreeMap<u64, Deployed>,
    /// Who started the run that carries out a deployment, by the deployment: a program created it for them.
    pub actors: BTreeMap<u64, String>,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Runs by number.
    pub runs: BTreeMap<u64, Held>,
    /// The tags of releases.
    pub tags: BTreeSet<String>,
    /// The tag of the release of a commit.
    pub released: BTreeMap<String, String>,
    /// When the pull request that changed last did so.
    pub pulls_until: Option<Time>,
    /// When the mirror was fetched last.
    pub mirrored_at: Option<Time>,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// It.
    pub run: Run,
    /// Its jobs, while it is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Job>,
    /// Whether the jobs of this attempt were read after it had ended.
    #[serde(default)]
    pub is_whole: bool,
    /// What of it waits for an answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
}

impl Memory {
    /// Takes in a deployment; whether it is new or different.
    pub fn take_deployment(&mut self, it: Deployment, statuses: Option<Vec<DeploymentStatus>>) -> bool {
        match self.deployments.get_mut(&it.id) {
            Some(known) => {
                let statuses = statuses.unwrap_or_else(|| known.statuses.clone());
                let deployed = Deployed { it, statuses };
                let differs = *known != deployed;
                *known = deployed;
                differs
            }
            None => {
                self.deployments.insert(it.id, Deployed { it, statuses: statuses.unwrap_or_default() });
                true
            }
        }
    }

    /// Whether a deployment is as it was when its statuses were read.
    pub fn knows(&self, it: &Deployment) -> bool {
        self.deployments
            .get(&it.id)
            .is_some_and(|known| known.it.updated_at == it.updated_at && !known.statuses.is_empty())
    }

    /// Takes in a run; whether it is new or different.
    pub fn take_run(&mut self, run: Run) -> bool {
        let held = self.runs.entry(run.id).or_default();
        if held.run == run {
            return false;
        }
        if held.run.attempt() != run.attempt() {
            held.jobs.clear();
        }
        if run.is_over() {
            held.pending.clear();
        }
        held.is_whole = false;
        held.run = run;
        true
    }

    /// Deployments, newest first.
    pub fn newest_deployments(&self) -> impl Iterator<Item = &Deployed> {
        self.deployments.values().rev()
    }

    /// Lets go of what is old.
    pub fn prune(&mut self) {
        if self.deployments.len() > DEPLOYMENTS {
            let mut of_each: BTreeMap<String, usize> = BTreeMap::new();
            let mut keep = BTreeSet::new();
            for (at, deployed) in self.newest_deployments().enumerate() {
                let count = of_each.entry(format!("{}\n{}", deployed.it.environment, deployed.it.task)).or_default();
                *count += 1;
                if at < DEPLOYMENTS / 2 || *count <= OF_ENVIRONMENT {
                    keep.insert(deployed.it.id);
                }
            }
            self.deployments.retain(|id, _| keep.contains(id));
        }
        let surplus = self.runs.len().saturating_sub(RUNS);
        // What waits for somebody is followed however much came after it.
        let old: Vec<u64> =
            self.runs.iter().filter(|(_, it)| it.run.is_over()).map(|(id, _)| *id).take(surplus).collect();
        old.iter().for_each(|id| drop(self.runs.remove(id)));
        let (deployments, runs) = (&self.deployments, &self.runs);
        self.actors.retain(|id, _| deployments.contains_key(id));
        // An address of something that is not kept any more is not asked again.
        self.etags.retain(|path, _| {
            let number = |mark: &str| path.split_once(mark)?.1.split(['/', '?']).next()?.parse::<u64>().ok();
            number("/deployments/").is_none_or(|id| deployments.contains_key(&id))
                && number("/actions/runs/").is_none_or(|id| runs.get(&id).is_some_and(|it| !it.is_whole))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rarely_deployed_is_kept_beside_what_is_deployed_often() {
        let mut memory = Memory::default();
        let deployment =
            |id, environment: &str| Deployment { id, environment: environment.into(), ..Deployment::default() };
        memory.take_deployment(deployment(1, "production"), None);
        memory.etags.insert("/repos/a/b/deployments/5/statuses".into(), "x".into());
        memory.etags.insert("/repos/a/b/deployments?per_page=100".into(), "x".into());
        for id in 2..=1_000 {
            memory.take_deployment(deployment(id, "dev"), None);
        }
        memory.prune();
        assert!(memory.deployments.contains_key(&1) && memory.deployments.contains_key(&1_000));
        assert!(memory.deployments.len() <= DEPLOYMENTS);
        assert_eq!(memory.etags.len(), 1);
    }

    #[test]
    fn another_attempt_has_other_jobs() {
        let mut memory = Memory::default();
        let run =
            |attempt, status: &str| Run { id: 1, run_attempt: Some(attempt), status: status.into(), ..Run::default() };
        assert!(memory.take_run(run(1, "completed")));
        assert!(!memory.take_run(run(1, "completed")));
        if let Some(held) = memory.runs.get_mut(&1) {
            held.is_whole = true;
            held.jobs.push(Job::default());
        }
        assert!(memory.take_run(run(2, "queued")));
        assert!(memory.runs.get(&1).is_some_and(|it| it.jobs.is_empty() && !it.is_whole));
    }
}
