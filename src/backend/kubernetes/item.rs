//! What is kept of an object: the few fields that the picture needs, however large it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::kind::{Kind, Watched};
use crate::model::Time;

/// What tells an object from all others of its cluster.
pub type Uid = Arc<str>;

/// What is kept of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What tells it from all others.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// What it belongs to.
    pub owner: Option<Uid>,
    /// When it was made.
    pub created: Option<Time>,
    /// The rest, by kind.
    pub body: Body,
}

/// What is kept of an object, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A workload.
    Workload(Box<Workload>),
    /// A revision of a workload.
    Revision(Revision),
    /// A pod.
    Pod(Box<Pod>),
    /// An autoscaler.
    Autoscaler(Autoscaler),
    /// A warning.
    Event(Event),
}

/// A Deployment, StatefulSet or DaemonSet.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Which of them.
    pub kind: Kind,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations that say something here; the long ones are left out.
    pub annotations: BTreeMap<String, String>,
    /// What it belongs to, where that is another controller: kind and name.
    pub controller: Option<(String, String)>,
    /// Who wrote to it, and when last.
    pub managers: Vec<(String, Option<Time>)>,
    /// Which of its specifications it is.
    pub generation: i64,
    /// What its pods are made from.
    pub template: Template,
    /// Changes when what an operation would overwrite changes: its identity, template, pause and strategy.
    pub token: String,
    /// Pods that are wanted; absent for a DaemonSet.
    pub replicas: Option<i64>,
    /// Whether changes to it are held.
    pub paused: bool,
    /// How pods are replaced: `RollingUpdate`, `OnDelete`, `Recreate`.
    pub strategy: String,
    /// From which ordinal a StatefulSet is updated.
    pub partition: i64,
    /// How it stands.
    pub status: Status,
}

/// What pods are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// Labels of the pods.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the pods.
    pub annotations: BTreeMap<String, String>,
    /// Name and image of each container.
    pub containers: Vec<(Arc<str>, Arc<str>)>,
    /// Name and image of each container that runs before them.
    pub init: Vec<(Arc<str>, Arc<str>)>,
}

/// How a workload stands, as its controller says. Absent numbers are 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Status {
    /// Which specification the rest is about.
    pub observed_generation: i64,
    /// Pods there are.
    #[serde(deserialize_with = "or_default")]
    pub replicas: i64,
    /// Pods of the newest template.
    #[serde(deserialize_with = "or_default", alias = "updatedNumberScheduled")]
    pub updated_replicas: i64,
    /// Pods that are ready.
    #[serde(deserialize_with = "or_default", alias = "numberReady")]
    pub ready_replicas: i64,
    /// Pods that have been ready for long enough.
    #[serde(deserialize_with = "or_default", alias = "numberAvailable")]
    pub available_replicas: i64,
    /// Pods that a DaemonSet should have.
    #[serde(deserialize_with = "or_default")]
    pub desired_number_scheduled: i64,
    /// The revision that a StatefulSet comes from.
    pub current_revision: String,
    /// The revision that a StatefulSet goes to.
    pub update_revision: String,
    /// What the controller says of it.
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
}

/// What a controller says of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// About what.
    #[serde(rename = "type")]
    pub about: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// In one word.
    pub reason: String,
    /// In words.
    pub message: String,
    /// When it was written last.
    pub last_update_time: Option<Time>,
    /// When its status changed last.
    pub last_transition_time: Option<Time>,
}

