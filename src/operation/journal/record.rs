//! What the journal holds: one record a line.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::backend::{Order, Receipt, RollbackCode};
use crate::model::{Installed, OperationId, Scope, Text, Time, Version};
use crate::operation::Ending;

/// The hash that stands in the first record: that of no bytes at all.
pub const GENESIS: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the journal, from 1.
    pub sequence: u64,
    /// When it was written.
    pub time: Time,
    /// The operation that it belongs to; absent for a note about something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
    /// SHA-256 of the line before, without its line break, in hexadecimal digits.
    pub before: String,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Body {
    /// Somebody confirmed it. Nothing has been written to the outside yet.
    Intent(Box<Intended>),
    /// From here on the outside may have been changed.
    Sent(Sent),
    /// The backend says that it made the writes.
    Acknowledged(Receipt),
    /// What came of it.
    Outcome(Settled),
    /// Anything else worth keeping.
    Note(Note),
}

impl Body {
    /// The word that the encoding uses.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Intent(_) => "intent",
            Self::Sent(_) => "sent",
            Self::Acknowledged(_) => "acknowledged",
            Self::Outcome(_) => "outcome",
            Self::Note(_) => "note",
        }
    }
}

/// Who wants what, where and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intended {
    /// SHA-256 of the plan that was confirmed, in hexadecimal digits.
    pub plan: String,
    /// What the backend will be asked: verb, track, from, to, who and why among it.
    pub order: Order,
    /// On which machine.
    pub host: Text,
    /// `cockpit` or `command line`.
    pub origin: Text,
    /// What the backend's rolling back means.
    pub mode: RollbackCode,
    /// The guards that were passed with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Text>,
}

/// What is about to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The writes as the plan shows them.
    pub writes: Vec<Text>,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// How it ended.
    pub ending: Ending,
    /// What was observed to be live then, where it could be observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Installed>,
}

/// Anything else worth keeping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about, where it is about tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// The version that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Who.
    pub who: Text,
    /// What was done: `locked`, `marked bad`, `journal repaired` …
    pub what: Text,
    /// Why, or what there is to say.
    pub why: Text,
}

impl Note {
    /// The note in one line.
    pub fn sentence(&self) -> Text {
        let about = match (&self.version, &self.scope) {
            (Some(version), Some(scope)) => format!(" {version} of {scope}"),
            (Some(version), None) => format!(" {version}"),
            (None, Some(scope)) => format!(" {scope}"),
            (None, None) => String::new(),
        };
        Text::from(format!("{} {}{about}: {}", self.who, self.what, self.why))
    }
}

/// SHA-256 in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_begins_with_the_hash_of_nothing() {
        assert_eq!(hash(b""), GENESIS);
    }
}
