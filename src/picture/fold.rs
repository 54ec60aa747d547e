//! Folding facts into snapshots: what changed is painted anew, the rest is shared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::facts::{Dirty, FactSet};
use super::frame::Frame;
use super::service;
use super::snapshot::{Repository, ServicePicture, Snapshot, SourceStatus};
use crate::fact::{Body, Fact};
use crate::graph::{CommitGraph, CommitTexts, Touched};
use crate::metrics::{Classes, Policy};
use crate::model::{
    CommitId, Gate, Incident, Lock, PullRequest, Reference, RepositoryId, Service, ServiceId, SourceId, Time,
};

/// The commits of a repository as the store holds them.
#[derive(Clone, Debug)]
pub struct Commits {
    /// The graph.
    pub graph: Arc<CommitGraph>,
    /// What people wrote.
    pub texts: Arc<dyn CommitTexts>,
    /// Which commits touch which of the repository's path filters.
    pub touched: Arc<Touched>,
    /// The path filter of each service that is some paths of the repository.
    pub filters: BTreeMap<ServiceId, usize>,
    /// Pairs of commits that are known to make the same patch.
    pub same: Arc<[(CommitId, CommitId)]>,
}

/// What snapshots are made from.
#[derive(Debug)]
pub struct Picture {
    frame: Frame,
    facts: FactSet,
    commits: BTreeMap<RepositoryId, Commits>,
    sources: BTreeMap<SourceId, SourceStatus>,
    newest: Option<Time>,
    /// What was touched and is not drawn anew yet.
    dirty: Dirty,
    current: Snapshot,
}

impl Picture {
    /// The empty picture in a frame.
    pub fn new(frame: Frame) -> Self {
        let mut picture = Self {
            frame,
            facts: FactSet::default(),
            commits: BTreeMap::new(),
            sources: BTreeMap::new(),
            newest: None,
            dirty: Dirty::default(),
            current: Snapshot::default(),
        };
        picture.repaint(&Dirty { everything: true, ..Dirty::default() });
        picture
    }

    /// What it is painted into.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The snapshot as it is.
    pub fn snapshot(&self) -> Snapshot {
        self.current.clone()
    }

    /// Takes facts in; whether anything changed.
    pub fn fold(&mut self, facts: impl IntoIterator<Item = Fact>) -> bool {
        facts.into_iter().for_each(|fact| self.gather(fact));
        let dirty = std::mem::take(&mut self.dirty);
        if dirty.is_empty() {
            // Seen again as it was: fresher, and not worth a drawing.
            self.current.observed_at = self.newest;
            return false;
        }
        self.repaint(&dirty);
        true
    }

    /// Takes a fact in without drawing anything anew: the next [`fold`](Self::fold) does.
    pub fn gather(&mut self, fact: Fact) {
        self.newest = self.newest.max(Some(fact.observed_at));
        self.facts.take(fact, &mut self.dirty);
    }

    /// Gives back the room that folding took ahead.
    pub fn shrink(&mut self) {
        self.facts.shrink();
    }

    /// The commits of a repository.
    pub fn commits(&self, repository: &RepositoryId) -> Option<&Commits> {
        self.commits.get(repository)
    }

    /// Takes a repository's commits in.
    pub fn set_commits(&mut self, repository: RepositoryId, commits: Commits) {
        self.commits.insert(repository.clone(), commits);
        self.repaint(&Dirty { repositories: BTreeSet::from([repository]), ..Dirty::default() });
    }

    /// Takes in how fresh what a backend said is.
    pub fn set_source(&mut self, source: SourceId, status: SourceStatus) {
        self.sources.insert(source, status);
        self.current.sources = self.sources.clone();
        self.current.generation += 1;
    }

