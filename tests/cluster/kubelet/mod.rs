//! Plays the scheduler and the kubelet of two nodes: binds pods, says what their containers do, and ends them when they
//! are deleted. The real controllers do everything else.

pub mod behaviour;
pub mod logs;
mod status;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, ResourceExt};
use serde_json::{Value, json};
use tokio::sync::Notify;

pub use self::behaviour::Behaviour;
use self::logs::Logs;
use super::certificates::Certificates;
use super::namespace::create;
use super::scripted::Scripted;
use super::{access, server};

/// The nodes there are.
pub const NODES: [&str; 2] = ["node-a", "node-b"];
const AGAIN: Duration = Duration::from_millis(100);

/// Runs until it is dropped.
pub struct Kubelet {
    shared: Arc<Shared>,
    logs: Scripted,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// By namespace and image.
    script: Mutex<BTreeMap<(String, String), Behaviour>>,
    changed: Notify,
    stop: Notify,
    logs: Logs,
}

impl Kubelet {
    /// Starts it with its two nodes.
    pub fn start(kubeconfig: &Path, certificates: &Certificates) -> Self {
        let shared = Arc::new(Shared::default());
        let its = shared.clone();
        let logs = Scripted::secure(certificates.tls(), move |request| its.logs.answer(request));
        let (kubeconfig, its, port) = (kubeconfig.to_owned(), shared.clone(), logs.port());
        let thread = std::thread::spawn(move || server::block_on(run(kubeconfig, its, port)));
        Self { shared, logs, thread: Some(thread) }
    }

    /// What containers write.
    pub fn logs(&self) -> &Logs {
        &self.shared.logs
    }

    /// How many logs were asked for, by path and query of the kubelet's own API.
    pub fn asked(&self) -> Vec<super::scripted::Request> {
        self.logs.requests()
    }

    /// From now on containers of this image do so in this namespace, those that run already too.
    pub fn behave(&self, namespace: &str, image: &str, behaviour: Behaviour) {
        lock(&self.shared.script).insert((namespace.to_owned(), image.to_owned()), behaviour);
        self.shared.changed.notify_one();
    }
}

