//! Deployments, from revisions and from what was seen of rollouts.
//!
//! A cluster keeps templates, not outcomes. A revision says when it was made, which is when its deployment began unless
//! an old one came back. When a rollout ended a Deployment tells of its newest revision; a StatefulSet and a DaemonSet
//! tell it of none. So what is seen is reported as it happens and kept by the store. Of what ended before anybody looked,
//! the newest revision counts as ended when the last of its pods became ready, and that an older one came to serve, when
//! it was made, is assumed ([`ASSUMED`]).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::cause;
use super::item::Revision;
use super::kind::Kind;
use super::rollout::Rollout;
use super::view::{Side, View};
use crate::model::deployment::ASSUMED;
use crate::model::{Deployment, DeploymentId, Outcome, Text, Time, TrackId};

/// How old a ControllerRevision is at most that was made for the deployment in which it is seen first: whoever watches
/// sees it sooner.
const RECENT: TimeDelta = TimeDelta::hours(1);

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
        if watched && self.workload.kind != Kind::Deployment && !self.is_new(side, now) {
            deployment.started_at = None;
        }
        if outcome == Outcome::Running {
            deployment.started_at = deployment.started_at.or(Some(now));
        }
        deployment
    }

    /// Whether a ControllerRevision was made for the deployment that it is now: one that comes back keeps the time at which
    /// it was made first. What is older than [`RECENT`], or than another revision, came back.
    fn is_new(&self, side: &Side<'_>, now: Time) -> bool {
        let last = self.revisions.iter().filter_map(|it| it.item.created).max();
        side.item.created.is_some_and(|made| now - made < RECENT && Some(made) == last)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::backend::kubernetes::Settings;
    use crate::backend::kubernetes::item::Item;
    use crate::backend::kubernetes::kind::Watched;
    use crate::backend::kubernetes::mirror::Mirror;
    use crate::backend::kubernetes::place::{Namespace, Scope};
    use crate::backend::kubernetes::rules::Rules;

    const NOW: &str = "2026-11-21T12:00:00Z";

    /// The deployment of the newest revision, where revision 1 was reported before and what changed is watched. Each
    /// revision is a number and a time at which it was made; the last is the newest.
    fn seen(kind: Kind, revisions: &[(i64, &str)], whole: bool) -> Deployment {
        let template = json!({ "spec": { "containers": [{ "name": "shop", "image": "shop:2" }] } });
        let newest = format!("shop-{}", revisions.last().expect("one").0);
        let pods = if whole { 2 } else { 1 };
        let mut status = match kind {
            Kind::DaemonSet => json!({
                "desiredNumberScheduled": 2, "updatedNumberScheduled": pods, "numberAvailable": pods, "numberReady": pods,
            }),
            _ => json!({
                "replicas": 2, "readyReplicas": pods, "updatedReplicas": pods, "currentRevision": newest, "updateRevision": newest,
            }),
        };
        status["observedGeneration"] = json!(1);
        let workload = json!({
            "metadata": { "name": "shop", "namespace": "prod", "uid": "u", "generation": 1 },
            "spec": { "replicas": 2, "template": template }, "status": status,
        });
        let mut mirror = Mirror::default();
        let scope = Arc::new(Scope { context: String::new(), namespace: Namespace::All });
        let mut put = |watched: Watched, raw: &serde_json::Value| {
            mirror.put(&(scope.clone(), watched), Item::read(watched, &raw.to_string()).expect("an object"));
        };
        put(Watched::Workload(kind), &workload);
        for (number, made) in revisions {
            let owner = json!([{ "kind": kind.word(), "name": "shop", "uid": "u", "controller": true }]);
            let raw = json!({
                "metadata": {
                    "name": format!("shop-{number}"), "namespace": "prod", "uid": format!("uid of {number}"),
                    "ownerReferences": owner, "creationTimestamp": made,
                },
                "revision": number, "data": { "spec": { "template": template } },
            });
            put(Watched::ControllerRevision, &raw);
        }
        let rules = Rules::new(&Settings::default()).expect("rules");
        let view = View::new(&mirror, &"u".into(), &rules, "shop", None).expect("a workload");
        let known = Known { uid: "u".into(), revision: 1, ended: Some(true), gone: false };
        let (all, _) =
            view.deployments(&TrackId::new("shop", "prod"), Some(&known), true, NOW.parse().expect("a time"));
        all.last().expect("a deployment").clone()
    }

    fn started(deployment: &Deployment) -> Option<String> {
        deployment.started_at.map(|it| it.format("%dT%H:%M").to_string())
    }

    #[test]
    fn a_success_that_is_all_that_was_seen_began_when_its_revision_was_made() {
        let (old, before, new) = ("2026-11-20T08:00:00Z", "2026-11-21T11:00:00Z", "2026-11-21T11:58:00Z");
        for kind in [Kind::StatefulSet, Kind::DaemonSet] {
            let made = seen(kind, &[(1, old), (2, new)], true);
            assert_eq!((made.outcome, started(&made).as_deref()), (Outcome::Success, Some("21T11:58")), "{kind:?}");
            // One that came back was made for an earlier deployment: nobody tells when this one began.
            for back in [&[(2, new), (3, old)][..], &[(2, old), (3, before)]] {
                let came = seen(kind, back, true);
                assert_eq!((came.outcome, came.started_at), (Outcome::Success, None), "{kind:?} {back:?}");
                let comes = seen(kind, back, false);
                assert_eq!(
                    (comes.outcome, started(&comes).as_deref()),
                    (Outcome::Running, Some("21T12:00")),
                    "{kind:?}"
                );
            }
        }
    }
}
