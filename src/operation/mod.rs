//! Operations: everything that changes the world.
//!
//! intent → plan → guards → confirm → re-check → journal → execute → verify → journal. See `ARCHITECTURE.md`.

pub mod plan;
pub mod summary;

pub use plan::{
    Actor, Candidate, ChangeLine, Changes, Confirm, Finding, Intent, Plan, Ran, Risk, RollForward, VersionFacts, Weight,
};
pub use summary::{Ending, OperationSummary};
