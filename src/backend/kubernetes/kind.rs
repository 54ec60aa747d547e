//! The kinds of objects that are looked at, as a table.

use kube::core::ApiResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of workload: what a service is in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pods that are alike.
    Deployment,
    /// Pods with names and disks of their own.
    StatefulSet,
    /// A pod on each node.
    DaemonSet,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet];

    /// What it is called in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }

    /// What a user types for it.
    pub fn lower(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
        }
    }

    /// Where the API has it.
    pub fn resource(self) -> ApiResource {
        Watched::Workload(self).resource()
    }
}

/// A kind of object that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Watched {
    /// A workload.
    Workload(Kind),
    /// The revisions of Deployments.
    ReplicaSet,
    /// The revisions of StatefulSets and DaemonSets.
    ControllerRevision,
    /// What runs.
    Pod,
    /// What changes the number of replicas by itself.
    Autoscaler,
    /// Warnings.
    Event,
}

impl Watched {
    /// What has to be watched for workloads of these kinds.
    pub fn of(kinds: &[Kind]) -> Vec<Self> {
        let mut all: Vec<Self> = kinds.iter().map(|kind| Self::Workload(*kind)).collect();
        if kinds.contains(&Kind::Deployment) {
            all.push(Self::ReplicaSet);
        }
        if kinds.iter().any(|kind| *kind != Kind::Deployment) {
            all.push(Self::ControllerRevision);
        }
        all.extend([Self::Pod, Self::Autoscaler, Self::Event]);
        all
    }

    /// Group, version, kind and plural.
    fn row(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Workload(Kind::Deployment) => ("apps", "v1", "Deployment", "deployments"),
            Self::Workload(Kind::StatefulSet) => ("apps", "v1", "StatefulSet", "statefulsets"),
            Self::Workload(Kind::DaemonSet) => ("apps", "v1", "DaemonSet", "daemonsets"),
            Self::ReplicaSet => ("apps", "v1", "ReplicaSet", "replicasets"),
            Self::ControllerRevision => ("apps", "v1", "ControllerRevision", "controllerrevisions"),
            Self::Pod => ("", "v1", "Pod", "pods"),
            Self::Autoscaler => ("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
            Self::Event => ("", "v1", "Event", "events"),
        }
    }

    /// Where the API has it.
    pub fn resource(self) -> ApiResource {
        let (group, version, kind, plural) = self.row();
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version,
            kind: kind.to_owned(),
            plural: plural.to_owned(),
        }
    }

    /// Its plural, as rights are about it.
    pub fn plural(self) -> &'static str {
        self.row().3
    }

    /// The field selector that leaves out what is not needed.
    pub fn fields(self) -> Option<&'static str> {
        (self == Self::Event).then_some("type=Warning")
    }

    /// Whether there is no picture without it; without the others it says less.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Workload(_))
    }
}
