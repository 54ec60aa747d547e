//! The binary as scripts and people at a prompt see it: arguments in, words and exit codes out.

mod answers;
mod approving;
mod chain;
mod frame;
mod luck;
mod metrics;
mod operating;
mod room;
mod terminal;
