//! Whether a workload has become what it should be, judged as `kubectl rollout status` does (kubectl's
//! `polymorphichelpers/rollout_status.go`): what it says first holds.

use super::item::{Condition, Workload};
use super::kind::Kind;

/// How far a rollout has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// It is what it should be.
    Complete,
    /// It is on its way.
    Progressing(Step),
    /// It did not become so within its deadline.
    Failed(String),
    /// Nobody can tell by itself: pods are replaced when somebody deletes them.
    Manual(Step),
}

/// What a rollout waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// In words.
    pub what: String,
    /// Pods done.
    pub done: i64,
    /// Pods in all.
    pub total: i64,
}

impl Step {
    fn new(what: impl Into<String>, done: i64, total: i64) -> Self {
        Self { what: what.into(), done: done.max(0), total: total.max(0) }
    }
}

impl Workload {
    /// Whether its status is about its specification.
    pub fn is_observed(&self) -> bool {
        self.generation <= self.status.observed_generation
    }

    /// How many pods it should have.
    pub fn wanted(&self) -> i64 {
        self.replicas.unwrap_or(self.status.desired_number_scheduled)
    }

    /// What its controller says of its rollout.
    pub fn progressing(&self) -> Option<&Condition> {
        self.status.condition("Progressing")
    }

    /// Whether its status says that the newest template once served whole. What it does not say may be known all the
    /// same, to who saw it.
    pub fn was_complete(&self) -> bool {
        if !self.is_observed() {
            return false;
        }
        match self.kind {
            // The reason stays from the rollout before until the first pod of this one is made.
            Kind::Deployment => {
                self.progressing().is_some_and(|it| it.reason == "NewReplicaSetAvailable")
                    && self.status.replicas == self.status.updated_replicas
            }
            // A partition may leave none of the pods for the newest template.
            Kind::StatefulSet => {
                self.rollout() == Rollout::Complete && (self.status.updated_replicas > 0 || self.wanted() == 0)
            }
            Kind::DaemonSet => self.rollout() == Rollout::Complete,
        }
    }

    /// How far its rollout has come.
    pub fn rollout(&self) -> Rollout {
        if !self.is_observed() {
            return Rollout::Progressing(Step::new("waiting for the controller to see the change", 0, self.wanted()));
        }
        match self.kind {
            Kind::Deployment => self.deployment(),
            Kind::StatefulSet => self.stateful_set(),
            Kind::DaemonSet => self.daemon_set(),
        }
    }

    fn deployment(&self) -> Rollout {
        let status = &self.status;
        if let Some(late) = self.progressing().filter(|it| it.reason == "ProgressDeadlineExceeded") {
            return Rollout::Failed(format!("its progress deadline is over: {}", late.message.trim_end_matches('.')));
        }
        let wanted = self.wanted();
        let (updated, available) = (status.updated_replicas, status.available_replicas);
        if updated < wanted {
            return Rollout::Progressing(Step::new(format!("{updated} of {wanted} pods updated"), updated, wanted));
        }
        if status.replicas > updated {
            let old = status.replicas - updated;
            let what = format!("{old} old pods still to end");
            return Rollout::Progressing(Step::new(what, updated, status.replicas));
        }
        if available < updated {
            let what = format!("{available} of {updated} updated pods available");
            return Rollout::Progressing(Step::new(what, available, updated));
        }
        Rollout::Complete
    }

    fn daemon_set(&self) -> Rollout {
        let status = &self.status;
        let (wanted, updated) = (status.desired_number_scheduled, status.updated_replicas);
        if updated < wanted {
            let step = Step::new(format!("{updated} of {wanted} pods updated"), updated, wanted);
            return self.by_hand_or(step);
        }
        if status.available_replicas < wanted {
            let what = format!("{} of {wanted} updated pods available", status.available_replicas);
            return Rollout::Progressing(Step::new(what, status.available_replicas, wanted));
        }
        Rollout::Complete
    }

    fn stateful_set(&self) -> Rollout {
        let status = &self.status;
        let wanted = self.wanted();
        if status.ready_replicas < wanted {
            let what = format!("{} of {wanted} pods ready", status.ready_replicas);
            return Rollout::Progressing(Step::new(what, status.ready_replicas, wanted));
        }
        if self.partition > 0 {
            let share = (wanted - self.partition).max(0);
            if status.updated_replicas < share {
                let what = format!("{} of {share} pods of the partition updated", status.updated_replicas);
                return Rollout::Progressing(Step::new(what, status.updated_replicas, share));
            }
            return Rollout::Complete;
        }
        // Where pods are deleted by hand, the controller never says that the revision is the current one.
        if self.strategy == "OnDelete" && status.updated_replicas >= wanted {
            return Rollout::Complete;
        }
        if status.update_revision != status.current_revision {
            let what = format!("{} of {wanted} pods updated", status.updated_replicas);
            return self.by_hand_or(Step::new(what, status.updated_replicas, wanted));
        }
        Rollout::Complete
    }

