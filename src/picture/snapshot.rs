//! What the screens draw: immutable, cheap to clone, equal for equal facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

pub use crate::graph::CommitTexts;
use crate::graph::{CommitGraph, First, Pos, Touched};
use crate::metrics::{Classes, Ledger, Policy, quantile};
use crate::model::{
    Artifact, BadMark, CommitId, Deployment, Digest, Environment, EnvironmentId, Gate, Health, Incident, Installed,
    Kind, PullRequest, Reference, RepositoryId, Requests, Restricted, Run, RunAct, Service, ServiceId, SourceId,
    Status, Text, Time, TrackId, TrackState, Verb, Version,
};

/// The picture of everything at one moment. Parts that did not change are shared with the snapshot before.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Counts up with every snapshot of a session.
    pub generation: u64,
    /// The newest observation in it; absent when there is none.
    pub observed_at: Option<Time>,
    /// Environments in the order of promotion.
    pub environments: Arc<[Environment]>,
    /// Services by name.
    pub services: BTreeMap<ServiceId, Arc<ServicePicture>>,
    /// Repositories by name.
    pub repositories: BTreeMap<RepositoryId, Arc<Repository>>,
    /// Backends and how fresh what they said is.
    pub sources: BTreeMap<SourceId, SourceStatus>,
    /// Locks that somebody set by command and configured freeze windows, as gates; which hold now depends on the clock.
    pub gates: Arc<[Gate]>,
    /// Incidents that name no service.
    pub incidents: Arc<[Incident]>,
    /// What is counted, and how.
    pub measures: Arc<Policy>,
    /// Whether this is what was kept of the picture before: where everything stands, without histories, runs and
    /// commits. The whole picture follows in a moment.
    pub glance: bool,
}

impl Snapshot {
    /// The repositories whose history is cut off (shallow clones): of what lies before the cut, every answer is a guess.
    pub fn cut_off(&self) -> impl Iterator<Item = &RepositoryId> {
        self.repositories.values().filter(|it| it.shallow).map(|it| &it.id)
    }

    /// The environment of that name.
    pub fn environment(&self, id: &EnvironmentId) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.id == *id)
    }

    /// The service of that name.
    pub fn service(&self, id: &ServiceId) -> Option<&Arc<ServicePicture>> {
        self.services.get(id)
    }

    /// The cell of the board of that name.
    pub fn track(&self, id: &TrackId) -> Option<&Track> {
        self.services.get(&id.service)?.track(&id.environment)
    }

    /// The repository that holds a service's code.
    pub fn repository_of(&self, service: &ServiceId) -> Option<&Arc<Repository>> {
        self.repositories.get(self.services.get(service)?.service.repository.as_ref()?)
    }
}

/// One service with everything known about it.
#[derive(Clone, Debug)]
pub struct ServicePicture {
    /// The service.
    pub service: Service,
    /// Its tracks in the order of promotion. An environment in which it was never seen has no track.
    pub tracks: Vec<Track>,
    /// Its runs, newest first by the latest time that each has.
    pub runs: Vec<Arc<Run>>,
    /// Its artifacts, newest first by when they were built, else arrived.
    pub artifacts: Vec<Arc<Artifact>>,
    /// Its incidents, newest first.
    pub incidents: Vec<Arc<Incident>>,
    /// Versions marked bad and not lifted.
    pub bad: Vec<BadMark>,
    /// The head of the branch that is deployed.
    pub head: Option<CommitId>,
    /// The name of that branch, for people.
    pub branch: Option<Text>,
}

