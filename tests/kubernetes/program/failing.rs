//! Rollouts that never become ready: said in words within the time, with the way back, which works.

use serde_json::json;

use super::shop::Shop;
use super::{checkout, image, promoted};
use crate::cluster::waiting::eventually;
use crate::cluster::{Behaviour, Cluster, Workload};

const ENVIRONMENTS: [&str; 2] = ["dev", "production"];
const CONFIRMED: [&str; 3] = ["--yes", "--confirm", "production"];

/// Promotes what does so in production, and takes it back as is offered. What was said of the failure.
async fn fails(prefix: &str, behaviour: Behaviour, pods: Option<u32>, way: &str) -> String {
    let cluster = Cluster::shared();
    let (dev, production) =
        (cluster.namespace(&format!("{prefix}-dev")).await, cluster.namespace(&format!("{prefix}-production")).await);
    let hurried = |it: Workload| it.set("/spec/progressDeadlineSeconds", 10);
    dev.create(&checkout("1.5.0")).await;
    production.roll_out(&hurried(checkout("1.4.0"))).await;
    dev.rolled_out("Deployment", "checkout").await;
    production.behave(&promoted("1.5.0"), behaviour);
    if let Some(pods) = pods {
        let quota = json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "small", "namespace": production.name() },
            "spec": { "hard": { "pods": pods.to_string() } },
        });
        cluster.create(&quota).await;
        eventually("the quota counts", async || {
            let quota = production.get("ResourceQuota", "small").await.map_err(|why| why.to_string())?;
            if quota["status"]["used"]["pods"] == "1" { Ok(()) } else { Err(quota.to_string()) }
        })
        .await;
    }
    let shop = Shop::new(cluster, prefix, &ENVIRONMENTS);
    let told = shop.run(&[&["promote", "checkout", "--to", "production"], &CONFIRMED[..]].concat());
    assert_eq!(told.code, Some(5), "{told}");
    let mut offered =
        told.out.lines().filter_map(|line| Some(line.split_once("way out: ").or(line.split_once(" or: "))?.1));
    let offered = offered.find(|line| line.split_whitespace().nth(1) == Some(way));
    let offered = offered.unwrap_or_else(|| panic!("no way out by {way}: {told}"));
    let back = shop.typed(offered, &CONFIRMED);
    assert_eq!(back.code, Some(0), "{back}");
    let now = production.rolled_out("Deployment", "checkout").await;
    assert_eq!(now["spec"]["template"]["spec"]["containers"][0]["image"], image("1.4.0"));
    assert_eq!(shop.cell("checkout", "production")["version"], "1.4.0");
    shop.said(&["journal", "verify"]);
    told.out
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_container_that_crashes_is_told_and_taken_back() {
    let said = fails("crashes", Behaviour::crash_loop(4, "no database"), None, "rollback").await;
    assert!(said.contains("CrashLoopBackOff") && said.contains("no database"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn an_image_that_cannot_be_pulled_is_told_and_taken_back() {
    let said = fails("pulls", Behaviour::pull_backs_off(&promoted("1.5.0")), None, "abort").await;
    assert!(said.contains("cannot pull image registry.test/shop/checkout:1.5.0"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_quota_that_is_used_up_is_told_and_taken_back() {
    let said = fails("quota", Behaviour::Ready, Some(1), "rollback").await;
    assert!(said.contains("a quota is used up"), "{said}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_does_not_become_ready_in_its_time_is_told_and_taken_back() {
    let said = fails("unready", Behaviour::NeverReady, None, "abort").await;
    assert!(said.contains("its progress deadline is over"), "{said}");
}
