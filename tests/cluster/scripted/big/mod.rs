//! A big cluster for [`Api`]: services in three namespaces, each a Deployment with three ReplicaSets and its pods, as
//! large as real ones are (probes, volumes, tolerations, managed fields). The same numbers give the same cluster.

mod managed;
mod template;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use self::managed::managed;
use super::Api;

/// The namespaces, in the order in which versions reach them.
pub const NAMESPACES: [&str; 3] = ["dev", "staging", "production"];
/// How many ReplicaSets a Deployment keeps.
pub const REVISIONS: usize = 3;
/// One pod of so many does not run as it should.
const TROUBLED: usize = 250;

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Services, each in every namespace.
    pub services: usize,
    /// Pods in all, spread evenly.
    pub pods: usize,
}

/// 300 Deployments and 5,000 pods.
pub const BIG: Size = Size { services: 100, pods: 5_000 };

/// One Deployment of a service in a namespace, at a version.
#[derive(Debug, Clone, Copy)]
pub struct Track {
    /// From 0.
    pub service: usize,
    /// Index of [`NAMESPACES`].
    pub namespace: usize,
    /// How many replicas it has.
    pub replicas: usize,
    /// The number of the newest revision, from 1; its version is `1.N.0`.
    pub revision: usize,
}

/// Fills a server with a cluster; everything in it happened before `now`.
pub fn fill(api: &Api, size: Size, now: DateTime<Utc>) {
    for namespace in NAMESPACES {
        let metadata = json!({ "name": namespace, "labels": { "kubernetes.io/metadata.name": namespace } });
        let status = json!({ "phase": "Active" });
        api.put(&json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "status": status }));
    }
    for track in tracks(size) {
        api.put(&track.deployment(now));
        for revision in track.revisions() {
            api.put(&track.replica_set(revision, now));
        }
        for number in 0..track.replicas {
            api.put(&track.pod(number, now));
        }
    }
}

/// A track has another revision: what a rollout leaves behind when it is done.
pub fn roll(api: &Api, track: Track, revision: usize, now: DateTime<Utc>) {
    let to = Track { revision, ..track };
    api.put(&to.replica_set(revision, now));
    for number in 0..track.replicas {
        api.put(&to.pod(number, now));
        let old = track.pod(number, now);
        api.delete("v1", "Pod", (track.namespace(), old["metadata"]["name"].as_str().unwrap_or_default()));
    }
    api.put(&to.replica_set(track.revision, now));
    api.put(&to.deployment(now));
}

/// Every Deployment of a cluster. A version reaches each namespace one revision after the one before it.
pub fn tracks(size: Size) -> impl Iterator<Item = Track> {
    let count = size.services * NAMESPACES.len();
    (0..count).map(move |index| {
        let (service, namespace) = (index / NAMESPACES.len(), index % NAMESPACES.len());
        let replicas = size.pods / count + usize::from(index < size.pods % count);
        Track { service, namespace, replicas, revision: 20 + service % 7 - namespace }
    })
}

impl Track {
    /// `service-007`.
    pub fn name(&self) -> String {
        format!("service-{:03}", self.service)
    }