    /// The services in the picture.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> + Clone {
        self.current.services.keys()
    }

    /// Every lock that was set, those that do not hold any more among them.
    pub fn locks(&self) -> impl Iterator<Item = &Lock> {
        self.facts.shared().into_iter().filter_map(|fact| match &fact.body {
            Body::Lock(lock) => Some(&**lock),
            _ => None,
        })
    }

    /// Takes configured freeze windows in: they move with the clock.
    pub fn set_freezes(&mut self, freezes: Vec<Gate>) -> bool {
        if self.frame.freezes == freezes {
            return false;
        }
        self.frame.freezes = freezes;
        self.current.gates = self.gates();
        self.current.generation += 1;
        true
    }

    fn repaint(&mut self, dirty: &Dirty) {
        let repositories = self.repaint_repositories(dirty);
        let names: BTreeSet<ServiceId> =
            self.facts.services().cloned().chain(self.frame.named.iter().cloned()).collect();
        let anybodys = self.facts.anybodys();
        let mut services = BTreeMap::new();
        for name in names {
            let Some(service) = (self.frame.service)(&name) else { continue };
            let fresh = dirty.everything
                || dirty.services.contains(&name)
                || service.repository.as_ref().is_some_and(|it| repositories.contains(it));
            let painted = match self.current.services.get(&name).filter(|_| !fresh) {
                Some(old) => old.clone(),
                None => Arc::new(self.paint(service, &anybodys)),
            };
            services.insert(name, painted);
        }
        self.current = Snapshot {
            generation: self.current.generation + 1,
            observed_at: self.newest,
            environments: self.frame.environments.clone(),
            services,
            repositories: std::mem::take(&mut self.current.repositories),
            sources: self.sources.clone(),
            gates: self.gates(),
            incidents: self.shared_incidents(),
            measures: Arc::clone(&self.frame.measures),
            glance: false,
        };
    }

    fn paint(&self, service: Service, anybodys: &[&Fact]) -> ServicePicture {
        let before = self.current.services.get(&service.id).cloned();
        let facts = self.facts.of_service(&service.id);
        let facts = facts.iter().chain(anybodys).copied();
        service::paint(service, facts, &self.current.repositories, &self.frame, before.as_deref())
    }

    /// Draws the repositories that changed anew and says which.
    fn repaint_repositories(&mut self, dirty: &Dirty) -> BTreeSet<RepositoryId> {
        let changed: BTreeSet<RepositoryId> = if dirty.everything && self.current.repositories.is_empty() {
            self.commits.keys().cloned().collect()
        } else {
            dirty.repositories.clone()
        };
        for id in &changed {
            let Some(commits) = self.commits.get(id) else { continue };
            let repository = repository(id, commits, self.facts.of_repository(id), &self.frame.measures);
            self.current.repositories.insert(id.clone(), Arc::new(repository));
        }
        changed
    }

    fn gates(&self) -> Arc<[Gate]> {
        let locks = self.locks().filter(|lock| lock.released.is_none());
        locks.map(Lock::gate).chain(self.frame.freezes.iter().cloned()).collect()
    }

    fn shared_incidents(&self) -> Arc<[Incident]> {
        let mut all: Vec<Incident> = self
            .facts
            .shared()
            .into_iter()
            .filter_map(|fact| match &fact.body {
                Body::Incident(incident) => Some((**incident).clone()),
                _ => None,
            })
            .collect();
        all.sort_by(|a, b| (b.opened_at, &b.id).cmp(&(a.opened_at, &a.id)));
        all.into()
    }
}

fn repository(id: &RepositoryId, commits: &Commits, facts: Vec<&Fact>, policy: &Policy) -> Repository {
    let mut references: Vec<Arc<Reference>> = Vec::new();
    let mut pull_requests: Vec<Arc<PullRequest>> = Vec::new();
    for fact in facts {
        match &fact.body {
            Body::Reference(it) => references.push(Arc::clone(it)),
            Body::PullRequest(it) => pull_requests.push(Arc::clone(it)),
            _ => {}
        }
    }
    // A clone and a mirror of it may both tell of a reference: the later one holds.
    references.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| b.created_at.cmp(&a.created_at)));
    references.dedup_by(|later, first| later.name == first.name);
    pull_requests.sort_by(|a, b| (b.opened_at, &b.number).cmp(&(a.opened_at, &a.number)));
    Repository {
        id: id.clone(),
        shallow: commits.graph.is_cut_off(),
        graph: commits.graph.clone(),
        texts: commits.texts.clone(),
        touched: commits.touched.clone(),
        classes: Arc::new(Classes::new(&commits.graph, &pull_requests, &commits.same, policy)),
        filters: commits.filters.clone(),
        same: commits.same.clone(),
        references,
        pull_requests,
    }
}
