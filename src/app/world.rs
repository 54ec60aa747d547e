//! How effects reach the world. The cockpit knows nothing else of what is outside.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use super::memory::Keep;
use crate::backend::{LogCursor, LogPart, Output, ProgressSink, Which};
use crate::model::{Attention, CommitId, RunId, Scope, ServiceId, Text, Time, TrackId, Version};
use crate::operation::approve::Verdict;
use crate::operation::{
    ApprovalPlan, Comparison, Confirmation, Done, Intent, OperationSummary, Plan, RunConfirmation, RunIntent, RunPlan,
};
use crate::picture::Snapshot;

/// What the cockpit needs from outside. Dropping a future gives up the question, except for [`run`](World::run), which
/// the cockpit never drops before it has ended.
#[async_trait]
pub trait World: Send + Sync {
    /// The present.
    fn now(&self) -> Time;

    /// The picture; the latest wins.
    fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>>;

    /// What the journal tells, newest first; the latest wins.
    fn operations(&self) -> watch::Receiver<Arc<[OperationSummary]>>;

    /// Takes note of what is looked at now, so that it is asked for first.
    fn attend(&self, _attention: &Attention) {}

    /// What an intent would do. Reads only.
    ///
    /// # Errors
    /// When no plan can be made.
    async fn plan(&self, intent: Intent) -> Result<Plan, Failure>;

    /// Carries out a plan that somebody confirmed: re-check, journal, execute, verify, journal.
    ///
    /// # Errors
    /// When it was not carried out. What became of one that was carried out is in the outcome, failures too.
    async fn run(&self, plan: Plan, confirmation: Confirmation, progress: ProgressSink) -> Result<Outcome, Failure>;

    /// Reads everything again, now.
    ///
    /// # Errors
    /// When some source could not be read; the others were.
    async fn sync(&self) -> Result<(), Failure>;

    /// The end of an output, oldest line first; or what came after a place in it.
    ///
    /// # Errors
    /// When it cannot be had.
    async fn log(&self, of: LogOf, after: Option<LogCursor>) -> Result<LogPart, Failure>;

    /// What comes after that place, once there is something. Costs nothing while there is nothing.
    ///
    /// # Errors
    /// When it cannot be followed.
    async fn follow(&self, of: LogOf, after: LogCursor) -> Result<LogPart, Failure>;

    /// What there is to look at of what runs in a track.
    ///
    /// # Errors
    /// When it cannot be told.
    async fn outputs(&self, track: TrackId) -> Result<Vec<Output>, Failure>;

    /// The changes that people may mean by a commit, a tag, a branch, a version, a pull request or a ticket; best first.
    ///
    /// # Errors
    /// When nothing is meant by it.
    async fn find(&self, what: String) -> Result<Vec<Found>, Failure>;

    /// What changed for `service` from one of its environments, versions, tags, branches or commits to another.
    ///
    /// # Errors
    /// When one of them is not known or can mean several commits.
    async fn compare(&self, service: ServiceId, from: String, to: String) -> Result<Arc<Comparison>, Failure>;

    /// What lies where the cockpit was opened. Reads only.
    ///
    /// # Errors
    /// When it cannot be looked at.
    async fn look(&self) -> Result<Box<Lying>, Failure>;

    /// Writes a first configuration that somebody has read; where. The cockpit is opened again with it when it ends.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    async fn begin(&self, text: String) -> Result<Text, Failure>;

    /// Remembers something for the next session.
    ///
    /// # Errors
    /// When it cannot be kept. This session goes on with it all the same.
    async fn keep(&self, what: Keep) -> Result<(), Failure>;

    /// What waits for a yes or no in a track. Reads only.
    ///
    /// # Errors
    /// When nothing needs approvals there, or it cannot be read.
    async fn approvals(&self, track: TrackId) -> Result<Vec<ApprovalPlan>, Failure>;

    /// Says yes or no to something that waits; what was done, in words.
    ///
    /// # Errors
    /// When it was not done.
    async fn answer(&self, plan: ApprovalPlan, verdict: Verdict) -> Result<Text, Failure>;

    /// What it would take and mean to do something to a run. Reads only.
    ///
    /// # Errors
    /// When no backend can, or it cannot be read.
    async fn plan_run(&self, intent: RunIntent) -> Result<RunPlan, Failure>;

    /// Does to a run what somebody confirmed; what came of it, in words.
    ///
    /// # Errors
    /// When it was not done, or had no effect.
    async fn steer(&self, plan: RunPlan, confirmation: RunConfirmation) -> Result<Text, Failure>;

    /// Sets or takes away a lock, marks a version bad or lifts the mark; what was done, in words.
    ///
    /// # Errors
    /// When it was not done.
    async fn mark(&self, mark: Mark) -> Result<Text, Failure>;
}

/// Whose output is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogOf {
    /// That of a run, or of one of its jobs.
    Run(RunId, Option<Text>),
    /// That of what runs in a track.
    Track(TrackId, Which),
}

/// What became of a confirmed plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was carried out; its summary says how it ended.
    Ended(Box<Done>),
    /// The world had changed since the plan was made, or somebody else was first.
    Changed {
        /// What changed, and whether anything was written.
        why: Text,
        /// The plan for the world as it is.
        plan: Box<Plan>,
    },
}

/// What lies where the cockpit was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lying {
    /// What was found, and what is to be said of it.
    pub found: Vec<(Text, Text)>,
    /// A configuration made from it.
    pub draft: String,
    /// Where it would be written.
    pub path: Text,
    /// Whether there is one there.
    pub exists: bool,
}

/// A change that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The service that it belongs to.
    pub service: ServiceId,
    /// The change.
    pub commit: CommitId,
    /// What it is, in words: `tag 1.4.2`, the subject of a commit.
    pub says: Text,
}

/// Something that is noted for everybody to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing may be deployed there.
    Lock {
        /// Where.
        scopes: Vec<Scope>,
        /// Why.
        why: Text,
        /// When it ends by itself.
        until: Option<Time>,
    },
    /// It may again.
    Unlock {
        /// Where.
        scopes: Vec<Scope>,
        /// Why.
        why: Text,
    },
    /// The version must not be offered again.
    Bad {
        /// Of which service.
        service: ServiceId,
        /// Which.
        version: Version,
        /// Why.
        why: Text,
    },
    /// It may be offered again.
    Good {
        /// Of which service.
        service: ServiceId,
        /// Which.
        version: Version,
        /// Why.
        why: Text,
    },
}

/// Something did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// What, as a fragment.
    pub what: Text,
    /// What the person can do about it.
    pub hint: Option<Text>,
}

impl Failure {
    /// A failure without advice.
    pub fn new(what: impl Into<Text>) -> Self {
        Self { what: what.into(), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
