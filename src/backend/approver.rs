//! The part of the port that says yes or no to a deployment that waits for it.
//!
//! A version that needs approvals is held by a [gate](crate::model::GateKind::Approval), in the state of its track and in
//! the proposal of its promotion; the backend holds it again at the moment of the write. The operation engine calls
//! [`waiting`](Approver::waiting) and [`draft`](Approver::draft) for what people read (reads only), and
//! [`answer`](Approver::answer) once, with a journal record before it and a look at what came of it after it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::operator::Write;
use crate::model::{CommitId, Digest, RunId, Text, Time, TrackId, Version};

/// Says yes or no to deployments that wait for it.
#[async_trait]
pub trait Approver: Send + Sync {
    /// Whether the track is one of this backend's in which versions need approvals.
    fn guards(&self, track: &TrackId) -> bool;

    /// The versions that wait for an answer there, read afresh.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn waiting(&self, track: &TrackId) -> Result<Vec<Waiting>>;

    /// What `answer` would write. Reads only.
    fn draft(&self, answer: &Answer) -> Write;

    /// Gives the answer, if nobody gave another one since it was planned.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) when somebody was first, otherwise whatever stopped it.
    async fn answer(&self, answer: &Answer) -> Result<Text>;
}

/// A version that waits for approvals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Where it would go.
    pub track: TrackId,
    /// Which version.
    pub version: Version,
    /// Its content address: an approval is of these bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The commit that it was built from or is deployed from: where there is no digest, an approval is of this commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// The run that waits, where one does. Several versions of a track may wait, and a version in several runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Since when it waits, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When it goes on without anybody's answer, where it does: a wait timer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Whose answer counts: people and teams; empty where that is not told or anybody's does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<Text>,
    /// Why who sits here may not answer; absent where the system lets them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
    /// How many have to say yes; 0 where only time has to pass.
    pub needed: u32,
    /// Whether the yes of who promotes it counts.
    pub own: bool,
    /// The answer of each who gave one, oldest first.
    pub given: Vec<Given>,
    /// What an answer has to name so that it is to what was read. No two that wait in a track have the same.
    pub token: String,
}

impl Waiting {
    /// How many said yes, those of `but` left out where the own yes does not count.
    pub fn approvals(&self, but: &Text) -> usize {
        self.given.iter().filter(|it| it.approved && (self.own || it.who != *but)).count()
    }

    /// The first who said no.
    pub fn rejection(&self) -> Option<&Given> {
        self.given.iter().find(|it| !it.approved)
    }
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Who.
    pub who: Text,
    /// When.
    pub at: Time,
    /// Yes or no.
    pub approved: bool,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub comment: Text,
}

/// An answer that is to be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// To what.
    pub waiting: Waiting,
    /// Who.
    pub who: Text,
    /// Yes or no.
    pub approved: bool,
    /// What there is to say.
    pub comment: Text,
}
