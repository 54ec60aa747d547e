//! One cell of the board from the facts of its service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::history::{self, History, Sources};
use super::snapshot::{Drift, InFlight, Live, Track, Waiting};
use crate::graph::{CommitGraph, Pos};
use crate::metrics::policy::Baseline;
use crate::metrics::{Class, Codebase, Ledger, Reported, Scope};
use crate::model::{
    Health, Incident, Installed, Outcome, RepositoryId, SourceId, Status, Text, Time, TrackId, TrackState,
};

/// What is known of one track before it is judged.
#[derive(Debug, Default)]
pub struct Parts {
    /// What its backend observed.
    pub state: Option<(Time, Arc<TrackState>)>,
    /// Deployments into it, with who reported each.
    pub deployments: Vec<Reported>,
}

/// What all tracks of a service share.
pub struct Around<'a> {
    /// The graph of its repository.
    pub graph: Option<&'a CommitGraph>,
    /// The head of the branch that is deployed.
    pub head: Option<Pos>,
    /// The code of the service in its repository.
    pub scope: Option<Scope<'a>>,
    /// A repository by its name: deployments may carry commits of others.
    pub repository: &'a dyn Fn(&RepositoryId) -> Option<Codebase<'a>>,
    /// The name of its repository.
    pub own: Option<Codebase<'a>>,
    /// What had been delivered before anything is counted.
    pub baseline: &'a Baseline,
    /// Its incidents, newest first.
    pub incidents: &'a [Arc<Incident>],
}

/// The track without its drift, which needs the track before it. `before` is the ledger of the picture before.
pub fn track(
    id: TrackId,
    parts: Parts,
    owner: Option<SourceId>,
    around: &Around<'_>,
    before: Option<&Ledger>,
) -> Track {
    let codebases = codebases(&parts.deployments, around);
    let sources = Sources { codebases: &codebases, scope: around.scope, baseline: around.baseline };
    let History { deployments: history, mut ledger } = history::of(parts.deployments, &sources, before);
    let live = live(parts.state.as_ref().map(|(_, state)| &**state), &history);
    let in_flight = in_flight(parts.state.as_ref().map(|(_, state)| &**state), &history);
    // Seen live before any deployment was recorded: what it holds is the baseline.
    if let (Some(graph), None, Some(live)) = (around.graph, ledger.live(), &live) {
        let commit = live.installed.commit.as_ref().and_then(|commit| graph.position(commit));
        commit.into_iter().for_each(|commit| ledger.found_live(0, graph, commit));
    }
    let waiting = waiting(&ledger, around);
    let delivered = history::delivered(&ledger, around.scope);
    let incident = around
        .incidents
        .iter()
        .find(|it| it.resolved_at.is_none() && it.environment.as_ref().is_none_or(|it| *it == id.environment))
        .cloned();
    let mut track = Track {
        id,
        state: parts.state,
        live,
        history,
        in_flight,
        drift: None,
        waiting,
        incident,
        status: Status::Ok,
        owner,
        delivered: delivered.into(),
        ledger: Arc::new(ledger),
    };
    track.status = status(&track);
    track
}

/// The service's own repository, then those that its deployments name.
fn codebases<'a>(deployments: &[Reported], around: &Around<'a>) -> Vec<Codebase<'a>> {
    let named: BTreeSet<&RepositoryId> =
        deployments.iter().flat_map(|it| &it.deployment.also).map(|also| &also.repository).collect();
    let others = named.into_iter().filter(|id| around.own.is_some_and(|own| own.id != *id));
    around.own.into_iter().chain(others.filter_map(|id| (around.repository)(id))).collect()
}

/// Landed changes that never came here.
fn waiting(ledger: &Ledger, around: &Around<'_>) -> Option<Waiting> {
    let (graph, head, scope) = (around.graph?, around.head?, around.scope?);
    let deliveries = ledger.line(0).filter(|it| it.live().is_some())?;
    let mut changes: Vec<Pos> = deliveries.undelivered(graph, head);
    changes.retain(|&pos| scope.class(pos, deliveries) == Class::Change);
    let oldest = changes.iter().map(|&pos| scope.code.start(pos)).min();
    Some(Waiting { changes: changes.into(), oldest: oldest.and_then(|seconds| Time::from_timestamp(seconds, 0)) })
}

