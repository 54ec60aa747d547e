//! All facts by key, and which parts of the picture a change of them touches.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::fact::{Body, Fact, FactKey, FactKind};
use crate::model::{Pool, RepositoryId, ServiceId};

/// Facts by key: a union in which the later observation holds, so that order and repetition change nothing.
///
/// A key can be computed from its fact, so that none is kept: of a hundred thousand facts the keys alone would take more
/// room than the facts.
#[derive(Clone, Debug, Default)]
pub struct FactSet {
    /// Every fact that holds, in the order in which their keys were first seen. None ever leaves: what is gone is a
    /// tombstone.
    all: Vec<Fact>,
    /// Where the fact of a key is: the hash of the key and the place in `all`.
    places: HashTable<(u64, u32)>,
    hasher: RandomState,
    /// The places of the facts on each shelf.
    shelves: BTreeMap<Home, Vec<u32>>,
    /// The shelves of tombstones that do not say by themselves whose they are: they stay filed where they were.
    graves: BTreeMap<u32, Home>,
    /// The names in them.
    names: Pool,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    Service(ServiceId),
    Repository(RepositoryId),
    /// Runs that name no service: they belong to whoever has their commit.
    Anybody,
    /// Locks, and incidents that name no service: they belong to the picture as a whole.
    Shared,
}

impl FactSet {
    /// Takes a fact in and notes what it touched.
    pub fn take(&mut self, mut fact: Fact, dirty: &mut Dirty) {
        fact.share(&mut self.names);
        let key = fact.key();
        let hash = self.hasher.hash_one(&key);
        let place = self.place(hash, &key);
        let old = place.and_then(|at| self.fact(at));
        if old.is_some_and(|old| *old == fact || !fact.supersedes(old)) {
            return;
        }
        let before = place.and_then(|at| self.home(at));
        let own = home(&fact);
        let is_grave = own.is_none();
        let after = own.or_else(|| before.clone());
        before.iter().chain(&after).for_each(|shelf| dirty.touch(shelf));
        let at = match place.and_then(|at| Some((at, self.all.get_mut(at as usize)?))) {
            Some((at, slot)) => {
                *slot = fact;
                at
            }
            None => self.append(hash, fact),
        };
        self.graves.remove(&at);
        if let (true, Some(after)) = (is_grave, &after) {
            self.graves.insert(at, after.clone());
        }
        if before != after {
            self.move_to(at, before.as_ref(), after);
        }
    }

    /// Where the fact of a key is.
    fn place(&self, hash: u64, key: &FactKey) -> Option<u32> {
        let is = |&(other, at): &(u64, u32)| other == hash && self.fact(at).is_some_and(|it| it.key() == *key);
        self.places.find(hash, is).map(|&(_, at)| at)
    }

    fn fact(&self, at: u32) -> Option<&Fact> {
        self.all.get(at as usize)
    }

    /// The shelf on which the fact at a place lies: none for the absence of what never was anywhere.
    fn home(&self, at: u32) -> Option<Home> {
        home(self.fact(at)?).or_else(|| self.graves.get(&at).cloned())
    }

    fn append(&mut self, hash: u64, fact: Fact) -> u32 {
        // Four thousand million facts do not fit into memory.
        let at = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(fact);
        self.places.insert_unique(hash, (hash, at), |&(hash, _)| hash);
        at
    }

    fn move_to(&mut self, at: u32, before: Option<&Home>, after: Option<Home>) {
        if let Some(shelf) = before.and_then(|before| self.shelves.get_mut(before)) {
            shelf.retain(|&other| other != at);
        }
        if let Some(after) = after {
            self.shelves.entry(after).or_default().push(at);
        }
    }

    /// Gives back the room that was taken ahead.
    pub fn shrink(&mut self) {
        self.all.shrink_to_fit();
        self.shelves.values_mut().for_each(Vec::shrink_to_fit);
    }

    /// The services that any fact names.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> {
        self.shelves.iter().filter_map(|(home, places)| match home {
            Home::Service(service) if self.live(places).next().is_some() => Some(service),
            _ => None,
        })
    }

    /// The facts of one service, by their keys.
    pub fn of_service(&self, service: &ServiceId) -> Vec<&Fact> {
        self.on(&Home::Service(service.clone()))
    }

    /// The references and pull requests of one repository, by their keys.
    pub fn of_repository(&self, repository: &RepositoryId) -> Vec<&Fact> {
        self.on(&Home::Repository(repository.clone()))
    }

    /// Runs that name no service, by their keys.
    pub fn anybodys(&self) -> Vec<&Fact> {
        self.on(&Home::Anybody)
    }

    /// Locks, and incidents that name no service, by their keys.
    pub fn shared(&self) -> Vec<&Fact> {
        self.on(&Home::Shared)
    }

    fn on(&self, home: &Home) -> Vec<&Fact> {
        let mut facts: Vec<&Fact> = self.shelves.get(home).into_iter().flat_map(|places| self.live(places)).collect();
        facts.sort_by_cached_key(|fact| fact.key());
        facts
    }

    fn live<'a>(&'a self, places: &'a [u32]) -> impl Iterator<Item = &'a Fact> {
        let facts = places.iter().filter_map(|&at| self.fact(at));
        facts.filter(|fact| !matches!(fact.body, Body::Withdrawn(_)))
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
