//! What can be wrong with the journal.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::Text;

/// The journal cannot be written, read or believed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file could not be read or written.
    #[error("{path}: {error}", path = .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A record is not what was written.
    #[error("journal line {line}: {reason}")]
    Broken {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: Text,
    },
    /// A record could not be turned into a line.
    #[error("a record cannot be encoded: {0}")]
    Encoding(#[from] serde_json::Error),
}

impl JournalError {
    /// What the person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io { error, .. } if error.kind() == io::ErrorKind::StorageFull => {
                Some("make room on that disk: nothing is changed outside without a journal")
            }
            Self::Io { .. } => {
                Some("the state directory has to be writable: nothing is changed outside without a journal")
            }
            Self::Broken { .. } => Some("keep a copy of the file; what stands before that line is proved"),
            Self::Encoding(_) => None,
        }
    }

    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |error| Self::Io { path: path.to_owned(), error }
    }
}
