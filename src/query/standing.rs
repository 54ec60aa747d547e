//! How a commit stands in an environment.

use super::answer::{Arrived, Place, Standing, WaitsFor};
use super::reach::Reach;
use crate::graph::Pos;
use crate::model::{Artifact, Deployment, Gate, Outcome, Text, Time};
use crate::picture::{Arrival, Deployed, Live, ServicePicture, Snapshot, Track};

/// A commit as one service sees it.
pub struct Asked<'a> {
    /// The picture.
    pub snapshot: &'a Snapshot,
    /// The service.
    pub service: &'a ServicePicture,
    /// What holds the commit.
    pub reach: &'a Reach<'a>,
    /// The commit.
    pub pos: Pos,
    /// The present: which gates hold depends on it.
    pub now: Time,
}

impl Asked<'_> {
    /// How it stands in each environment of the service.
    pub fn environments(&self) -> Vec<Place> {
        let mut all: Vec<Place> = Vec::new();
        for track in &self.service.tracks {
            let environment = self.snapshot.environment(&track.id.environment);
            // Nothing is promoted to a release line, and from none: its versions are tags.
            let is_line = environment.is_some_and(|it| it.release_line);
            let before = all.iter().rev().find(|_| !is_line);
            let place = Place {
                environment: track.id.environment.clone(),
                production: environment.is_some_and(|it| it.production),
                standing: self.standing(track, before),
            };
            all.push(place);
        }
        all
    }

    /// Whether the branch that is deployed holds it.
    pub fn landed(&self) -> Option<bool> {
        self.service.head.as_ref().and_then(|head| self.reach.holds(head))
    }

    /// The artifacts that hold it, oldest first.
    pub fn artifacts(&self) -> Vec<&Artifact> {
        let holds = |it: &&Artifact| it.commit.as_ref().and_then(|commit| self.reach.holds(commit)) == Some(true);
        let mut all: Vec<&Artifact> = self.service.artifacts.iter().map(|it| &**it).filter(holds).collect();
        all.sort_by_key(|it| (it.built_at.or(it.arrived_at), it.arrived_at));
        all
    }

    fn standing(&self, track: &Track, before: Option<&Place>) -> Standing {
        let arrived = track.arrival(self.pos).map(arrived);
        let Some(live) = &track.live else { return self.waiting(track, before) };
        let version = live.version().clone();
        match (self.is_in(live), arrived) {
            (Some(true), arrived) => Standing::Live { version, arrived: arrived.or_else(|| since(live)) },
            (Some(false), Some(arrived)) => {
                let by = self.taken_away_by(track);
                let kind = by.map(|it| it.kind);
                Standing::Removed { version, arrived, by: by.map(|it| deployed(&it.deployment)), kind }
            }
            (Some(false), None) => self.waiting(track, before),
            (None, _) => {
                Standing::Unknown { why: Text::from(format!("the commit of {version}, which is live, is not known")) }
            }
        }
    }

    fn is_in(&self, live: &Live) -> Option<bool> {
        let commit = live.installed.commit.or_else(|| self.service.commit_of(live.version()))?;
        self.reach.holds(&commit)
    }

    /// The first deployment without it after the last one with it.
    fn taken_away_by<'t>(&self, track: &'t Track) -> Option<&'t Deployed> {
        let holds = |it: &Deployed| it.deployment.commit.as_ref().and_then(|commit| self.reach.holds(commit));
        let successes = track.history.iter().filter(|it| it.deployment.outcome == Outcome::Success);
        successes.take_while(|it| holds(it) != Some(true)).last()
    }

    fn waiting(&self, track: &Track, before: Option<&Place>) -> Standing {
        let covering = self.snapshot.gates.iter().filter(|gate| gate.scope.covers(&track.id));
        let held_by = covering.filter(|gate| holds_at(gate, self.now)).cloned().collect();
        Standing::Waiting { waits_for: self.waits_for(track, before), held_by }
    }

    fn waits_for(&self, track: &Track, before: Option<&Place>) -> WaitsFor {
        if self.landed() == Some(false) {
            return WaitsFor::Merge {
                branch: self.service.branch.clone().unwrap_or_else(|| Text::from("the deployed branch")),
            };
        }
        let brings = |it: &&Deployed| {
            it.deployment.outcome == Outcome::Running
                && it.deployment.commit.as_ref().and_then(|commit| self.reach.holds(commit)) == Some(true)
        };
        if let Some(running) = track.history.iter().find(brings) {
            return WaitsFor::Running { version: running.deployment.version.clone() };
        }
        match before.map(|place| (place, &place.standing)) {
            Some((place, Standing::Live { version, .. })) => {
                WaitsFor::Promotion { from: place.environment.clone(), version: version.clone() }
            }
            Some((place, Standing::Waiting { .. } | Standing::Removed { .. })) => {
                WaitsFor::Environment { before: place.environment.clone() }
            }
            Some((_, Standing::Unknown { .. })) | None => match self.artifacts().first() {
                Some(built) => {
                    WaitsFor::Deployment { version: built.version.clone(), location: built.location.clone() }
                }
                None => WaitsFor::Build,
            },
        }
    }
}

fn holds_at(gate: &Gate, now: Time) -> bool {
    gate.since.is_none_or(|since| since <= now) && gate.until.is_none_or(|until| now < until)
}

fn arrived(arrival: Arrival<'_>) -> Arrived {
    match arrival {
        Arrival::Baseline => Arrived { baseline: true, ..Arrived::default() },
        Arrival::With(deployment) => deployed(deployment),
    }
}

fn deployed(deployment: &Deployment) -> Arrived {
    Arrived {
        version: deployment.version.clone(),
        at: deployment.at(),
        deployment: Some(deployment.id.clone()),
        baseline: false,
    }
}

/// What is observed to be live since some time, though no deployment of it was recorded.
fn since(live: &Live) -> Option<Arrived> {
    let at = live.installed.since?;
    Some(Arrived { version: Some(live.version().clone()), at: Some(at), ..Arrived::default() })
}
