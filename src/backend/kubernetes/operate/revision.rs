//! The revisions of a workload: what it can be put back to.

use serde_json::Value;

use super::json::{annotation, flag, integer, label, list, text};
use super::template;
use crate::backend::kubernetes::kind::Kind;

/// The annotation that numbers the revisions of a Deployment.
pub const NUMBER: &str = "deployment.kubernetes.io/revision";
pub use crate::backend::kubernetes::cause::CAUSE;
/// The label by which StatefulSets and DaemonSets tell their pods apart.
const CONTROLLER_HASH: &str = "controller-revision-hash";

/// A revision of a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number; higher is newer.
    pub number: i64,
    /// What its pods carry in [`pods_label`].
    pub hash: String,
    /// What its pods are made from, without what the controller adds.
    pub template: Value,
    /// The ReplicaSet or ControllerRevision that holds it.
    pub raw: Value,
}

impl Revision {
    /// Reads what holds a revision. Nothing where it has no number that can be read, as kubectl leaves it out.
    pub fn read(kind: Kind, raw: Value) -> Option<Self> {
        let (number, hash, template) = match kind {
            Kind::Deployment => {
                let number = annotation(&raw, NUMBER).map_or(Some(0), |it| it.parse().ok())?;
                (number, label(&raw, template::HASH).unwrap_or_default(), raw.pointer("/spec/template")?)
            }
            Kind::StatefulSet => {
                (integer(&raw, "/revision")?, text(&raw, "/metadata/name"), raw.pointer("/data/spec/template")?)
            }
            Kind::DaemonSet => {
                let hash = label(&raw, CONTROLLER_HASH).unwrap_or_default();
                (integer(&raw, "/revision")?, hash, raw.pointer("/data/spec/template")?)
            }
        };
        let (hash, template) = (hash.to_owned(), template::bare(template));
        Some(Self { number, hash, template, raw })
    }

    /// What the ReplicaSet or ControllerRevision is called.
    pub fn name(&self) -> &str {
        text(&self.raw, "/metadata/name")
    }

    /// Whether a pod was made from it.
    pub fn made(&self, kind: Kind, pod: &Value) -> bool {
        !self.hash.is_empty() && label(pod, pods_label(kind)) == Some(&self.hash)
    }
}

/// The label by which pods say from which revision they were made.
pub fn pods_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment => template::HASH,
        Kind::StatefulSet | Kind::DaemonSet => CONTROLLER_HASH,
    }
}

/// Whether `object` is controlled by what has this uid.
pub fn controlled_by(object: &Value, uid: &str) -> bool {
    let owners = list(object, "/metadata/ownerReferences");
    !uid.is_empty() && owners.iter().any(|it| flag(it, "/controller") && text(it, "/uid") == uid)
}

/// The revision of that number.
pub fn numbered(revisions: &[Revision], number: i64) -> Option<&Revision> {
    revisions.iter().find(|it| it.number == number)
}

/// The one before the newest, as `kubectl rollout undo` takes it without a number.
pub fn before_the_newest(revisions: &[Revision]) -> Option<&Revision> {
    let mut newest_first: Vec<&Revision> = revisions.iter().collect();
    newest_first.sort_by_key(|it| std::cmp::Reverse(it.number));
    newest_first.get(1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn replica_set(number: &str, image: &str) -> Value {
        json!({
            "metadata": { "name": format!("shop-{number}"), "labels": { "pod-template-hash": number }, "annotations": { NUMBER: number } },
            "spec": { "template": { "metadata": { "labels": { "pod-template-hash": number } }, "spec": { "containers": [{ "image": image }] } } },
        })
    }

    fn all(numbers: &[&str]) -> Vec<Revision> {
        numbers.iter().filter_map(|it| Revision::read(Kind::Deployment, replica_set(it, it))).collect()
    }

    #[test]
    fn the_one_before_is_the_second_highest_number_in_any_order() {
        for (numbers, expected) in [
            (&["3", "1", "2"][..], Some(2)),
            (&["2", "7"], Some(2)),
            (&["7"], None),
            (&[], None),
            // One without a number that can be read is left out, as kubectl does it.
            (&["7", "x", "1"], Some(1)),
        ] {
            assert_eq!(before_the_newest(&all(numbers)).map(|it| it.number), expected, "{numbers:?}");
        }
        assert!(numbered(&all(&["3", "1"]), 2).is_none());
    }

    #[test]
    fn a_replica_set_without_a_number_counts_as_the_oldest() {
        let mut raw = replica_set("1", "a");
        raw["metadata"]["annotations"] = json!({});
        assert_eq!(Revision::read(Kind::Deployment, raw).map(|it| it.number), Some(0));
    }

    #[test]
    fn a_controller_revision_is_read_as_what_its_pods_say() {
        let raw = json!({
            "metadata": { "name": "db-5f", "labels": { CONTROLLER_HASH: "5f" }, "annotations": { CAUSE: "why" } },
            "revision": 4,
            "data": { "spec": { "template": { "$patch": "replace", "spec": { "a": null } } } },
        });
        let pod = |hash: &str| json!({ "metadata": { "labels": { CONTROLLER_HASH: hash } } });
        for (kind, hash) in [(Kind::StatefulSet, "db-5f"), (Kind::DaemonSet, "5f")] {
            let revision = Revision::read(kind, raw.clone()).expect("a revision");
            assert_eq!((revision.number, revision.hash.as_str(), revision.name()), (4, hash, "db-5f"));
            assert_eq!(revision.template, json!({ "spec": {} }));
            assert!(revision.made(kind, &pod(hash)) && !revision.made(kind, &pod("other")));
        }
    }

    #[test]
    fn what_only_mentions_an_owner_is_not_controlled_by_it() {
        let owned =
            |controller: bool| json!({ "metadata": { "ownerReferences": [{ "uid": "1", "controller": controller }] } });
        assert!(controlled_by(&owned(true), "1"));
        assert!(
            !controlled_by(&owned(false), "1") && !controlled_by(&owned(true), "2") && !controlled_by(&json!({}), "")
        );
    }
}
