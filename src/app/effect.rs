//! What the cockpit asks of the outside: values that tests compare and the driver carries out.

use super::gate::{Slot, Ticket};
use super::memory::Keep;
use super::world::{LogOf, Mark};
use crate::backend::LogCursor;
use crate::model::{ServiceId, Time, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{ApprovalPlan, Confirmation, Intent, Plan, RunConfirmation, RunIntent, RunPlan};
use crate::view::metrics::Question;

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the world. The question before in the ticket's slot is given up.
    Ask(Ticket, Request),
    /// Give up the question of a slot.
    Forget(Slot),
    /// Put text on the clipboard.
    Copy(String),
    /// Open an address in the browser: `http` or `https`, nothing else.
    Open(String),
    /// Wake up at that moment, in place of the moment before; at none if absent.
    Wake(Option<Time>),
    /// Have the terminal tell of the mouse, or no more.
    Mouse(bool),
    /// Remember something for the next session.
    Keep(Keep),
    /// Look otherwise: the name of a theme, the name of a set of glyphs.
    Dress(String, String),
    /// Draw everything again.
    Repaint,
    /// Hand the terminal back until the program is continued.
    Suspend,
    /// End.
    Quit,
}

/// A question to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// What an intent would do.
    Plan(Intent),
    /// Carry out a plan.
    Run(Box<Plan>, Confirmation),
    /// Read everything again.
    Sync,
    /// The output of a run, of one of its jobs, or of what runs in a track.
    Log {
        /// Whose.
        of: LogOf,
        /// Where an earlier part ended.
        after: Option<LogCursor>,
        /// Whether to wait until there is something.
        wait: bool,
    },
    /// What there is to look at of what runs in a track.
    Outputs(TrackId),
    /// What people may mean by a text.
    Find(String),
    /// What changed for a service from one of its environments, versions, tags, branches or commits to another.
    Compare {
        /// The service.
        service: ServiceId,
        /// The first.
        from: String,
        /// The second.
        to: String,
    },
    /// What waits for a yes or no in a track.
    Approvals(TrackId),
    /// Say yes or no to it.
    Answer(Box<ApprovalPlan>, Verdict),
    /// What doing something to a run would mean.
    PlanRun(RunIntent),
    /// Do it.
    Steer(Box<RunPlan>, RunConfirmation),
    /// What lies where the cockpit was opened.
    Look,
    /// Write a first configuration.
    Begin(String),
    /// Note something for everybody.
    Mark(Mark),
    /// How well and how fast changes come to users.
    Measure(Box<Question>),
}
