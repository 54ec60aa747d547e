//! The journal: what was asked, sent, acknowledged and came of it, in a file that is only ever appended to.
//!
//! One JSON record a line, each with the hash of the line before, so that a line that was changed, added or taken away
//! is found. A record is on disk before [`Journal::append`] returns. Several processes may append: each takes the
//! file's lock and reads the end again.

mod append;
pub mod error;
pub mod export;
mod fold;
pub mod held;
pub mod record;
mod tail;
mod verify;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub use error::JournalError;
pub use fold::{Filter, OutcomeWord, Past};
pub use held::Held;
pub use record::{Body, GENESIS, Intended, Note, Record, Sent, Settled, hash};

use crate::model::{Clock, OperationId, Time, TrackId};

/// The journal of one state directory.
pub struct Journal {
    directory: PathBuf,
    path: PathBuf,
    clock: Clock,
    read: Mutex<fold::Folded>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Journal {
    /// The journal in the state directory `directory`. Touches nothing: a journal without a file is empty, and the first
    /// record makes the file.
    pub fn new(directory: impl Into<PathBuf>, clock: Clock) -> Self {
        let directory = directory.into();
        let path = directory.join("journal.jsonl");
        Self { directory, path, clock, read: Mutex::default() }
    }

    /// Where the records are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the lock that says that this process changes `track`; `None` when another one does.
    ///
    /// # Errors
    /// When the state directory cannot be written.
    pub fn hold_track(&self, track: &TrackId) -> Result<Option<Held>, JournalError> {
        let path = held::track_file(&self.directory, track);
        held::hold(&path).map_err(JournalError::io(&path))
    }

    /// Takes the lock that says that this process carries `operation` out; `None` when another one does.
    ///
    /// # Errors
    /// When the state directory cannot be written.
    pub fn hold_operation(&self, operation: &OperationId) -> Result<Option<Held>, JournalError> {
        let path = held::operation_file(&self.directory, operation);
        held::hold(&path).map_err(JournalError::io(&path))
    }

    /// Lets go of an operation that has an outcome.
    pub fn release(&self, operation: &OperationId, mut held: Held) {
        held.settled(held::operation_file(&self.directory, operation));
    }

    /// Whether a process that lives carries `operation` out.
    pub fn is_carried_out(&self, operation: &OperationId) -> bool {
        held::is_held(&held::operation_file(&self.directory, operation))
    }

    fn now(&self) -> Time {
        (self.clock)()
    }
}
