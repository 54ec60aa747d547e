//! The lock that keeps two operators apart at the switch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::LOCK;
use super::error::{At, PackageError, Result};
use crate::model::{OperationId, Text, Time};

/// The lock of a directory, held until this is dropped. A process that dies lets go of it.
pub struct Guard {
    file: File,
}

/// Who holds the lock: what the file says while it is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person.
    pub by: Text,
    /// The operation.
    pub operation: OperationId,
    /// Since when.
    pub since: Time,
}

impl Guard {
    /// Takes the lock of `directory` at once or not at all.
    ///
    /// # Errors
    /// [`Conflict`](crate::backend::ErrorKind::Conflict), naming who holds it, when somebody does; otherwise when the
    /// lock file cannot be made or the file system has no locks.
    pub fn take(directory: &Path, holder: &Holder) -> Result<Self> {
        let path = directory.join(LOCK);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).at(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file)),
            Err(TryLockError::Error(error)) => return Err(PackageError::io(&path, &error)),
        }
        let told = serde_json::to_vec(holder).unwrap_or_default();
        file.set_len(0).at(&path)?;
        file.rewind().at(&path)?;
        file.write_all(&told).at(&path)?;
        Ok(Self { file })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The name must not outlive the lock. Should this fail, the next holder overwrites it.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn held(file: &mut File) -> PackageError {
    let mut told = Vec::new();
    let read = file.take(4096).read_to_end(&mut told);
    let holder = read.ok().and_then(|_| serde_json::from_slice::<Holder>(&told).ok());
    let who = holder.map_or_else(
        || "somebody".to_owned(),
        |it| format!("{} (operation {}, since {})", it.by, it.operation, it.since.format("%H:%M:%S UTC")),
    );
    PackageError::conflict(format!("{who} is changing it right now")).hint("wait until they are done and plan again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_learns_who_was_first_and_can_go_on_afterwards() {
        let place = tempfile::tempdir().unwrap();
        let holder = |by: &str| Holder { by: by.into(), operation: "op-1".into(), since: Time::UNIX_EPOCH };
        let first = Guard::take(place.path(), &holder("Ada")).unwrap();
        let error = Guard::take(place.path(), &holder("Bo")).err().unwrap();
        assert!(error.what.as_str().starts_with("Ada (operation op-1"), "{error}");
        assert_eq!(error.kind, crate::backend::ErrorKind::Conflict);
        drop(first);
        assert!(Guard::take(place.path(), &holder("Bo")).is_ok());
    }
}
