//! What can go wrong before an operation begins, and what stops one.

use crate::backend::{BackendError, Verb};
use crate::model::{EnvironmentId, OperationId, Text, TrackId};
use crate::operation::{Candidate, Finding, JournalError, OperationSummary, Plan};

/// No plan could be made, or a journalled operation could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The configuration has no such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(EnvironmentId),
    /// Nothing known is called so.
    #[error("{0} is not known")]
    UnknownTrack(TrackId),
    /// Nothing that Flightdeck reads can change the track.
    #[error("{track} cannot be changed from here: {why}")]
    ReadOnly {
        /// Which track.
        track: TrackId,
        /// Why not.
        why: Text,
    },
    /// The backend that owns the track cannot do that.
    #[error("{track} cannot be {}: its backend can {}", .verb.done(), words(.declared))]
    Undeclared {
        /// Which track.
        track: TrackId,
        /// What was asked for.
        verb: Verb,
        /// What its backend can do.
        declared: Vec<Verb>,
    },
    /// No version was named and none offers itself.
    #[error("{why}")]
    NoTarget {
        /// Why none does.
        why: Text,
        /// What there is, each with the reason why it is not chosen.
        candidates: Vec<Candidate>,
    },
    /// Nothing needs approvals there.
    #[error("nothing needs an approval in {0}")]
    NothingToApprove(TrackId),
    /// An answer was not given.
    #[error("not answered: {0}")]
    Unanswered(Text),
    /// Nothing was done to a run.
    #[error("{0}")]
    NotSteered(Text),
    /// The backend could not be read.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal has no such operation.
    #[error("the journal has no operation `{0}`")]
    UnknownOperation(OperationId),
    /// A process that lives carries it out.
    #[error("operation {0} is being carried out")]
    CarriedOut(OperationId),
}

impl OperationError {
    /// What the person can do about it.
    pub fn hint(&self) -> Option<Text> {
        let hint = match self {
            Self::Backend(error) => return error.hint.clone(),
            Self::Journal(error) => error.hint()?,
            Self::Undeclared { .. } => return None,
            Self::NoTarget { candidates, .. } if candidates.is_empty() => return None,
            Self::NoTarget { .. } => "name the version",
            Self::ReadOnly { .. } => "a backend that owns the environment has to be configured",
            Self::UnknownEnvironment(_) => "`flightdeck config print` lists the environments",
            Self::UnknownTrack(_) => "`flightdeck status` lists the services",
            Self::NothingToApprove(_) => "a backend says which versions do: `approvals` of `stages`",
            Self::Unanswered(_) | Self::NotSteered(_) => return None,
            Self::CarriedOut(_) => "wait for it, or end its process",
            Self::UnknownOperation(_) => "`flightdeck journal` lists the operations",
        };
        Some(Text::from(hint))
    }
}

/// What stopped a confirmed operation. Only [`Stopped::Conflict`] comes after the first write was tried.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The confirmation is not the one that the plan asks for.
    #[error("not confirmed: {0}")]
    Unconfirmed(Text),
    /// Guards forbid it.
    #[error("forbidden: {}", reasons(.0))]
    Denied(Vec<Finding>),
    /// Guards hold it until they are named and a reason is given.
    #[error("held: {}", reasons(.0))]
    Held(Vec<Finding>),
    /// The world is not the one that the plan was made for. Nothing was sent.
    #[error("the world changed since the plan was made: {why}")]
    Changed {
        /// What changed.
        why: Text,
        /// The plan for the world as it is.
        plan: Box<Plan>,
    },
    /// Another process changes the track. Nothing was sent.
    #[error("another operation is under way on {track}")]
    Busy {
        /// Which track.
        track: TrackId,
        /// The operation, where the journal tells.
        by: Option<Box<OperationSummary>>,
    },
    /// Somebody else was first: the backend refused the write. What is live is theirs.
    #[error("somebody else was first: {first}")]
    Conflict {
        /// Who, by our journal, else in the words of the backend.
        first: Text,
        /// What the journal says of the lost operation.
        lost: Box<OperationSummary>,
        /// The plan for the world as it is, where one could be made.
        plan: Option<Box<Plan>>,
    },
    /// The world could not be read, or the journal not written. Nothing was sent.
    #[error(transparent)]
    Error(#[from] OperationError),
}

impl Stopped {
    /// What the person can do about it.
    pub fn hint(&self) -> Option<Text> {
        match self {
            Self::Unconfirmed(_) | Self::Busy { .. } => None,
            Self::Denied(findings) | Self::Held(findings) => findings.iter().find_map(|finding| finding.hint.clone()),
            Self::Changed { .. } | Self::Conflict { .. } => Some(Text::from("read the new plan and confirm that")),
            Self::Error(error) => error.hint(),
        }
    }
}

impl From<BackendError> for Stopped {
    fn from(error: BackendError) -> Self {
        Self::Error(error.into())
    }
}

impl From<JournalError> for Stopped {
    fn from(error: JournalError) -> Self {
        Self::Error(error.into())
    }
}

/// `promote and roll back`.
fn words(verbs: &[Verb]) -> String {
    match verbs {
        [] => "change nothing".to_owned(),
        [only] => only.word().to_owned(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(|verb| verb.word()).collect();
            format!("{} and {}", all.join(", "), last.word())
        }
    }
}

fn reasons(findings: &[Finding]) -> String {
    let all: Vec<String> = findings.iter().map(|finding| format!("{}: {}", finding.guard, finding.why)).collect();
    all.join("; ")
}