    /// `staging`.
    pub fn namespace(&self) -> &'static str {
        NAMESPACES[self.namespace]
    }

    /// The image of a revision.
    pub fn image(&self, revision: usize) -> String {
        format!("registry.test/shop/{}:1.{revision}.0", self.name())
    }

    fn revisions(&self) -> std::ops::RangeInclusive<usize> {
        self.revision + 1 - REVISIONS..=self.revision
    }

    fn labels(&self) -> Value {
        json!({ "app.kubernetes.io/name": self.name(), "app.kubernetes.io/part-of": "shop",
            "app.kubernetes.io/managed-by": "delivery", "team": format!("team-{}", self.service % 9) })
    }

    /// The Deployment, rolled out.
    pub fn deployment(&self, now: DateTime<Utc>) -> Value {
        let template = template::template(&self.labels(), &self.image(self.revision));
        let spec = json!({
            "replicas": self.replicas, "selector": { "matchLabels": { "app.kubernetes.io/name": self.name() } },
            "template": template, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": "25%", "maxSurge": "25%" } },
        });
        let at = self.at(self.revision, now);
        let condition = |kind: &str, reason: &str, message: String| {
            json!({ "type": kind, "status": "True", "reason": reason, "message": message,
                "lastUpdateTime": at, "lastTransitionTime": at })
        };
        let set = self.set(self.revision);
        let status = json!({
            "observedGeneration": self.revision, "replicas": self.replicas, "updatedReplicas": self.replicas,
            "readyReplicas": self.ready(), "availableReplicas": self.ready(),
            "conditions": [
                condition("Available", "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned()),
                condition("Progressing", "NewReplicaSetAvailable",
                    format!("ReplicaSet \"{set}\" has successfully progressed.")),
            ],
        });
        let applied = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "spec": spec }).to_string();
        let mut metadata = self.metadata(&self.name(), 1, now);
        metadata["generation"] = self.revision.into();
        metadata["annotations"] = json!({
            "deployment.kubernetes.io/revision": self.revision.to_string(),
            "kubectl.kubernetes.io/last-applied-configuration": applied,
            "kubernetes.io/change-cause": format!("version 1.{}.0", self.revision),
        });
        whole("apps/v1", "Deployment", metadata, spec, status, &at)
    }

    /// The ReplicaSet of a revision; only the newest has pods.
    pub fn replica_set(&self, revision: usize, now: DateTime<Utc>) -> Value {
        let replicas = if revision == self.revision { self.replicas } else { 0 };
        let labels = self.hashed(revision);
        let selector = json!({ "app.kubernetes.io/name": self.name(), "pod-template-hash": self.hash(revision) });
        let spec = json!({ "replicas": replicas, "selector": { "matchLabels": selector },
            "template": template::template(&labels, &self.image(revision)) });
        let mut status = json!({ "replicas": replicas, "observedGeneration": 2 });
        if replicas > 0 {
            status["fullyLabeledReplicas"] = replicas.into();
            status["readyReplicas"] = self.ready().into();
            status["availableReplicas"] = self.ready().into();
        }
        let mut metadata = self.metadata(&self.set(revision), revision, now);
        metadata["labels"] = labels;
        metadata["generation"] = 2.into();
        metadata["annotations"] = json!({
            "deployment.kubernetes.io/revision": revision.to_string(),
            "deployment.kubernetes.io/desired-replicas": self.replicas.to_string(),
            "deployment.kubernetes.io/max-replicas": (self.replicas + self.replicas.div_ceil(4)).to_string(),
            "kubernetes.io/change-cause": format!("version 1.{revision}.0"),
        });
        metadata["ownerReferences"] = json!([owner("apps/v1", "Deployment", &self.name(), &metadata["namespace"])]);
        whole("apps/v1", "ReplicaSet", metadata, spec, status, &self.at(revision, now))
    }

    /// A pod of the newest revision.
    pub fn pod(&self, number: usize, now: DateTime<Utc>) -> Value {
        let set = self.set(self.revision);
        let name = format!("{set}-{}", &hash(&format!("{set}/{}/{number}", self.namespace()))[..5]);
        let at = self.at(self.revision, now);
        let mut metadata = self.metadata(&name, self.revision, now);
        metadata["labels"] = self.hashed(self.revision);
        metadata["generateName"] = format!("{set}-").into();
        metadata["ownerReferences"] = json!([owner("apps/v1", "ReplicaSet", &set, &metadata["namespace"])]);
        let image = self.image(self.revision);
        let mut spec = template::pod(&image);
        spec["nodeName"] = format!("node-{:02}", (self.service + number) % 40).into();
        let digest = format!("registry.test/shop/{}@sha256:{}", self.name(), hash(&image));
        let status = template::status(&image, &digest, &at, self.is_troubled(number));
        whole("v1", "Pod", metadata, spec, status, &at)
    }

    fn is_troubled(&self, number: usize) -> bool {
        (self.service * 31 + self.namespace * 17 + number * 7).is_multiple_of(TROUBLED)
    }

    fn ready(&self) -> usize {
        (0..self.replicas).filter(|number| !self.is_troubled(*number)).count()
    }

    fn metadata(&self, name: &str, revision: usize, now: DateTime<Utc>) -> Value {
        let namespace = Value::from(self.namespace());
        json!({ "name": name, "namespace": namespace, "uid": uid(name, &namespace), "labels": self.labels(),
            "creationTimestamp": self.at(revision, now) })
    }

    fn hashed(&self, revision: usize) -> Value {
        let mut labels = self.labels();
        labels["pod-template-hash"] = self.hash(revision).into();
        labels
    }

    fn set(&self, revision: usize) -> String {
        format!("{}-{}", self.name(), self.hash(revision))
    }

    fn hash(&self, revision: usize) -> String {
        hash(&self.image(revision))[..10].to_owned()
    }

    /// When a revision came: one each 40 hours, some minutes apart from track to track.
    fn at(&self, revision: usize, now: DateTime<Utc>) -> String {
        let later = (self.revision - revision.min(self.revision)) * 2_400;
        let back = TimeDelta::minutes((later + 10 + self.service * 7 + self.namespace * 13) as i64);
        (now - back).to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

fn whole(api_version: &str, kind: &str, mut metadata: Value, spec: Value, status: Value, at: &str) -> Value {
    metadata["managedFields"] = managed(api_version, &metadata, &spec, &status, at);
    json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": status })
}

fn owner(api_version: &str, kind: &str, name: &str, namespace: &Value) -> Value {
    json!({ "apiVersion": api_version, "kind": kind, "name": name, "uid": uid(name, namespace),
        "controller": true, "blockOwnerDeletion": true })
}

fn uid(name: &str, namespace: &Value) -> String {
    let hash = hash(&format!("{namespace}/{name}"));
    format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32])
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
