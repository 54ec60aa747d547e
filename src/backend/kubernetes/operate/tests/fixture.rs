//! Workloads from a few words.

use serde_json::{Value, json};

use crate::backend::kubernetes::kind::{Kind, Watched};
use crate::backend::kubernetes::operate::request::ObjectName;
use crate::backend::kubernetes::operate::revision::{NUMBER, pods_label};
use crate::backend::kubernetes::operate::scene::Scene;
use crate::backend::kubernetes::operate::template::HASH;
use crate::backend::kubernetes::rules::Rules;
use crate::backend::{Order, Verb};
use crate::model::{Installed, TrackId};

/// A workload that is set to the last of its images; revision n has the n-th.
pub struct Made {
    pub kind: Kind,
    pub object: Value,
    pub revisions: Vec<Value>,
    pub pods: Vec<Value>,
    pub others: Vec<(Watched, Value)>,
}

pub fn template(image: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "shop" } },
        "spec": { "containers": [{ "name": "shop", "image": image }, { "name": "proxy", "image": "mesh:1" }] },
    })
}

impl Made {
    pub fn of(kind: Kind, images: &[&str]) -> Self {
        let last = images.last().copied().unwrap_or_default();
        let strategy = if kind == Kind::Deployment { "strategy" } else { "updateStrategy" };
        let mut object = json!({
            "apiVersion": "apps/v1", "kind": kind.word(),
            "metadata": { "name": "shop", "namespace": "prod", "uid": "u", "resourceVersion": "9", "generation": 1, "annotations": {} },
            "spec": { "template": template(last) },
            "status": { "observedGeneration": 1 },
        });
        object["spec"][strategy] = json!({ "type": "RollingUpdate" });
        if kind == Kind::DaemonSet {
            object["status"]["desiredNumberScheduled"] = json!(2);
        } else {
            object["spec"]["replicas"] = json!(2);
        }
        if kind == Kind::StatefulSet {
            object["status"]["updateRevision"] = json!(format!("shop-{}", images.len()));
        }
        let revisions = images.iter().zip(1..).map(|(image, number)| revision(kind, number, image)).collect();
        Self { kind, object, revisions, pods: Vec::new(), others: Vec::new() }
    }

    /// Changes anything of the object, by JSON pointer.
    pub fn set(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        self.object.pointer_mut(parent).expect("it leads somewhere")[key] = value;
        self
    }

    /// A pod of a revision: whether it is ready, and the status of its container.
    pub fn pod(mut self, revision: usize, ready: bool, container: Value) -> Self {
        let name = format!("shop-{}", self.pods.len());
        let owner = if self.kind == Kind::Deployment { format!("uid of {revision}") } else { "u".to_owned() };
        let hash = if self.kind == Kind::StatefulSet { format!("shop-{revision}") } else { revision.to_string() };
        let image = self.revisions[revision - 1]
            .pointer("/spec/template/spec/containers/0/image")
            .or_else(|| self.revisions[revision - 1].pointer("/data/spec/template/spec/containers/0/image"))
            .cloned();
        let mut status = json!({ "name": "shop", "image": image, "imageID": "", "ready": ready, "restartCount": 0, "state": { "running": {} } });
        for (key, value) in container.as_object().into_iter().flatten() {
            status[key] = value.clone();
        }
        let time = "2026-11-21T12:00:00Z";
        self.pods.push(json!({
            "metadata": {
                "name": name, "namespace": "prod", "uid": format!("uid of {name}"), "creationTimestamp": time,
                "ownerReferences": [{ "kind": "x", "name": "x", "uid": owner, "controller": true }], "labels": { pods_label(self.kind): hash },
            },
            "spec": { "containers": [{ "name": "shop", "image": image }] },
            "status": {
                "phase": "Running",
                "conditions": [{ "type": "Ready", "status": if ready { "True" } else { "False" }, "lastTransitionTime": time }],
                "containerStatuses": [status],
            },
        }));
        self
    }

    pub fn scene(self) -> Scene {
        let name = ObjectName { resource: self.kind.resource(), namespace: "prod".into(), name: "shop".into() };
        Scene::new(self.kind, name, self.object, self.revisions, self.pods, self.others)
    }
}

fn revision(kind: Kind, number: usize, image: &str) -> Value {
    let owner = json!([{ "kind": kind.word(), "name": "shop", "uid": "u", "controller": true }]);
    let metadata = json!({
        "name": format!("shop-{number}"), "namespace": "prod", "uid": format!("uid of {number}"), "ownerReferences": owner,
        "labels": { HASH: number.to_string(), "controller-revision-hash": number.to_string() },
        "annotations": { NUMBER: number.to_string() }, "creationTimestamp": format!("2026-11-2{number}T00:00:00Z"),
    });
    let mut template = template(image);
    if kind == Kind::Deployment {
        template["metadata"]["labels"][HASH] = json!(number.to_string());
        return json!({ "metadata": metadata, "spec": { "replicas": 0, "template": template } });
    }
    template["$patch"] = json!("replace");
    json!({ "metadata": metadata, "revision": number, "data": { "spec": { "template": template } } })
}

pub fn rules() -> Rules {
    Rules::new(&crate::backend::kubernetes::Settings::default()).expect("rules")
}

pub fn order(verb: Verb, version: &str) -> Order {
    Order {
        operation: "op-1".into(),
        verb,
        track: TrackId::new("shop", "production"),
        from: None,
        coming: None,
        to: Installed { version: version.into(), digest: None, commit: None, since: None },
        source: None,
        expected: None,
        actor: "ann".into(),
        reason: "because".into(),
    }
}
