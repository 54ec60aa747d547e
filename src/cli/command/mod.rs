//! One file a command: its arguments and what it does with them.

pub mod approve;
pub mod changes;
pub mod completions;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod init;
pub mod journal;
pub mod lock;
pub mod logs;
pub mod man;
pub mod mark_bad;
pub mod metrics;
pub mod operate;
pub mod runs;
pub mod show;
pub mod status;
pub mod sync;
pub mod themes;
pub mod where_is;
