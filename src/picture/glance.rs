//! What is kept of a picture, so that the next start can show where everything stands before all facts are folded.
//!
//! A glance holds what the board says of each track and the deployment behind it. Histories, runs and graphs are not in
//! it: a snapshot that is made from one says so ([`Snapshot::glance`]).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::snapshot::{Deployed, Drift, InFlight, Live, ServicePicture, Snapshot, Track, Waiting};
use crate::metrics::Ledger;
use crate::model::{EnvironmentId, Gate, GateKind, Incident, ServiceId, Status, Text, Time, TrackId, TrackState};

/// The version of the encoding. A glance of another version is not read: the next whole picture makes a new one.
const VERSION: u32 = 1;
/// How many deployments of a track are kept at most: the newest, and those down to the one that made live what is.
const DEPLOYMENTS: usize = 4;

/// What is kept of a picture.
#[derive(Serialize, Deserialize)]
pub struct Glance {
    version: u32,
    observed_at: Option<Time>,
    locks: Vec<Gate>,
    services: Vec<ServiceGlance>,
}

#[derive(Serialize, Deserialize)]
struct ServiceGlance {
    id: ServiceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch: Option<Text>,
    tracks: Vec<TrackGlance>,
}

#[derive(Serialize, Deserialize)]
struct TrackGlance {
    environment: EnvironmentId,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<(Time, TrackState)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    live: Option<Live>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: Vec<Deployed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_flight: Option<InFlight>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drift: Option<Drift>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<Waiting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident: Option<Arc<Incident>>,
}

impl Glance {
    /// What is kept of a whole picture; none of one that is a glance itself.
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let services = snapshot.services.values().map(|it| ServiceGlance::of(it)).collect();
        let locks = snapshot.gates.iter().filter(|it| it.kind == GateKind::Lock).cloned().collect();
        (!snapshot.glance).then_some(Self { version: VERSION, observed_at: snapshot.observed_at, locks, services })
    }

    /// As bytes.
    pub fn encoded(&self) -> Vec<u8> {
        // It is made of texts, numbers and lists: serde_json has no way to fail on them.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`encoded`](Self::encoded) wrote; none where it is of another version or damaged.
    pub fn decoded(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|it| it.version == VERSION)
    }

    /// The services in it.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> + Clone {
        self.services.iter().map(|it| &it.id)
    }

    /// The picture that it makes in a frame, with the freezes around now.
    pub fn snapshot(self, frame: &Frame, freezes: Vec<Gate>) -> Snapshot {
        let services = self.services.into_iter().filter_map(|it| {
            let picture = it.picture(frame)?;
            Some((picture.service.id.clone(), Arc::new(picture)))
        });
        Snapshot {
            glance: true,
            observed_at: self.observed_at,
            environments: frame.environments.clone(),
            services: services.collect(),
            gates: self.locks.into_iter().chain(freezes).collect(),
            measures: Arc::clone(&frame.measures),
            ..Snapshot::default()
        }
    }
}

impl ServiceGlance {
    fn of(service: &ServicePicture) -> Self {
        Self {
            id: service.service.id.clone(),
            branch: service.branch.clone(),
            tracks: service.tracks.iter().map(TrackGlance::of).collect(),
        }
    }

    fn picture(self, frame: &Frame) -> Option<ServicePicture> {
        let service = (frame.service)(&self.id)?;
        let tracks = self.tracks.into_iter().map(|it| it.track(&self.id, frame)).collect();
        Some(ServicePicture {
            service,
            branch: self.branch,
            head: None,
            tracks,
            runs: Vec::new(),
            artifacts: Vec::new(),
            incidents: Vec::new(),
            bad: Vec::new(),
        })
    }
}

impl TrackGlance {
    fn of(track: &Track) -> Self {
        let version = track.live.as_ref().map(Live::version);
        let made_it = track.history.iter().position(|it| it.deployment.version.as_ref() == version).unwrap_or_default();
        let state = track.state.as_ref().map(|(at, state)| {
            // What else lies there is a matter of the track's own screen.
            (*at, TrackState { installed: Vec::new(), ..(**state).clone() })
        });
        Self {
            environment: track.id.environment.clone(),
            status: track.status,
            state,
            live: track.live.clone(),
            history: track.history.iter().take((made_it + 1).min(DEPLOYMENTS)).cloned().collect(),
            in_flight: track.in_flight.clone(),
            drift: track.drift.clone(),
            waiting: track.waiting.clone(),
            incident: track.incident.clone(),
        }
    }

    fn track(self, service: &ServiceId, frame: &Frame) -> Track {
        let id = TrackId { service: service.clone(), environment: self.environment };
        Track {
            owner: (frame.owner)(&id),
            id,
            state: self.state.map(|(at, state)| (at, Arc::new(state))),
            live: self.live,
            history: self.history,
            in_flight: self.in_flight,
            drift: self.drift,
            waiting: self.waiting,
            incident: self.incident,
            status: self.status,
            delivered: Arc::from([]),
            ledger: Arc::new(Ledger::default()),
        }
    }
}
