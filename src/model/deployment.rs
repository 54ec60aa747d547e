//! Deployments: attempts to put a version into an environment.

use serde::{Deserialize, Serialize};

use super::{CommitId, DeploymentId, Digest, EnvironmentId, RepositoryId, ServiceId, Text, Time, TrackId, Version};

/// The label of a deployment that ended before anybody watched it: that it succeeded is assumed, because it stayed.
pub const ASSUMED: &str = "assumed";

/// One attempt to put a version into an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Unique within its source.
    pub id: DeploymentId,
    /// What was deployed.
    pub service: ServiceId,
    /// Where to.
    pub environment: EnvironmentId,
    /// The version, where the source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The commit, where the source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// Commits of other repositories that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoCommit>,
    /// The content address of what was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// The instant at which users had it, or at which it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// How it ended.
    pub outcome: Outcome,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Text>,
    /// Why, as that person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Free labels of the source: `hotfix`, `planned` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Text>,
    /// The deployment whose damage this one repairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<DeploymentId>,
    /// Whether a failed deployment took users' traffic before it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<bool>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}

/// A commit of another repository that a deployment brought along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlsoCommit {
    /// The repository.
    pub repository: RepositoryId,
    /// The commit.
    pub commit: CommitId,
}

impl Deployment {
    /// The cell of the board that it belongs to.
    pub fn track(&self) -> TrackId {
        TrackId { service: self.service.clone(), environment: self.environment.clone() }
    }

    /// Whether nobody watched how it ended.
    pub fn is_assumed(&self) -> bool {
        self.labels.iter().any(|label| label.as_str() == ASSUMED)
    }

    /// The instant by which deployments are ordered: when it finished, else when it began.
    pub fn at(&self) -> Option<Time> {
        self.finished_at.or(self.started_at)
    }
}

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Users have it.
    Success,
    /// It did not come to be.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// It is under way.
    Running,
    /// A newer one overtook it before it finished.
    Superseded,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Running => "running",
            Self::Superseded => "superseded",
        }
    }
}

/// What a successful deployment did to the set of delivered commits: exactly one of these holds (the table of the
/// metrics documentation, "deployment kinds").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The first that was seen: the baseline.
    Initial,
    /// New commits, none removed.
    Forward,
    /// New commits, and some that were live disappear.
    Divergent,
    /// Strictly older code.
    Rollback,
    /// Back to something that had been delivered before.
    Rollforward,
    /// Another line, all of it seen before.
    Switch,
    /// The same code again.
    Redeploy,
    /// It did not succeed.
    Failed,
    /// The commit is not known.
    Unknown,
}

impl Kind {
    /// Whether it brought something that users never had: what deployment frequency counts.
    pub fn is_new(self) -> bool {
        matches!(self, Self::Initial | Self::Forward | Self::Divergent)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Forward => "forward",
            Self::Divergent => "divergent",
            Self::Rollback => "rollback",
            Self::Rollforward => "rollforward",
            Self::Switch => "switch",
            Self::Redeploy => "redeploy",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}
