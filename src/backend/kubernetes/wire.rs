//! Objects as the API writes them, as far as something of them is kept. Every field may be missing or null.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{Autoscaler, Condition, Container, Event, Pod, Revision, Status, Template, Workload, or_default, token};
use crate::backend::kubernetes::cause::CAUSE;
use crate::backend::kubernetes::kind::Kind;
use crate::model::Time;

/// The longest annotation that is kept, bytes: those that carry whole documents say nothing here.
const LONGEST: usize = 512;

/// Any of the kinds.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Object {
    #[serde(deserialize_with = "or_default")]
    pub metadata: Meta,
    #[serde(deserialize_with = "or_default")]
    spec: Spec,
    #[serde(deserialize_with = "or_default")]
    status: ObjectStatus,
    #[serde(deserialize_with = "or_default")]
    data: Data,
    revision: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub involved_object: Involved,
    #[serde(deserialize_with = "or_default")]
    reason: String,
    #[serde(deserialize_with = "or_default")]
    message: String,
    count: Option<u32>,
    last_timestamp: Option<Time>,
    event_time: Option<Time>,
    #[serde(deserialize_with = "or_default")]
    series: Series,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Meta {
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    #[serde(deserialize_with = "or_default")]
    pub uid: String,
    generation: Option<i64>,
    pub creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    annotations: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    pub owner_references: Vec<Owner>,
    #[serde(deserialize_with = "or_default")]
    managed_fields: Vec<Managed>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Owner {
    pub uid: String,
    pub kind: String,
    pub name: String,
    pub controller: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Managed {
    manager: String,
    time: Option<Time>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Involved {
    pub uid: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Series {
    count: Option<u32>,
    last_observed_time: Option<Time>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    replicas: Option<i64>,
    paused: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    template: PodTemplate,
    #[serde(deserialize_with = "or_default")]
    strategy: Strategy,
    #[serde(deserialize_with = "or_default")]
    update_strategy: Strategy,
    #[serde(deserialize_with = "or_default")]
    scale_target_ref: Target,
    min_replicas: Option<i64>,
    max_replicas: Option<i64>,
    // A pod's own.
    #[serde(deserialize_with = "or_default")]
    containers: Vec<Named>,
    #[serde(deserialize_with = "or_default")]
    init_containers: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    kind: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Strategy {
    #[serde(rename = "type")]
    named: Option<String>,
    #[serde(deserialize_with = "or_default")]
    rolling_update: Rolling,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rolling {
    partition: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PodTemplate {
    #[serde(deserialize_with = "or_default")]
    metadata: TemplateMeta,
    #[serde(deserialize_with = "or_default")]
    spec: PodSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateMeta {
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodSpec {
    #[serde(deserialize_with = "or_default")]
    containers: Vec<Named>,
    #[serde(deserialize_with = "or_default")]
    init_containers: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    image: String,
}

/// What a ControllerRevision holds: a patch of the workload.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    #[serde(deserialize_with = "or_default")]
    spec: DataSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DataSpec {
    #[serde(deserialize_with = "or_default")]
    template: PodTemplate,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ObjectStatus {
    #[serde(deserialize_with = "or_default")]
    conditions: Vec<Condition>,
    #[serde(deserialize_with = "or_default")]
    phase: String,
    #[serde(deserialize_with = "or_default")]
    reason: String,
    #[serde(deserialize_with = "or_default")]
    message: String,
    #[serde(deserialize_with = "or_default")]
    init_container_statuses: Vec<ContainerStatus>,
    #[serde(deserialize_with = "or_default")]
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    image: String,
    #[serde(rename = "imageID", deserialize_with = "or_default")]
    image_id: String,
    ready: bool,
    restart_count: Option<u32>,
    #[serde(deserialize_with = "or_default")]
    state: ContainerState,
    #[serde(deserialize_with = "or_default")]
    last_state: ContainerState,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContainerState {
    waiting: Option<Waiting>,
    terminated: Option<Terminated>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Waiting {
    #[serde(deserialize_with = "or_default")]
    reason: String,
    #[serde(deserialize_with = "or_default")]
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Terminated {
    exit_code: i64,
    #[serde(deserialize_with = "or_default")]
    reason: String,
    #[serde(deserialize_with = "or_default")]
    message: String,
}

impl Object {
    /// The workload that it is.
    ///
    /// # Errors
    /// When its text has no specification.
    pub fn workload(self, kind: Kind, json: &str) -> Result<Workload, String> {
        let value: Value = serde_json::from_str(json).map_err(|why| why.to_string())?;
        let spec = value.get("spec").filter(|spec| spec.is_object()).ok_or("it has no spec")?;
        let status = value.get("status").filter(|status| !status.is_null());
        let status = status.map_or(Ok(Status::default()), Status::deserialize).map_err(|why| why.to_string())?;
        let Meta { uid, labels, annotations, owner_references, managed_fields, generation, .. } = self.metadata;
        let controller = owner_references.into_iter().find(|it| it.controller.unwrap_or_default());
        let strategy = if kind == Kind::Deployment { self.spec.strategy } else { self.spec.update_strategy };
        Ok(Workload {
            kind,
            token: token(&uid, spec),
            labels,
            annotations: short(annotations),
            controller: controller.map(|it| (it.kind, it.name)),
            managers: managed_fields.into_iter().map(|it| (it.manager, it.time)).collect(),
            generation: generation.unwrap_or_default(),
            template: self.spec.template.into(),
            // The API writes what was left out; 1 is what it would write.
            replicas: (kind != Kind::DaemonSet).then(|| self.spec.replicas.unwrap_or(1)),
            paused: self.spec.paused.unwrap_or_default(),
            strategy: strategy.named.unwrap_or_else(|| "RollingUpdate".to_owned()),
            partition: strategy.rolling_update.partition.unwrap_or_default(),
            status,
        })
    }

    /// The revision that a ReplicaSet is.
    pub fn replica_set(self) -> Revision {
        let annotations = &self.metadata.annotations;
        let annotation = |name: &str| annotations.get(&format!("deployment.kubernetes.io/{name}")).map(String::as_str);
        let before = annotation("revision-history").unwrap_or_default();
        let failed = self.status.condition("ReplicaFailure", "True");
        Revision {
            number: annotation("revision").and_then(|it| it.parse().ok()).unwrap_or_default(),
            before: before.split(',').filter_map(|it| it.trim().parse().ok()).collect(),
            cause: cause(annotations),
            failure: failed.map(|it| (it.reason.clone(), it.message.clone())),
            replicas: Some(self.spec.replicas.unwrap_or(1)),
            template: self.spec.template.into(),
        }
    }

    /// The revision that a ControllerRevision is.
    pub fn controller_revision(self) -> Revision {
        Revision {
            number: self.revision.unwrap_or_default(),
            before: Vec::new(),
            cause: cause(&self.metadata.annotations),
            template: self.data.spec.template.into(),
            replicas: None,
            failure: None,
        }
    }

    /// The pod that it is.
    pub fn pod(self) -> Pod {
        let ready = self.status.condition("Ready", "True");
        let unscheduled = self.status.condition("PodScheduled", "False");
        let labels = &self.metadata.labels;
        let hash = ["pod-template-hash", "controller-revision-hash"].into_iter().find_map(|it| labels.get(it));
        let asked = |init: bool, name: &str| {
            let all = if init { &self.spec.init_containers } else { &self.spec.containers };
            all.iter().find(|it| it.name == name).map(|it| it.image.clone())
        };
        let of = |init: bool, statuses: Vec<ContainerStatus>| -> Vec<Container> {
            statuses
                .into_iter()
                .map(|it| {
                    let image = asked(init, &it.name);
                    it.container(init, image)
                })
                .collect()
        };
        let ready = ready.and_then(|it| it.last_transition_time.or(self.metadata.creation_timestamp));
        let unscheduled = unscheduled.map(|it| it.message.clone());
        let mut containers = of(true, self.status.init_container_statuses);
        containers.extend(of(false, self.status.container_statuses));
        Pod {
            ready,
            unscheduled,
            leaving: self.metadata.deletion_timestamp.is_some(),
            hash: hash.map(|it| it.as_str().into()),
            phase: self.status.phase,
            reason: self.status.reason,
            message: self.status.message,
            containers,
        }
    }

    /// The autoscaler that it is.
    pub fn autoscaler(self) -> Autoscaler {
        let target = self.spec.scale_target_ref;
        Autoscaler {
            target: (target.kind, target.name),
            least: self.spec.min_replicas.unwrap_or(1),
            most: self.spec.max_replicas.unwrap_or_default(),
        }
    }

    /// The warning that it is.
    pub fn event(self) -> Event {
        Event {
            count: self.count.or(self.series.count).unwrap_or(1),
            last: self
                .last_timestamp
                .or(self.series.last_observed_time)
                .or(self.event_time)
                .or(self.metadata.creation_timestamp),
            reason: self.reason,
            message: self.message,
        }
    }
}

impl ObjectStatus {
    fn condition(&self, about: &str, status: &str) -> Option<&Condition> {
        self.conditions.iter().find(|it| it.about == about && it.status == status)
    }
}

impl ContainerStatus {
    fn container(self, init: bool, asked: Option<String>) -> Container {
        let ended = self.state.terminated.as_ref().or(self.last_state.terminated.as_ref());
        Container {
            init,
            image: asked.unwrap_or(self.image).into(),
            image_id: self.image_id.into(),
            ready: self.ready,
            restarts: self.restart_count.unwrap_or_default(),
            ended: ended.map(|it| (it.exit_code, it.reason.clone(), it.message.clone())),
            is_over: self.state.terminated.is_some(),
            waiting: self.state.waiting.map(|it| (it.reason, it.message)),
            name: self.name.into(),
        }
    }
}

impl From<PodTemplate> for Template {
    fn from(template: PodTemplate) -> Self {
        let named = |all: Vec<Named>| -> Vec<(Arc<str>, Arc<str>)> {
            all.into_iter().map(|it| (it.name.into(), it.image.into())).collect()
        };
        Self {
            labels: template.metadata.labels,
            annotations: short(template.metadata.annotations),
            containers: named(template.spec.containers),
            init: named(template.spec.init_containers),
        }
    }
}

fn short(annotations: BTreeMap<String, String>) -> BTreeMap<String, String> {
    annotations.into_iter().filter(|(_, value)| value.len() <= LONGEST).collect()
}

fn cause(annotations: &BTreeMap<String, String>) -> Option<String> {
    annotations.get(CAUSE).filter(|it| !it.trim().is_empty()).cloned()
}
