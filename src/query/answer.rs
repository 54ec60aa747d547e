//! The answer to *where is it*.

use serde::{Deserialize, Serialize};

use super::resolve::As;
use crate::model::{
    CommitId, DeploymentId, EnvironmentId, Gate, Kind, RepositoryId, RunId, ServiceId, Status, Text, Time, Version,
};

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked for.
    pub asked: Text,
    /// The commits that it can mean: none, one, or several of which the person has to choose.
    pub found: Vec<Found>,
    /// Whether more commits fit than are told of.
    pub more: bool,
    /// Versions of that name whose commit nobody told.
    pub unplaced: Vec<Unplaced>,
}

/// A commit with where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The repository that holds it.
    pub repository: RepositoryId,
    /// What the words that were asked for are to this commit.
    #[serde(rename = "as")]
    pub is_asked_as: Vec<As>,
    /// The commit.
    pub commit: CommitFacts,
    /// The first tag that holds it, by creation date and then name: its release, when tags are releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_tag: Option<Release>,
    /// The tags that hold it, oldest first.
    pub tags: Names,
    /// The branches that hold it, those of remotes after those here.
    pub branches: Names,
    /// The services that it is a change of. When its paths are no service's: all services of the repository.
    pub services: Vec<ServiceFacts>,
}

/// What is known of a commit itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitFacts {
    /// Its id.
    pub id: CommitId,
    /// Its subject.
    pub subject: Text,
    /// Its author.
    pub author: Text,
    /// When it was written.
    pub authored_at: Time,
    /// When it was committed: later than written where it was rebased or picked.
    pub committed_at: Time,
    /// Whether it joins lines of history, and is no change itself.
    pub merge: bool,
    /// The number of the pull request that carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<Text>,
    /// Commits that say that they revert it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverted_by: Vec<CommitId>,
    /// Commits that say that they were picked from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picked_as: Vec<CommitId>,
}

/// A tag with its date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The tag's name.
    pub name: Text,
    /// Its creation date.
    pub created_at: Time,
}

/// Names, of which there may be more than are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// How many there are.
    pub count: u32,
    /// The first of them.
    pub names: Vec<Text>,
}

/// A commit seen from a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceFacts {
    /// The service.
    pub service: ServiceId,
    /// Whether the commit changes the service's paths.
    pub touches: bool,
    /// Whether the branch that is deployed holds the commit; absent where that branch is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<bool>,
    /// The versions that hold it, oldest first, each once for each place in which it lies.
    pub versions: Names,
    /// The runs on exactly this commit, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunFacts>,
    /// How it stands in each environment in which the service is, in the order of promotion.
    pub environments: Vec<Place>,
}

/// A run on a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The run.
    pub id: RunId,
    /// Its pipeline.
    pub pipeline: Text,
    /// How it stands.
    pub status: Status,
    /// When its last job ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
}

/// A commit in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The environment.
    pub environment: EnvironmentId,
    /// Whether users are there.
    pub production: bool,
    /// How the commit stands there.
    #[serde(flatten)]
    pub standing: Standing,
}

/// How a commit stands in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Standing {
    /// What is live holds it.
    Live {
        /// What is live.
        version: Version,
        /// How it came there; absent where no deployment was recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrived: Option<Arrived>,
    },
    /// It was there, and what is live does not hold it any more.
    Removed {
        /// What is live.
        version: Version,
        /// How it came there.
        arrived: Arrived,
        /// The deployment that took it away; absent where none was recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Arrived>,
        /// The kind of that deployment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
    },
    /// It was never there.
    Waiting {
        /// What has to happen next.
        waits_for: WaitsFor,
        /// What holds deployments back now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        held_by: Vec<HeldBy>,
    },
    /// It cannot be told.
    Unknown {
        /// Why not.
        why: Text,
    },
}

/// A deployment by which a commit came or went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// What was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By which deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentId>,
    /// Whether it was there before anything was recorded, so that nobody knows since when.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
}

/// What has to happen before a commit comes to an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum WaitsFor {
    /// It has to come into the branch that is deployed.
    Merge {
        /// The branch.
        branch: Text,
    },
    /// A version that holds it has to be built.
    Build,
    /// A version that holds it is there, and has to be deployed.
    Deployment {
        /// The version.
        version: Version,
        /// Where it lies.
        location: Text,
    },
    /// It is in the environment before, and has to be promoted.
    Promotion {
        /// The environment that has it.
        from: EnvironmentId,
        /// What is live there.
        version: Version,
    },
    /// A deployment that brings it is under way.
    Running {
        /// What is being deployed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
    },
    /// It has to come to the environment before first.
    Environment {
        /// The environment before.
        before: EnvironmentId,
    },
}

/// What holds deployments back.
pub type HeldBy = Gate;

/// A version whose commit nobody told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplaced {
    /// Of which service.
    pub service: ServiceId,
    /// Which version.
    pub version: Version,
    /// The environments in which it is live.
    pub live_in: Vec<EnvironmentId>,
}
