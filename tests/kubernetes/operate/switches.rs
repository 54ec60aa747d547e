//! Pause, resume, restart and abort, beside what `kubectl rollout` makes of a twin.

use flightdeck::backend::{Verb, Verdict};
use serde_json::{Value, json};

use super::comparable;
use super::desk::Desk;
use crate::cluster::namespace::Namespace;
use crate::cluster::waiting::eventually;
use crate::cluster::{Behaviour, Cluster, Workload, access};

const IMAGE: &str = "registry.test/shop/app";

/// Makes a workload of a name with an image.
type Make = fn(&str, &str) -> Workload;

fn image(version: &str) -> String {
    format!("{IMAGE}:{version}")
}

async fn desk(test: &str) -> (Namespace<'static>, Desk) {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace(&format!("{test}-production")).await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, test);
    (namespace, desk)
}

async fn object(namespace: &Namespace<'_>, name: &str) -> Value {
    namespace.get("Deployment", name).await.expect("it is there")
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_deployment_is_paused_and_resumed_as_by_kubectl() {
    let (namespace, desk) = desk("pause").await;
    for name in ["checkout", "twinnery"] {
        namespace.roll_out(&Workload::deployment(name, &image("1")).replicas(2)).await;
    }
    let order = desk.order(Verb::Resume, "checkout", "1").await;
    let refused = desk.propose(&order).await.refused.map(|it| it.to_string());
    assert_eq!(refused.as_deref(), Some("deployments/checkout is not paused"));

    let order = desk.order(Verb::Pause, "checkout", "1").await;
    let receipt = desk.done(&order).await;
    namespace.kubectl(&["rollout", "pause", "deployment/twinnery"]);
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("it is paused; nothing is on its way".into()));
    let both = (object(&namespace, "checkout").await, object(&namespace, "twinnery").await);
    assert_eq!(comparable(&both.0, "checkout"), comparable(&both.1, "twinnery"));
    assert!(desk.state("checkout").await.paused);

    for verb in [Verb::Pause, Verb::Restart] {
        let order = desk.order(verb, "checkout", "1").await;
        assert!(desk.propose(&order).await.refused.is_some(), "{verb:?}");
    }
    let order = desk.order(Verb::Resume, "checkout", "1").await;
    let receipt = desk.done(&order).await;
    namespace.kubectl(&["rollout", "resume", "deployment/twinnery"]);
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
    let both = (object(&namespace, "checkout").await, object(&namespace, "twinnery").await);
    assert_eq!(comparable(&both.0, "checkout"), comparable(&both.1, "twinnery"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn each_kind_is_restarted_as_by_kubectl() {
    let (namespace, desk) = desk("restart").await;
    let kinds: [(&str, Make); 3] = [
        ("Deployment", Workload::deployment),
        ("StatefulSet", Workload::stateful_set),
        ("DaemonSet", Workload::daemon_set),
    ];
    for (kind, make) in kinds {
        let (ours, theirs) = (format!("{}-ours", kind.to_lowercase()), format!("{}-theirs", kind.to_lowercase()));
        for name in [&ours, &theirs] {
            namespace.create(&make(name, &image("1"))).await;
            namespace.rolled_out(kind, name).await;
        }
        let before = namespace.pods(&ours).await;
        let order = desk.order(Verb::Restart, &ours, "1").await;
        let receipt = desk.done(&order).await;
        namespace.kubectl(&["rollout", "restart", &format!("{kind}/{theirs}")]);
        let verdict = desk.settled(&order, Some(&receipt)).await;
        assert!(
            matches!(&verdict, Verdict::Healthy(why) if why.as_str().starts_with("1 is live")),
            "{kind}: {verdict:?}"
        );
        // Its answer lost, it is known by what it wrote.
        assert!(matches!(desk.settled(&order, None).await, Verdict::Healthy(_)));
        namespace.rolled_out(kind, &theirs).await;
        // One that goes away is not counted any more, and may still be there.
        eventually("the pods are others", async || {
            let after = namespace.pods(&ours).await;
            let uid = |it: &Value| it["metadata"]["uid"].clone();
            let stays = after.iter().find(|it| before.iter().any(|was| uid(was) == uid(it)));
            stays.map_or(Ok(()), |it| Err(it.to_string()))
        })
        .await;
        let picture = |object: &Value, name: &str| {
            let mut object = comparable(object, name);
            let at = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt";
            let restarted = object.pointer_mut(at).expect("it was restarted");
            assert!(restarted.as_str().is_some_and(|it| it.len() == "2026-11-21T12:00:00Z".len()), "{restarted}");
            *restarted = Value::Null;
            // Why it was made is ours alone.
            if let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
                annotations.remove("kubernetes.io/change-cause");
                if annotations.is_empty() {
                    object["metadata"].as_object_mut().expect("metadata").remove("annotations");
                }
            }
            object
        };
        let ours_now = namespace.get(kind, &ours).await.expect("it is there");
        let theirs_now = namespace.get(kind, &theirs).await.expect("it is there");
        assert_eq!(picture(&ours_now, &ours), picture(&theirs_now, &theirs));
    }
    let order = desk.order(Verb::Pause, "statefulset-ours", "1").await;
    let refused = desk.propose(&order).await.refused.map(|it| it.to_string());
    assert_eq!(refused.as_deref(), Some("statefulset-ours is a StatefulSet: only Deployments can be paused"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_rollout_on_its_way_is_aborted_also_when_it_is_paused() {
    for paused in [false, true] {
        let (namespace, desk) = desk(if paused { "abort-paused" } else { "abort" }).await;
        namespace.roll_out(&Workload::deployment("checkout", &image("1")).replicas(2)).await;
        let order = desk.order(Verb::Abort, "checkout", "1").await;
        let refused = desk.propose(&order).await.refused.map(|it| it.to_string());
        assert_eq!(refused.as_deref(), Some("no rollout is on its way"));

        namespace.behave(&image("2"), Behaviour::NeverReady);
        namespace.set_image("Deployment", "checkout", "app", &image("2")).await;
        let state = desk
            .until("checkout", "2 is on its way", |it| it.coming().is_some_and(|it| it.version.as_str() == "2"))
            .await;
        assert_eq!(state.live.map(|it| it.version.to_string()).as_deref(), Some("1"));
        if paused {
            namespace.patch("Deployment", "checkout", json!({ "spec": { "paused": true } })).await;
            namespace.observed("Deployment", "checkout").await;
        }
        let order = desk.order(Verb::Abort, "checkout", "1").await;
        let receipt = desk.done(&order).await;
        let verdict = desk.settled(&order, Some(&receipt)).await;
        assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
        let now = object(&namespace, "checkout").await;
        assert_eq!(now["spec"]["template"]["spec"]["containers"][0]["image"], image("1"));
        assert_eq!(now["spec"]["paused"], Value::Null);
    }
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_rollout_of_a_set_is_aborted_too() {
    let (namespace, desk) = desk("abort-sets").await;
    namespace.behave(&image("2"), Behaviour::NeverReady);
    namespace.create(&Workload::daemon_set("agent", &image("1"))).await;
    namespace.create(&Workload::stateful_set("ledger", &image("1")).replicas(2)).await;
    for (kind, name) in [("DaemonSet", "agent"), ("StatefulSet", "ledger")] {
        namespace.rolled_out(kind, name).await;
        namespace.set_image(kind, name, "app", &image("2")).await;
        desk.until(name, "2 is on its way", |it| {
            // A pod that the controller is about to make would be of version 2 still, and stay.
            let begun = it.replicas.is_some_and(|it| it.ready == 1 && it.updated == 1);
            begun && it.coming().is_some_and(|it| it.version.as_str() == "2")
        })
        .await;
        let order = desk.order(Verb::Abort, name, "1").await;
        let receipt = desk.done(&order).await;
        let verdict = desk.settled(&order, Some(&receipt)).await;
        assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()), "{kind}");
    }
}
