//! What becomes of rollouts that go wrong, or are special.

use flightdeck::backend::{Verb, Verdict};
use serde_json::json;

use super::desk::Desk;
use crate::cluster::namespace::Namespace;
use crate::cluster::{Behaviour, Cluster, Workload, access, workload};

const IMAGE: &str = "registry.test/shop/app";

fn image(version: &str) -> String {
    format!("{IMAGE}:{version}")
}

/// Version 2 in dev, version 1 in production.
async fn two(test: &str, change: impl Fn(Workload) -> Workload) -> (Namespace<'static>, Desk) {
    let cluster = Cluster::shared();
    let dev = cluster.namespace(&format!("{test}-dev")).await;
    let production = cluster.namespace(&format!("{test}-production")).await;
    dev.roll_out(&Workload::deployment("checkout", &image("2"))).await;
    production.roll_out(&change(Workload::deployment("checkout", &image("1")))).await;
    (production, Desk::open(&cluster.kubeconfig(), access::ADMIN, test))
}

/// What a promotion of version 2 comes to where the new pods do that.
async fn promoted(test: &str, behaviour: Behaviour, change: impl Fn(Workload) -> Workload) -> String {
    let (production, desk) = two(test, change).await;
    // The image is named by its digest there.
    let named = format!("{}@{}", image("2"), crate::cluster::kubelet::behaviour::digest(&image("2")));
    production.behave(&named, behaviour);
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let receipt = desk.done(&order).await;
    match desk.settled(&order, Some(&receipt)).await {
        Verdict::Failed(why) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_deadline_that_is_over_says_what_kept_it() {
    let said = promoted("deadline", Behaviour::unschedulable(), |it| it.set("/spec/progressDeadlineSeconds", 10)).await;
    assert!(said.starts_with("its progress deadline is over: "), "{said}");
    assert!(said.contains("no node takes the pod: 0/2 nodes are available: 2 Insufficient cpu."), "{said}");
    assert!(said.ends_with("; 1 is live"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_container_that_crashes_again_and_again_is_told_before_the_deadline() {
    let said = promoted("crash", Behaviour::crash_loop(4, "no database"), |it| it.replicas(2)).await;
    assert!(said.contains("new pod") && said.contains("container app ended 4 times (CrashLoopBackOff)"), "{said}");
    assert!(said.contains("no database") && said.ends_with("; 1 is live"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn an_image_that_is_none_is_told_at_once() {
    let waits = Behaviour::Waits { reason: "InvalidImageName".to_owned(), message: String::new() };
    let said = promoted("invalid-image", waits, |it| it).await;
    assert!(said.starts_with("the new pod: container app cannot be started (InvalidImageName)"), "{said}");
    assert!(said.ends_with("; 1 is live"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_pull_that_backs_off_and_a_quota_that_is_used_up_are_told_while_it_waits() {
    let (production, desk) = two("waits", |it| it).await;
    let named = format!("{}@{}", image("2"), crate::cluster::kubelet::behaviour::digest(&image("2")));
    production.behave(&named, Behaviour::pull_backs_off(&image("2")));
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let receipt = desk.done(&order).await;
    desk.pending(&order, &receipt, "cannot pull image registry.test/shop/app:2@sha256:").await;

    let order = desk.order(Verb::Abort, "checkout", "1").await;
    let receipt = desk.done(&order).await;
    desk.settled(&order, Some(&receipt)).await;
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "small", "namespace": production.name() },
        "spec": { "hard": { "pods": "1" } },
    });
    Cluster::shared().create(&quota).await;
    crate::cluster::waiting::eventually("the quota counts", async || {
        let quota = production.get("ResourceQuota", "small").await.map_err(|why| why.to_string())?;
        if quota["status"]["used"]["pods"] == "1" { Ok(()) } else { Err(quota.to_string()) }
    })
    .await;
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let receipt = desk.done(&order).await;
    desk.pending(&order, &receipt, "a quota is used up: ").await;
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_is_scaled_to_nothing_is_set_and_said_so() {
    let (production, desk) = two("nothing", |it| it).await;
    production.patch("Deployment", "checkout", json!({ "spec": { "replicas": 0 } })).await;
    production.rolled_out("Deployment", "checkout").await;
    Cluster::shared().create(&workload::autoscaler(production.name(), "checkout", 2, 10)).await;
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let rests = "it is scaled to 0, where HorizontalPodAutoscaler checkout rests: nothing runs before or after";
    crate::cluster::waiting::eventually("the autoscaler is told", async || {
        let risks = desk.propose(&order).await.risks;
        if risks.iter().any(|it| it.as_str() == rests) { Ok(()) } else { Err(format!("{risks:?}")) }
    })
    .await;
    let receipt = desk.done(&order).await;
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("2 is set; it is scaled to 0, so that nothing runs".into()));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_rollout_that_somebody_pauses_or_overtakes_is_not_waited_for() {
    let (production, desk) = two("overtaken", |it| it.replicas(2)).await;
    let named = format!("{}@{}", image("2"), crate::cluster::kubelet::behaviour::digest(&image("2")));
    production.behave(&named, Behaviour::NeverReady);
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let receipt = desk.done(&order).await;
    desk.pending(&order, &receipt, "1 of 2 pods updated").await;
    production.kubectl(&["rollout", "pause", "deployment/checkout"]);
    let Verdict::Failed(why) = desk.settled(&order, Some(&receipt)).await else { panic!("it waits for ever") };
    assert!(why.as_str().contains("paused"), "{why}");
    production.kubectl(&["rollout", "resume", "deployment/checkout"]);
    production.kubectl(&["set", "image", "deployment/checkout", &format!("app={}", image("3"))]);
    let Verdict::Failed(why) = desk.settled(&order, Some(&receipt)).await else { panic!("it waits for ever") };
    assert!(why.as_str().contains("kubectl-set changed it at "), "{why}");
    assert!(why.as_str().contains("registry.test/shop/app:3"), "{why}");
}
