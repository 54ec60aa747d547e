//! Delivery metrics of the tracks of a snapshot, and of deployments that somebody hands over.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono_tz::Tz;

use crate::graph::Pos;
use crate::metrics::{
    Classes, Code, Codebase, Entry, Ledger, Policy, Reported, Scope, Subject, Traced, TrackMetrics, Window, measure,
};
use crate::model::{
    CommitId, Deployment, Digest, EnvironmentId, Incident, ReferenceKind, RepositoryId, Time, TrackId, Version,
};
use crate::picture::{ReleaseTags, Repository, ServicePicture, Snapshot, Track, release_deployment};

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
    /// Measures the tracks of a snapshot that `pick` picks, in the order of services and of promotion.
    pub fn tracks(&self, snapshot: &Snapshot, pick: &dyn Fn(&TrackId) -> bool) -> Vec<TrackReport> {
        let wanted: Vec<(&ServicePicture, &Track)> = snapshot
            .services
            .values()
            .flat_map(|service| service.tracks.iter().map(move |track| (&**service, track)))
            .filter(|(_, track)| pick(&track.id))
            .collect();
        let repositories: BTreeSet<&RepositoryId> = wanted
            .iter()
            .flat_map(|(service, track)| track.ledger.repository_ids().chain(&service.service.repository))
            .collect();
        let classes = self.classes(repositories.into_iter().filter_map(|id| snapshot.repositories.get(id)));
        let codes = self.codes(snapshot, &classes, &wanted);
        wanted.into_iter().map(|(service, track)| self.track(snapshot, service, track, &codes)).collect()
    }

    /// Measures deployments that were handed over, over a repository whose deployable branch ends at `head`.
    pub fn given(
        &self,
        repository: Option<&Repository>,
        head: Option<CommitId>,
        given: Vec<Given>,
    ) -> Vec<TrackReport> {
        let classes = repository.map(|it| Classes::new(&it.graph, &it.pull_requests, &[], self.policy));
        let code = repository.zip(classes.as_ref()).map(|(it, classes)| {
            let head = head.and_then(|head| it.graph.position(&head));
            Code::new(&it.graph, head, &it.pull_requests, classes, self.policy)
        });
        let codebases: Vec<Codebase<'_>> = repository.into_iter().map(codebase).collect();
        let scopes: Vec<Scope<'_>> = code.iter().map(|code| Scope { code, within: None }).collect();
        let report = |it: Given| {
            let ledger = Arc::new(Ledger::new(it.deployments, &codebases, &self.policy.baseline));
            let metrics = self.measure(&Subject {
                ledger: &ledger,
                scopes: &scopes,
                incidents: &it.incidents,
                bad: &[],
                zone: it.zone,
                traced: &|_| Traced::default(),
            });
            let repository = repository.map(|it| it.id.clone());
            TrackReport { track: it.track, production: true, zone: it.zone, repository, ledger, metrics }
        };
        given.into_iter().map(report).collect()
    }

    fn measure(&self, subject: &Subject<'_>) -> TrackMetrics {
        measure(subject, self.policy, self.window, self.now)
    }

    fn classes<'a>(
        &self,
        repositories: impl Iterator<Item = &'a Arc<Repository>>,
    ) -> BTreeMap<&'a RepositoryId, Classes> {
        repositories.map(|it| (&it.id, Classes::new(&it.graph, &it.pull_requests, &[], self.policy))).collect()
    }

    /// One for each repository and head: services of one repository share what is computed over it.
    fn codes<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        classes: &'a BTreeMap<&RepositoryId, Classes>,
        wanted: &[(&'a ServicePicture, &'a Track)],
    ) -> Codes<'a> {
        let mut codes = Codes::new();
        for (service, track) in wanted {
            let own = service.service.repository.as_ref();
            for id in track.ledger.repository_ids().chain(own) {
                let Some((repository, classes)) = snapshot.repositories.get(id).zip(classes.get(id)) else { continue };
                let head = service.head.filter(|_| own == Some(id)).and_then(|head| repository.graph.position(&head));
                codes.entry((id, head)).or_insert_with(|| {
                    Code::new(&repository.graph, head, &repository.pull_requests, classes, self.policy)
                });
            }
        }
        codes
    }

    fn track(&self, snapshot: &Snapshot, service: &ServicePicture, track: &Track, codes: &Codes<'_>) -> TrackReport {
        let own = service.service.repository.as_ref().and_then(|id| snapshot.repositories.get(id));
        let environment = snapshot.environment(&track.id.environment);
        let ledger = self.ledger(snapshot, track);
        let within = |pos: Pos| own.is_none_or(|it| it.touches(&service.service.id, pos));
        let some_paths = own.is_some_and(|it| it.filters.contains_key(&service.service.id));
        let scopes: Vec<Scope<'_>> = ledger
            .repository_ids()
            .filter_map(|id| {
                let is_own = own.is_some_and(|own| own.id == *id);
                let head = service.head.filter(|_| is_own).and_then(|head| own?.graph.position(&head));
                let within = (is_own && some_paths).then_some(&within as &(dyn Fn(Pos) -> bool + Sync));
                Some(Scope { code: codes.get(&(id, head))?, within })
            })
            .collect();
        let zone = environment.map_or(Tz::UTC, |it| it.time_zone);
        let traces = Traces::of(service);
        let metrics = self.measure(&Subject {
            ledger: &ledger,
            scopes: &scopes,
            incidents: &incidents(snapshot, service, &track.id.environment),
            bad: &service.bad,
            zone,
            traced: &|deployment| traces.traced(deployment),
        });
        TrackReport {
            track: track.id.clone(),
            production: environment.is_some_and(|it| it.production),
            zone,
            repository: service.service.repository.clone(),
            ledger,
            metrics,
        }
    }

    /// The track's own ledger, or one with the baseline that is asked for.
    fn ledger(&self, snapshot: &Snapshot, track: &Track) -> Arc<Ledger> {
        if *track.ledger.baseline() == self.policy.baseline {
            return Arc::clone(&track.ledger);
        }
        let codebases: Vec<Codebase<'_>> = track
            .ledger
            .repository_ids()
            .filter_map(|id| snapshot.repositories.get(id))
            .map(|it| codebase(it))
            .collect();
        let reported = track.ledger.entries().iter().map(Entry::reported);
        Arc::new(Ledger::new(reported.collect(), &codebases, &self.policy.baseline))
    }
}

