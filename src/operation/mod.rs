//! Operations: everything that changes the world.
//!
//! intent → plan → guards → confirm → re-check → journal → execute → verify → journal. See `ARCHITECTURE.md`.
//! [`Engine`] is the way in: [`Engine::plan`], [`Engine::run`], [`Engine::settle_all`] at the start.

pub mod approve;
mod candidate;
mod changes;
mod compare;
pub mod engine;
pub mod error;
pub mod freeze;
pub mod guard;
pub mod ids;
pub mod journal;
pub mod lock;
pub mod moment;
pub mod plan;
mod planner;
pub mod record;
mod roll_forward;
mod source;
pub mod steer;
pub mod summary;
mod target;
pub mod write_mode;

#[cfg(test)]
mod tests;

pub use approve::ApprovalPlan;
pub use compare::Comparison;
pub use engine::{Confirmation, Deps, Done, Engine, Patience};
pub use error::{OperationError, Stopped};
pub use freeze::{FreezeProblem, Freezes, holds_at};
pub use ids::Ids;
pub use journal::{Journal, JournalError};
pub use plan::{
    Actor, Candidate, ChangeLine, Changes, Confirm, Finding, Intent, Plan, Ran, Risk, RollForward, VersionFacts, Weight,
};
pub use record::PlannedRecord;
pub use steer::{RunConfirmation, RunDone, RunIntent, RunPlan};
pub use summary::{Ending, OperationSummary};
pub use write_mode::{Rule, WriteMode, WritePermit};
