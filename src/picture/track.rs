//! One cell of the board from the facts of its service.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::history::{self, Counts, History};
use super::snapshot::{Arrivals, Drift, InFlight, Live, Track, Waiting};
use crate::graph::{CommitGraph, Pos};
use crate::model::{
    Deployment, Health, Incident, Installed, Kind, Outcome, SourceId, Status, Text, Time, TrackId, TrackState,
};

/// What is known of one track before it is judged.
#[derive(Debug, Default)]
pub struct Parts {
    /// What its backend observed.
    pub state: Option<(Time, Arc<TrackState>)>,
    /// Deployments into it, with who reported each.
    pub deployments: Vec<(SourceId, Arc<Deployment>)>,
}

/// What all tracks of a service share.
pub struct Around<'a> {
    /// The graph of its repository.
    pub graph: Option<&'a CommitGraph>,
    /// The head of the branch that is deployed.
    pub head: Option<Pos>,
    /// Whether a commit counts as a change of the service.
    pub counts: &'a Counts<'a>,
    /// Its incidents, newest first.
    pub incidents: &'a [Arc<Incident>],
}

/// The track without its drift, which needs the track before it.
pub fn track(id: TrackId, parts: Parts, owner: Option<SourceId>, around: &Around<'_>) -> Track {
    let History { deployments: history, mut deliveries, painted, delivered } =
        history::of(parts.deployments, around.graph, around.counts);
    let live = live(parts.state.as_ref().map(|(_, state)| &**state), &history);
    let in_flight = in_flight(parts.state.as_ref().map(|(_, state)| &**state), &history);
    // Seen live before any deployment was recorded: what it holds is the baseline.
    if let (Some(graph), None, Some(live)) = (around.graph, deliveries.live(), &live) {
        let commit = live.installed.commit.as_ref().and_then(|commit| graph.position(commit));
        deliveries.deploy(graph, commit);
    }
    let waiting = match (around.graph, around.head, deliveries.live()) {
        (Some(graph), Some(head), Some(_)) => {
            let mut changes: Vec<Pos> = deliveries.paint().undelivered(graph, head);
            changes.retain(|&pos| (around.counts)(pos));
            let oldest = changes.iter().map(|&pos| graph.authored(pos)).min();
            let oldest = oldest.and_then(|seconds| Time::from_timestamp(seconds, 0));
            Some(Waiting { changes: changes.into(), oldest })
        }
        _ => None,
    };
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
        arrivals: Arc::new(Arrivals { paint: deliveries.into_paint(), deployments: painted }),
    };
    track.status = status(&track);
    track
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
    if track.in_flight.is_some() {
        return Status::Running;
    }
    if track.state.as_ref().is_some_and(|(_, state)| !state.problems.is_empty()) {
        return Status::Unknown;
    }
    if track.history.first().is_some_and(|it| it.kind == Kind::Failed) {
        return Status::Failed;
    }
    let drifts = track.state.as_ref().and_then(|(_, state)| {
        let desired = state.desired.as_ref()?;
        Some(state.live.as_ref().is_none_or(|live| live.version != desired.version))
    });
    match (drifts, &track.live) {
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
    let counted = |all: Vec<Pos>| u32::try_from(all.into_iter().filter(|&pos| (around.counts)(pos)).count()).ok();
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
