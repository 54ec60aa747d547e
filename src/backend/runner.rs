//! The part of the port that controls executions of pipelines: stop one, run it again.
//!
//! The operation engine calls [`draft`](Runner::draft) for what people read (reads only), `draft` again right before the
//! write, [`act`](Runner::act) once, with a journal record before it, and [`verify`](Runner::verify) until it settles.
//! Nothing here retries a write.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::operator::{Verdict, Write};
use crate::model::{OperationId, RunAct, RunId, Text};

/// Controls executions of pipelines.
#[async_trait]
pub trait Runner: Send + Sync {
    /// What it can do to runs at all. An order with another act never reaches it.
    fn acts(&self) -> &'static [RunAct];

    /// What `order` would write, whether it can be done now, and what may go wrong. Reads only.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](super::ErrorKind::NotFound) when there is no such run, otherwise when it cannot be read; an
    /// order that cannot be carried out is a draft with a reason in `refused`.
    async fn draft(&self, order: &RunOrder) -> Result<RunDraft>;

    /// Carries `order` out, once; what was done, in words. Holds [`RunOrder::expected`] as far as the system can.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) when the run is not as it was, otherwise whatever stopped it.
    async fn act(&self, order: &RunOrder) -> Result<Text>;

    /// Whether the order has taken effect, from what is observed. For a rerun that is: a new attempt was begun. Asked
    /// again while [`Verdict::Pending`].
    ///
    /// # Errors
    /// When it cannot be observed.
    async fn verify(&self, order: &RunOrder) -> Result<Verdict>;
}

/// What is to be done to a run: the same value from plan to verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOrder {
    /// The operation that it belongs to: the idempotency key.
    pub operation: OperationId,
    /// What to do.
    pub act: RunAct,
    /// To which run.
    pub run: RunId,
    /// To which of its jobs, for [`RunAct::RerunJob`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Text>,
    /// The [`token`](RunDraft::token) of the draft that was confirmed: what is written holds only if it is unchanged.
    /// Absent while the draft is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Who asked for it.
    pub actor: Text,
    /// Why; may be empty.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub reason: Text,
}

/// What an order would do to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDraft {
    /// The writes, verbatim, in order.
    pub writes: Vec<Write>,
    /// What could go wrong, in words: what may have expired, what it deploys again.
    pub risks: Vec<Text>,
    /// Why it cannot be done now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
    /// How the run stands: compared for equality, and named by the write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