    fn by_hand_or(&self, step: Step) -> Rollout {
        if self.strategy == "OnDelete" { Rollout::Manual(step) } else { Rollout::Progressing(step) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::kubernetes::item::{Body, Item};
    use crate::backend::kubernetes::kind::Watched;

    fn judged(kind: Kind, spec: &str, status: &str) -> String {
        let text = format!(
            r#"{{"metadata":{{"name":"a","uid":"1","generation":2}},"spec":{{"template":{{}},{spec}}},"status":{{"observedGeneration":2,{status}}}}}"#
        );
        let item = Item::read(Watched::Workload(kind), &text).expect("a workload");
        let Body::Workload(workload) = item.body else { panic!("a workload") };
        match workload.rollout() {
            Rollout::Complete => "complete".to_owned(),
            Rollout::Progressing(step) => format!("{} ({}/{})", step.what, step.done, step.total),
            Rollout::Failed(why) => format!("failed: {why}"),
            Rollout::Manual(step) => format!("by hand: {}", step.what),
        }
    }

    #[test]
    fn a_deployment_is_judged_as_kubectl_judges_it() {
        let cases = [
            (
                r#""replicas":3"#,
                r#""updatedReplicas":1,"replicas":4,"availableReplicas":3"#,
                "1 of 3 pods updated (1/3)",
            ),
            (
                r#""replicas":3"#,
                r#""updatedReplicas":3,"replicas":4,"availableReplicas":3"#,
                "1 old pods still to end (3/4)",
            ),
            (
                r#""replicas":3"#,
                r#""updatedReplicas":3,"replicas":3,"availableReplicas":2"#,
                "2 of 3 updated pods available (2/3)",
            ),
            (r#""replicas":3"#, r#""updatedReplicas":3,"replicas":3,"availableReplicas":3"#, "complete"),
            (r#""replicas":0"#, r#""replicas":null,"conditions":null"#, "complete"),
            (r#""replicas":0"#, r#""replicas":1"#, "1 old pods still to end (0/1)"),
            (
                r#""replicas":3"#,
                r#""conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"has timed out"}]"#,
                "failed: its progress deadline is over: has timed out",
            ),
        ];
        for (spec, status, expected) in cases {
            assert_eq!(judged(Kind::Deployment, spec, status), expected, "{spec} {status}");
        }
    }

    #[test]
    fn a_stateful_set_goes_by_revision_and_partition() {
        let moving = r#""readyReplicas":3,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b""#;
        assert_eq!(judged(Kind::StatefulSet, r#""replicas":3"#, moving), "1 of 3 pods updated (1/3)");
        let part = r#""replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}"#;
        assert_eq!(judged(Kind::StatefulSet, part, moving), "complete");
        let by_hand = r#""replicas":3,"updateStrategy":{"type":"OnDelete"}"#;
        assert_eq!(judged(Kind::StatefulSet, by_hand, moving), "by hand: 1 of 3 pods updated");
        let replaced = r#""readyReplicas":3,"updatedReplicas":3,"currentRevision":"a","updateRevision":"b""#;
        assert_eq!(judged(Kind::StatefulSet, by_hand, replaced), "complete");
        let behind = r#""readyReplicas":2,"currentRevision":"b","updateRevision":"b""#;
        assert_eq!(judged(Kind::StatefulSet, r#""replicas":3"#, behind), "2 of 3 pods ready (2/3)");
    }

    #[test]
    fn a_daemon_set_goes_by_nodes() {
        let half = r#""desiredNumberScheduled":4,"updatedNumberScheduled":2,"numberAvailable":4"#;
        assert_eq!(judged(Kind::DaemonSet, r#""x":1"#, half), "2 of 4 pods updated (2/4)");
        let done = r#""desiredNumberScheduled":4,"updatedNumberScheduled":4,"numberAvailable":4"#;
        assert_eq!(judged(Kind::DaemonSet, r#""x":1"#, done), "complete");
    }
}
