//! One service from its facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts::FactSet;
use super::frame::Frame;
use super::release::{self, ReleaseTags};
use super::snapshot::{Repository, ServicePicture};
use super::track::{self, Around, Parts};
use crate::fact::{Body, Fact};
use crate::graph::Pos;
use crate::model::{
    Artifact, BadMark, CommitId, Incident, Reference, ReferenceKind, Run, Service, SourceId, Text, Time, TrackId,
};

/// Paints one service.
pub fn paint(service: Service, facts: &FactSet, repository: Option<&Repository>, frame: &Frame) -> ServicePicture {
    let mut sorted = Sorted::default();
    facts.of_service(&service.id).for_each(|fact| sorted.take(fact));
    facts.anybodys().filter(|fact| runs_here(fact, repository)).for_each(|fact| sorted.take(fact));
    if let Some(repository) = repository {
        sorted.take_release_line(&service, repository, frame);
    }
    sorted.order();

    let branch = repository.and_then(|it| deployed_branch(&service, it));
    let head = branch.map(|it| it.commit);
    let graph = repository.map(|it| &*it.graph);
    let counts = |pos: Pos| repository.is_some_and(|it| it.is_change_of(&service.id, pos));
    let around = Around {
        graph,
        head: head.and_then(|head| graph?.position(&head)),
        counts: &counts,
        incidents: &sorted.incidents,
    };
    let mut tracks: Vec<_> = track::by_rank(sorted.tracks, |id| frame.place(&id.environment))
        .into_iter()
        .map(|(id, parts)| {
            let owner = (frame.owner)(&id);
            track::track(id, parts, owner, &around)
        })
        .collect();
    track::relate(&mut tracks, &around);

    ServicePicture {
        branch: branch.map(|it| Text::from(it.name.short())),
        head,
        tracks,
        runs: sorted.runs,
        artifacts: sorted.artifacts,
        incidents: sorted.incidents,
        bad: sorted.bad,
        service,
    }
}

/// Facts of one service by what they are about.
#[derive(Default)]
struct Sorted {
    tracks: BTreeMap<TrackId, Parts>,
    runs: Vec<Arc<Run>>,
    artifacts: Vec<Arc<Artifact>>,
    incidents: Vec<Arc<Incident>>,
    bad: Vec<BadMark>,
}

impl Sorted {
    fn take(&mut self, fact: &Fact) {
        match &fact.body {
            Body::Run(it) => self.runs.push(Arc::new(it.clone())),
            Body::Artifact(it) => self.artifacts.push(Arc::new(it.clone())),
            Body::Incident(it) => self.incidents.push(Arc::new(it.clone())),
            Body::BadMark(it) if !it.lifted => self.bad.push(it.clone()),
            Body::Deployment(it) => {
                let parts = self.tracks.entry(it.track()).or_default();
                parts.deployments.push((fact.source.clone(), Arc::new(it.clone())));
            }
            Body::State(it) => {
                let parts = self.tracks.entry(it.track.clone()).or_default();
                // Two sources may observe one track: the later observation holds, by name where they are equal.
                let later = parts.state.as_ref().is_none_or(|(at, _)| *at <= fact.observed_at);
                if later {
                    parts.state = Some((fact.observed_at, Arc::new(it.clone())));
                }
            }
            Body::BadMark(_) | Body::Reference(_) | Body::PullRequest(_) | Body::Lock(_) | Body::Withdrawn(_) => {}
        }
    }

    fn take_release_line(&mut self, service: &Service, repository: &Repository, frame: &Frame) {
        let lines: Vec<_> = frame.environments.iter().filter(|it| it.release_line).collect();
        if lines.is_empty() && service.release_tags.is_none() {
            return;
        }
        let rule = ReleaseTags::of(service, repository.references.iter().map(|it| &**it));
        let source = SourceId::from(repository.id.as_str());
        for tag in repository.references.iter().filter(|it| rule.fit(it)) {
            self.artifacts.push(Arc::new(release::artifact(&service.id, tag)));
            for line in &lines {
                let deployment = release::deployment(&service.id, &line.id, tag);
                let parts = self.tracks.entry(deployment.track()).or_default();
                parts.deployments.push((source.clone(), Arc::new(deployment)));
            }
        }
    }

    fn order(&mut self) {
        self.runs.sort_by(|a, b| (last_time(b), &b.id).cmp(&(last_time(a), &a.id)));
        let born = |it: &Artifact| it.built_at.or(it.arrived_at);
        self.artifacts.sort_by(|a, b| {
            (born(b), &a.location).cmp(&(born(a), &b.location)).then_with(|| b.version.natural_cmp(&a.version))
        });
        self.incidents.sort_by(|a, b| (b.opened_at, &b.id).cmp(&(a.opened_at, &a.id)));
        self.bad.sort_by(|a, b| a.version.natural_cmp(&b.version));
    }
}

/// The latest time that a run has: where it stands in a list, newest first.
fn last_time(run: &Run) -> Option<Time> {
    run.finished_at.max(run.started_at).max(run.queued_at)
}

/// A run that names no service belongs to those whose repository holds its commit.
fn runs_here(fact: &Fact, repository: Option<&Repository>) -> bool {
    let Body::Run(run) = &fact.body else { return false };
    let commit: Option<&CommitId> = run.commit.as_ref();
    run.service.is_none()
        && commit.is_some_and(|commit| repository.is_some_and(|it| it.graph.position(commit).is_some()))
}

/// The branch that is deployed: the configured one, else `main`, `master`, `trunk` or `develop` here or on `origin`, else
/// what is checked out.
fn deployed_branch<'a>(service: &Service, repository: &'a Repository) -> Option<&'a Reference> {
    let named = |name: &str| {
        let is = |it: &&Arc<Reference>, prefix: &str| {
            it.name.as_str().strip_prefix(prefix).is_some_and(|short| short == name)
        };
        let all = &repository.references;
        all.iter().find(|it| is(it, "refs/heads/")).or_else(|| all.iter().find(|it| is(it, "refs/remotes/origin/")))
    };
    if let Some(branch) = &service.branch {
        return named(branch).map(|it| &**it);
    }
    let usual = ["main", "master", "trunk", "develop"].into_iter().find_map(named);
    usual.or_else(|| repository.references.iter().find(|it| it.kind == ReferenceKind::Head)).map(|it| &**it)
}
