//! What an operation would do, as a value: serializable, comparable, and what people read before they say yes.

use serde::{Deserialize, Serialize};

use super::record::PlannedRecord;
use crate::backend::{Declaration, Order, RollbackCode, SameBinary, Verb, Write};
pub use crate::model::{ChangeLine, Changes};
use crate::model::{
    CommitId, Digest, EnvironmentId, Gate, GateKind, Kind, OperationId, SourceId, Status, Text, Time, TrackId, Version,
};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// What to do.
    pub verb: Verb,
    /// Where.
    pub track: TrackId,
    /// Which version; absent means the default: what the environment before runs, or the last good version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Which environment it comes from; absent means the one before in the order of promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<EnvironmentId>,
    /// Why; absent means that a reason is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person's name on this machine.
    pub who: Text,
    /// The machine.
    pub host: Text,
    /// `cockpit` or `command line`.
    pub from: Text,
}

/// What an operation would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The operation's id, and its idempotency key.
    pub operation: OperationId,
    /// When the plan was made.
    pub made_at: Time,
    /// What was wanted.
    pub intent: Intent,
    /// Who wants it.
    pub actor: Actor,
    /// The backend that owns the track.
    pub backend: SourceId,
    /// The other backends that could be asked: `operator` of the environment decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_asked: Vec<SourceId>,
    /// What the backend declares about its writes.
    pub declaration: Declaration,
    /// What the backend will be asked.
    pub order: Order,
    /// What is live now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<VersionFacts>,
    /// What is on its way there and is not live yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coming: Option<VersionFacts>,
    /// What will be.
    pub to: VersionFacts,
    /// The kind of deployment that this would be.
    pub kind: Kind,
    /// Changes that users would get; absent where the commit graph cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Changes>,
    /// Changes that users would lose; absent where the commit graph cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Changes>,
    /// Marks on the changes.
    pub risks: Vec<Risk>,
    /// Whether the bytes are those that ran before.
    pub same_binary: SameBinary,
    /// The writes, verbatim, in order.
    pub writes: Vec<Write>,
    /// What other systems will write down of it once it has settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<PlannedRecord>,
    /// What the guards say, heaviest first.
    pub findings: Vec<Finding>,
    /// The environments after this one in the order of promotion.
    pub downstream: Vec<EnvironmentId>,
    /// How long it should take by history, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seconds: Option<f64>,
    /// What taking it back would be.
    pub undo: Text,
    /// What it takes to confirm.
    pub confirm: Confirm,
    /// The versions that could be chosen instead, best first; those that cannot be chosen stay, with their reason.
    pub candidates: Vec<Candidate>,
    /// A fix that is on its way, for a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll_forward: Option<RollForward>,
}

impl Plan {
    /// The findings that forbid it.
    pub fn denials(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.weight == Weight::Deny)
    }

    /// What it means to take back what is there, where it does that.
    pub fn takes_back(&self) -> Option<RollbackCode> {
        match self.order.verb {
            Verb::RollBack => Some(self.declaration.rollback),
            // Where templates are put back, that is how a rollout is given up too: no bad version stays in the spec.
            Verb::Abort if self.declaration.rollback == RollbackCode::Template => Some(RollbackCode::Template),
            Verb::Abort => Some(RollbackCode::Abort),
            Verb::Promote | Verb::Pause | Verb::Resume | Verb::Restart => None,
        }
    }

    /// Whether what it takes back stays so by itself. An old template does, unless automation manages what it is put
    /// into, and then a gate says so.
    pub fn lasts(&self) -> bool {
        let automated = |it: &Finding| it.gate.as_ref().is_some_and(|gate| gate.kind == GateKind::Automation);
        match self.takes_back() {
            None => true,
            Some(RollbackCode::Template) => !self.findings.iter().any(automated),
            Some(code) => code.meaning().durable,
        }
    }

    /// What gives it up while it is on its way, where the backend can.
    pub fn abort(&self) -> Option<Intent> {
        let verb = self.order.verb;
        let moves = matches!(verb, Verb::Promote | Verb::RollBack | Verb::Resume | Verb::Restart);
        (moves && self.declaration.verbs.contains(&Verb::Abort)).then(|| Intent {
            verb: Verb::Abort,
            track: self.order.track.clone(),
            version: None,
            source: None,
            reason: None,
        })
    }

    /// Whether no guard forbids it.
    pub fn is_allowed(&self) -> bool {
        self.denials().next().is_none()
    }
}

/// A version with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionFacts {
    /// What it is called.
    pub version: Version,
    /// Its content address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at: Option<Time>,
    /// When it last came into the environment (the live one), or into the one it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Who brought it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
}

/// A mark on some of the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The rule's name: `schema migration`.
    pub name: Text,
    /// How many changes meet it.
    pub count: u32,
    /// What that means here: `3 schema migrations would not be undone`.
    pub says: Text,
}

/// What a guard says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The guard: `freeze`, `lock`, `digest`, `marked bad` …
    pub guard: Text,
    /// How much it weighs.
    pub weight: Weight,
    /// Why; never a bare no.
    pub why: Text,
    /// The gate behind it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What the person can do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Looked at and good.
    Allow,
    /// Has to be read before saying yes.
    Warn,
    /// Holds until a reason is given with the override: `--override GUARD` or its key in the dialog.
    Override,
    /// Forbids.
    Deny,
}

/// What it takes to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "text")]
pub enum Confirm {
    /// `y`.
    Yes,
    /// Typing the environment's name.
    Environment(EnvironmentId),
    /// Typing how many tracks it is about.
    Count(u32),
}

/// A version that could be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The version with what is known of it.
    pub version: VersionFacts,
    /// Its times in this track, newest first.
    pub ran: Vec<Ran>,
    /// How it fared while it ran.
    pub health: Status,
    /// When its deployment here failed last, where it never was live here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Time>,
    /// Whether nobody watched how any of its deployments here ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
    /// Incidents while it ran.
    pub incidents: Vec<Text>,
    /// Why it is marked bad, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<Text>,
    /// How many changes would be added and removed by choosing it; absent where the graph cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<(u32, u32)>,
    /// Why it cannot be chosen, where it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
    /// Whether it is the default.
    pub default: bool,
}

/// A stretch of time in which a version was live in the track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Since when.
    pub from: Time,
    /// Until when; absent while it is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Who deployed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
}

/// A newer fix that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForward {
    /// The version, where it has been built already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The commit.
    pub commit: CommitId,
    /// Its subject.
    pub subject: Text,
    /// How far it has come: `run 812 is testing, 4 of 6 jobs done`.
    pub progress: Text,
}
