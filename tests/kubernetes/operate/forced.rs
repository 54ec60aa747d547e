//! The pod that keeps a StatefulSet from going back is deleted also where its kubelet reports on it meanwhile, and only
//! while it is that pod and not ready.

use flightdeck::backend::Verb;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::cluster::program::Scratch;
use crate::cluster::scripted::{Answer, Api, faults};

const NAMESPACE: &str = "shop-production";

fn metadata(name: &str, uid: &str, owned: bool) -> Value {
    let owner =
        json!([{ "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "ledger", "uid": "u1", "controller": true }]);
    json!({
        "name": name, "namespace": NAMESPACE, "uid": uid, "labels": { "app": "ledger" }, "generation": 1,
        "creationTimestamp": "2026-11-21T12:00:00Z", "ownerReferences": if owned { owner } else { json!([]) },
    })
}

fn template(image: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "ledger" } }, "spec": { "containers": [{ "name": "app", "image": image }] },
    })
}

fn stateful_set(image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata("ledger", "u1", false),
        "spec": {
            "replicas": 2, "selector": { "matchLabels": { "app": "ledger" } }, "template": template(image),
            "updateStrategy": { "type": "RollingUpdate" },
        },
        "status": {
            "observedGeneration": 1, "replicas": 2, "readyReplicas": 1, "updatedReplicas": 1,
            "currentRevision": "ledger-1", "updateRevision": "ledger-2",
        },
    })
}

fn revision(number: i64, image: &str) -> Value {
    let name = format!("ledger-{number}");
    json!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata(&name, &name, true),
        "revision": number, "data": { "spec": { "template": template(image) } },
    })
}

/// A pod of a revision; what its kubelet says of it is its phase.
fn pod(number: usize, uid: &str, revision: &str, ready: bool, phase: &str) -> Value {
    let mut metadata = metadata(&format!("ledger-{number}"), uid, true);
    metadata["labels"]["controller-revision-hash"] = revision.into();
    let condition = json!({ "type": "Ready", "status": if ready { "True" } else { "False" } });
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": { "containers": [{ "name": "app", "image": "ledger:2" }] },
        "status": { "phase": phase, "conditions": [condition] },
    })
}

/// Rolls back where the first two deletions come too late for `becomes`; what was said of the pod, and how many deletions
/// there were.
async fn rolled_back(becomes: fn(usize) -> Value) -> (String, usize) {
    let api = Api::new();
    let objects = [
        stateful_set("ledger:2"),
        revision(1, "ledger:1"),
        revision(2, "ledger:2"),
        pod(0, "p0", "ledger-1", true, "Running"),
        pod(1, "p1", "ledger-2", false, "Pending"),
    ];
    objects.iter().for_each(|it| api.put(it));
    let memory = api.clone();
    let mut deletions = 0;
    api.instead(move |request| match request.method.as_str() {
        "PATCH" => Some(Answer::json(&stateful_set("ledger:1"))),
        "DELETE" if deletions == 2 => Some(Answer::json(&becomes(2))),
        "DELETE" => {
            deletions += 1;
            memory.put(&becomes(deletions));
            Some(faults::conflict("pods", "ledger-1"))
        }
        _ => None,
    });
    let server = api.serve();
    let directory = Scratch::make().expect("a directory");
    let kubeconfig = directory.path().join("kubeconfig");
    std::fs::write(&kubeconfig, server.kubeconfig("one")).expect("written");
    let desk = Desk::open(&kubeconfig, "one", "shop");
    let order = desk.order(Verb::RollBack, "ledger", "1").await;
    let receipt = desk.execute(&order).await.unwrap_or_else(|why| panic!("{why}"));
    let deleted = server.requests().iter().filter(|it| it.method == "DELETE").count();
    (receipt.done[1].to_string(), deleted)
}

#[tokio::test]
async fn a_report_of_the_kubelet_does_not_save_the_pod() {
    let (said, deletions) =
        rolled_back(|times| pod(1, "p1", "ledger-2", false, ["", "Running", "Failed"][times])).await;
    assert_eq!((said.as_str(), deletions), ("pods/ledger-1: deleted, for it was not ready", 3));
}

#[tokio::test]
async fn a_pod_that_becomes_ready_or_another_one_meanwhile_is_left_alone() {
    let (said, deletions) = rolled_back(|_| pod(1, "p1", "ledger-2", true, "Running")).await;
    assert_eq!((said.as_str(), deletions), ("pods/ledger-1: ready meanwhile, so that it was left alone", 1));
    let (said, deletions) = rolled_back(|_| pod(1, "p2", "ledger-1", false, "Pending")).await;
    assert_eq!((said.as_str(), deletions), ("pods/ledger-1: replaced already", 1));
}
