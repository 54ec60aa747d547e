//! Delivery metrics of the tracks of a snapshot, and of deployments that somebody hands over.

mod pieces;
mod side_by_side;
#[cfg(test)]
mod tests;
mod traces;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;

use self::pieces::Piece;
pub use self::pieces::is_headline;
use self::side_by_side::side_by_side;
use self::traces::Traces;
use crate::graph::Pos;
use crate::metrics::policy::Baseline;
use crate::metrics::{
    self, Classes, Code, Codebase, Ledger, Policy, Reported, Scope, Subject, Traced, TrackMetrics, Window, measure,
};
use crate::model::{CommitId, Incident, ReferenceKind, RepositoryId, Time, TrackId};
use crate::picture::{ReleaseTags, Repository, ServicePicture, Snapshot, release_deployment};

/// The measures of one track, with what they were made from.
#[derive(Clone, Debug)]
pub struct TrackReport {
    /// The track.
    pub track: TrackId,
    /// Whether users are there.
    pub production: bool,
    /// In which days and weeks are counted.
    pub zone: Tz,
    /// The service's own repository.
    pub repository: Option<RepositoryId>,
    /// The deployments.
    pub ledger: Arc<Ledger>,
    /// The measures.
    pub metrics: TrackMetrics,
}

/// What to measure, how and seen from when.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// What is counted, and how.
    pub policy: &'a Policy,
    /// The window.
    pub window: Window,
    /// The present.
    pub now: Time,
}

/// Deployments of one track that no backend reported.
#[derive(Clone, Debug)]
pub struct Given {
    /// The track.
    pub track: TrackId,
    /// In which days and weeks are counted.
    pub zone: Tz,
    /// Its deployments.
    pub deployments: Vec<Reported>,
    /// Its incidents.
    pub incidents: Vec<Arc<Incident>>,
}

impl Measure<'_> {
    /// Measures what `pick` picks of a snapshot: tracks, and groups of environments by their names. Services by name,
    /// their tracks in the order of promotion, then their groups.
    pub fn tracks(&self, snapshot: &Snapshot, pick: &dyn Fn(&TrackId) -> bool) -> Vec<TrackReport> {
        let pieces = pieces::of(snapshot, self.policy, pick);
        let repositories: BTreeSet<&RepositoryId> = pieces.iter().flat_map(|it| it.ledger.repository_ids()).collect();
        let classes = repositories
            .into_iter()
            .filter_map(|id| snapshot.repositories.get(id))
            .map(|it| (it.id.clone(), Classes::new(&it.graph, &it.pull_requests, &it.same, self.policy)));
        let classes: BTreeMap<RepositoryId, Classes> = classes.collect();
        let codes = self.codes(snapshot, &classes, &pieces);
        side_by_side(&pieces, |it| self.piece(snapshot, it, &codes))
    }

    /// Measures deployments that were handed over, over a repository whose deployable branch ends at `head`.
    pub fn given(
        &self,
        repository: Option<&Repository>,
        head: Option<CommitId>,
        given: Vec<Given>,
    ) -> Vec<TrackReport> {
        let classes = repository.map(|it| Classes::new(&it.graph, &it.pull_requests, &it.same, self.policy));
        let code = repository.zip(classes.as_ref()).map(|(it, classes)| {
            let head = head.and_then(|head| it.graph.position(&head));
            Code::new(&it.graph, head, &it.pull_requests, classes, self.policy)
        });
        let codebases: Vec<Codebase<'_>> = repository.into_iter().map(codebase).collect();
        let scopes: Vec<Scope<'_>> = code.iter().map(|code| Scope { code, within: None }).collect();
        let report = |it: &Given| {
            let ledger = Arc::new(Ledger::new(it.deployments.clone(), &codebases, &self.policy.baseline));
            let metrics = self.measure(&Subject {
                ledger: &ledger,
                scopes: &scopes,
                incidents: &it.incidents,
                bad: &[],
                zone: it.zone,
                traced: &|_| Traced::default(),
            });
            let repository = repository.map(|it| it.id.clone());
            TrackReport { track: it.track.clone(), production: true, zone: it.zone, repository, ledger, metrics }
        };
        side_by_side(&given, report)
    }

    fn measure(&self, subject: &Subject<'_>) -> TrackMetrics {
        measure(subject, self.policy, self.window, self.now)
    }

    /// One for each repository and head: services of one repository share what is computed over it.
    fn codes<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        classes: &'a BTreeMap<RepositoryId, Classes>,
        pieces: &[Piece<'a>],
    ) -> Codes<'a> {
        let mut codes = Codes::new();
        for (id, service) in pieces.iter().flat_map(|it| it.ledger.repository_ids().map(|id| (id, it.service))) {
            let Some((repository, classes)) = snapshot.repositories.get(id).zip(classes.get(id)) else { continue };
            let head = head(service, repository);
            codes
                .entry((repository.id.clone(), head))
                .or_insert_with(|| Code::new(&repository.graph, head, &repository.pull_requests, classes, self.policy));
        }
        codes
    }

    fn piece(&self, snapshot: &Snapshot, it: &Piece<'_>, codes: &Codes<'_>) -> TrackReport {
        let service = it.service;
        let own = service.service.repository.as_ref().and_then(|id| snapshot.repositories.get(id));
        let within = |pos: Pos| own.is_none_or(|it| it.touches(&service.service.id, pos));
        let some_paths = own.is_some_and(|it| it.filters.contains_key(&service.service.id));
        let scope = |id: &RepositoryId| {
            let repository = snapshot.repositories.get(id)?;
            let paths = some_paths && own.is_some_and(|own| own.id == *id);
            let within = paths.then_some(&within as &(dyn Fn(Pos) -> bool + Sync));
            Some(Scope { code: codes.get(&(id.clone(), head(service, repository)))?, within })
        };
        let scopes: Vec<Scope<'_>> = it.ledger.repository_ids().filter_map(scope).collect();
        let traces = Traces::of(service);
        let metrics = self.measure(&Subject {
            ledger: &it.ledger,
            scopes: &scopes,
            incidents: &it.incidents,
            bad: &service.bad,
            zone: it.zone,
            traced: &|deployment| traces.traced(deployment),
        });
        TrackReport {
            track: it.track.clone(),
            production: it.production,
            zone: it.zone,
            repository: service.service.repository.clone(),
            ledger: Arc::clone(&it.ledger),
            metrics,
        }
    }
}

