//! One service from its facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frame::Frame;
use super::origin;
use super::release::{self, ReleaseTags};
use super::snapshot::{Repository, ServicePicture};
use super::track::{self, Around, Parts};
use crate::fact::{Body, Fact};
use crate::graph::Pos;
use crate::metrics::{Code, Codebase, Reported, Scope};
use crate::model::{
    Artifact, BadMark, CommitId, Incident, Reference, ReferenceKind, RepositoryId, Run, Service, SourceId, Text, Time,
    TrackId,
};

/// Paints one service from its facts and the runs that name no service, going on from how it looked before.
/// `repositories` are all there are.
pub fn paint<'a>(
    service: Service,
    facts: impl Iterator<Item = &'a Fact>,
    repositories: &BTreeMap<RepositoryId, Arc<Repository>>,
    frame: &Frame,
    before: Option<&ServicePicture>,
) -> ServicePicture {
    let repository = service.repository.as_ref().and_then(|it| repositories.get(it)).map(|it| &**it);
    let mut sorted = Sorted::default();
    facts.filter(|fact| runs_here(fact, repository)).for_each(|fact| sorted.take(fact));
    if let Some(repository) = repository {
        sorted.take_release_line(&service, repository, frame);
    }
    origin::complete(&service.id, repository, &sorted.artifacts, sorted.tracks.values_mut());
    sorted.order();

    let branch = repository.and_then(|it| deployed_branch(&service, it));
    let head = branch.map(|it| it.commit);
    let graph = repository.map(|it| &*it.graph);
    let head_at = head.and_then(|head| graph?.position(&head));
    let within = |pos: Pos| repository.is_some_and(|it| it.touches(&service.id, pos));
    let code = repository.map(|it| Code::new(&it.graph, head_at, &it.pull_requests, &it.classes, &frame.measures));
    let some_paths = repository.is_some_and(|it| it.filters.contains_key(&service.id));
    let scope = code.as_ref().map(|code| Scope { code, within: some_paths.then_some(&within as _) });
    let codebase = |id: &RepositoryId| repositories.get(id).map(|it| Codebase { id: &it.id, graph: &it.graph });
    let around = Around {
        graph,
        head: head_at,
        scope,
        repository: &codebase,
        own: repository.map(|it| Codebase { id: &it.id, graph: &it.graph }),
        baseline: &frame.measures.baseline,
        incidents: &sorted.incidents,
    };
    let ledger = |id: &TrackId| before.and_then(|it| it.track(&id.environment)).map(|it| &*it.ledger);
    let mut tracks: Vec<_> = track::by_rank(sorted.tracks, |id| frame.place(&id.environment))
        .into_iter()
        .map(|(id, parts)| {
            let (owner, ledger) = ((frame.owner)(&id), ledger(&id));
            track::track(id, parts, owner, &around, ledger)
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
            Body::Run(it) => self.runs.push(Arc::clone(it)),
            Body::Artifact(it) => self.artifacts.push(Arc::clone(it)),
            Body::Incident(it) => self.incidents.push(Arc::clone(it)),
            Body::BadMark(it) if !it.lifted => self.bad.push((**it).clone()),
            Body::Deployment(it) => {
                let parts = self.tracks.entry(it.track()).or_default();
                parts.deployments.push(Reported { source: fact.source.clone(), deployment: Arc::clone(it) });
            }
            Body::State(it) => {
                let parts = self.tracks.entry(it.track.clone()).or_default();
                // Two sources may observe one track: the later observation holds, by name where they are equal.
                let later = parts.state.as_ref().is_none_or(|(at, _)| *at <= fact.observed_at);
                if later {
                    parts.state = Some((fact.observed_at, Arc::clone(it)));
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
                parts.deployments.push(Reported { source: source.clone(), deployment: Arc::new(deployment) });
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
    let Body::Run(run) = &fact.body else { return true };
    let is_here = |commit: &CommitId| repository.is_some_and(|it| it.graph.position(commit).is_some());
    run.service.is_some() || run.commit.as_ref().is_some_and(is_here)
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
