//! What can go wrong with the store.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// The store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or directory could not be made, opened, locked or renamed.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The directory or the file may not be written.
    #[error("{} cannot be written", path.display())]
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// No room is left.
    #[error("no room to write {}", path.display())]
    Full {
        /// The store.
        path: PathBuf,
    },
    /// Others kept writing for longer than the store waits.
    #[error("{} is in use by another process", path.display())]
    Busy {
        /// The store.
        path: PathBuf,
    },
    /// The file's content makes no sense.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The file was written by a later Flightdeck.
    #[error("{} is of version {found}, this program knows up to {known}", path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// The database refused otherwise.
    #[error("{}: {why}", path.display())]
    Other {
        /// The store.
        path: PathBuf,
        /// What it said.
        why: String,
    },
}

impl StoreError {
    /// What the person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::ReadOnly { .. } => Some("make the directory writable, or set `project.state` to one that is"),
            Self::Full { .. } => Some("free some room, then start again: nothing was lost"),
            Self::Busy { .. } => Some("another process holds the store; try again when it is done"),
            Self::Damaged { .. } => Some("the next start sets the file aside and reads everything again"),
            Self::Io { .. } | Self::Newer { .. } | Self::Other { .. } => None,
        }
    }

    /// Whether the file itself is at fault, so that setting it aside helps.
    pub(super) fn is_about_content(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Newer { .. })
    }

    /// The error for a failed system call on `path`.
    pub(super) fn io(path: &Path, error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path: path.to_owned() }
            }
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full { path: path.to_owned() },
            _ => Self::Io { path: path.to_owned(), error },
        }
    }

    /// The error for a failed statement on the database at `path`.
    pub(super) fn database(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, why },
            _ => Self::Other { path, why },
        }
    }
}
