//! All facts by key, and which parts of the picture a change of them touches.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::{Body, Fact, FactKey, FactKind};
use crate::model::{RepositoryId, ServiceId};

/// Facts by key: a union in which the later observation holds, so that order and repetition change nothing.
#[derive(Clone, Debug, Default)]
pub struct FactSet {
    all: BTreeMap<FactKey, Filed>,
    by_service: BTreeMap<ServiceId, BTreeSet<FactKey>>,
    by_repository: BTreeMap<RepositoryId, BTreeSet<FactKey>>,
    /// Runs that name no service: they belong to whoever has their commit.
    anybodys: BTreeSet<FactKey>,
    /// Locks, and incidents that name no service: they belong to the picture as a whole.
    shared: BTreeSet<FactKey>,
}

/// A fact and the shelf on which its key lies: none for the absence of what never was anywhere.
#[derive(Clone, Debug)]
struct Filed {
    fact: Fact,
    home: Option<Home>,
}

/// Which parts of the picture have to be drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// Services with changed facts.
    pub services: BTreeSet<ServiceId>,
    /// Repositories with changed references or pull requests.
    pub repositories: BTreeSet<RepositoryId>,
    /// Whether a fact changed that may concern any service.
    pub everything: bool,
    /// Whether a lock or an incident without a service changed.
    pub shared: bool,
}

impl Dirty {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        !self.everything && !self.shared && self.services.is_empty() && self.repositories.is_empty()
    }

    fn touch(&mut self, home: &Home) {
        match home {
            Home::Service(service) => drop(self.services.insert(service.clone())),
            Home::Repository(repository) => drop(self.repositories.insert(repository.clone())),
            Home::Anybody => self.everything = true,
            Home::Shared => self.shared = true,
        }
    }
}

/// What a fact is filed under.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Home {
    Service(ServiceId),
    Repository(RepositoryId),
    Anybody,
    Shared,
}

impl FactSet {
    /// Takes facts in and says what they touched.
    pub fn merge(&mut self, facts: impl IntoIterator<Item = Fact>) -> Dirty {
        let mut dirty = Dirty::default();
        for fact in facts {
            let key = fact.key();
            let old = self.all.get(&key);
            if old.is_some_and(|old| old.fact == fact || !fact.supersedes(&old.fact)) {
                continue;
            }
            // What is gone and does not say whose it was stays filed where it was.
            let before = old.and_then(|old| old.home.clone());
            let after = home(&fact).or_else(|| before.clone());
            before.iter().chain(&after).for_each(|shelf| dirty.touch(shelf));
            if before != after {
                if let Some(before) = before {
                    self.shelf(before).remove(&key);
                }
                if let Some(after) = &after {
                    self.shelf(after.clone()).insert(key.clone());
                }
            }
            self.all.insert(key, Filed { fact, home: after });
        }
        dirty
    }

    fn shelf(&mut self, home: Home) -> &mut BTreeSet<FactKey> {
        match home {
            Home::Service(service) => self.by_service.entry(service).or_default(),
            Home::Repository(repository) => self.by_repository.entry(repository).or_default(),
            Home::Anybody => &mut self.anybodys,
            Home::Shared => &mut self.shared,
        }
    }

    /// The services that any fact names.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> {
        self.by_service.iter().filter(|(_, keys)| self.live(keys).next().is_some()).map(|(service, _)| service)
    }

    /// The facts of one service.
    pub fn of_service(&self, service: &ServiceId) -> impl Iterator<Item = &Fact> {
        self.by_service.get(service).into_iter().flat_map(|keys| self.live(keys))
    }

    /// The references and pull requests of one repository.
    pub fn of_repository(&self, repository: &RepositoryId) -> impl Iterator<Item = &Fact> {
        self.by_repository.get(repository).into_iter().flat_map(|keys| self.live(keys))
    }

    /// Runs that name no service.
    pub fn anybodys(&self) -> impl Iterator<Item = &Fact> {
        self.live(&self.anybodys)
    }

    /// Locks, and incidents that name no service.
    pub fn shared(&self) -> impl Iterator<Item = &Fact> {
        self.live(&self.shared)
    }

    fn live<'a>(&'a self, keys: &'a BTreeSet<FactKey>) -> impl Iterator<Item = &'a Fact> {
        keys.iter()
            .filter_map(|key| Some(&self.all.get(key)?.fact))
            .filter(|fact| !matches!(fact.body, Body::Withdrawn(_)))
    }
}

/// A tombstone is filed under nothing: what it replaces already is.
fn home(fact: &Fact) -> Option<Home> {
    let service_or = |service: &Option<ServiceId>, other| service.clone().map_or(other, Home::Service);
    Some(match &fact.body {
        Body::Reference(it) => Home::Repository(it.repository.clone()),
        Body::PullRequest(it) => Home::Repository(it.repository.clone()),
        Body::Run(it) => service_or(&it.service, Home::Anybody),
        Body::Artifact(it) => Home::Service(it.service.clone()),
        Body::Deployment(it) => Home::Service(it.service.clone()),
        Body::State(it) => Home::Service(it.track.service.clone()),
        Body::Incident(it) => service_or(&it.service, Home::Shared),
        Body::Lock(_) => Home::Shared,
        Body::BadMark(it) => Home::Service(it.service.clone()),
        Body::Withdrawn(it) => return tombstone_home(it.kind, &it.name),
    })
}

/// A tombstone that comes before the fact it buries still has to make its service dirty when the fact is older: the
/// identity in its name says which. Kinds whose identity names no service are loose already.
fn tombstone_home(kind: FactKind, name: &str) -> Option<Home> {
    let first = serde_json::from_str::<Vec<String>>(name).ok()?.into_iter().next()?;
    match kind {
        FactKind::Reference | FactKind::PullRequest => Some(Home::Repository(first.into())),
        FactKind::Artifact | FactKind::Deployment | FactKind::State | FactKind::BadMark => {
            Some(Home::Service(first.into()))
        }
        FactKind::Run | FactKind::Incident | FactKind::Lock => None,
    }
}
