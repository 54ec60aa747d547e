//! Rolling back, beside `kubectl rollout undo` on an identical twin.

use flightdeck::backend::{ErrorKind, Verb, Verdict};
use serde_json::{Value, json};

use super::comparable;
use super::desk::Desk;
use crate::cluster::namespace::Namespace;
use crate::cluster::{Behaviour, Cluster, Workload, access, kubectl::kubectl};

const IMAGE: &str = "registry.test/shop/app";
const CAUSE: &str = "kubernetes.io/change-cause";

fn image(version: &str) -> String {
    format!("{IMAGE}:{version}")
}

/// A workload and its twin with three revisions each: 1, 2 and 3.
struct Twins<'a> {
    namespace: Namespace<'a>,
    desk: Desk,
    kind: &'static str,
}

const OURS: &str = "checkout";
const THEIRS: &str = "twinnery";

impl Twins<'_> {
    async fn make(test: &str, workload: fn(&str, &str) -> Workload) -> Self {
        let cluster = Cluster::shared();
        let namespace = cluster.namespace(&format!("{test}-production")).await;
        let mut kind = "";
        for name in [OURS, THEIRS] {
            let made = workload(name, &image("1"))
                .init("migrate", "registry.test/tools/migrate:7")
                .annotation(CAUSE, "the first")
                .annotation("kubectl.kubernetes.io/last-applied-configuration", "{}\n")
                .annotation("team", "shop");
            let made = namespace.create(&made).await;
            kind = match made["kind"].as_str() {
                Some("Deployment") => "Deployment",
                Some("StatefulSet") => "StatefulSet",
                _ => "DaemonSet",
            };
        }
        let it = Self { namespace, desk: Desk::open(&cluster.kubeconfig(), access::ADMIN, test), kind };
        it.rolled_out().await;
        it.both("2", "the second").await;
        it.both("3", "the third").await;
        it
    }

    async fn both(&self, version: &str, cause: &str) {
        for name in [OURS, THEIRS] {
            // In one write: a cause that comes first is one of the revision before.
            let containers = json!([{ "name": "app", "image": image(version) }]);
            let patch = json!({
                "metadata": { "annotations": { CAUSE: cause } },
                "spec": { "template": { "spec": { "containers": containers } } },
            });
            self.namespace.kubectl(&["patch", self.kind, name, "--patch", &patch.to_string()]);
        }
        self.rolled_out().await;
    }

    async fn rolled_out(&self) {
        for name in [OURS, THEIRS] {
            self.namespace.rolled_out(self.kind, name).await;
        }
    }

    async fn ours(&self) -> Value {
        self.namespace.get(self.kind, OURS).await.expect("it is there")
    }

    /// What is compared of an object and of all its revisions.
    async fn picture(&self, name: &str) -> Vec<Value> {
        let object = self.namespace.get(self.kind, name).await.expect("it is there");
        let (history, number) = match self.kind {
            "Deployment" => ("ReplicaSet", "/metadata/annotations/deployment.kubernetes.io~1revision"),
            _ => ("ControllerRevision", "/revision"),
        };
        let mut revisions = self.namespace.list(history, &format!("app.kubernetes.io/name={name}")).await;
        revisions.sort_by_key(|it| it.pointer(number).map(ToString::to_string));
        let hashes = |it: &Value| {
            let mut it = comparable(it, name);
            // In how many steps a controller scales is its own affair.
            it["metadata"].as_object_mut().expect("metadata").remove("generation");
            // Hashes of the template, whose labels name the twin.
            for place in ["/metadata/labels", "/spec/selector/matchLabels", "/spec/template/metadata/labels"] {
                if let Some(labels) = it.pointer_mut(place).and_then(Value::as_object_mut) {
                    labels.retain(|key, _| !key.ends_with("hash"));
                }
            }
            it
        };
        std::iter::once(comparable(&object, name)).chain(revisions.iter().map(hashes)).collect()
    }

    async fn are_alike(&self) {
        self.rolled_out().await;
        let (ours, theirs) = (self.picture(OURS).await, self.picture(THEIRS).await);
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "\nours:   {ours:#}\ntheirs: {theirs:#}");
        }
    }

    fn undo(&self, revision: Option<i64>) -> String {
        let target = format!("{}/{THEIRS}", self.kind);
        let number = revision.map(|it| format!("--to-revision={it}"));
        let mut arguments = vec!["--namespace", self.namespace.name(), "rollout", "undo", &target];
        arguments.extend(number.as_deref());
        let said = kubectl(Cluster::shared(), access::ADMIN, &arguments);
        format!("{}{}", said.out, said.err)
    }

    /// Rolls back with both and compares what comes of it.
    async fn compare(&self, version: &str, revision: Option<i64>) -> Verdict {
        let order = self.desk.order(Verb::RollBack, OURS, version).await;
        let receipt = self.desk.done(&order).await;
        let said = self.undo(revision);
        assert!(said.contains("rolled back"), "{said}");
        let verdict = self.desk.settled(&order, Some(&receipt)).await;
        self.are_alike().await;
        verdict
    }
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_deployment_goes_back_as_kubectl_makes_it() {
    let twins = Twins::make("undo-deployment", |name, image| Workload::deployment(name, image).replicas(2)).await;
    // The one before, which has no version to be asked for by.
    let verdict = twins.compare("#0", None).await;
    assert_eq!(verdict, Verdict::Healthy("2 is live: 2 of 2 pods are available".into()));
    let now = twins.ours().await;
    assert_eq!(now["metadata"]["annotations"][CAUSE], "the second");
    assert_eq!(now["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "4");
    // By its version; its old number is gone by then.
    let verdict = twins.compare("1", Some(1)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
    // To itself: both leave it alone.
    let order = twins.desk.order(Verb::RollBack, OURS, "#5").await;
    let proposal = twins.desk.propose(&order).await;
    let no_effect = "no effect: the template is that of revision 5 already";
    assert_eq!(proposal.refused.as_ref().map(|it| it.as_str()), Some(no_effect));
    assert!(twins.undo(Some(5)).contains("skipped rollback (current template already matches revision 5)"));
    let error = twins.desk.execute(&order).await.expect_err("nothing is sent");
    assert_eq!((error.kind, error.what.as_str()), (ErrorKind::Check, no_effect));
    // To one that never was.
    let order = twins.desk.order(Verb::RollBack, OURS, "#99").await;
    let refused = twins.desk.propose(&order).await.refused.map(|it| it.to_string()).unwrap_or_default();
    assert_eq!(refused, "there is no revision 99 of deployments/checkout: 3, 4, 5 are kept");
    assert!(twins.undo(Some(99)).contains("unable to find specified revision 99 in history"));
    twins.are_alike().await;
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_paused_deployment_is_left_alone_as_by_kubectl() {
    let twins = Twins::make("undo-paused", |name, image| Workload::deployment(name, image).replicas(1)).await;
    for name in [OURS, THEIRS] {
        twins.namespace.patch("Deployment", name, json!({ "spec": { "paused": true } })).await;
    }
    let order = twins.desk.order(Verb::RollBack, OURS, "2").await;
    let refused = twins.desk.propose(&order).await.refused.map(|it| it.to_string()).unwrap_or_default();
    assert_eq!(refused, "deployments/checkout is paused, and nothing rolls out while it is: resume it first");
    assert!(twins.undo(None).contains("you cannot rollback a paused deployment"));
    let all = twins.desk.operator().available(&order.track).await.expect("available");
    assert!(all.iter().all(|it| it.refused.is_some()), "{all:?}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_stateful_set_goes_back_as_kubectl_makes_it() {
    let twins = Twins::make("undo-set", |name, image| Workload::stateful_set(name, image).replicas(2)).await;
    let verdict = twins.compare("1", Some(1)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
    let verdict = twins.compare("#0", None).await;
    assert_eq!(verdict, Verdict::Healthy("3 is live: 2 of 2 pods are available".into()));
    let order = twins.desk.order(Verb::RollBack, OURS, "3").await;
    let refused = twins.desk.propose(&order).await.refused.map(|it| it.to_string()).unwrap_or_default();
    assert!(refused.starts_with("no effect: the template is that of revision"), "{refused}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_daemon_set_goes_back_as_kubectl_makes_it() {
    let twins = Twins::make("undo-daemon", Workload::daemon_set).await;
    let verdict = twins.compare("#0", None).await;
    assert_eq!(verdict, Verdict::Healthy("2 is live: 2 of 2 pods are available".into()));
    let verdict = twins.compare("1", Some(1)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn pods_that_nobody_deletes_keep_what_they_run_and_it_is_said() {
    let twins = Twins::make("undo-by-hand", Workload::daemon_set).await;
    let by_hand = json!({ "spec": { "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } } });
    twins.namespace.patch("DaemonSet", OURS, by_hand).await;
    let order = twins.desk.order(Verb::RollBack, OURS, "2").await;
    let proposal = twins.desk.propose(&order).await;
    let risks: Vec<&str> = proposal.risks.iter().map(|it| it.as_str()).collect();
    assert!(risks.contains(&"its strategy is OnDelete: pods take it only when somebody deletes them"), "{risks:?}");
    let receipt = twins.desk.done(&order).await;
    twins.desk.pending(&order, &receipt, "pods take it when somebody deletes them (OnDelete)").await;
    for pod in twins.namespace.pods(OURS).await {
        twins.namespace.delete("Pod", pod["metadata"]["name"].as_str().unwrap_or_default()).await;
    }
    let verdict = twins.desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("2 is live: 2 of 2 pods are available".into()));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_pod_that_blocks_a_stateful_set_is_deleted_with_the_rollback() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("undo-forced-production").await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "undo-forced");
    namespace.roll_out(&Workload::stateful_set("ledger", &image("1")).replicas(2)).await;
    namespace.behave(&image("bad"), Behaviour::NeverReady);
    namespace.set_image("StatefulSet", "ledger", "app", &image("bad")).await;
    let pod = |pods: &[Value]| pods.iter().find(|it| it["metadata"]["name"] == "ledger-1").cloned();
    let blocked = crate::cluster::waiting::eventually("ledger-1 is replaced and not ready", async || {
        match pod(&namespace.pods("ledger").await) {
            Some(it) if it["spec"]["containers"][0]["image"] == image("bad") && it["status"]["phase"] == "Running" => {
                Ok(it)
            }
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    let order = desk.order(Verb::RollBack, "ledger", "1").await;
    let proposal = desk.propose(&order).await;
    assert_eq!(proposal.writes.len(), 2, "{proposal:?}");
    assert!(
        proposal.writes[1]
            .verbatim
            .as_str()
            .starts_with("DELETE /api/v1/namespaces/undo-forced-production/pods/ledger-1 ")
    );
    let receipt = desk.done(&order).await;
    assert_eq!(receipt.done[1].as_str(), "pods/ledger-1: deleted, for it was not ready");
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 2 of 2 pods are available".into()));
    let now = pod(&namespace.pods("ledger").await).expect("it is there again");
    assert_ne!(now["metadata"]["uid"], blocked["metadata"]["uid"]);
    assert_eq!(now["spec"]["containers"][0]["image"], image("1"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn settings_go_back_without_another_version() {
    let cluster = Cluster::shared();
    let namespace = cluster.namespace("undo-settings-production").await;
    let desk = Desk::open(&cluster.kubeconfig(), access::ADMIN, "undo-settings");
    namespace.roll_out(&Workload::deployment("checkout", &image("1"))).await;
    namespace.kubectl(&["set", "env", "deployment/checkout", "CACHE=off"]);
    namespace.rolled_out("Deployment", "checkout").await;
    namespace.kubectl(&["rollout", "restart", "deployment/checkout"]);
    namespace.rolled_out("Deployment", "checkout").await;
    let state = desk.state("checkout").await;
    let installed: Vec<&str> = state.installed.iter().map(|it| it.version.as_str()).collect();
    assert_eq!(installed, ["1", "1#1"], "what was only started anew is no other one");
    let order = desk.order(Verb::RollBack, "checkout", "1#1").await;
    let receipt = desk.done(&order).await;
    let verdict = desk.settled(&order, Some(&receipt)).await;
    assert_eq!(verdict, Verdict::Healthy("1 is live: 1 of 1 pods are available".into()));
    let now = namespace.get("Deployment", "checkout").await.expect("it is there");
    assert_eq!(now["spec"]["template"]["spec"]["containers"][0]["env"], Value::Null);
}
