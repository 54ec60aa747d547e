//! The part of the port that writes down, in one system, what another one deployed.
//!
//! The operation engine asks every recorder for a [`draft`](Recorder::draft) when it plans an operation of another
//! backend, shows its writes with the plan, and calls [`record`](Recorder::record) once the operation has settled. What
//! cannot be written down never makes a deployment a failure.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::operator::{Order, Write};
use crate::model::{SourceId, Text, Time};

/// Writes down what other backends deploy.
#[async_trait]
pub trait Recorder: Send + Sync {
    /// What recording would write, with the ending left open where there is none yet; none where it does not record that
    /// track, that verb or that backend. Asks nobody.
    fn draft(&self, record: &Recording) -> Option<RecordDraft>;

    /// Writes it down; what was written, in words. Called once, after the operation has settled, so that
    /// [`Recording::ended`] is there.
    ///
    /// # Errors
    /// Whatever kept it from being written down.
    async fn record(&self, record: &Recording) -> Result<Text>;
}

/// An operation of another backend, as it is to be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The backend that deploys.
    pub by: SourceId,
    /// What it was asked to do: operation, verb, track, versions, who and why.
    pub order: Order,
    /// When it began; absent while it is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Time>,
    /// How it ended; absent while it is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Recorded>,
}

/// How an operation ended, for the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// When.
    pub at: Time,
    /// Whether what was ordered is live and serves.
    pub succeeded: bool,
    /// What there is to say.
    pub why: Text,
}

/// What recording would write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDraft {
    /// The writes, verbatim, in order.
    pub writes: Vec<Write>,
    /// Why it cannot be recorded although it should be: the commit is not known. Told as a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
}
