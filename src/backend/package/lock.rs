//! The lock that keeps two operators apart at the switch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::LOCK;
use super::error::{At, PackageError, Result};
use crate::model::{OperationId, Text, Time};

/// The lock of a directory, held until this is dropped. A process that dies lets go of it, and its name stays in the
/// file: so the next one knows whose leavings may be taken away, and touches nobody else's.
pub struct Guard {
    file: File,
    dead: Vec<OperationId>,
    keep: bool,
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
    /// Operations that died here and whose leavings may be there still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead: Vec<OperationId>,
}

impl Holder {
    /// Somebody who begins now.
    pub fn new(by: Text, operation: OperationId, since: Time) -> Self {
        Self { by, operation, since, dead: Vec::new() }
    }
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
        let dead = left_by(&mut file);
        let told = serde_json::to_vec(&Holder { dead: dead.clone(), ..holder.clone() }).unwrap_or_default();
        file.set_len(0).at(&path)?;
        file.rewind().at(&path)?;
        file.write_all(&told).at(&path)?;
        Ok(Self { file, dead, keep: false })
    }

    /// The operations that died while they held it.
    pub fn dead(&self) -> &[OperationId] {
        &self.dead
    }

    /// Leaves the name in the file as if its holder had died, because something of it could not be taken away.
    pub fn keep_name(&mut self) {
        self.keep = true;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The name must not outlive the lock. Should this fail, the next holder overwrites it.
        // A panic is a death: what it was doing is left undone.
        if !self.keep && !std::thread::panicking() {
            let _ = self.file.set_len(0);
        }
        let _ = self.file.unlock();
    }
}

/// Who the file names: while it is locked its holder, otherwise who died.
fn named(file: &mut File) -> Option<Holder> {
    let mut told = Vec::new();
    file.take(64 << 10).read_to_end(&mut told).ok()?;
    serde_json::from_slice(&told).ok()
}

fn left_by(file: &mut File) -> Vec<OperationId> {
    let mut dead = named(file).map(|it| [it.dead, vec![it.operation]].concat()).unwrap_or_default();
    dead.dedup();
    dead
}

fn held(file: &mut File) -> PackageError {
    let who = named(file).map_or_else(
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
        let holder = |by: &str| Holder::new(by.into(), "op-1".into(), Time::UNIX_EPOCH);
        let first = Guard::take(place.path(), &holder("Ada")).unwrap();
        let error = Guard::take(place.path(), &holder("Bo")).err().unwrap();
        assert!(error.what.as_str().starts_with("Ada (operation op-1"), "{error}");
        assert_eq!(error.kind, crate::backend::ErrorKind::Conflict);
        drop(first);
        assert!(Guard::take(place.path(), &holder("Bo")).is_ok());
    }

    #[test]
    fn who_died_is_known_until_somebody_has_ended_well() {
        let place = tempfile::tempdir().unwrap();
        let take = |operation: &str| {
            Guard::take(place.path(), &Holder::new("Ada".into(), operation.into(), Time::UNIX_EPOCH)).unwrap()
        };
        let dies = |operation: &str| take(operation).keep_name();
        dies("op-1");
        dies("op-2");
        let third = take("op-3");
        assert_eq!(third.dead(), ["op-1".into(), "op-2".into()]);
        drop(third);
        assert!(take("op-4").dead().is_empty());
    }
}
