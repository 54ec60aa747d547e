//! What keeps a write from happening: rights, admission, and who would write over it.

use flightdeck::backend::{ErrorKind, Verb};
use flightdeck::model::{GateKind, Override};
use serde_json::{Value, json};

use super::desk::Desk;
use crate::cluster::{Cluster, Workload, access};

fn image(version: &str) -> String {
    format!("registry.test/shop/app:{version}")
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn who_may_only_read_is_told_so_before_and_at_the_write() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("rights-production").await;
    namespace.roll_out(&Workload::deployment("checkout", &image("1"))).await;
    let desk = Desk::open(&cluster.kubeconfig(), access::READER, "rights");
    let state = desk.state("checkout").await;
    assert!(state.gates.iter().any(|gate| gate.forbids(Verb::Restart)), "{:?}", state.gates);
    let order = desk.order(Verb::Restart, "checkout", "1").await;
    let proposal = desk.propose(&order).await;
    let [gate] = proposal.gates.as_slice() else { panic!("{proposal:?}") };
    assert_eq!((gate.kind, gate.overridden_by), (GateKind::Permission, Override::None));
    assert_eq!(gate.why.as_str(), "may not patch deployments.apps in rights-production");
    let before = namespace.written("Deployment", "checkout").await;
    let error = desk.execute(&order).await.expect_err("forbidden");
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.what.as_str().contains("may not patch deployments/checkout in rights-production"), "{error}");
    assert_eq!(namespace.written("Deployment", "checkout").await, before);
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_admission_would_refuse_is_refused_in_the_plan() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("admission-production").await;
    namespace.roll_out(&Workload::deployment("checkout", &image("1"))).await;
    // Nobody answers there, and it has to be asked about objects of this name space.
    let hook = |fails: &str| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": format!("policy-{}", fails.to_lowercase()) },
            "webhooks": [{
                "name": "policy.example.test", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "failurePolicy": fails, "timeoutSeconds": 1,
                "clientConfig": { "url": "https://127.0.0.1:1/policy" },
                "namespaceSelector": { "matchLabels": { "policy": fails } },
                "rules": [{ "apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["deployments"] }],
            }],
        })
    };
    cluster.create(&hook("Fail")).await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "admission");
    let order = desk.order(Verb::Restart, "checkout", "1").await;
    namespace.kubectl(&["label", "namespace", "admission-production", "policy=Fail"]);
    let refused = crate::cluster::waiting::eventually("the policy holds", async || {
        desk.propose(&order).await.refused.ok_or_else(|| "not refused".to_owned())
    })
    .await;
    let refused = refused.as_str();
    assert!(refused.starts_with("the cluster refuses it: "), "{refused}");
    assert!(refused.contains("failed calling webhook \"policy.example.test\""), "{refused}");
    namespace.kubectl(&["label", "namespace", "admission-production", "policy-"]);
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn who_would_write_over_it_is_named_with_the_way_that_lasts() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("owner-production").await;
    let made = Workload::deployment("checkout", &image("1")).label("helm.toolkit.fluxcd.io/name", "shop");
    namespace.roll_out(&made).await;
    namespace.set_image("Deployment", "checkout", "app", &image("2")).await;
    namespace.rolled_out("Deployment", "checkout").await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "owner");
    let order = desk.order(Verb::RollBack, "checkout", "1").await;
    let proposal = desk.propose(&order).await;
    let [gate] = proposal.gates.as_slice() else { panic!("{proposal:?}") };
    assert_eq!((gate.kind, gate.overridden_by), (GateKind::Automation, Override::Reason));
    let expected = "Flux HelmRelease shop manages it: its next upgrade will revert this, at once where it corrects drift; what lasts: change its values or chart version in git";
    assert_eq!(gate.why.as_str(), expected);
    // It can be done all the same.
    desk.execute(&order).await.expect("written");
    let restart = desk.order(Verb::Restart, "checkout", "1").await;
    assert!(desk.propose(&restart).await.gates.is_empty());
    let now = namespace.get("Deployment", "checkout").await.expect("it is there");
    assert_eq!(now["spec"]["template"]["spec"]["containers"][0]["image"], Value::from(image("1")));
}
