//! Deployments, from revisions and from what was seen of rollouts.
//!
//! A cluster keeps templates, not outcomes: when a rollout ended is told of the newest revision alone. So what is seen
//! is reported as it happens and kept by the store; of what ended before anybody looked, a revision says when it was
//! made, and that it came to serve is assumed ([`ASSUMED`]).

use serde::{Deserialize, Serialize};

use super::cause;
use super::item::Revision;
use super::kind::Kind;
use super::rollout::Rollout;
use super::view::{Side, View};
use crate::model::deployment::ASSUMED;
use crate::model::{Deployment, DeploymentId, Outcome, Text, Time, TrackId};

/// What was reported of a track before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The workload.
    pub uid: String,
    /// The newest revision that was reported.
    pub revision: i64,
    /// How it ended; absent while it was under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<bool>,
    /// Whether the track is not there any more: what was reported of it holds when it comes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

impl Known {
    /// The revision that was seen to serve whole, where it is one of this workload.
    pub fn served(&self, uid: &str) -> Option<i64> {
        (self.uid == uid && self.ended == Some(true)).then_some(self.revision)
    }
}

impl View<'_> {
    /// The deployments that have not been reported, or not as they are now, and what is known then. `watched` says whether
    /// what changed was seen as it happened.
    pub fn deployments(
        &self,
        track: &TrackId,
        known: Option<&Known>,
        watched: bool,
        now: Time,
    ) -> (Vec<Deployment>, Known) {
        let known = known.filter(|known| known.uid == *self.item.uid);
        let last = known.map_or(i64::MIN, |known| known.revision);
        let newest = self.newest();
        let number = newest.map(|side| side.revision.number);
        let mut all: Vec<Deployment> = Vec::new();
        for side in self.revisions.iter().rev().filter(|side| Some(side.revision.number) != number) {
            all.extend(self.older(track, side, last));
        }
        // What was under way when it was seen last and is not the newest any more was overtaken.
        if let Some(known) = known.filter(|known| known.ended.is_none() && Some(known.revision) != number)
            && let Some(side) = self.revisions.iter().find(|side| side.revision.number == known.revision)
        {
            let mut overtaken = self.deployment(track, side, known.revision, Outcome::Superseded);
            // What overtook it may be an old template that came back.
            let made = newest.and_then(|side| side.item.created).filter(|made| side.item.created < Some(*made));
            overtaken.finished_at = made.or(Some(now));
            all.push(overtaken);
        }
        let told = Known {
            uid: self.item.uid.to_string(),
            revision: number.unwrap_or(0).max(known.map_or(0, |known| known.revision)),
            ended: None,
            gone: false,
        };
        let Some(newest) = newest else {
            return (all, Known { ended: known.and_then(|known| known.ended), ..told });
        };
        let same = known.is_some_and(|known| known.revision == newest.revision.number);
        let before = known.filter(|_| same).map(|known| known.ended);
        let ended = match &self.rollout {
            // What served once has come: pods that fail later are no failed rollout.
            _ if before == Some(Some(true)) || self.has_served() => Some(true),
            Rollout::Failed(_) => Some(false),
            Rollout::Complete | Rollout::Progressing(_) | Rollout::Manual(_) => None,
        };
        if before != Some(ended) {
            all.push(self.current(track, newest, ended, known.is_some() && watched, now));
        }
        (all, Known { ended, ..told })
    }

    /// The newest revision, as it stands.
    fn current(&self, track: &TrackId, side: &Side<'_>, ended: Option<bool>, watched: bool, now: Time) -> Deployment {
        let outcome = match ended {
            Some(true) => Outcome::Success,
            Some(false) => Outcome::Failed,
            None => Outcome::Running,
        };
        let mut deployment = self.deployment(track, side, side.revision.number, outcome);
        let told = self.workload.progressing().and_then(|it| it.last_update_time);
        deployment.finished_at = match (ended, self.workload.kind) {
            (None, _) => None,
            (Some(_), Kind::Deployment) if told.is_some() => told,
            // No condition tells: it was now, or, where nobody looked, when the last of its pods became ready.
            (Some(_), _) if watched => Some(now),
            (Some(_), _) => side.pods.iter().filter_map(|(_, pod)| pod.ready).max().or(side.item.created),
        };
        // A ControllerRevision that comes back keeps the time at which it was made first.
        let again = watched && self.workload.kind != Kind::Deployment;
        if (deployment.started_at.is_none() || again) && outcome == Outcome::Running {
            deployment.started_at = Some(now);
        } else if again {
            deployment.started_at = None;
        }
        deployment
    }

    /// A revision that is not the newest any more, under the numbers that were not reported.
    fn older(&self, track: &TrackId, side: &Side<'_>, last: i64) -> Option<Deployment> {
        let first = first_number(side.revision);
        // When it came back later under another number, nobody tells.
        if first <= last {
            return None;
        }
        let mut deployment = self.deployment(track, side, first, Outcome::Success);
        deployment.started_at = side.item.created;
        deployment.finished_at = side.item.created;
        deployment.labels = vec![Text::from(ASSUMED)];
        Some(deployment)
    }

    fn deployment(&self, track: &TrackId, side: &Side<'_>, number: i64, outcome: Outcome) -> Deployment {
        let carried = side.carried.as_ref();
        // A revision that has a new number was made when it had its first: that is no time of this deployment.
        let made_for_it = side.revision.before.is_empty() && number == side.revision.number;
        // Nor did who made it then bring it back.
        let cause = side.revision.cause.as_deref().filter(|_| made_for_it).map(cause::read);
        Deployment {
            id: DeploymentId::from(format!("{}/{number}", self.item.uid)),
            service: track.service.clone(),
            environment: track.environment.clone(),
            version: carried.map(|it| it.version.clone()),
            commit: carried.and_then(|it| it.commit),
            also: Vec::new(),
            digest: carried.and_then(|it| it.digest.clone()),
            started_at: side.item.created.filter(|_| made_for_it),
            finished_at: None,
            outcome,
            actor: cause.as_ref().and_then(|(_, actor)| actor.clone()),
            reason: cause.map(|(reason, _)| reason),
            labels: Vec::new(),
            fixes: None,
            traffic: None,
            url: None,
        }
    }
}

/// The number that a revision had when it was made.
fn first_number(revision: &Revision) -> i64 {
    revision.before.iter().copied().min().unwrap_or(revision.number)
}
