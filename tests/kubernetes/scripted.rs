//! The scripted server by a client that knows nothing of it.

use futures::TryStreamExt;
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, WatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::{PartialObjectMeta, WatchEvent};
use kube::{Api as Client, ResourceExt};
use serde_json::{Value, json};

use crate::cluster::scripted::{Answer, Api, Scripted, big, faults};

async fn pods(server: &Scripted) -> Client<Pod> {
    let kubeconfig = Kubeconfig::from_yaml(&server.kubeconfig("one")).unwrap();
    let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    config.read_timeout = None;
    Client::all(kube::Client::try_from(config).unwrap())
}

fn pod(name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": name, "namespace": "production", "labels": { "app": name } },
        "spec": { "containers": [{ "name": "app", "image": "shop:1" }] } })
}

/// By a client that hides nothing.
async fn fetch(url: impl reqwest::IntoUrl) -> reqwest::Result<reqwest::Response> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::get(url).await
}

fn with(names: &[&str]) -> Api {
    let api = Api::new();
    names.iter().for_each(|name| api.put(&pod(name)));
    api
}

#[tokio::test]
async fn lists_come_in_pages_and_by_selector() {
    let api = with(&["a", "b", "c", "d", "e"]);
    let server = api.serve();
    let pods = pods(&server).await;
    let mut names = Vec::new();
    let mut params = ListParams::default().limit(2);
    loop {
        let page = pods.list(&params).await.unwrap();
        names.extend(page.items.iter().map(ResourceExt::name_any));
        match page.metadata.continue_.filter(|it| !it.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => break,
        }
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert_eq!(server.count("GET", "/api/v1/pods", false), 3);
    let some = pods.list(&ListParams::default().labels("app in (a, c),app!=c")).await.unwrap();
    assert_eq!(some.items.len(), 1);
    let partial = pods.list_metadata(&ListParams::default()).await.unwrap();
    assert_eq!(partial.items[4].name_any(), "e");
}

#[tokio::test]
async fn pages_expire() {
    let api = with(&["a", "b", "c"]);
    let server = api.serve();
    let pods = pods(&server).await;
    let first = pods.list(&ListParams::default().limit(1)).await.unwrap();
    api.expire();
    let token = first.metadata.continue_.unwrap();
    let second = pods.list(&ListParams::default().limit(1).continue_token(&token)).await;
    assert!(matches!(second, Err(kube::Error::Api(why)) if why.code == 410));
}

#[tokio::test]
async fn a_watch_sees_what_happens_since_its_version() {
    let api = with(&["a"]);
    let server = api.serve();
    let pods = pods(&server).await;
    let version = pods.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    api.put(&pod("b"));
    let mut watch = std::pin::pin!(pods.watch(&WatchParams::default(), &version).await.unwrap());
    let mut next = async || watch.try_next().await.unwrap();
    assert!(matches!(next().await, Some(WatchEvent::Added(it)) if it.name_any() == "b"));
    api.put(&pod("a"));
    assert!(matches!(next().await, Some(WatchEvent::Modified(it)) if it.name_any() == "a"));
    api.delete("v1", "Pod", ("production", "a"));
    assert!(matches!(next().await, Some(WatchEvent::Deleted(it)) if it.name_any() == "a"));
    api.bookmark();
    assert!(matches!(next().await, Some(WatchEvent::Bookmark(it)) if it.metadata.resource_version == "1004"));
    assert_eq!((api.watches(), server.count("GET", "/api/v1/pods", true)), (1, 1));
    api.expire();
    assert!(matches!(next().await, Some(WatchEvent::Error(why)) if why.code == 410));
    assert!(next().await.is_none());
}

#[tokio::test]
async fn a_watch_ends_when_its_time_is_over() {
    let server = with(&["a"]).serve();
    let url = format!("{}/api/v1/pods?watch=true&resourceVersion=1001&timeoutSeconds=0", server.url());
    assert_eq!(fetch(url).await.unwrap().text().await.unwrap(), "");
}

#[tokio::test]
async fn a_watch_of_metadata_has_nothing_else() {
    let api = with(&["a"]);
    let server = api.serve();
    let pods = pods(&server).await;
    let mut watch = std::pin::pin!(pods.watch_metadata(&WatchParams::default(), "0").await.unwrap());
    let event: Option<WatchEvent<PartialObjectMeta<Pod>>> = watch.try_next().await.unwrap();
    assert!(matches!(event, Some(WatchEvent::Added(it)) if it.name_any() == "a"));
}

#[tokio::test]
async fn what_goes_wrong_goes_wrong_as_often_as_it_is_told() {
    let api = with(&["a"]);
    let server = api.serve();
    let pods = pods(&server).await;
    api.instead(faults::times(1, |it| it.lists("pods"), |_| faults::conflict("pods", "a")));
    assert!(matches!(pods.list(&ListParams::default()).await, Err(kube::Error::Api(why)) if why.code == 409));
    assert_eq!(pods.list(&ListParams::default()).await.unwrap().items.len(), 1);
    let whole = r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}"#;
    api.instead(faults::always(|it| it.lists("pods"), move |_| Answer::bytes(whole).cut(20)));
    assert!(pods.list(&ListParams::default()).await.is_err());
    api.heal();
    api.instead(faults::forbids("production"));
    assert!(matches!(pods.list(&ListParams::default()).await, Err(kube::Error::Api(why)) if why.code == 403));
}