/// A ReplicaSet or a ControllerRevision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number; higher is newer. A rollback gives an old template a new number.
    pub number: i64,
    /// Numbers that it had before.
    pub before: Vec<i64>,
    /// Why it was made, as somebody wrote.
    pub cause: Option<String>,
    /// What its pods are made from.
    pub template: Template,
    /// Pods of it that are wanted; absent for a ControllerRevision.
    pub replicas: Option<i64>,
    /// Why its pods cannot be made.
    pub failure: Option<(String, String)>,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
    pub phase: String,
    /// Why it is in that phase, where it says.
    pub reason: String,
    /// The same in words.
    pub message: String,
    /// Whether it is going away.
    pub leaving: bool,
    /// Whether it serves, and since when.
    pub ready: Option<Time>,
    /// Which template it was made from: `pod-template-hash` or `controller-revision-hash`.
    pub hash: Option<Arc<str>>,
    /// Why no node was found for it.
    pub unscheduled: Option<String>,
    /// Its containers, those that run before the others first.
    pub containers: Vec<Container>,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it runs before the others.
    pub init: bool,
    /// Its image as it was asked for.
    pub image: Arc<str>,
    /// Its image as it runs, with its digest.
    pub image_id: Arc<str>,
    /// Whether it is ready.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: u32,
    /// Why it does not run: reason and words.
    pub waiting: Option<(String, String)>,
    /// How it ended last: exit code, reason, words.
    pub ended: Option<(i64, String, String)>,
    /// Whether it has ended and is not running now.
    pub is_over: bool,
}

/// What changes the number of replicas by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autoscaler {
    /// Kind and name of what it scales.
    pub target: (String, String),
    /// Fewest replicas.
    pub least: i64,
    /// Most replicas.
    pub most: i64,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// In one word.
    pub reason: String,
    /// In words.
    pub message: String,
    /// How often.
    pub count: u32,
    /// When last.
    pub last: Option<Time>,
}

impl Item {
    /// Reads an object of a kind from its text.
    ///
    /// # Errors
    /// When the text is no such object, as a fragment.
    pub fn read(watched: Watched, json: &str) -> Result<Self, String> {
        let value: wire::Object = serde_json::from_str(json).map_err(|why| why.to_string())?;
        let meta = &value.metadata;
        if meta.uid.is_empty() || meta.name.is_empty() {
            return Err("it has no name or uid".to_owned());
        }
        let (uid, name, namespace) = (&*meta.uid, &*meta.name, &*meta.namespace);
        let (uid, name, namespace): (Uid, Arc<str>, Arc<str>) = (uid.into(), name.into(), namespace.into());
        let created = meta.creation_timestamp;
        let controlling = meta.owner_references.iter().find(|it| it.controller.unwrap_or_default());
        let mut owner = controlling.or(meta.owner_references.first()).map(|it| Uid::from(it.uid.as_str()));
        let body = match watched {
            Watched::Workload(kind) => Body::Workload(Box::new(value.workload(kind, json)?)),
            Watched::ReplicaSet => Body::Revision(value.replica_set()),
            Watched::ControllerRevision => Body::Revision(value.controller_revision()),
            Watched::Pod => Body::Pod(Box::new(value.pod())),
            Watched::Autoscaler => Body::Autoscaler(value.autoscaler()),
            Watched::Event => {
                owner = Some(Uid::from(value.involved_object.uid.as_str()));
                Body::Event(value.event())
            }
        };
        Ok(Self { uid, namespace, name, owner, created, body })
    }
}

impl Pod {
    /// How often its containers were started again.
    pub fn restarts(&self) -> u32 {
        self.containers.iter().fold(0, |all, it| all.saturating_add(it.restarts))
    }
}

impl Status {
    /// What the controller says about `about`.
    pub fn condition(&self, about: &str) -> Option<&Condition> {
        self.conditions.iter().find(|it| it.about == about)
    }
}

/// What an operation's precondition names: changes with everything that the operation would overwrite, and with nothing
/// that only tells how the workload fares.
pub fn token(uid: &str, spec: &Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(uid.as_bytes());
    for field in ["template", "paused", "strategy", "updateStrategy"] {
        hasher.update([0]);
        if let Some(value) = spec.get(field) {
            hasher.update(value.to_string().as_bytes());
        }
    }
    hasher.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What may be missing, null or there.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[path = "wire.rs"]
mod wire;
