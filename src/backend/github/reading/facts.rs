//! What is known of a repository as facts about tracks.

use std::collections::BTreeMap;

use super::round::Round;
use crate::backend::github::Inner;
use crate::backend::github::connection::Repository;
use crate::backend::github::deployments::Deployed;
use crate::backend::github::memory::Memory;
use crate::backend::github::state::{self, Wait};
use crate::backend::github::wire;
use crate::model::{self, ServiceId, Text, TrackId, TrackState, Version};

impl Round<'_> {
    /// The service of everything here, where it is one.
    pub(super) fn only_service(&self) -> Option<ServiceId> {
        let called = self.repository.called.as_str();
        self.inner.rules.only_service(called, self.inner.settings.environment.as_deref())
    }

    /// The fact that a deployment is, where it is of a track.
    pub(super) fn deployment_fact(&self, deployed: &Deployed) -> Option<model::Deployment> {
        let track = track(self.inner, self.repository, deployed)?;
        let by_program = deployed.it.creator.as_ref().is_none_or(|it| it.is_bot());
        let run = || deployed.run().and_then(|id| self.memory.runs.get(&id));
        let person = self.memory.actors.get(&deployed.it.id).map(String::as_str).or_else(|| run()?.run.person());
        let actor = person.filter(|_| by_program).map(Text::from);
        deployed.fact(&track, version(self.inner, self.memory, &deployed.it), actor)
    }

    /// Who started a run is behind the deployments that it carries out, which are told again where that was not known.
    pub(super) fn tell_actor(&mut self, run: &wire::Run) {
        let Some(person) = run.person() else { return };
        let its = self.memory.deployments.values().filter(|it| it.run() == Some(run.id));
        let its: Vec<u64> = its.map(|it| it.it.id).filter(|id| !self.memory.actors.contains_key(id)).collect();
        for id in its {
            self.memory.actors.insert(id, person.to_owned());
            self.found.changed = true;
            let fact = self.memory.deployments.get(&id).and_then(|it| self.deployment_fact(it));
            self.found.facts.extend(fact.map(Into::into));
        }
    }

    /// Tells all deployments again: their versions may be called otherwise.
    pub(super) fn retell_deployments(&mut self) {
        let facts: Vec<_> = self.memory.deployments.values().filter_map(|it| self.deployment_fact(it)).collect();
        self.found.facts.extend(facts.into_iter().map(Into::into));
        self.found.states = true;
    }
}

/// What the version of a deployment is called.
pub fn version(inner: &Inner, memory: &Memory, it: &wire::Deployment) -> Option<Version> {
    let is_tag = |name: &str| memory.tags.contains(name) || it.reference.starts_with("refs/tags/");
    inner.rules.version(it, is_tag, |sha| memory.released.get(sha).cloned())
}

fn track(inner: &Inner, repository: &Repository, deployed: &Deployed) -> Option<TrackId> {
    inner.rules.track(&deployed.it.environment, &deployed.it.task, repository.called.as_str())
}

/// What each track runs.
pub fn states(inner: &Inner, repository: &Repository, memory: &Memory) -> Vec<TrackState> {
    let mut tracks: BTreeMap<TrackId, Vec<&Deployed>> = BTreeMap::new();
    for deployed in memory.newest_deployments() {
        if let Some(track) = track(inner, repository, deployed) {
            tracks.entry(track).or_default().push(deployed);
        }
    }
    let version_of = |it: &wire::Deployment| version(inner, memory, it);
    let one = |(track, deployments): (TrackId, Vec<&Deployed>)| {
        let environment = deployments.first().map(|it| it.it.environment.clone()).unwrap_or_default();
        let waits =
            memory.runs.values().flat_map(|held| held.pending.iter().map(|pending| Wait { run: &held.run, pending }));
        let waits: Vec<Wait<'_>> = waits.filter(|it| it.pending.environment.name == environment).collect();
        state::state(&track, &deployments, version_of, &waits)
    };
    tracks.into_iter().map(one).collect()
}
