//! The writes that put an earlier template back, as `kubectl rollout undo` makes them, each kind its own way.
//!
//! A Deployment gets template and annotations of a ReplicaSet; a StatefulSet or DaemonSet the patch that its
//! ControllerRevision is. Both hold only for the object as it was read, which kubectl does not ask for.

use serde_json::{Map, Value, json};

use super::json::text;
use super::request::{Body, ObjectName, Request, holds, tests};
use super::revision::Revision;
use super::scene::{Scene, is_leaving, is_ready};
use super::subject::Subject;
use super::template;
use crate::backend::kubernetes::kind::{Kind, Watched};

/// Annotations that belong to a Deployment itself and not to one of its revisions.
const OWN: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

/// The write that puts a revision back, and where that is asked for ends a pause.
pub fn put_back(subject: Subject<'_>, to: &Revision, resume: bool) -> Request {
    let object = subject.object;
    let also = if resume { ", and resume it" } else { "" };
    let what = format!("put the template of revision {} ({}) back{also}", to.number, to.name());
    let body = match subject.kind {
        Kind::Deployment => Body::Json(of_deployment(object, to, resume)),
        Kind::StatefulSet | Kind::DaemonSet => Body::Strategic(of_controller_revision(object, to)),
    };
    Request { what, object: subject.name.clone(), body, holds: holds(object) }
}

fn of_deployment(object: &Value, to: &Revision, resume: bool) -> Vec<Value> {
    let template = to.raw.pointer(template::AT).map(template::without_hash).unwrap_or_default();
    let annotations = restored(object.pointer("/metadata/annotations"), to.raw.pointer("/metadata/annotations"));
    let mut operations = tests(object);
    operations.push(json!({ "op": "replace", "path": template::AT, "value": template }));
    // `add` replaces what is there, and is no fault where nothing is.
    operations.push(json!({ "op": "add", "path": "/metadata/annotations", "value": annotations }));
    if resume {
        operations.push(json!({ "op": "remove", "path": "/spec/paused" }));
    }
    operations
}

/// The annotations of the revision, but for those that are the Deployment's own.
fn restored(own: Option<&Value>, of_revision: Option<&Value>) -> Map<String, Value> {
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let kept = map(own).into_iter().filter(|(key, _)| OWN.contains(&key.as_str()));
    let taken = map(of_revision).into_iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
    kept.chain(taken).collect()
}

fn of_controller_revision(object: &Value, to: &Revision) -> Value {
    let mut patch = to.raw.pointer("/data").cloned().unwrap_or_else(|| json!({}));
    if let Some(patch) = patch.as_object_mut() {
        let field = |name: &str| text(object, &format!("/metadata/{name}")).to_owned();
        let expected = json!({ "uid": field("uid"), "resourceVersion": field("resourceVersion") });
        patch.insert("metadata".to_owned(), expected);
    }
    patch
}

/// The pods that keep a StatefulSet from going back: it waits for each pod in turn, also for one that can never become
/// ready, until somebody deletes it ("forced rollback" in the documentation of Kubernetes).
pub fn in_the_way<'a>(scene: &'a Scene, to: &Revision) -> Vec<&'a Value> {
    let in_order = text(&scene.object, "/spec/podManagementPolicy") != "Parallel";
    if scene.kind != Kind::StatefulSet || !in_order || scene.subject().is_on_delete() {
        return Vec::new();
    }
    // Below the partition the controller would make the same pod again.
    let partition = scene.object.pointer("/spec/updateStrategy/rollingUpdate/partition").and_then(Value::as_u64);
    let within = |pod: &&Value| partition.is_none_or(|from| ordinal(pod).is_none_or(|it| it >= from));
    let broken = |pod: &&Value| !to.made(scene.kind, pod) && !is_ready(pod) && !is_leaving(pod);
    scene.pods.iter().filter(within).filter(broken).collect()
}

/// The number at the end of the name of a StatefulSet's pod.
fn ordinal(pod: &Value) -> Option<u64> {
    text(pod, "/metadata/name").rsplit('-').next()?.parse().ok()
}

/// The write that deletes such a pod.
pub fn delete(namespace: &str, pod: &Value) -> Request {
    let name = text(pod, "/metadata/name");
    Request {
        what: format!("delete {name}, which is not ready: the StatefulSet waits for it and does not replace it"),
        object: ObjectName {
            resource: Watched::Pod.resource(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        },
        body: Body::Delete {
            uid: text(pod, "/metadata/uid").to_owned(),
            resource_version: text(pod, "/metadata/resourceVersion").to_owned(),
        },
        holds: "it is the same pod and not ready".to_owned(),
    }
}
