//! What can go wrong with packages on disk.

use std::io;
use std::path::Path;

use crate::backend::{BackendError, ErrorKind};
use crate::model::{SourceId, Text};

/// The result of work on packages.
pub type Result<T> = std::result::Result<T, PackageError>;

/// Work on packages failed. Becomes a [`BackendError`] when it is known whose it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct PackageError {
    /// What sort of failure.
    pub kind: ErrorKind,
    /// What failed, as a fragment.
    pub what: Text,
    /// What the person can do about it.
    pub hint: Option<Text>,
}

impl PackageError {
    /// A failure of this sort.
    pub fn new(kind: ErrorKind, what: impl Into<Text>) -> Self {
        Self { kind, what: what.into(), hint: None }
    }

    /// Reading or writing `path` failed.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => ErrorKind::Forbidden,
            io::ErrorKind::TimedOut => ErrorKind::Timeout,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                ErrorKind::StorageFull
            }
            _ => ErrorKind::Io,
        };
        Self::new(kind, format!("{}: {error}", path.display()))
    }

    /// The bytes are not those that they should be.
    pub fn integrity(what: impl Into<Text>) -> Self {
        Self::new(ErrorKind::Integrity, what)
    }

    /// Something that was asked for makes no sense: a name that is not one, a link that leads elsewhere.
    pub fn refused(what: impl Into<Text>) -> Self {
        Self::new(ErrorKind::Protocol, what)
    }

    /// Somebody else was first.
    pub fn conflict(what: impl Into<Text>) -> Self {
        Self::new(ErrorKind::Conflict, what)
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with what is live now said after it.
    #[must_use]
    pub fn and(mut self, live: &str) -> Self {
        self.what = Text::from(format!("{}; {live}", self.what));
        self
    }

    /// The same as an error of `source`.
    pub fn of(self, source: &SourceId) -> BackendError {
        BackendError { source: source.clone(), kind: self.kind, what: self.what, hint: self.hint, unwritten: false }
    }
}

/// Turns an I/O result into one of this room, naming the path.
pub trait At<T> {
    /// Names `path` in the error.
    ///
    /// # Errors
    /// When the result is one.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| PackageError::io(path, &error))
    }
}
