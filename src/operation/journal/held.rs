//! Advisory locks on small files: whether the process that carries something out still lives.
//!
//! The lock is the truth, not a process id: the system drops it when the process ends, however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::record::hash;
use crate::model::{OperationId, TrackId};

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct Held {
    _file: File,
    /// The file to take away with the lock. A track's file stays: taking it away while somebody else opens it would let
    /// two hold it.
    spent: Option<PathBuf>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(path) = &self.spent {
            // A file that stays is only untidy.
            let _ = fs::remove_file(path);
        }
    }
}

impl Held {
    /// Says that the operation has an outcome in the journal, so that its file can go when the lock does.
    pub fn settled(&mut self, path: PathBuf) {
        self.spent = Some(path);
    }
}

/// The file whose lock means that somebody carries `operation` out.
pub fn operation_file(directory: &Path, operation: &OperationId) -> PathBuf {
    let raw = operation.as_str();
    let plain =
        !raw.is_empty() && raw.len() <= 100 && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let name = if plain { raw.to_owned() } else { hash(raw.as_bytes()) };
    directory.join("operations").join(format!("{name}.lock"))
}

/// The file whose lock means that somebody changes `track`.
pub fn track_file(directory: &Path, track: &TrackId) -> PathBuf {
    let name = hash(&serde_json::to_vec(track).unwrap_or_default());
    directory.join("operations").join(format!("track-{}.lock", name.get(..32).unwrap_or(&name)))
}

/// Takes the lock of `path`, or says `None` when somebody has it.
///
/// # Errors
/// When the file cannot be made or the file system has no locks.
pub fn hold(path: &Path) -> io::Result<Option<Held>> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held { _file: file, spent: None })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether somebody holds the lock of `path`. Asking takes a shared lock, so that two who ask do not see each other.
pub fn is_held(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_ends_with_it() {
        let room = tempfile::tempdir().expect("a directory");
        let path = track_file(room.path(), &TrackId::new("checkout", "production"));
        let first = hold(&path).expect("locks").expect("free");
        assert!(is_held(&path) && hold(&path).expect("locks").is_none());
        drop(first);
        assert!(!is_held(&path) && hold(&path).expect("locks").is_some());
    }

    #[test]
    fn a_hostile_operation_id_stays_in_the_directory() {
        let path = operation_file(Path::new("/state"), &OperationId::from("../../etc/x"));
        assert_eq!(path.parent(), Some(Path::new("/state/operations")));
    }
}
