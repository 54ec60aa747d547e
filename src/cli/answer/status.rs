//! The answer of `status`.

use serde::Serialize;

use crate::model::{
    CommitId, Digest, Environment, EnvironmentId, Gate, Health, IncidentId, Replicas, RepositoryId, Restricted,
    ServiceId, SourceId, Status, Text, Time, Verb, Version,
};
use crate::operation::holds_at;
use crate::picture::{InFlight, ServicePicture, Snapshot, SourceStatus, Track};

/// The board.
#[derive(Debug, Serialize)]
pub struct Board {
    at: Time,
    observed_at: Option<Time>,
    environments: Vec<Place>,
    services: Vec<Row>,
    sources: Vec<Source>,
}

#[derive(Debug, Serialize)]
struct Place {
    name: EnvironmentId,
    rank: u16,
    production: bool,
    protected: bool,
    release_line: bool,
    time_zone: &'static str,
}

#[derive(Debug, Serialize)]
struct Row {
    name: ServiceId,
    group: Option<Text>,
    repository: Option<RepositoryId>,
    branch: Option<Text>,
    head: Option<CommitId>,
    tracks: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    environment: EnvironmentId,
    version: Option<Version>,
    commit: Option<CommitId>,
    digest: Option<Digest>,
    since: Option<Time>,
    status: Status,
    health: Option<Health>,
    before: Option<EnvironmentId>,
    behind: Option<u32>,
    ahead: Option<u32>,
    waiting: Option<usize>,
    in_flight: Option<Flight>,
    desired: Option<Version>,
    replicas: Option<Replicas>,
    paused: bool,
    warnings: Vec<Text>,
    gates: Vec<Gate>,
    incident: Option<IncidentId>,
    backend: Option<SourceId>,
}

#[derive(Debug, Serialize)]
struct Flight {
    what: Text,
    since: Option<Time>,
    done: u64,
    total: Option<u64>,
}

/// A backend and how fresh what it said is.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Its name.
    pub name: SourceId,
    /// What it is.
    pub kind: Text,
    /// When it was last read whole.
    pub read_at: Option<Time>,
    /// Whether it can change the world.
    pub writes: bool,
    /// What it can be asked to do.
    pub verbs: Vec<Verb>,
    /// What may not be read there.
    pub restricted: Vec<Restricted>,
    /// What it cannot tell now.
    pub problems: Vec<Text>,
}

/// The board as it is at `now`.
pub fn board(snapshot: &Snapshot, now: Time) -> Board {
    Board {
        at: now,
        observed_at: snapshot.observed_at,
        environments: snapshot.environments.iter().map(place).collect(),
        services: snapshot.services.values().map(|service| row(snapshot, service, now)).collect(),
        sources: sources(snapshot),
    }
}

/// The backends.
pub fn sources(snapshot: &Snapshot) -> Vec<Source> {
    snapshot.sources.iter().map(|(id, status)| source(id, status)).collect()
}

fn place(environment: &Environment) -> Place {
    Place {
        name: environment.id.clone(),
        rank: environment.rank,
        production: environment.production,
        protected: environment.protected,
        release_line: environment.release_line,
        time_zone: environment.time_zone.name(),
    }
}

fn row(snapshot: &Snapshot, picture: &ServicePicture, now: Time) -> Row {
    Row {
        name: picture.service.id.clone(),
        group: picture.service.group.clone(),
        repository: picture.service.repository.clone(),
        branch: picture.branch.clone(),
        head: picture.head,
        tracks: picture.tracks.iter().map(|track| cell(snapshot, track, now)).collect(),
    }
}

fn cell(snapshot: &Snapshot, track: &Track, now: Time) -> Cell {
    let live = track.live.as_ref();
    let installed = live.map(|live| &live.installed);
    let state = track.state.as_ref().map(|(_, state)| state);
    Cell {
        environment: track.id.environment.clone(),
        version: installed.map(|it| it.version.clone()),
        commit: installed.and_then(|it| it.commit),
        digest: installed.and_then(|it| it.digest.clone()),
        since: installed.and_then(|it| it.since),
        status: track.status,
        health: live.map(|live| live.health.clone()),
        before: track.drift.as_ref().map(|drift| drift.before.clone()),
        behind: track.drift.as_ref().and_then(|drift| drift.behind),
        ahead: track.drift.as_ref().and_then(|drift| drift.ahead),
        waiting: track.waiting.as_ref().map(|waiting| waiting.changes.len()),
        in_flight: track.in_flight.as_ref().map(flight),
        desired: state.and_then(|it| it.desired.as_ref()).map(|it| it.version.clone()),
        replicas: state.and_then(|it| it.replicas),
        paused: state.is_some_and(|it| it.paused),
        warnings: state.map(|it| it.warnings.clone()).unwrap_or_default(),
        gates: snapshot
            .gates
            .iter()
            .filter(|gate| gate.scope.covers(&track.id))
            .chain(track.state.iter().flat_map(|(_, state)| &state.gates))
            .filter(|gate| holds_at(gate, now))
            .cloned()
            .collect(),
        incident: track.incident.as_ref().map(|incident| incident.id.clone()),
        backend: track.owner.clone(),
    }
}

fn flight(in_flight: &InFlight) -> Flight {
    let (done, total) = in_flight.progress;
    Flight { what: in_flight.what.clone(), since: in_flight.since, done, total: (total > 0).then_some(total) }
}

fn source(id: &SourceId, status: &SourceStatus) -> Source {
    Source {
        name: id.clone(),
        kind: status.kind.clone(),
        read_at: status.read_at,
        writes: status.writes(),
        verbs: status.verbs.clone(),
        restricted: status.restricted.clone(),
        problems: status.problems.clone(),
    }
}
