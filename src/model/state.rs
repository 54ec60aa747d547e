//! State: what an environment is observed to run now.

use serde::{Deserialize, Serialize};

use super::{CommitId, Digest, Gate, Text, Time, TrackId, Version};

/// What one track is observed to run now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackState {
    /// Which track.
    pub track: TrackId,
    /// What serves users. Absent: nothing is live, or it cannot be told (then `problems` says why).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Installed>,
    /// What should serve them, where that is told apart and differs from `live`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<Installed>,
    /// How it fares.
    pub health: Health,
    /// What is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// Every version that lies there and could be switched to, `live` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub installed: Vec<Installed>,
    /// What a write has to name so that it cannot overwrite somebody else's: opaque, compared for equality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What the system itself holds against what would come next: approvals that are missing, a soak that goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// What is wrong with what was found: a pointer to nothing, an unreadable record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Text>,
}

/// A version in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// What it is called.
    pub version: Version,
    /// Its content address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The commit it was built from, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// Since when it has been there, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}

/// How a live version fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "why")]
pub enum Health {
    /// It serves.
    Healthy,
    /// It is on its way.
    Progressing,
    /// It does not serve as it should.
    Degraded(Text),
    /// Nobody checks, or the check gave no answer.
    Unknown,
}

/// How far something has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done, in one fragment.
    pub what: Text,
    /// Parts done.
    pub done: u64,
    /// Parts in all; 0 where not known.
    pub total: u64,
}