impl ServicePicture {
    /// The track in `environment`.
    pub fn track(&self, environment: &EnvironmentId) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id.environment == *environment)
    }

    /// The mark that says that `version` is bad.
    pub fn bad_mark(&self, version: &Version) -> Option<&BadMark> {
        self.bad.iter().find(|mark| mark.version == *version)
    }

    /// The commit that `version` was built from, from any artifact or deployment that tells.
    pub fn commit_of(&self, version: &Version) -> Option<CommitId> {
        let of_artifact = self.artifacts.iter().filter(|it| it.version == *version).find_map(|it| it.commit);
        of_artifact.or_else(|| {
            let deployments = self.tracks.iter().flat_map(|track| &track.history);
            deployments.filter(|it| it.deployment.version.as_ref() == Some(version)).find_map(|it| it.deployment.commit)
        })
    }
}

/// One service in one environment: a cell of the board.
#[derive(Clone, Debug)]
pub struct Track {
    /// Which.
    pub id: TrackId,
    /// What the backend that owns it observed, and when.
    pub state: Option<(Time, Arc<TrackState>)>,
    /// What is live: observed where there is a state, else the last successful deployment.
    pub live: Option<Live>,
    /// Deployments, newest first.
    pub history: Vec<Deployed>,
    /// What is under way.
    pub in_flight: Option<InFlight>,
    /// How it differs from the environment before it in the order of promotion.
    pub drift: Option<Drift>,
    /// Landed changes of the deployed branch that are not here yet.
    pub waiting: Option<Waiting>,
    /// Whether an incident is open here.
    pub incident: Option<Arc<Incident>>,
    /// How it stands, all things considered except gates (which depend on the clock).
    pub status: Status,
    /// The source that owns the track and can be asked to change it.
    pub owner: Option<SourceId>,
    /// Every counted change that was delivered here after the baseline, in the order of delivery.
    pub delivered: Arc<[Delivered]>,
    /// Its deployments that ended, with which of them brought each commit here first.
    pub ledger: Arc<Ledger>,
}

/// How a commit came to a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// It was there before anything was counted.
    Baseline,
    /// With this deployment.
    With(&'a Arc<Deployment>),
}

/// A change that users got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delivered {
    /// When they got it.
    pub at: Time,
    /// How long it took from its author time, seconds; never below 0.
    pub seconds: f64,
}

impl Track {
    /// How the commit at `pos` of the service's own repository came here; `None` while it has not.
    pub fn arrival(&self, pos: Pos) -> Option<Arrival<'_>> {
        match self.ledger.first(pos)? {
            First::Baseline => Some(Arrival::Baseline),
            First::Deployment(number) => {
                let entry = usize::try_from(number).ok().and_then(|number| self.ledger.entries().get(number));
                Some(entry.map_or(Arrival::Baseline, |it| Arrival::With(&it.deployment)))
            }
        }
    }

    /// How long changes took from author to users here, over everything and over the seven days before `now`.
    pub fn lead_time(&self, now: Time) -> LeadTime {
        let since = now.checked_sub_signed(TimeDelta::days(7)).unwrap_or(Time::MIN_UTC);
        let mut all: Vec<f64> = self.delivered.iter().map(|it| it.seconds).collect();
        let mut recent: Vec<f64> = self.delivered.iter().filter(|it| it.at >= since).map(|it| it.seconds).collect();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        LeadTime {
            n: count(all.len()),
            p50: quantile(&mut all, 0.5),
            recent_n: count(recent.len()),
            recent_p50: quantile(&mut recent, 0.5),
        }
    }
}

/// What a track runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// What runs.
    pub installed: Installed,
    /// How it fares.
    pub health: Health,
}

/// A deployment with what the commit graph says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// The deployment.
    pub deployment: Arc<Deployment>,
    /// Who reported it.
    pub source: SourceId,
    /// What it did to the set of delivered commits.
    pub kind: Kind,
    /// How many commits came with it for the first time; absent where the graph cannot tell.
    pub new_commits: Option<u32>,
    /// How many of those are changes of this service: neither merges nor outside its paths.
    pub changes: Option<u32>,
}