/// kube's own client takes a broken watch for one that ended.
#[tokio::test]
async fn a_broken_watch_is_an_error_and_an_ended_one_is_not() {
    let api = with(&["a"]);
    let server = api.serve();
    let url = format!("{}/api/v1/pods?watch=true&resourceVersion=0", server.url());
    let mut watch = fetch(&url).await.unwrap();
    watch.chunk().await.unwrap().unwrap();
    api.end_watches();
    assert!(watch.chunk().await.unwrap().is_none());
    let mut watch = fetch(&url).await.unwrap();
    watch.chunk().await.unwrap().unwrap();
    api.break_watches();
    let half = watch.chunk().await.unwrap().unwrap();
    assert!(half.starts_with(br#"{"type":"MODIFIED""#) && !half.ends_with(b"\n"));
    assert!(watch.chunk().await.is_err());
}

#[tokio::test]
async fn an_answer_waits_for_its_gate_and_a_server_can_be_gone() {
    let (held, gate) = Answer::json(&json!({ "gitVersion": "v1" })).held();
    let held = std::sync::Mutex::new(Some(held));
    let server = Scripted::start(move |_| held.lock().unwrap().take().unwrap_or_else(faults::unavailable));
    let url = server.url();
    let answer = tokio::spawn(async move { fetch(format!("{url}/version")).await.unwrap().status().as_u16() });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!answer.is_finished());
    gate.open();
    assert_eq!(answer.await.unwrap(), 200);
    server.stop();
    assert!(fetch(server.url()).await.is_err());
    server.resume();
    assert_eq!(fetch(server.url()).await.unwrap().status(), 503);
}

#[tokio::test]
async fn a_big_cluster_has_what_it_says() {
    let api = Api::new();
    big::fill(&api, big::Size { services: 2, pods: 20 }, chrono::Utc::now());
    let server = api.serve();
    let pods = pods(&server).await;
    let listed = pods.list(&ListParams::default()).await.unwrap();
    assert_eq!(listed.items.len(), 20);
    let client = pods.into_client();
    let sets: Client<ReplicaSet> = Client::all(client.clone());
    let sets = sets.list(&ListParams::default()).await.unwrap();
    assert_eq!(sets.items.len(), 2 * big::NAMESPACES.len() * big::REVISIONS);
    let deployments: Client<Deployment> = Client::namespaced(client, "production");
    let deployment = deployments.get("service-001").await.unwrap();
    let owned = sets
        .items
        .iter()
        .filter(|it| it.owner_references().iter().any(|it| Some(&it.uid) == deployment.uid().as_ref()));
    assert_eq!(owned.count(), big::REVISIONS);
}
