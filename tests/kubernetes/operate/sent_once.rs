//! A write is sent once, whatever becomes of its answer; again only where the server refused it for a status that was
//! written in between.

use flightdeck::backend::{BackendError, ErrorKind, Order, Proposal, Receipt, Verb, Verdict};
use serde_json::{Value, json};

use super::desk::Desk;
use crate::cluster::program::Scratch;
use crate::cluster::scripted::{Answer, Api, Request, Scripted, faults};

const COLLECTION: &str = "/apis/apps/v1/namespaces/shop-production/deployments/checkout";

pub fn deployment(image: &str, status: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "checkout", "namespace": "shop-production", "uid": "u1", "generation": 1 },
        "spec": {
            "replicas": 1, "selector": { "matchLabels": { "app": "checkout" } },
            "template": {
                "metadata": { "labels": { "app": "checkout" } },
                "spec": { "containers": [{ "name": "app", "image": image }] },
            },
        },
        "status": { "observedGeneration": 1, "replicas": status, "updatedReplicas": 1, "availableReplicas": 1 },
    })
}

/// Makes an answer.
type Make = fn() -> Answer;

pub fn is_write(request: &Request) -> bool {
    request.method == "PATCH" && request.query("dryRun").is_none()
}

pub fn is_rehearsal(request: &Request) -> bool {
    request.method == "PATCH" && request.query("dryRun") == Some("All")
}

/// As a server answers a JSON patch one of whose tests failed.
fn test_failed() -> Answer {
    Answer::status(422, "Invalid", "the server rejected our request due to an error in our request")
}

/// A deployment on a scripted server, and an order to restart it.
struct Scene {
    api: Api,
    server: Scripted,
    desk: Desk,
    order: Order,
    _directory: Scratch,
}

impl Scene {
    async fn set() -> Self {
        let api = Api::new();
        api.put(&deployment("shop:1", 1));
        let server = api.serve();
        let directory = Scratch::make().expect("a directory");
        let kubeconfig = directory.path().join("kubeconfig");
        std::fs::write(&kubeconfig, server.kubeconfig("one")).expect("written");
        let desk = Desk::open(&kubeconfig, "one", "shop");
        let order = desk.order(Verb::Restart, "checkout", "1").await;
        Self { api, server, desk, order, _directory: directory }
    }

    /// Carries the order out; what came of it, and how many writes were sent.
    async fn execute(&self) -> (Result<Receipt, BackendError>, usize) {
        let done = self.desk.execute(&self.order).await;
        (done, self.server.requests().iter().filter(|it| is_write(it)).count())
    }
}

