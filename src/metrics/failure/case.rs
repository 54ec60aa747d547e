//! What a judge looks at: the deployments that are known by now, who owns which commit, what an id names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::graph::{Cargo, First, Pos};
use crate::metrics::code::Scope;
use crate::metrics::ledger::{Entry, Ledger};
use crate::metrics::policy::Policy;
use crate::model::{BadMark, DeploymentId, Incident, IncidentId, Kind, Outcome, Text, Time, Version};

/// Everything that is known of a track at a moment.
pub(super) struct Case<'a> {
    pub ledger: &'a Ledger,
    pub scopes: &'a [Scope<'a>],
    /// Those of the track that were open by now, in the order in which they were opened.
    pub incidents: Vec<&'a Incident>,
    pub bad: &'a [BadMark],
    pub policy: &'a Policy,
    pub now: Time,
    /// The deployments that are dated, and not after now: one stretch of the ledger, which is ordered by time.
    first: usize,
    end: usize,
    deployments: HashMap<&'a DeploymentId, usize>,
    /// For each repository the undeclared first deployment: it owns what it holds.
    baselines: Vec<Option<usize>>,
}

/// A deployment that is dated, and not after now.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Its number in the ledger.
    pub number: usize,
    pub entry: &'a Entry,
    /// When users had it, or when it failed.
    pub at: Time,
}

impl<'a> Seen<'a> {
    pub fn id(&self) -> DeploymentId {
        self.entry.deployment.id.clone()
    }

    pub fn is_success(&self) -> bool {
        self.entry.is_success()
    }

    /// When it began; where that is not known, when it finished.
    pub fn started(&self) -> Time {
        self.entry.deployment.started_at.unwrap_or(self.at)
    }

    /// Whether it failed after users had met it.
    pub fn failed_with_traffic(&self) -> bool {
        self.entry.deployment.outcome == Outcome::Failed && self.entry.deployment.traffic == Some(true)
    }

    pub fn is_labelled(&self, is: impl Fn(&str) -> bool) -> bool {
        self.entry.deployment.labels.iter().map(Text::as_str).any(is)
    }
}

impl<'a> Case<'a> {
    pub fn new(
        ledger: &'a Ledger,
        scopes: &'a [Scope<'a>],
        incidents: &'a [Arc<Incident>],
        bad: &'a [BadMark],
        policy: &'a Policy,
        now: Time,
    ) -> Self {
        let entries = ledger.entries();
        let first = entries.partition_point(|it| it.deployment.at().is_none());
        let end = entries.partition_point(|it| it.deployment.at().is_none_or(|at| at <= now));
        let mut deployments = HashMap::new();
        for (number, entry) in entries.iter().enumerate().take(end).skip(first) {
            deployments.entry(&entry.deployment.id).or_insert(number);
        }
        let of_track = |it: &&Incident| {
            entries.first().is_some_and(|Entry { deployment, .. }| {
                it.service.as_ref().is_none_or(|service| *service == deployment.service)
                    && it.environment.as_ref().is_none_or(|environment| *environment == deployment.environment)
            })
        };
        let known = |it: &&Incident| it.opened_at <= now;
        let mut incidents: Vec<&Incident> = incidents.iter().map(|it| &**it).filter(of_track).filter(known).collect();
        incidents.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        let baseline = |line: usize| {
            let line = ledger.line(line)?;
            let first = line.steps().iter().position(|step| matches!(step.cargo, Cargo::Commit(_)))?;
            line.is_baseline(first).then_some(first)
        };
        let baselines = (0..ledger.repositories()).map(baseline).collect();
        Self { ledger, scopes, incidents, bad, policy, now, first, end, deployments, baselines }
    }

    /// The deployments that are known by now, oldest first.
    pub fn deployments(&self) -> impl DoubleEndedIterator<Item = Seen<'a>> {
        (self.first..self.end).filter_map(|number| self.seen(number))
    }

    /// The deployment of that number, if it is known by now.
    pub fn seen(&self, number: usize) -> Option<Seen<'a>> {
        let entry = self.ledger.entries().get(number).filter(|_| number < self.end)?;
        Some(Seen { number, entry, at: entry.deployment.at()? })
    }

    /// The deployment of the track that an id names; of several that share it, the first.
    pub fn named(&self, id: &DeploymentId) -> Option<usize> {
        self.deployments.get(id).copied()
    }

    /// The incident of the track that the target of a repair names.
    pub fn incident_named(&self, id: &DeploymentId) -> Option<&'a Incident> {
        let id = IncidentId::from(id.as_str());
        self.incidents.iter().find(|it| it.id == id).copied()
    }

    /// The incident that a deployment says it repairs.
    pub fn incident_fixed_by(&self, number: usize) -> Option<&'a Incident> {
        let fixes = self.seen(number)?.entry.deployment.fixes.as_ref()?;
        if self.named(fixes).is_some() { None } else { self.incident_named(fixes) }
    }

    /// The deployment that brought each version here first.
    pub fn first_of_versions(&self) -> HashMap<&'a Version, usize> {
        let mut first = HashMap::new();
        for it in self.deployments().filter(Seen::is_success) {
            it.entry.deployment.version.as_ref().into_iter().for_each(|version| {
                first.entry(version).or_insert(it.number);
            });
        }
        first
    }

    /// The deployment with which a commit of a repository came. What a declared baseline holds came with none.
    pub fn owner(&self, line: usize, pos: Pos) -> Option<usize> {
        match self.ledger.line(line)?.first(pos)? {
            First::Deployment(number) => usize::try_from(number).ok(),
            First::Baseline => self.baselines.get(line).copied().flatten(),
        }
    }

    /// Whether a deployment can fail its users by what it brought: it succeeded, and brought something of the service
    /// that they never had.
    pub fn is_counted(&self, it: &Seen<'_>) -> bool {
        it.is_success() && it.entry.kind.is_new() && !is_noop(self.ledger, self.scopes, it.number)
    }

    /// Whether a deployment is called a hotfix. A version that is called so is one only when it comes, not when it is
    /// put up again.
    pub fn is_hotfix(&self, it: &Seen<'_>) -> bool {
        let Some(hotfix) = &self.policy.hotfix else { return false };
        let comes = it.entry.kind.is_new() || it.entry.kind == Kind::Unknown;
        let version = it.entry.deployment.version.as_ref().filter(|_| comes);
        it.is_success()
            && (it.is_labelled(|label| hotfix.is_match(label))
                || version.is_some_and(|it| hotfix.is_match(it.as_str())))
    }

    /// Whether `later` came so soon after `earlier` that it can bear witness against it.
    pub fn is_within_horizon(&self, earlier: &Seen<'_>, later: &Seen<'_>) -> bool {
        later.at.signed_duration_since(earlier.at) <= self.policy.horizon
    }
}

/// Whether a deployment brought new commits and nothing of the service is in them.
pub(in crate::metrics) fn is_noop(ledger: &Ledger, scopes: &[Scope<'_>], number: usize) -> bool {
    let brought = ledger.entries().get(number).is_some_and(|it| matches!(it.kind, Kind::Forward | Kind::Divergent));
    brought && scopes.iter().enumerate().all(|(line, it)| it.is_untouched_by(ledger.new_commits(line, number)))
}
