//! What keeps a world from being opened or read.

use crate::config::Problem;
use crate::model::Text;
use crate::store::StoreError;
use crate::sync::SyncError;

/// A world could not be opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The configuration makes no sense; all that is wrong with it.
    #[error("the configuration has {} {}", .0.len(), if .0.len() == 1 { "error" } else { "errors" })]
    Config(Vec<Problem>),
    /// There is neither a configuration nor a repository.
    #[error("there is neither a `flightdeck.toml` nor a git repository here")]
    Nothing,
    /// There is no place to keep state in.
    #[error("there is no home directory to keep state in")]
    NoHome,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was read could not be kept.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// Files cannot be watched.
    #[error("files cannot be followed: {0}")]
    Watch(String),
    /// A lock or mark makes no sense.
    #[error("{0}")]
    Mark(Text),
    /// A fault of ours.
    #[error("{0}")]
    Fault(Text),
    /// A backend could not be read.
    #[error(transparent)]
    Backend(#[from] crate::backend::BackendError),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] crate::operation::JournalError),
}

impl WorldError {
    /// Whether only keeping state fails: the directory is not to be had.
    pub fn is_about_keeping(&self) -> bool {
        let lost = |it: &StoreError| {
            matches!(it, StoreError::Io { .. } | StoreError::ReadOnly { .. } | StoreError::Full { .. })
        };
        matches!(self, Self::NoHome) || matches!(self, Self::Store(error) if lost(error))
    }

    /// What the person can do about it.
    pub fn hint(&self) -> Option<Text> {
        match self {
            Self::Nothing => Some(Text::from("go to a repository, or run `flightdeck init` or `flightdeck demo`")),
            Self::NoHome => Some(Text::from("set `HOME`, or name a directory with `--state`")),
            Self::Store(error) => error.hint().map(Text::from),
            Self::Sync(SyncError::Store(error)) => error.hint().map(Text::from),
            Self::Config(_) => Some(Text::from("`flightdeck config check` shows each with its line")),
            Self::Journal(error) => error.hint().map(Text::from),
            Self::Backend(error) => error.hint.clone(),
            Self::Sync(SyncError::GivenUp) | Self::Watch(_) | Self::Mark(_) | Self::Fault(_) => None,
        }
    }
}
