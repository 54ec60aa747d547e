//! The half that writes, against a forge: every write as it was sent.

mod abort;
mod approve;
mod deployment;
mod desk;
mod logs;
mod program;
mod record;
mod rollback;
mod runs;
mod workflow;