/// What is live: what was observed, else what the last deployment that succeeded left.
fn live(state: Option<&TrackState>, history: &[super::snapshot::Deployed]) -> Option<Live> {
    if let Some(state) = state {
        return state.live.clone().map(|installed| Live { installed, health: state.health.clone() });
    }
    let last = history.iter().find(|it| it.deployment.outcome == Outcome::Success)?;
    let deployment = &last.deployment;
    let version = deployment.version.clone().or_else(|| deployment.commit.map(|it| it.short().into()))?;
    Some(Live {
        installed: Installed {
            version,
            digest: deployment.digest.clone(),
            commit: deployment.commit,
            since: deployment.at(),
        },
        health: Health::Unknown,
    })
}

fn in_flight(state: Option<&TrackState>, history: &[super::snapshot::Deployed]) -> Option<InFlight> {
    if let Some(progress) = state.and_then(|state| state.progress.as_ref()) {
        return Some(InFlight { what: progress.what.clone(), since: None, progress: (progress.done, progress.total) });
    }
    let newest = history.iter().map(|it| &it.deployment).find(|it| it.outcome != Outcome::Cancelled)?;
    (newest.outcome == Outcome::Running).then(|| InFlight {
        what: newest
            .version
            .as_ref()
            .map_or_else(|| Text::from("deploying"), |version| Text::from(format!("deploying {version}"))),
        since: newest.started_at,
        progress: (0, 0),
    })
}

/// How the track stands, the gravest first.
fn status(track: &Track) -> Status {
    let degraded = track.live.as_ref().is_some_and(|live| matches!(live.health, Health::Degraded(_)));
    if degraded || track.incident.is_some() {
        return Status::Failed;
    }
    let paused = track.state.as_ref().is_some_and(|(_, state)| state.paused);
    if track.in_flight.is_some() {
        return if paused { Status::Held } else { Status::Running };
    }
    if track.state.as_ref().is_some_and(|(_, state)| !state.problems.is_empty()) {
        return Status::Unknown;
    }
    if track.history.first().is_some_and(|it| it.deployment.outcome == Outcome::Failed) {
        return Status::Failed;
    }
    let drifts = track.state.as_ref().and_then(|(_, state)| {
        let desired = state.desired.as_ref()?;
        Some(state.live.as_ref().is_none_or(|live| live.version != desired.version))
    });
    match (drifts, &track.live) {
        _ if paused => Status::Held,
        (Some(true), _) => Status::Drift,
        (_, Some(_)) => Status::Ok,
        (_, None) => Status::Waiting,
    }
}

/// Gives each track its difference to the one before it in the order of promotion.
pub fn relate(tracks: &mut [Track], around: &Around<'_>) {
    for at in 1..tracks.len() {
        let (before, rest) = tracks.split_at_mut(at);
        let (Some(before), Some(track)) = (before.last(), rest.first_mut()) else { continue };
        track.drift = drift(before, track, around);
    }
}

fn drift(before: &Track, track: &Track, around: &Around<'_>) -> Option<Drift> {
    let (there, here) = (before.live.as_ref()?, track.live.as_ref()?);
    let same = there.installed.version == here.installed.version
        && (there.digest().is_none() || here.digest().is_none() || there.digest() == here.digest());
    if same {
        return None;
    }
    let graph = around.graph;
    let place = |live: &Live| live.installed.commit.and_then(|commit| graph?.position(&commit));
    let is_change = |pos: &Pos| around.scope.is_some_and(|scope| scope.is_change(*pos));
    let counted = |all: Vec<Pos>| u32::try_from(all.iter().filter(|pos| is_change(pos)).count()).ok();
    let (behind, ahead) = match (graph, place(there), place(here)) {
        (Some(graph), Some(there), Some(here)) => {
            let difference = graph.difference(here, there);
            (counted(difference.added), counted(difference.removed))
        }
        _ => (None, None),
    };
    Some(Drift { before: before.id.environment.clone(), behind, ahead })
}

/// Tracks in the order of promotion.
pub fn by_rank(parts: BTreeMap<TrackId, Parts>, place: impl Fn(&TrackId) -> usize) -> Vec<(TrackId, Parts)> {
    let mut all: Vec<(TrackId, Parts)> = parts.into_iter().collect();
    all.sort_by_cached_key(|(id, _)| (place(id), id.clone()));
    all
}