type Codes<'a> = BTreeMap<(&'a RepositoryId, Option<Pos>), Code<'a>>;

fn codebase(repository: &Repository) -> Codebase<'_> {
    Codebase { id: &repository.id, graph: &repository.graph }
}

/// The incidents of the service here, and those that name no place and may name a deployment.
fn incidents(snapshot: &Snapshot, service: &ServicePicture, environment: &EnvironmentId) -> Vec<Arc<Incident>> {
    let here = |it: &&Arc<Incident>| it.environment.as_ref().is_none_or(|it| it == environment);
    let shared = snapshot.incidents.iter().filter(|it| it.caused_by.is_some()).cloned().map(Arc::new);
    service.incidents.iter().filter(here).cloned().chain(shared).collect()
}

/// What is known of where a service's versions come from.
struct Traces<'a> {
    versions: HashSet<&'a Version>,
    digests: HashSet<&'a Digest>,
    built: HashSet<&'a Version>,
    ran: HashSet<CommitId>,
}

impl<'a> Traces<'a> {
    fn of(service: &'a ServicePicture) -> Self {
        let artifacts = || service.artifacts.iter();
        Self {
            versions: artifacts().map(|it| &it.version).collect(),
            digests: artifacts().filter_map(|it| it.digest.as_ref()).collect(),
            built: artifacts().filter(|it| it.run.is_some()).map(|it| &it.version).collect(),
            ran: service.runs.iter().filter_map(|it| it.commit).collect(),
        }
    }

    fn traced(&self, deployment: &Deployment) -> Traced {
        let version = deployment.version.as_ref();
        Traced {
            run: version.is_some_and(|it| self.built.contains(it))
                || deployment.commit.is_some_and(|it| self.ran.contains(&it)),
            artifact: version.is_some_and(|it| self.versions.contains(it))
                || deployment.digest.as_ref().is_some_and(|it| self.digests.contains(it)),
        }
    }
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
