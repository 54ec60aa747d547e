//! The cluster of the tests does what the tests rely on.

use futures::{AsyncBufReadExt, TryStreamExt};
use k8s_openapi::api::core::v1::Pod;
use kube::api::LogParams;
use serde_json::Value;

use crate::cluster::waiting::eventually;
use crate::cluster::{Behaviour, Cluster, Workload, access, kubectl::kubectl};

const OLD: &str = "registry.test/shop/checkout:1.4.0";
const NEW: &str = "registry.test/shop/checkout:1.5.0";

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_deployment_rolls_out_and_is_undone() {
    let namespace = Cluster::shared().namespace("harness-deployment").await;
    namespace.roll_out(&Workload::deployment("checkout", OLD).replicas(2)).await;
    namespace.set_image("Deployment", "checkout", "app", NEW).await;
    namespace.rolled_out("Deployment", "checkout").await;
    let said = namespace.kubectl(&["rollout", "status", "deployment/checkout"]);
    assert!(said.contains("successfully rolled out"), "{said}");
    namespace.kubectl(&["rollout", "undo", "deployment/checkout"]);
    let back = namespace.rolled_out("Deployment", "checkout").await;
    assert_eq!(back["spec"]["template"]["spec"]["containers"][0]["image"], OLD);
    assert_eq!(back["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "3");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn stateful_sets_and_daemon_sets_roll_out() {
    let namespace = Cluster::shared().namespace("harness-sets").await;
    namespace.create(&Workload::stateful_set("ledger", OLD).replicas(2).init("migrate", NEW)).await;
    namespace.create(&Workload::daemon_set("agent", OLD)).await;
    for (kind, name) in [("StatefulSet", "ledger"), ("DaemonSet", "agent")] {
        namespace.rolled_out(kind, name).await;
        namespace.set_image(kind, name, "app", NEW).await;
        namespace.rolled_out(kind, name).await;
        namespace.kubectl(&["rollout", "undo", &format!("{kind}/{name}")]);
        let back = namespace.rolled_out(kind, name).await;
        assert_eq!(back["spec"]["template"]["spec"]["containers"][0]["image"], OLD);
        assert_eq!(namespace.pods(name).await.len(), 2);
    }
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_container_does_what_the_script_says() {
    let namespace = Cluster::shared().namespace("harness-behaviour").await;
    namespace.behave(NEW, Behaviour::pull_backs_off(NEW));
    namespace.create(&Workload::deployment("checkout", NEW).set("/spec/progressDeadlineSeconds", 1)).await;
    let reason = |it: &Value| it["status"]["conditions"].to_string();
    namespace
        .until("Deployment", "checkout", "is past its deadline", |it| reason(it).contains("ProgressDeadlineExceeded"))
        .await;
    // The deadline may be over before the kubelet has said anything.
    eventually("the pull backs off, with a warning", async || {
        let (pods, events) = (namespace.pods("checkout").await, namespace.list("Event", "").await);
        let waits =
            |it: &Value| it["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff";
        let warns = |it: &Value| it["reason"] == "Failed" && it["type"] == "Warning";
        let both = pods.iter().any(waits) && events.iter().any(warns);
        both.then_some(()).ok_or_else(|| format!("{pods:?} {events:?}"))
    })
    .await;
    namespace.behave(NEW, Behaviour::Ready);
    namespace.rolled_out("Deployment", "checkout").await;
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn containers_have_logs() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("harness-logs").await;
    namespace.behave(NEW, Behaviour::pull_backs_off(NEW));
    namespace.roll_out(&Workload::deployment("checkout", OLD)).await;
    namespace.create(&Workload::deployment("waiting", NEW)).await;
    let pod = namespace.pods("checkout").await.remove(0)["metadata"]["name"].as_str().unwrap().to_owned();
    for line in ["one", "two", "three"] {
        namespace.says(&pod, "app", line);
    }
    namespace.said_before(&pod, "app", "before");
    assert_eq!(namespace.kubectl(&["logs", &pod, "--tail", "2"]), "two\nthree\n");
    assert_eq!(namespace.kubectl(&["logs", &pod, "--previous"]), "before\n");

    let pods: kube::Api<Pod> = kube::Api::namespaced(namespace.client().clone(), namespace.name());
    let follow = LogParams { follow: true, tail_lines: Some(0), ..LogParams::default() };
    let mut lines = std::pin::pin!(pods.log_stream(&pod, &follow).await.unwrap().lines());
    eventually("somebody follows", async || {
        let followers = cluster.kubelet().logs().followers([namespace.name(), &pod, "app"]);
        (followers > 0).then_some(()).ok_or("nobody does".to_owned())
    })
    .await;
    namespace.says(&pod, "app", "four");
    assert_eq!(lines.try_next().await.unwrap().unwrap(), "four");
    namespace.delete("Deployment", "checkout").await;
    assert!(lines.try_next().await.unwrap().is_none(), "the log ends with the pod");

    let waiting = eventually("the pod waits", async || {
        let pod = namespace.pods("waiting").await.pop().ok_or("no pod")?;
        let waits = pod["status"]["containerStatuses"][0]["state"]["waiting"].is_object();
        waits.then(|| pod["metadata"]["name"].as_str().unwrap().to_owned()).ok_or(pod.to_string())
    })
    .await;
    let refused = kubectl(cluster, access::ADMIN, &["--namespace", namespace.name(), "logs", &waiting]);
    assert!(refused.err.contains("is waiting to start: trying and failing to pull image"), "{refused:?}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn each_context_has_the_rights_it_should() {
    let cluster = Cluster::shared();
    cluster.namespace("harness-rights").await;
    let may = |context: &str, arguments: &[&str]| {
        kubectl(cluster, context, &[&["auth", "can-i"], arguments].concat()).out.trim() == "yes"
    };
    for context in [access::ADMIN, "certified", "helped"] {
        assert!(may(context, &["patch", "deployments", "--namespace", "harness-rights"]), "{context}");
    }
    assert!(may(access::READER, &["watch", "pods", "--all-namespaces"]));
    assert!(!may(access::READER, &["patch", "deployments", "--all-namespaces"]));
    assert!(may(access::RESTRICTED, &["list", "pods", "--namespace", access::VISIBLE]));
    assert!(!may(access::RESTRICTED, &["list", "pods", "--namespace", "harness-rights"]));
    let stranger = kubectl(cluster, "expired", &["get", "pods"]);
    assert!(!stranger.ok && stranger.err.contains("must be logged in"), "{stranger:?}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_api_server_goes_and_comes_back_with_everything() {
    let cluster = Cluster::start();
    let namespace = cluster.namespace("harness-back").await;
    namespace.roll_out(&Workload::deployment("checkout", OLD)).await;
    cluster.stop_api();
    assert!(!kubectl(&cluster, access::ADMIN, &["get", "--raw", "/readyz"]).ok);
    cluster.start_api();
    namespace.set_image("Deployment", "checkout", "app", NEW).await;
    namespace.rolled_out("Deployment", "checkout").await;
}
