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
    /// How many copies of it there are, where it runs as copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Replicas>,
    /// Whether somebody paused it: what is on its way stays where it is until it is resumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// What a write has to name so that it cannot overwrite somebody else's: opaque, compared for equality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What the system itself holds against what would come next: approvals that are missing, a soak that goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// What is wrong with what was found: a pointer to nothing, an unreadable record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Text>,
    /// What the system itself warns of, newest first: events, conditions. The reading is whole all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Text>,
}

impl TrackState {
    /// A track of which nothing is known yet.
    pub fn new(track: TrackId) -> Self {
        Self {
            track,
            live: None,
            desired: None,
            health: Health::Unknown,
            progress: None,
            installed: Vec::new(),
            replicas: None,
            paused: false,
            token: None,
            gates: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What should be live: what it is set to, else what is live.
    pub fn wanted(&self) -> Option<&Installed> {
        self.desired.as_ref().or(self.live.as_ref())
    }

    /// What is set to be live and is not yet, where that is told apart.
    pub fn coming(&self) -> Option<&Installed> {
        let live = self.live.as_ref();
        self.desired.as_ref().filter(|desired| live.is_none_or(|live| !desired.is_same(live)))
    }
}

/// How many copies of what is live there are: pods, tasks, processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicas {
    /// How many there should be.
    pub wanted: u32,
    /// How many of those that exist are of the desired version and settings.
    pub updated: u32,
    /// How many say that they can serve, of whatever version.
    pub ready: u32,
    /// How many have been ready for as long as the system asks for before it counts on them.
    pub available: u32,
    /// How often parts of those that exist now were started again, in all.
    #[serde(default)]
    pub restarts: u32,
}

impl Replicas {
    /// Whether as many as there should be are of the desired version and serve.
    pub fn is_whole(&self) -> bool {
        self.updated >= self.wanted && self.ready >= self.wanted && self.available >= self.wanted
    }
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

impl Installed {
    /// Whether it is the same build: of the same version, and of the same digest where both are known.
    pub fn is_same(&self, other: &Self) -> bool {
        let digests = self.digest.as_ref().zip(other.digest.as_ref());
        self.version == other.version && digests.is_none_or(|(one, other)| one == other)
    }
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
