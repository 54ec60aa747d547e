//! The part of the port that changes the world.
//!
//! The operation engine calls, in order: [`observe`](Operator::observe) and [`propose`](Operator::propose) for the plan
//! (reads only), `observe` again before the first write, [`execute`](Operator::execute) once, and
//! [`verify`](Operator::verify) until it settles. Nothing here retries a write.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::error::Result;
pub use crate::model::Verb;
use crate::model::{
    Digest, EnvironmentId, Gate, Installed, OperationId, Progress, ServiceId, Text, TrackId, TrackState, Version,
};

/// Changes the world.
#[async_trait]
pub trait Operator: Send + Sync {
    /// What it can do and what its writes mean.
    fn declaration(&self) -> Declaration;

    /// Whether the track is one of this backend's.
    fn owns(&self, track: &TrackId) -> bool;

    /// Whether it leaves the track to any other backend that owns it too: it knows it and was not told how to change it.
    fn stands_back(&self, _track: &TrackId) -> bool {
        false
    }

    /// What the track runs now, read afresh.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn observe(&self, track: &TrackId) -> Result<TrackState>;

    /// The versions that could be put into the track now without building anything, with the reason where one cannot.
    ///
    /// # Errors
    /// When neither the track nor what feeds it can be read.
    async fn available(&self, track: &TrackId) -> Result<Vec<Available>>;

    /// What `order` would write. Reads only.
    ///
    /// # Errors
    /// When the world cannot be read; an order that cannot be carried out is a proposal with a reason in `refused`.
    async fn propose(&self, order: &Order) -> Result<Proposal>;

    /// Carries `order` out. Holds its precondition at the moment of the write that users feel; before that write every
    /// failure leaves what is live as it was.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) when somebody else was first, otherwise whatever stopped it.
    /// `what` says what is live now.
    async fn execute(&self, order: &Order, progress: &ProgressSink) -> Result<Receipt>;

    /// Whether the order has taken effect, from what is observed. Asked again while [`Verdict::Pending`].
    ///
    /// # Errors
    /// When it cannot be observed.
    async fn verify(&self, order: &Order, receipt: Option<&Receipt>) -> Result<Verdict>;

    /// What became of an order whose process died: the state it left, cleaned up where cleaning cannot hurt (files that
    /// nothing points to). The default observes only.
    ///
    /// # Errors
    /// When it cannot be observed.
    async fn recover(&self, order: &Order) -> Result<Verdict> {
        self.verify(order, None).await
    }
}

/// Where progress is told: the latest wins, nobody waits.
pub type ProgressSink = watch::Sender<Option<Progress>>;

/// What a backend is asked to do: the same value from plan to verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The operation that it belongs to: the idempotency key.
    pub operation: OperationId,
    /// What to do.
    pub verb: Verb,
    /// Where.
    pub track: TrackId,
    /// What was live when it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Installed>,
    /// What was on its way there when it was planned and was not live yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coming: Option<Installed>,
    /// What should be live. For [`Verb::Pause`], [`Verb::Resume`] and [`Verb::Restart`] that is what should be live
    /// anyway: the desired version, else the live one. For [`Verb::Abort`] it is the version that is live while another
    /// one is on its way.
    pub to: Installed,
    /// The environment that the version comes from, for a promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<EnvironmentId>,
    /// The track's token when it was planned: the write holds only if it is unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Who asked for it.
    pub actor: Text,
    /// Why.
    pub reason: Text,
}

/// A version that could be put into a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Available {
    /// The version.
    pub version: Version,
    /// Its content address where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Where it lies: `installed`, or the environment it would come from.
    pub place: Place,
    /// Why it cannot be taken, where it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
}

/// Where a version lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the track itself: a switch suffices.
    Installed,
    /// In the environment before it.
    Environment(EnvironmentId),
    /// In a store of packages under this name.
    Store(Text),
}

/// What an order would do to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The writes, verbatim, in order.
    pub writes: Vec<Write>,
    /// Whether the bytes are those that ran before.
    pub same_binary: SameBinary,
    /// What the backend itself holds against it.
    pub gates: Vec<Gate>,
    /// What could go wrong, in words.
    pub risks: Vec<Text>,
    /// Why it cannot be done at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
    /// What taking it back would be, in words.
    pub undo: Text,
}

/// One write to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// What it does, for people.
    pub what: Text,
    /// The request, command or file change itself.
    pub verbatim: Text,
    /// What has to hold for it to happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precondition: Option<Text>,
}

/// Whether the target's bytes are those that ran before: proved, disproved, or not known. Never assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "proof")]
pub enum SameBinary {
    /// The digests are equal; how that was told.
    Yes(Text),
    /// The digests differ; which ones.
    No(Text),
    /// One of the digests is not known; which one.
    Unknown(Text),
}

/// That the writes were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The track's token after the write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What was done, one fragment a write.
    pub done: Vec<Text>,
}

