//! One operation as the journal tells it, for lists.

use serde::{Deserialize, Serialize};

use crate::backend::Verb;
use crate::model::{OperationId, Status, Text, Time, TrackId, Version};

/// One operation as the journal tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationSummary {
    /// Its id.
    pub operation: OperationId,
    /// What was done.
    pub verb: Verb,
    /// Where.
    pub track: TrackId,
    /// What was live; for an abort what was on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Version>,
    /// What should be.
    pub to: Version,
    /// Who asked for it.
    pub who: Text,
    /// On which machine.
    pub host: Text,
    /// `cockpit` or `command line`.
    pub origin: Text,
    /// Why.
    pub reason: Text,
    /// When the intent was written.
    pub began_at: Time,
    /// When the outcome was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// How it ended, or how far it has come.
    pub ending: Ending,
    /// Whether the backend has made its writes and what they do is being watched.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub watched: bool,
    /// Notes that were added later, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Text>,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum Ending {
    /// A live process is carrying it out.
    Running(Text),
    /// The target is live and healthy.
    Succeeded(Text),
    /// It did not work; what is live instead.
    Failed(Text),
    /// Nothing changed.
    NoEffect(Text),
    /// It had not settled in time; what was seen last.
    TimedOut(Text),
    /// The process that carried it out is gone and nobody has looked yet what became of it.
    Unfinished(Text),
}

impl Ending {
    /// How it stands in the shared vocabulary.
    pub fn status(&self) -> Status {
        match self {
            Self::Running(_) => Status::Running,
            Self::Succeeded(_) => Status::Ok,
            Self::Failed(_) => Status::Failed,
            Self::NoEffect(_) => Status::Skipped,
            Self::TimedOut(_) | Self::Unfinished(_) => Status::Unknown,
        }
    }

    /// The sentence that goes with it.
    pub fn why(&self) -> &Text {
        match self {
            Self::Running(why)
            | Self::Succeeded(why)
            | Self::Failed(why)
            | Self::NoEffect(why)
            | Self::TimedOut(why)
            | Self::Unfinished(why) => why,
        }
    }
}
