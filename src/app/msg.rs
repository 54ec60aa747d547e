//! What happens to the cockpit.

use std::sync::Arc;

use super::gate::Late;
use super::key::Key;
use super::message::Message;
use super::update::pointing::Pointer;
use super::world::{Failure, Found, Lying, Outcome};
use crate::backend::{LogPart, Output};
use crate::model::{Progress, Text};
use crate::operation::{ApprovalPlan, Comparison, OperationSummary, Plan, RunPlan};
use crate::picture::Snapshot;
use crate::view::metrics::Study;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Pointer),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and lines now.
    Resize(u16, u16),
    /// There is a new picture.
    Snapshot(Arc<Snapshot>),
    /// The journal tells something new.
    Operations(Arc<[OperationSummary]>),
    /// The moment has come for which [`Effect::Wake`](super::effect::Effect::Wake) asked.
    Wake,
    /// A question is answered.
    Reply(Late<Reply>),
    /// An operation has come further.
    Progress(Late<Progress>),
    /// What the look of the cockpit became; the names of a theme and of a set of glyphs.
    Dressed(String, String),
    /// Something has to be told.
    Tell(Message),
    /// Somebody outside asks the program to end.
    Terminate,
}

impl Msg {
    /// Whether a person at the terminal did this, and waits to see it.
    pub fn is_of_a_person(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Paste(_) | Self::Resize(..))
    }
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Request::Plan`](super::effect::Request::Plan).
    Plan(Result<Box<Plan>, Failure>),
    /// To [`Request::Run`](super::effect::Request::Run).
    Done(Result<Outcome, Failure>),
    /// To [`Request::Sync`](super::effect::Request::Sync).
    Synced(Result<(), Failure>),
    /// To [`Request::Log`](super::effect::Request::Log).
    Log(Result<LogPart, Failure>),
    /// To [`Request::Outputs`](super::effect::Request::Outputs).
    Outputs(Result<Vec<Output>, Failure>),
    /// To [`Request::Look`](super::effect::Request::Look).
    Looked(Result<Box<Lying>, Failure>),
    /// To [`Request::Begin`](super::effect::Request::Begin).
    Begun(Result<Text, Failure>),
    /// To [`Request::Find`](super::effect::Request::Find).
    Found(Result<Vec<Found>, Failure>),
    /// To [`Request::Approvals`](super::effect::Request::Approvals).
    Approvals(Result<Vec<ApprovalPlan>, Failure>),
    /// To [`Request::PlanRun`](super::effect::Request::PlanRun).
    RunPlan(Result<Box<RunPlan>, Failure>),
    /// To [`Request::Compare`](super::effect::Request::Compare).
    Compared(Result<Arc<Comparison>, Failure>),
    /// To [`Request::Mark`](super::effect::Request::Mark).
    Marked(Result<Text, Failure>),
    /// To [`Request::Measure`](super::effect::Request::Measure).
    Measured(Result<Arc<Study>, Failure>),
}
