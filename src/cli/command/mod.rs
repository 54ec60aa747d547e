//! One file a command: its arguments and what it does with them.

pub mod completions;
pub mod man;