impl Drop for Kubelet {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn run(kubeconfig: PathBuf, shared: Arc<Shared>, port: u16) {
    let client = server::client(&kubeconfig, access::ADMIN).await;
    tokio::select! {
        () = shared.stop.notified() => {}
        () = serve(client, &shared, port) => {}
    }
}

async fn serve(client: Client, shared: &Shared, port: u16) {
    for node in NODES {
        while let Err(why) = add_node(&client, node, port).await {
            eprintln!("the node {node} cannot be made: {why}");
            tokio::time::sleep(AGAIN).await;
        }
    }
    let mut watch = watcher(Api::<Pod>::all(client.clone()), watcher::Config::default()).default_backoff().boxed();
    let mut pods: BTreeMap<String, Pod> = BTreeMap::new();
    let mut said: BTreeMap<String, Vec<Behaviour>> = BTreeMap::new();
    loop {
        tokio::select! {
            event = watch.next() => match event {
                Some(Ok(watcher::Event::Init)) => pods.clear(),
                Some(Ok(watcher::Event::InitApply(pod) | watcher::Event::Apply(pod))) => {
                    pods.insert(pod.uid().unwrap_or_default(), pod);
                }
                Some(Ok(watcher::Event::Delete(pod))) => {
                    shared.logs.end(&pod.namespace().unwrap_or_default(), &pod.name_any());
                    pods.remove(&pod.uid().unwrap_or_default());
                }
                // The watch resumes by itself.
                Some(Ok(watcher::Event::InitDone) | Err(_)) => {}
                None => return,
            },
            () = shared.changed.notified() => {}
            () = tokio::time::sleep(AGAIN) => {}
        }
        for (uid, pod) in &pods {
            let wanted = behaviours(pod, &lock(&shared.script));
            if pod.metadata.deletion_timestamp.is_none() && said.get(uid) == Some(&wanted) {
                continue;
            }
            // Who reads the status may ask for logs at once.
            note(&shared.logs, pod, &wanted);
            // What fails (a conflict, a server that is gone) is done again with the next event.
            if let Ok(true) = act(&client, pod, &wanted).await {
                said.insert(uid.clone(), wanted);
            }
        }
    }
}

/// Brings one pod a step further. Whether nothing more is to be done with it.
async fn act(client: &Client, pod: &Pod, behaviours: &[Behaviour]) -> kube::Result<bool> {
    if behaviours.contains(&Behaviour::Unseen) {
        return Ok(true);
    }
    let pods: Api<Pod> = Api::namespaced(client.clone(), &pod.namespace().unwrap_or_default());
    let name = pod.name_any();
    if pod.metadata.deletion_timestamp.is_some() {
        let only = Preconditions { uid: pod.uid(), resource_version: None };
        let at_once = DeleteParams::default().grace_period(0).preconditions(only);
        return pods.delete(&name, &at_once).await.map(|_| true);
    }
    let unschedulable = behaviours.iter().any(|it| matches!(it, Behaviour::Unschedulable(_)));
    let bound = pod.spec.as_ref().is_some_and(|it| it.node_name.is_some());
    if !bound && !unschedulable {
        let binding = json!({
            "apiVersion": "v1", "kind": "Binding", "metadata": { "name": name },
            "target": { "apiVersion": "v1", "kind": "Node", "name": status::node(pod) },
        });
        pods.create_subresource::<Value, Value>("binding", &name, &PostParams::default(), &binding).await?;
    }
    let said = json!({ "metadata": { "uid": pod.uid() }, "status": status::of(pod, behaviours) });
    pods.patch_status(&name, &PatchParams::default(), &Patch::Merge(said)).await?;
    for (reason, message) in behaviours.iter().filter_map(Behaviour::warning) {
        create(client, &status::event(pod, reason, &message)).await?;
    }
    Ok(true)
}

/// Containers that wait have no logs.
fn note(logs: &Logs, pod: &Pod, behaviours: &[Behaviour]) {
    let namespace = pod.namespace().unwrap_or_default();
    for ((container, _), behaviour) in status::containers(pod).zip(behaviours) {
        let reason = if let Behaviour::Waits { reason, .. } = behaviour { Some(reason.as_str()) } else { None };
        logs.waits(&namespace, &pod.name_any(), container, reason);
    }
}

/// What each container does: init containers first, as the status says them.
fn behaviours(pod: &Pod, script: &BTreeMap<(String, String), Behaviour>) -> Vec<Behaviour> {
    let namespace = pod.namespace().unwrap_or_default();
    let images = status::containers(pod).map(|(_, image)| image.to_owned());
    images.map(|image| script.get(&(namespace.clone(), image)).cloned().unwrap_or(Behaviour::Ready)).collect()
}

async fn add_node(client: &Client, name: &str, port: u16) -> kube::Result<()> {
    let room = json!({ "cpu": "64", "memory": "256Gi", "pods": "5000", "ephemeral-storage": "1Ti" });
    let ready = json!({ "type": "Ready", "status": "True", "reason": "KubeletReady",
        "lastHeartbeatTime": behaviour::now(), "lastTransitionTime": behaviour::now() });
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": { "name": name, "labels": { "kubernetes.io/hostname": name } },
        "status": { "capacity": room, "allocatable": room, "conditions": [ready],
            "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }],
            "daemonEndpoints": { "kubeletEndpoint": { "Port": port } } },
    });
    match create(client, &node).await {
        Err(kube::Error::Api(why)) if why.code == 409 => {}
        other => drop(other?),
    }
    // Admission marks a new node as not ready until somebody takes that away.
    let nodes: Api<k8s_openapi::api::core::v1::Node> = Api::all(client.clone());
    let clean = Patch::Merge(json!({ "spec": { "taints": null } }));
    nodes.patch(name, &PatchParams::default(), &clean).await.map(drop)
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
