//! The kinds of workloads and their special cases, on the command line.

use serde_json::{Value, json};

use super::shop::{Shop, Told};
use super::{checkout, image, promoted};
use crate::cluster::namespace::Namespace;
use crate::cluster::waiting::eventually;
use crate::cluster::{Cluster, Workload, access, workload};

const ENVIRONMENTS: [&str; 2] = ["dev", "production"];
const CONFIRMED: [&str; 3] = ["--yes", "--confirm", "production"];

/// A workload of version 1.5.0 in dev and of 1.4.0 in production.
async fn two(prefix: &str, make: impl Fn(&str) -> Workload, more: &str) -> (Namespace<'static>, Shop) {
    let cluster = Cluster::shared();
    let dev = cluster.namespace(&format!("{prefix}-dev")).await;
    let production = cluster.namespace(&format!("{prefix}-production")).await;
    dev.roll_out(&make("1.5.0")).await;
    production.roll_out(&make("1.4.0")).await;
    (production, Shop::with(&cluster.kubeconfig(), access::ADMIN, prefix, &ENVIRONMENTS, more))
}

fn promote(shop: &Shop) -> Told {
    shop.run(&[&["promote", "checkout", "--to", "production"], &CONFIRMED[..]].concat())
}

fn command(shop: &Shop, verb: &str) -> Told {
    shop.run(&[&[verb, "checkout", "--in", "production"], &CONFIRMED[..]].concat())
}

#[track_caller]
fn succeeded(told: &Told) {
    assert_eq!(told.code, Some(0), "{told}");
}

fn spec(object: &Value) -> &Value {
    &object["spec"]["template"]["spec"]
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn stateful_sets_and_daemon_sets_go_there_and_back() {
    type Make = fn(&str) -> Workload;
    let kinds: [(&str, &str, Make); 2] = [
        ("StatefulSet", "stateful", |version| Workload::stateful_set("checkout", &image(version)).replicas(2)),
        ("DaemonSet", "daemon", |version| Workload::daemon_set("checkout", &image(version))),
    ];
    for (kind, prefix, make) in kinds {
        let (production, shop) = two(prefix, make, "").await;
        succeeded(&promote(&shop));
        let there = production.rolled_out(kind, "checkout").await;
        assert_eq!(spec(&there)["containers"][0]["image"], promoted("1.5.0"), "{kind}");
        assert_eq!(shop.cell("checkout", "production")["version"], "1.5.0", "{kind}");
        succeeded(&command(&shop, "rollback"));
        let back = production.rolled_out(kind, "checkout").await;
        assert_eq!(spec(&back)["containers"][0]["image"], image("1.4.0"), "{kind}");
        shop.said(&["journal", "verify"]);
    }
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_container_that_is_configured_is_the_only_one_that_changes() {
    let proxy = "registry.test/mesh:3";
    let make = |version: &str| Workload::deployment("checkout", proxy).container("web", &image(version));
    let (production, shop) = two("sidecar", make, "container = \"web\"\n").await;
    succeeded(&promote(&shop));
    let there = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(spec(&there)["containers"][0]["image"], proxy);
    assert_eq!(spec(&there)["containers"][1]["image"], promoted("1.5.0"));
    succeeded(&command(&shop, "rollback"));
    let back = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(spec(&back)["containers"][1]["image"], image("1.4.0"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn an_init_container_of_the_same_image_stays_and_is_told() {
    let make = |version: &str| checkout(version).init("migrate", &image(version));
    let (production, shop) = two("migrates", make, "").await;
    let told = promote(&shop);
    succeeded(&told);
    assert!(told.out.contains("migrate has the same repository and stays at"), "{told}");
    let there = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(spec(&there)["containers"][0]["image"], promoted("1.5.0"));
    assert_eq!(spec(&there)["initContainers"][0]["image"], image("1.4.0"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_is_scaled_to_nothing_gets_its_version_and_stays_so() {
    let (production, shop) = two("asleep", checkout, "").await;
    production.patch("Deployment", "checkout", json!({ "spec": { "replicas": 0 } })).await;
    production.rolled_out("Deployment", "checkout").await;
    let told = promote(&shop);
    succeeded(&told);
    assert!(told.out.contains("scaled to 0"), "{told}");
    let there = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(
        (&there["spec"]["replicas"], &spec(&there)["containers"][0]["image"]),
        (&0.into(), &promoted("1.5.0").into())
    );
    succeeded(&command(&shop, "rollback"));
    let back = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(
        (&back["spec"]["replicas"], &spec(&back)["containers"][0]["image"]),
        (&0.into(), &image("1.4.0").into())
    );
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_is_paused_is_resumed_before_anything_else() {
    let (production, shop) = two("held", checkout, "").await;
    production.kubectl(&["rollout", "pause", "deployment/checkout"]);
    let before = production.observed("Deployment", "checkout").await;
    for told in [promote(&shop), command(&shop, "restart")] {
        assert_eq!(told.code, Some(1), "{told}");
        assert!(told.err.contains("paused"), "{told}");
    }
    assert_eq!(production.observed("Deployment", "checkout").await["spec"], before["spec"]);
    succeeded(&command(&shop, "resume"));
    assert!(production.observed("Deployment", "checkout").await["spec"]["paused"].is_null());
    succeeded(&promote(&shop));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_an_autoscaler_scaled_keeps_its_replicas() {
    let (production, shop) = two("scaled", checkout, "").await;
    succeeded(&promote(&shop));
    Cluster::shared().create(&workload::autoscaler(production.name(), "checkout", 3, 5)).await;
    // The old revision had one replica; since then the autoscaler's minimum is set.
    eventually("the autoscaler has scaled", async || {
        let it = production.get("Deployment", "checkout").await.map_err(|why| why.to_string())?;
        if it["spec"]["replicas"] == 3 { Ok(()) } else { Err(it["spec"]["replicas"].to_string()) }
    })
    .await;
    production.rolled_out("Deployment", "checkout").await;
    succeeded(&command(&shop, "rollback"));
    let back = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(
        (&back["spec"]["replicas"], &spec(&back)["containers"][0]["image"]),
        (&3.into(), &image("1.4.0").into())
    );
}
