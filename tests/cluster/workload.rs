//! Workloads from short descriptions.

use serde_json::{Value, json};

/// A Deployment, StatefulSet or DaemonSet to be created.
///
/// Its selector and labels are `app.kubernetes.io/name: NAME`; its first container is called `app`.
#[derive(Debug, Clone)]
pub struct Workload {
    object: Value,
}

impl Workload {
    /// A Deployment with one replica.
    pub fn deployment(name: &str, image: &str) -> Self {
        Self::of("Deployment", name, image).replicas(1)
    }

    /// A StatefulSet with one replica.
    pub fn stateful_set(name: &str, image: &str) -> Self {
        Self::of("StatefulSet", name, image).replicas(1).set("/spec/serviceName", name)
    }

    /// A DaemonSet: a pod on each of the two nodes.
    pub fn daemon_set(name: &str, image: &str) -> Self {
        Self::of("DaemonSet", name, image)
    }

    fn of(kind: &str, name: &str, image: &str) -> Self {
        let labels = json!({ "app.kubernetes.io/name": name });
        let object = json!({
            "apiVersion": "apps/v1", "kind": kind,
            "metadata": { "name": name, "labels": labels, "annotations": {} },
            "spec": {
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels, "annotations": {} },
                    "spec": {
                        "automountServiceAccountToken": false,
                        "containers": [{ "name": "app", "image": image }],
                        "initContainers": [],
                    },
                },
            },
        });
        Self { object }
    }

    /// How many replicas are desired.
    pub fn replicas(self, count: u32) -> Self {
        self.set("/spec/replicas", count)
    }

    /// One more container.
    pub fn container(mut self, name: &str, image: &str) -> Self {
        self.push("containers", name, image);
        self
    }

    /// One more init container.
    pub fn init(mut self, name: &str, image: &str) -> Self {
        self.push("initContainers", name, image);
        self
    }

    fn push(&mut self, list: &str, name: &str, image: &str) {
        let container = json!({ "name": name, "image": image });
        self.object["spec"]["template"]["spec"][list].as_array_mut().expect("a list").push(container);
    }

    /// An annotation of the workload.
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.object["metadata"]["annotations"][key] = value.into();
        self
    }

    /// A label of the workload and of its pods.
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.object["metadata"]["labels"][key] = value.into();
        self.object["spec"]["template"]["metadata"]["labels"][key] = value.into();
        self
    }

    /// Anything else, by JSON pointer: `set("/spec/paused", true)`. What leads there must exist.
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer");
        self.object.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}"))[key] = value.into();
        self
    }

    /// The object in a namespace.
    pub fn object(&self, namespace: &str) -> Value {
        let mut object = self.object.clone();
        object["metadata"]["namespace"] = namespace.into();
        object
    }
}

/// A HorizontalPodAutoscaler of a Deployment.
pub fn autoscaler(namespace: &str, deployment: &str, least: u32, most: u32) -> Value {
    json!({
        "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
        "metadata": { "name": deployment, "namespace": namespace },
        "spec": {
            "minReplicas": least, "maxReplicas": most, "targetCPUUtilizationPercentage": 80,
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": deployment },
        },
    })
}
