//! Backends: the systems that Flightdeck reads from and acts on. One folder each; nothing outside a folder knows it.
//!
//! [`port`] is the contract, [`error`] what can go wrong, [`operator`] the part of it that writes, [`registry`] turns
//! configuration into backends.

pub mod approver;
pub mod error;
pub mod file;
pub mod git;
pub mod github;
pub mod kubernetes;
pub mod operator;
pub mod owner;
pub mod package;
pub mod pattern;
pub mod port;
pub mod recorder;
pub mod registry;
pub mod releases;
pub mod repository;
pub mod runner;
pub mod stages;

pub use error::{BackendError, ErrorKind, Result};
pub use operator::{
    Available, Declaration, Idempotency, Operator, Order, Place, PreconditionKind, ProgressSink, ProgressSource,
    Proposal, Receipt, RollbackCode, RollbackMeaning, SameBinary, Verb, Verdict, Write,
};
pub use port::{
    Backend, Changes, CommitBatch, CommitRecord, Cursor, LogCursor, LogPart, Logs, Notices, Output, Outputs, Reader,
    Reading, Tail, Which, changes_of,
};
pub use recorder::{RecordDraft, Recorded, Recorder, Recording};
pub use registry::{BackendKind, KINDS, Opening, SettingsProblem};
pub use runner::{RunDraft, RunOrder, Runner};