/// What is observed of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum Verdict {
    /// The target is live and serves.
    Healthy(Text),
    /// It is on its way.
    Pending(Text),
    /// It did not work; what is live instead.
    Failed(Text),
    /// What was live before is live still: nothing happened.
    NoEffect(Text),
}

/// What a backend declares about its writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// What it can be asked to do at all. An order with another verb never reaches it.
    pub verbs: Vec<Verb>,
    /// What rolling back means here.
    pub rollback: RollbackCode,
    /// What keeps two operators apart.
    pub precondition: PreconditionKind,
    /// What makes a repeated order harmless.
    pub idempotency: Idempotency,
    /// How progress is learnt.
    pub progress: ProgressSource,
    /// How far back its own history goes, in words.
    pub history: Text,
}

/// What rolling back means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackCode {
    /// A pointer to an installed version is switched.
    Pointer,
    /// The older immutable bundle goes through the same promotion again.
    PromoteOlder,
    /// A recorded history entry is applied again.
    HistoryEntry,
    /// An old pod template is patched in.
    Template,
    /// A rollout in flight is aborted.
    Abort,
    /// One stage runs again with old inputs.
    StageRerun,
    /// A new release points at an old build and its settings.
    Release,
    /// The old deploy job runs again.
    RerunJob,
    /// The pointer in git moves back.
    GitRevert,
}

/// One row of the table of rollback codes: what people are told before they confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollbackMeaning {
    /// The code as it is written.
    pub code: &'static str,
    /// What is done.
    pub does: &'static str,
    /// What comes back.
    pub restores: &'static str,
    /// What does not come back.
    pub leaves: &'static str,
    /// Whether the next reconcile leaves it alone.
    pub survives: &'static str,
    /// Whether it needs no second step to last.
    pub durable: bool,
}

impl RollbackCode {
    /// What the code means, in words.
    pub fn meaning(self) -> RollbackMeaning {
        let row = |code, does, restores, leaves, survives, durable| RollbackMeaning {
            code,
            does,
            restores,
            leaves,
            survives,
            durable,
        };
        match self {
            Self::Pointer => row(
                "pointer",
                "a pointer to an installed version is switched",
                "everything in that version",
                "data",
                "yes",
                true,
            ),
            Self::PromoteOlder => row(
                "promote-older",
                "the older immutable bundle goes through the same promotion again",
                "images, charts and configuration in the bundle",
                "data",
                "yes",
                true,
            ),
            Self::HistoryEntry => row(
                "history-entry",
                "a recorded history entry is applied again",
                "the recorded source",
                "git itself",
                "no, if automation is on",
                false,
            ),
            Self::Template => row(
                "template",
                "an old pod template is patched in",
                "the pod template",
                "ConfigMaps, Secrets, traffic",
                "no, under GitOps",
                false,
            ),
            Self::Abort => row(
                "abort",
                "a rollout in flight is aborted",
                "traffic and the stable set",
                "the spec still names the bad version",
                "until retried",
                false,
            ),
            Self::StageRerun => row(
                "stage-rerun",
                "one stage runs again with old inputs",
                "that stage's inputs",
                "other stages",
                "until the next execution",
                false,
            ),
            Self::Release => row(
                "release",
                "a new release points at an old build and its settings",
                "code and settings",
                "add-ons, data",
                "yes",
                true,
            ),
            Self::RerunJob => row(
                "rerun-job",
                "the old deploy job runs again",
                "what the script does today with old inputs",
                "depends on retention",
                "yes",
                true,
            ),
            Self::GitRevert => row(
                "git-revert",
                "the pointer in git moves back",
                "everything declared in git",
                "nothing that git declares; it is the slow path",
                "yes: the durable one",
                true,
            ),
        }
    }
}

/// What keeps two operators apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreconditionKind {
    /// The object's resource version.
    ResourceVersion,
    /// What is expected to be current.
    ExpectedCurrent,
    /// A token that can be used once.
    OneShotToken,
    /// The index of the step.
    StepIndex,
    /// Nothing does.
    None,
}

/// What makes a repeated order harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// The system takes a token of ours.
    ClientToken,
    /// The request carries an annotation of ours.
    RequestAnnotation,
    /// Doing it twice is doing it once.
    Natural,
    /// Nothing does: an equal operation in flight is looked for first.
    None,
}

/// How progress is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressSource {
    /// While it executes, step by step.
    InProcess,
    /// The system tells of changes.
    Watch,
    /// The system streams output.
    Stream,
    /// Asked with a condition, cheap when nothing changed.
    ConditionalPoll,
    /// Asked.
    Poll,
}

impl Order {
    /// The version that it leads away from: what is on its way for an abort, else what was live.
    pub fn leaves(&self) -> Option<&Installed> {
        if self.verb == Verb::Abort { self.coming.as_ref() } else { self.from.as_ref() }
    }

    /// Shorthand for the track's service.
    pub fn service(&self) -> &ServiceId {
        &self.track.service
    }
}