#[tokio::test]
async fn a_write_whose_answer_says_nothing_is_not_sent_again() {
    let late = ErrorKind::RateLimited { until: None };
    let answers: [(&str, Make, ErrorKind); 9] = [
        ("429", || faults::too_many(1), late),
        ("503", faults::unavailable, ErrorKind::Network),
        ("503 with a time", || faults::unavailable().header("retry-after", "1"), ErrorKind::Network),
        ("500", faults::no_storage, ErrorKind::Network),
        ("502 of a proxy", faults::proxy, ErrorKind::Network),
        ("a connection that breaks", Answer::nothing, ErrorKind::Network),
        ("half an answer", || Answer::json(&deployment("shop:1", 1)).cut(40), ErrorKind::Network),
        ("401", faults::unauthorized, ErrorKind::Auth),
        ("403", || faults::forbidden("deployments", Some("shop-production")), ErrorKind::Forbidden),
    ];
    for (what, answer, kind) in answers {
        let scene = Scene::set().await;
        scene.api.instead(faults::always(is_write, move |_| answer()));
        let (done, writes) = scene.execute().await;
        let error = done.expect_err(what);
        assert_eq!((writes, &error.kind), (1, &kind), "{what}: {error}");
        // What became of it is looked at, and the look finds that nothing did.
        scene.api.heal();
        let verdict = scene.desk.settled(&scene.order, None).await;
        assert!(matches!(&verdict, Verdict::NoEffect(_)), "{what}: {verdict:?}");
        assert_eq!(scene.server.requests().iter().filter(|it| is_write(it)).count(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_write_that_a_status_made_old_is_sent_again_for_the_object_as_it_is() {
    let scene = Scene::set().await;
    let (api, mut left) = (scene.api.clone(), 2);
    scene.api.instead(move |request| {
        if !is_write(request) {
            return None;
        }
        if left == 0 {
            return Some(Answer::json(&deployment("shop:1", 1)));
        }
        left -= 1;
        api.put(&deployment("shop:1", 1 + left));
        Some(faults::conflict("deployments.apps", "checkout"))
    });
    let (done, writes) = scene.execute().await;
    done.expect("it is done");
    assert_eq!(writes, 3);
    let versions: Vec<Value> = scene
        .server
        .requests()
        .iter()
        .filter(|it| is_write(it))
        .map(|it| {
            assert_eq!(it.path, COLLECTION);
            assert_eq!(it.query("fieldManager"), Some("flightdeck"));
            assert_eq!(it.header("content-type"), Some("application/json-patch+json"));
            it.json()[1].clone()
        })
        .collect();
    assert!(versions.iter().all(|it| it["op"] == "test" && it["path"] == "/metadata/resourceVersion"));
    assert!(versions[0] != versions[1] && versions[1] != versions[2], "{versions:?}");
}

#[tokio::test]
async fn a_status_that_never_rests_ends_it_with_nothing_changed() {
    let scene = Scene::set().await;
    let (api, mut times) = (scene.api.clone(), 1);
    scene.api.instead(move |request| {
        is_write(request).then(|| {
            times += 1;
            api.put(&deployment("shop:1", times));
            test_failed()
        })
    });
    let (done, writes) = scene.execute().await;
    let error = done.expect_err("it never rests");
    assert_eq!((writes, &error.kind), (8, &ErrorKind::Conflict), "{error}");
    assert!(error.what.as_str().ends_with("nothing was changed"), "{error}");
}

#[tokio::test]
async fn a_write_that_is_refused_for_what_it_is_is_not_sent_again() {
    let scene = Scene::set().await;
    let invalid = "Deployment.apps \"checkout\" is invalid: spec.template: Invalid value";
    scene.api.instead(faults::always(is_write, move |_| Answer::status(422, "Invalid", invalid)));
    let (done, writes) = scene.execute().await;
    let error = done.expect_err("it is invalid");
    assert_eq!((writes, &error.kind), (1, &ErrorKind::Check), "{error}");
    assert!(error.what.as_str().contains("spec.template: Invalid value"), "{error}");
}

#[tokio::test]
async fn a_write_that_somebody_else_made_old_is_not_sent_again() {
    let scene = Scene::set().await;
    let api = scene.api.clone();
    scene.api.instead(move |request| {
        is_write(request).then(|| {
            api.put(&deployment("shop:2", 1));
            faults::conflict("deployments.apps", "checkout")
        })
    });
    let (done, writes) = scene.execute().await;
    let error = done.expect_err("somebody was first");
    assert_eq!((writes, &error.kind), (1, &ErrorKind::Conflict), "{error}");
    assert_eq!(error.what.as_str(), "deployments/checkout: it was changed; it is set to shop:2 now");
}

/// What a plan says against itself, where what is put in the meantime answers the rehearsals; and how many there were.
async fn rehearsed(mut meanwhile: impl FnMut(&Api, usize) -> Answer + Send + 'static) -> (Proposal, usize) {
    let scene = Scene::set().await;
    let (api, mut asked) = (scene.api.clone(), 0);
    scene.api.instead(move |request| {
        is_rehearsal(request).then(|| {
            asked += 1;
            meanwhile(&api, asked)
        })
    });
    let proposal = scene.desk.propose(&scene.order).await;
    let requests = scene.server.requests();
    assert!(!requests.iter().any(is_write));
    (proposal, requests.iter().filter(|it| is_rehearsal(it)).count())
}

fn risks(proposal: &Proposal) -> Vec<&str> {
    proposal.risks.iter().map(|it| it.as_str()).collect()
}

#[tokio::test]
async fn a_plan_that_a_status_made_old_is_rehearsed_again_and_not_refused() {
    let (proposal, asked) = rehearsed(|api, asked| {
        if asked > 2 {
            return Answer::json(&deployment("shop:1", 1));
        }
        api.put(&deployment("shop:1", 1 + i64::try_from(asked).unwrap()));
        if asked == 1 { test_failed() } else { faults::conflict("deployments.apps", "checkout") }
    })
    .await;
    assert_eq!((proposal.refused.as_ref(), asked), (None, 3), "{proposal:?}");
    assert!(risks(&proposal).is_empty(), "{proposal:?}");
}

#[tokio::test]
async fn a_plan_that_somebody_made_old_says_who_and_is_not_refused() {
    let (proposal, asked) = rehearsed(|api, _| {
        api.put(&deployment("shop:2", 1));
        test_failed()
    })
    .await;
    assert_eq!((proposal.refused.as_ref(), asked), (None, 1), "{proposal:?}");
    let said =
        "whether the cluster would take it is not known: deployments/checkout: it was changed; it is set to shop:2 now";
    assert_eq!(risks(&proposal), [said]);
}

#[tokio::test]
async fn a_plan_whose_status_never_rests_is_not_refused() {
    let (proposal, _) = rehearsed(|api, asked| {
        api.put(&deployment("shop:1", 1 + i64::try_from(asked).unwrap()));
        test_failed()
    })
    .await;
    assert_eq!(proposal.refused, None);
    let said = "whether the cluster would take it is not known: deployments/checkout: its status is written faster than this can be; nothing was changed";
    assert_eq!(risks(&proposal), [said]);
}

#[tokio::test]
async fn a_plan_that_is_refused_for_what_it_is_says_so_after_one_rehearsal() {
    let invalid = "Deployment.apps \"checkout\" is invalid: spec.template: Invalid value";
    let (proposal, asked) = rehearsed(|_, _| Answer::status(422, "Invalid", invalid)).await;
    assert_eq!(asked, 1);
    assert_eq!(proposal.refused.map(|it| it.to_string()), Some(format!("the cluster refuses it: {invalid}")));
}

#[tokio::test]
async fn a_plan_writes_nothing_and_asks_once_what_may_be_done() {
    let scene = Scene::set().await;
    scene.api.instead(faults::always(is_rehearsal, |_| Answer::json(&deployment("shop:1", 1))));
    scene.server.forget();
    for _ in 0..2 {
        let proposal = scene.desk.propose(&scene.order).await;
        assert!(proposal.refused.is_none() && proposal.gates.is_empty(), "{proposal:?}");
    }
    let requests = scene.server.requests();
    assert!(!requests.iter().any(is_write));
    assert_eq!(requests.iter().filter(|it| is_rehearsal(it)).count(), 2);
    let reviews = requests.iter().filter(|it| it.path.ends_with("selfsubjectaccessreviews")).count();
    assert!(reviews <= 1, "{reviews}");
}
