//! Answers: each is opened at the gate, and goes to what asked for it.

use crate::app::dialog::{approve, bulk, compare, log, plan, steer, welcome, whereis};
use crate::app::effect::Effect;
use crate::app::gate::{Late, Slot};
use crate::app::message::Message;
use crate::app::msg::Reply;
use crate::app::state::State;
use crate::app::update::measuring;

/// An answer came; a late one is dropped.
pub fn came(state: &mut State, late: Late<Reply>) -> Vec<Effect> {
    let slot = late.slot().clone();
    match state.slots.take(late) {
        None => Vec::new(),
        Some(Reply::Plan(result)) => match &slot {
            Slot::PlanOf(track) => bulk::planned(state, track, result),
            _ => plan::planned(state, result),
        },
        Some(Reply::Done(result)) => plan::done(state, &slot, result),
        Some(Reply::Log(result)) => log::came(state, result),
        Some(Reply::Outputs(result)) => log::listed(state, result),
        Some(Reply::Approvals(result)) => approve::came(state, result),
        Some(Reply::RunPlan(result)) => steer::came(state, result),
        Some(Reply::Compared(result)) => compare::compared(state, result),
        Some(Reply::Looked(result)) => welcome::looked(state, result),
        Some(Reply::Begun(result)) => welcome::begun(state, result),
        Some(Reply::Found(result)) => whereis::found(state, result),
        Some(Reply::Measured(result)) => measuring::came(state, result),
        Some(Reply::Synced(result)) => {
            state.syncing = None;
            if let Err(failure) = result {
                state.tell(failure.into());
            }
            Vec::new()
        }
        Some(Reply::Marked(result)) => {
            state.tell(match result {
                Ok(done) => Message::note(done),
                Err(failure) => failure.into(),
            });
            Vec::new()
        }
    }
}
