//! A namespace of a test: creates objects in it, reads them and waits for what becomes of them.

use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::kubelet::Behaviour;
use super::server::Cluster;
use super::waiting::eventually;
use super::workload::Workload;
use super::{access, kubectl};

/// One namespace, used with all rights.
pub struct Namespace<'a> {
    cluster: &'a Cluster,
    client: Client,
    name: String,
}

impl<'a> Namespace<'a> {
    /// Makes it if there is none, and waits for its service account, without which no pod is admitted.
    pub async fn make(cluster: &'a Cluster, name: &str) -> Self {
        let client = cluster.client(access::ADMIN).await;
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        match create(&client, &object).await {
            Err(kube::Error::Api(why)) if why.code == 409 => {}
            other => drop(other.expect("a namespace")),
        }
        let it = Self { cluster, client, name: name.to_owned() };
        it.until("ServiceAccount", "default", "is there", |_| true).await;
        it
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A client with all rights.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Creates a workload and returns it as the API server made it.
    pub async fn create(&self, workload: &Workload) -> Value {
        self.cluster.create(&workload.object(&self.name)).await
    }

    /// Creates a workload and waits until it is rolled out.
    pub async fn roll_out(&self, workload: &Workload) -> Value {
        let made = self.create(workload).await;
        self.rolled_out(text(&made["kind"]), text(&made["metadata"]["name"])).await
    }

    /// From now on containers of this image do so here.
    pub fn behave(&self, image: &str, behaviour: Behaviour) {
        self.cluster.kubelet().behave(&self.name, image, behaviour);
    }

    /// A container writes a line to its log.
    pub fn says(&self, pod: &str, container: &str, line: &str) {
        self.cluster.kubelet().logs().say([&self.name, pod, container], line);
    }

    /// A container had written a line before it was started again.
    pub fn said_before(&self, pod: &str, container: &str, line: &str) {
        self.cluster.kubelet().logs().said_before([&self.name, pod, container], line);
    }

    /// An object without what controllers and the server write by themselves, at any time.
    pub async fn written(&self, kind: &str, name: &str) -> Value {
        let mut object = self.get(kind, name).await.expect("it is there");
        object.as_object_mut().expect("an object").remove("status");
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.retain(|key, _| !matches!(key.as_str(), "resourceVersion" | "managedFields"));
        object
    }

    /// An object by kind (`Deployment`) and name.
    pub async fn get(&self, kind: &str, name: &str) -> kube::Result<Value> {
        self.api(kind).get(name).await.map(value)
    }

    /// All objects of a kind whose labels fit the selector; the empty one fits all.
    pub async fn list(&self, kind: &str, selector: &str) -> Vec<Value> {
        let listed = self.api(kind).list(&ListParams::default().labels(selector)).await.expect("a list");
        listed.items.into_iter().map(value).collect()
    }

    /// The pods of a workload made by [`Workload`].
    pub async fn pods(&self, workload: &str) -> Vec<Value> {
        self.list("Pod", &format!("app.kubernetes.io/name={workload}")).await
    }

    /// A merge patch.
    pub async fn patch(&self, kind: &str, name: &str, patch: Value) -> Value {
        let patched = self.api(kind).patch(name, &PatchParams::default(), &Patch::Merge(patch)).await;
        value(patched.expect("patched"))
    }

    /// Gives a container another image, as another person would.
    pub async fn set_image(&self, kind: &str, name: &str, container: &str, image: &str) -> Value {
        let patch =
            json!({ "spec": { "template": { "spec": { "containers": [{ "name": container, "image": image }] } } } });
        let patched = self.api(kind).patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await;
        value(patched.expect("patched"))
    }

    /// Deletes an object.
    pub async fn delete(&self, kind: &str, name: &str) {
        self.api(kind).delete(name, &DeleteParams::default()).await.expect("deleted");
    }

    /// Waits until something holds of an object, and returns it.
    pub async fn until(&self, kind: &str, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{kind} {}/{name} {what}", self.name), async || match self.get(kind, name).await {
            Ok(it) if holds(&it) => Ok(it),
            Ok(it) => Err(format!("{it:#}")),
            Err(why) => Err(why.to_string()),
        })
        .await
    }

    /// Waits until a workload is rolled out, by the judgement of its controller.
    pub async fn rolled_out(&self, kind: &str, name: &str) -> Value {
        self.until(kind, name, "is rolled out", is_rolled_out).await
    }

    /// Waits until the controller has seen the newest generation.
    pub async fn observed(&self, kind: &str, name: &str) -> Value {
        self.until(kind, name, "is observed", is_observed).await
    }

    /// Runs `kubectl --namespace THIS …` as `admin`; fails when it does.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        let all = [&["--namespace", &self.name], arguments].concat();
        kubectl::kubectl(self.cluster, access::ADMIN, &all).success()
    }

    fn api(&self, kind: &str) -> Api<DynamicObject> {
        let (group, version) = match kind {
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ControllerRevision" => ("apps", "v1"),
            "HorizontalPodAutoscaler" => ("autoscaling", "v1"),
            _ => ("", "v1"),
        };
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        Api::namespaced_with(self.client.clone(), &self.name, &resource)
    }
}

/// Creates any object, in the namespace that it names.
pub async fn create(client: &Client, object: &Value) -> kube::Result<Value> {
    let (group, version) = text(&object["apiVersion"]).rsplit_once('/').unwrap_or(("", text(&object["apiVersion"])));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text(&object["kind"])));
    let it: DynamicObject = serde_json::from_value(object.clone()).map_err(kube::Error::SerdeError)?;
    let api: Api<DynamicObject> = match it.namespace() {
        Some(namespace) => Api::namespaced_with(client.clone(), &namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    api.create(&PostParams::default(), &it).await.map(value)
}

/// Whether the controller has seen the newest generation.
pub fn is_observed(it: &Value) -> bool {
    it["status"]["observedGeneration"] == it["metadata"]["generation"]
}

/// Whether every replica is of the newest template, there is none beside them, and all are available.
pub fn is_rolled_out(it: &Value) -> bool {
    let status = &it["status"];
    let count = |name: &str| status[name].as_u64().unwrap_or(0);
    if it["kind"] == "DaemonSet" {
        let desired = count("desiredNumberScheduled");
        return is_observed(it)
            && desired > 0
            && count("updatedNumberScheduled") == desired
            && count("numberAvailable") == desired;
    }
    let desired = it["spec"]["replicas"].as_u64().unwrap_or(1);
    let current = it["kind"] != "StatefulSet" || status["currentRevision"] == status["updateRevision"];
    is_observed(it)
        && current
        && count("updatedReplicas") == desired
        && count("replicas") == desired
        && count("readyReplicas") == desired
}

fn value(it: DynamicObject) -> Value {
    serde_json::to_value(it).expect("an object")
}

fn text(it: &Value) -> &str {
    it.as_str().unwrap_or_default()
}
