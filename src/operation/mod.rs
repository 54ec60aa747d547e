//! Operations: everything that changes the world.
//!
//! intent → plan → guards → confirm → re-check → journal → execute → verify → journal. See `ARCHITECTURE.md`.

pub mod freeze;
pub mod journal;
mod moment;
pub mod plan;
pub mod summary;

pub use freeze::{FreezeProblem, Freezes, holds_at};
pub use journal::{Journal, JournalError};
pub use plan::{
    Actor, Candidate, ChangeLine, Changes, Confirm, Finding, Intent, Plan, Ran, Risk, RollForward, VersionFacts, Weight,
};
pub use summary::{Ending, OperationSummary};
