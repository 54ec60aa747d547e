//! Artifacts: built, versioned, immutable things.

use serde::{Deserialize, Serialize};

use super::{CommitId, Digest, RunId, ServiceId, Text, Time, Version};

/// A built, versioned, immutable thing, in one place where it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is a build of.
    pub service: ServiceId,
    /// What the build is called.
    pub version: Version,
    /// Where it lies: a stage, a registry, `tag` for a release tag. The same version in two places is two artifacts.
    pub location: Text,
    /// Its content address, where the place knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The commit that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at: Option<Time>,
    /// When it came to this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Time>,
    /// The run that built it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}
