//! The binary as scripts and people at a prompt see it: arguments in, words and exit codes out.

mod answers;
mod chain;
mod cockpit;
mod frame;
mod operating;
mod room;
