//! The store: facts, cursors and how fresh each source is, in one SQLite file that several Flightdecks share.
//!
//! Facts are idempotent by key, and of two with one key the later observation holds ([`Fact::supersedes`]); so the
//! store holds the same whatever the order, the batches and the number of times in which facts arrive. What changed
//! carries a revision that only grows, by which one process learns what another wrote.
//!
//! Every method blocks for as long as the disk takes: call it from [`tokio::task::spawn_blocking`] or a thread of your
//! own. Clones share one writing connection and a few reading ones; readers never wait for the writer.

pub mod commits;
mod error;
mod health;
mod migrate;
mod open;
mod read;
mod retain;
mod source;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

pub use commits::{CommitStore, RepositoryCommits};
pub use error::StoreError;
pub use open::SetAside;
pub use retain::Retention;
pub use source::SourceRecord;
pub use write::Applied;

use crate::fact::Fact;
use crate::model::Clock;

/// The source of Flightdeck's own facts: locks and marks that people set by command.
pub const OWN_SOURCE: &str = "flightdeck";

/// Reading connections that are kept open; more are made and dropped when more read at once.
const READERS_KEPT: usize = 4;

/// The handle to the store: cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    path: PathBuf,
    clock: Clock,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// A store that was opened.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What lay in its place and could not be used: damaged, or written by a later Flightdeck.
    pub set_aside: Option<SetAside>,
}

/// A point in the history of the store. Greater means later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(i64);

impl Store {
    /// Opens the store in `dir`, or makes one. A store that is damaged or newer than this program is renamed, never
    /// overwritten, and a new one is begun: everything but locks and marks is then read again from the backends.
    ///
    /// # Errors
    /// When the directory cannot be made or written, when no room is left, or when another process holds the store for
    /// longer than ten seconds.
    pub fn open(dir: &Path, clock: Clock) -> Result<Opened, StoreError> {
        let (path, connection, set_aside) = open::open(dir, clock())?;
        let shared = Shared { path, clock, writer: Mutex::new(connection), readers: Mutex::default() };
        Ok(Opened { store: Self(Arc::new(shared)), set_aside })
    }

    /// The file that it is kept in.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic while it was held rolled its transaction back: the connection is as good as before.
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_reader<T>(&self, read: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let kept = self.readers().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => open::open_reader(&self.0.path)?,
        };
        let result = read(&mut connection).map_err(|error| self.error(&error))?;
        let mut readers = self.readers();
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        Ok(result)
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::database(&self.0.path, error)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.0.path).finish()
    }
}

/// Facts with the revision up to which they tell.
pub type FactsUpTo = (Vec<Fact>, Revision);
