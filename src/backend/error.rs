//! What can go wrong when a backend is asked.

use std::fmt;

use crate::model::{SourceId, Text, Time};

/// The result of asking a backend.
pub type Result<T> = std::result::Result<T, BackendError>;

/// A backend could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendError {
    /// Which backend.
    pub source: SourceId,
    /// What sort of failure: decides what the caller does.
    pub kind: ErrorKind,
    /// What failed, as a lower-case fragment without a full stop.
    pub what: Text,
    /// What the person can do about it.
    pub hint: Option<Text>,
    /// Whether it is sure that nothing was written: it stopped before the write, or the write itself was refused.
    pub unwritten: bool,
}

impl BackendError {
    /// An error of `source`.
    pub fn new(source: &SourceId, kind: ErrorKind, what: impl Into<Text>) -> Self {
        Self { source: source.clone(), kind, what: what.into(), hint: None, unwritten: false }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same about something that surely wrote nothing.
    #[must_use]
    pub fn unwritten(mut self) -> Self {
        self.unwritten = true;
        self
    }

    /// The error for an I/O failure on `path`.
    pub fn io(source: &SourceId, path: &std::path::Path, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::Forbidden,
            std::io::ErrorKind::TimedOut => ErrorKind::Timeout,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorKind::StorageFull,
            _ => ErrorKind::Io,
        };
        Self::new(source, kind, format!("{}: {error}", path.display()))
    }

    /// The error for work that did not come to its end by a fault of ours. Where the program itself is ending there is
    /// none: nothing may be concluded from work that was given up with it, so that nothing is heard.
    pub async fn died(source: &SourceId, died: &tokio::task::JoinError) -> Self {
        if died.is_cancelled() {
            std::future::pending::<()>().await;
        }
        Self::new(source, ErrorKind::Io, "the work died of a fault inside the program").hint("the log file says where")
    }

    /// Whether asking again later may help without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited { .. } | ErrorKind::Timeout | ErrorKind::Network)
    }

    /// Whether a write that ended in it may have happened all the same: the answer was lost, and perhaps not the write.
    pub fn may_have_written(&self) -> bool {
        !self.unwritten && (self.is_transient() || self.kind == ErrorKind::Protocol)
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.what)
    }
}

impl std::error::Error for BackendError {}

/// The sorts of failure that callers tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No or wrong credentials.
    Auth,
    /// Credentials that may not do this: shown as *restricted*, not as empty.
    Forbidden,
    /// Asked too often.
    RateLimited {
        /// When asking is allowed again, where the backend says so.
        until: Option<Time>,
    },
    /// There is no such thing.
    NotFound,
    /// No answer in time.
    Timeout,
    /// No way to reach it.
    Network,
    /// An answer that does not make sense.
    Protocol,
    /// Somebody else changed it first.
    Conflict,
    /// The bytes are not those that they should be.
    Integrity,
    /// No room to write.
    StorageFull,
    /// A check said no: a smoke test, a health check.
    Check,
    /// Reading or writing files failed otherwise.
    Io,
}