/// Something under way in a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// What: `deploying 1.4.3`.
    pub what: Text,
    /// Since when.
    pub since: Option<Time>,
    /// Parts done and in all; in all is 0 where not known.
    pub progress: (u64, u64),
}

/// How a track differs from the environment before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The environment before it.
    pub before: EnvironmentId,
    /// Changes that are there and not here; absent where the graph cannot tell and the versions differ.
    pub behind: Option<u32>,
    /// Changes that are here and not there.
    pub ahead: Option<u32>,
}

/// Landed changes that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The changes, newest position first.
    pub changes: Arc<[Pos]>,
    /// The author time of the oldest.
    pub oldest: Option<Time>,
}

/// How long changes took from author to users: pooled quantiles, seconds. Undefined is `None`, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LeadTime {
    /// Delivered changes that count.
    pub n: u32,
    /// The median over everything.
    pub p50: Option<f64>,
    /// Changes delivered in the last seven days.
    pub recent_n: u32,
    /// The median over those.
    pub recent_p50: Option<f64>,
}

/// A repository: its graph, what people wrote, its references.
#[derive(Debug)]
pub struct Repository {
    /// Its name.
    pub id: RepositoryId,
    /// The commits.
    pub graph: Arc<CommitGraph>,
    /// What people wrote about them.
    pub texts: Arc<dyn CommitTexts>,
    /// Branches, tags and `HEAD`, by name.
    pub references: Vec<Arc<Reference>>,
    /// Pull requests, newest first.
    pub pull_requests: Vec<Arc<PullRequest>>,
    /// Whether history is cut off: a shallow clone.
    pub shallow: bool,
    /// Which commits touch which of the path filters.
    pub touched: Arc<Touched>,
    /// What the policy makes of its authors and of commits that are one change.
    pub classes: Arc<Classes>,
    /// Pairs of its commits that are known to make the same patch.
    pub same: Arc<[(CommitId, CommitId)]>,
    /// The path filter of each service that is some paths of the repository.
    pub filters: BTreeMap<ServiceId, usize>,
}

impl Repository {
    /// Whether the commit counts as a change of the service: no merge, and within its paths. A commit whose paths have
    /// not been looked at yet counts.
    pub fn is_change_of(&self, service: &ServiceId, pos: Pos) -> bool {
        !self.graph.is_merge(pos) && self.touches(service, pos)
    }

    /// Whether the commit is within the paths of the service.
    pub fn touches(&self, service: &ServiceId, pos: Pos) -> bool {
        self.filters.get(service).is_none_or(|&filter| self.touched.touches(pos, filter).unwrap_or(true))
    }
}

/// A backend and how fresh what it said is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceStatus {
    /// What it is: `git`, `stages` …
    pub kind: Text,
    /// When it was last read whole.
    pub read_at: Option<Time>,
    /// What it cannot tell now, newest first; empty when all is well.
    pub problems: Vec<Text>,
    /// Whether it is being read.
    pub reading: bool,
    /// What it can be asked to do to the tracks that it owns; empty where it only reads.
    pub verbs: Vec<Verb>,
    /// Whether it reads the output of what is live.
    pub outputs: bool,
    /// What it can do to its runs; empty where it only reads them.
    pub run_acts: Vec<RunAct>,
    /// What may not be read there, each with where: restricted, not empty.
    pub restricted: Vec<Restricted>,
    /// Where the credentials come from by which it is spoken to; absent where files of this machine are read.
    pub credentials: Option<Text>,
    /// What was asked of it until it was read last; absent where nobody is asked.
    pub requests: Option<Requests>,
}

impl SourceStatus {
    /// Whether it can change the world.
    pub fn writes(&self) -> bool {
        !self.verbs.is_empty()
    }
}

impl Live {
    /// The version that runs.
    pub fn version(&self) -> &Version {
        &self.installed.version
    }

    /// Its content address.
    pub fn digest(&self) -> Option<&Digest> {
        self.installed.digest.as_ref()
    }
}
