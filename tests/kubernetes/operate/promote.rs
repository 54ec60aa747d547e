//! Promoting: the image as it runs in the environment before.

use flightdeck::backend::{ErrorKind, Place, SameBinary, Verb, Verdict};
use serde_json::json;

use super::desk::Desk;
use crate::cluster::kubelet::behaviour::digest;
use crate::cluster::waiting::eventually;
use crate::cluster::{Cluster, Workload, access};

const IMAGE: &str = "registry.test/shop/checkout";

fn image(version: &str) -> String {
    format!("{IMAGE}:{version}")
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_image_that_the_environment_before_runs_is_named_by_its_digest() {
    let cluster = Cluster::shared();
    let (dev, production) = (cluster.namespace("promote-dev").await, cluster.namespace("promote-production").await);
    let workload = |version: &str| {
        Workload::deployment("checkout", &image(version)).replicas(2).container("proxy", "registry.test/mesh:3")
    };
    dev.roll_out(&workload("1.5.0")).await;
    production.roll_out(&workload("1.4.0").init("migrate", &image("1.4.0"))).await;
    let desk = Desk::with(&cluster.kubeconfig(), access::ADMIN, "promote", "container = \"app\"");

    let all = desk.operator().available(&super::desk::track("checkout")).await.expect("available");
    let offered: Vec<_> =
        all.iter().map(|it| (it.version.as_str(), &it.place, it.refused.as_ref().map(|it| it.as_str()))).collect();
    let from_dev = Place::Environment("dev".into());
    assert_eq!(offered, [("1.4.0", &Place::Installed, Some("it is set already")), ("1.5.0", &from_dev, None)]);

    let order = desk.order(Verb::Promote, "checkout", "1.5.0").await;
    let before = production.written("Deployment", "checkout").await;
    let proposal = desk.propose(&order).await;
    assert_eq!(production.written("Deployment", "checkout").await, before, "a plan writes nothing");
    let digest = digest(&image("1.5.0"));
    let proof = format!("dev runs {digest}, and the image is named by it");
    assert_eq!(proposal.same_binary, SameBinary::Yes(proof.into()));
    let risks: Vec<&str> = proposal.risks.iter().map(|it| it.as_str()).collect();
    assert_eq!(risks, [format!("container migrate has the same repository and stays at {}", image("1.4.0"))]);
    let verbatim = proposal.writes[0].verbatim.as_str();
    assert!(
        verbatim.starts_with(
            "PATCH /apis/apps/v1/namespaces/promote-production/deployments/checkout?fieldManager=flightdeck"
        )
    );
    assert_eq!(proposal.undo.as_str(), "roll back to 1.4.0: its template is kept as revision 1 and put back");

    let receipt = desk.done(&order).await;
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("1.5.0 is live: 2 of 2 pods are available".into()));
    let now = production.get("Deployment", "checkout").await.expect("it is there");
    let containers = &now["spec"]["template"]["spec"]["containers"];
    assert_eq!(containers[0]["image"], format!("{}@{digest}", image("1.5.0")));
    assert_eq!(containers[1]["image"], "registry.test/mesh:3");
    let cause = now["metadata"]["annotations"]["kubernetes.io/change-cause"].as_str();
    assert_eq!(cause, Some("because (ann, flightdeck op-checkout-promote)"));
    let managers: Vec<&str> = now["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["manager"].as_str())
        .collect();
    assert!(managers.contains(&"flightdeck"), "{managers:?}");
    let history = production.kubectl(&["rollout", "history", "deployment/checkout"]);
    assert!(history.contains("because (ann, flightdeck op-checkout-promote)"), "{history}");

    // Asked again after its answer was lost: it is there.
    assert!(matches!(desk.settled(&order, None).await, Verdict::Healthy(_)));
    // The same order again is one for what was there before.
    let again = desk.execute(&order).await.expect_err("it changed");
    assert_eq!(again.kind, ErrorKind::Conflict);
    assert!(again.what.as_str().contains("flightdeck changed it at "), "{again}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_somebody_else_wrote_meanwhile_is_not_written_over() {
    let cluster = Cluster::shared();
    let (dev, production) = (cluster.namespace("race-dev").await, cluster.namespace("race-production").await);
    dev.roll_out(&Workload::deployment("checkout", &image("1.5.0"))).await;
    production.roll_out(&Workload::deployment("checkout", &image("1.4.0"))).await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "race");
    let order = desk.order(Verb::Promote, "checkout", "1.5.0").await;
    desk.propose(&order).await;

    // A status, a label and the number of replicas are nobody's business here.
    production
        .patch("Deployment", "checkout", json!({ "metadata": { "labels": { "a": "b" } }, "spec": { "replicas": 2 } }))
        .await;
    production.rolled_out("Deployment", "checkout").await;
    assert_eq!(desk.state("checkout").await.token, order.expected);
    // Another image is. Who wrote last is told by whole seconds.
    let second = chrono::Utc::now().timestamp();
    eventually("another second begins", async || {
        let now = chrono::Utc::now().timestamp();
        (now > second).then_some(()).ok_or_else(|| format!("it is {now}"))
    })
    .await;
    production.kubectl(&["set", "image", "deployment/checkout", &format!("app={}", image("1.4.1"))]);
    let error = desk.execute(&order).await.expect_err("somebody was first");
    assert_eq!(error.kind, ErrorKind::Conflict);
    let what = error.what.as_str();
    assert!(what.contains("kubectl-set changed it at "), "{what}");
    assert!(what.ends_with("it is set to registry.test/shop/checkout:1.4.1 now"), "{what}");
    let now = production.get("Deployment", "checkout").await.expect("it is there");
    assert_eq!(now["spec"]["template"]["spec"]["containers"][0]["image"], image("1.4.1"));

    // With the plan as it would be now, it goes.
    let order = desk.order(Verb::Promote, "checkout", "1.5.0").await;
    let receipt = desk.done(&order).await;
    assert!(matches!(desk.settled(&order, Some(&receipt)).await, Verdict::Healthy(_)));
    // An order that never was sent had no effect.
    let unsent = desk.order(Verb::RollBack, "checkout", "1.4.0").await;
    let verdict = desk.settled(&unsent, None).await;
    assert_eq!(verdict, Verdict::NoEffect("1.5.0 is live, as before".into()));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_own_registry_can_be_kept_and_other_kinds_are_promoted_too() {
    let cluster = Cluster::shared();
    let (dev, production) = (cluster.namespace("registry-dev").await, cluster.namespace("registry-production").await);
    let eu = |version: &str| format!("eu.registry.test/shop/checkout:{version}");
    dev.roll_out(&Workload::stateful_set("ledger", &image("2"))).await;
    dev.create(&Workload::daemon_set("agent", &image("2"))).await;
    dev.rolled_out("DaemonSet", "agent").await;
    production.roll_out(&Workload::stateful_set("ledger", &eu("1"))).await;
    production.create(&Workload::daemon_set("agent", &eu("1"))).await;
    production.rolled_out("DaemonSet", "agent").await;

    let desk = Desk::with(&cluster.kubeconfig(), access::ADMIN, "registry", "repository = \"target\"");
    let order = desk.order(Verb::Promote, "ledger", "2").await;
    let receipt = desk.done(&order).await;
    assert!(matches!(desk.settled(&order, Some(&receipt)).await, Verdict::Healthy(_)));
    let ledger = production.get("StatefulSet", "ledger").await.expect("it is there");
    let expected = format!("{}@{}", eu("2"), digest(&image("2")));
    assert_eq!(ledger["spec"]["template"]["spec"]["containers"][0]["image"], expected);

    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "registry");
    let order = desk.order(Verb::Promote, "agent", "2").await;
    let risks = desk.propose(&order).await.risks;
    let moved = "the repository changes from eu.registry.test/shop/checkout to registry.test/shop/checkout: the cluster has to be allowed to pull there";
    assert!(risks.iter().any(|it| it.as_str() == moved), "{risks:?}");
    let receipt = desk.done(&order).await;
    assert!(matches!(desk.settled(&order, Some(&receipt)).await, Verdict::Healthy(_)));

    let order = desk.order(Verb::Promote, "agent", "7").await;
    let refused = desk.propose(&order).await.refused.map(|it| it.to_string());
    assert_eq!(refused.as_deref(), Some("dev does not run 7: it runs 2"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_container_that_runs_before_the_others_can_carry_the_version() {
    let cluster = Cluster::shared();
    let (dev, production) = (cluster.namespace("init-dev").await, cluster.namespace("init-production").await);
    let workload =
        |version: &str| Workload::deployment("checkout", "registry.test/nginx:1").init("assets", &image(version));
    dev.roll_out(&workload("2")).await;
    production.roll_out(&workload("1")).await;
    let desk = Desk::with(&cluster.kubeconfig(), access::ADMIN, "init", "container = \"assets\"");
    let order = desk.order(Verb::Promote, "checkout", "2").await;
    let receipt = desk.done(&order).await;
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("2 is live: 1 of 1 pods are available".into()));
    let now = production.get("Deployment", "checkout").await.expect("it is there");
    let image = format!("{}@{}", image("2"), digest(&image("2")));
    assert_eq!(now["spec"]["template"]["spec"]["initContainers"][0]["image"], image);
}