type Codes<'a> = BTreeMap<(RepositoryId, Option<Pos>), Code<'a>>;

/// The head of the branch that is deployed, in the service's own repository.
fn head(service: &ServicePicture, repository: &Repository) -> Option<Pos> {
    let own = service.service.repository.as_ref() == Some(&repository.id);
    service.head.filter(|_| own).and_then(|head| repository.graph.position(&head))
}

/// Pairs of commits of each repository that may make the same patch: those of the deployments that diverged.
pub fn counterparts(snapshot: &Snapshot) -> BTreeMap<RepositoryId, Vec<(CommitId, CommitId)>> {
    let mut all: BTreeMap<RepositoryId, BTreeSet<(CommitId, CommitId)>> = BTreeMap::new();
    for track in snapshot.services.values().flat_map(|service| &service.tracks) {
        for (line, id) in track.ledger.repository_ids().enumerate() {
            let Some(repository) = snapshot.repositories.get(id) else { continue };
            let pairs = metrics::counterparts(&track.ledger, line, &repository.graph);
            all.entry(id.clone()).or_default().extend(pairs);
        }
    }
    all.into_iter().map(|(id, pairs)| (id, pairs.into_iter().collect())).collect()
}

fn codebase(repository: &Repository) -> Codebase<'_> {
    Codebase { id: &repository.id, graph: &repository.graph }
}

/// The same for deployments that were handed over.
pub fn counterparts_of(repository: &Repository, deployments: &[Reported]) -> Vec<(CommitId, CommitId)> {
    let mut tracks: BTreeMap<TrackId, Vec<Reported>> = BTreeMap::new();
    deployments.iter().for_each(|it| tracks.entry(it.deployment.track()).or_default().push(it.clone()));
    let ledgers = tracks.into_values().map(|it| Ledger::new(it, &[codebase(repository)], &Baseline::First));
    let pairs = ledgers.flat_map(|it| metrics::counterparts(&it, 0, &repository.graph));
    pairs.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The tags of a repository whose whole names fit an expression, as deployments of `track`, each at its creation date.
pub fn tagged(repository: &Repository, track: &TrackId, tags: &ReleaseTags) -> Vec<Reported> {
    let source = crate::model::SourceId::from(repository.id.as_str());
    let fitting = repository.references.iter().filter(|it| it.kind == ReferenceKind::Tag && tags.fit(it));
    fitting
        .map(|tag| Reported {
            source: source.clone(),
            deployment: Arc::new(release_deployment(&track.service, &track.environment, tag)),
        })
        .collect()
}
