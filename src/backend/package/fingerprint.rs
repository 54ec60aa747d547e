//! What a directory looks like from outside, as a short text that changes when it does.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::LOCK;
use super::hash::hex;

/// The fingerprint of some paths, each with how many levels of names below it count: names, sizes, times and where links
/// lead, never contents. A path that is not there counts as that.
///
/// # Errors
/// When something cannot be looked at.
pub fn of(paths: &[(&Path, u32)]) -> io::Result<String> {
    let mut hasher = Sha256::new();
    for (path, depth) in paths {
        // A directory may be reached through a link; a link that is asked for itself is looked at itself.
        let seen = if *depth > 0 { fs::metadata(path) } else { fs::symlink_metadata(path) };
        match seen {
            Err(error) if error.kind() == io::ErrorKind::NotFound => hasher.update([0xfe]),
            Err(error) => return Err(error),
            // The times of the directory itself change when somebody takes the lock.
            Ok(seen) if seen.is_dir() && *depth > 0 => walk(path, *depth, &mut hasher)?,
            Ok(seen) => look(path, &seen, &mut hasher)?,
        }
    }
    let mut short = hex(&hasher.finalize().into());
    short.truncate(20);
    Ok(short)
}

fn walk(directory: &Path, depth: u32, hasher: &mut Sha256) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        // The lock comes and goes with every write and says nothing about what lies here.
        if name == LOCK {
            continue;
        }
        let seen = match entry.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        hasher.update(name.as_encoded_bytes());
        look(&entry.path(), &seen, hasher)?;
        if seen.is_dir() && depth > 1 {
            walk(&entry.path(), depth - 1, hasher)?;
            hasher.update([0xff]);
        }
    }
    Ok(())
}

fn look(path: &Path, seen: &Metadata, hasher: &mut Sha256) -> io::Result<()> {
    hasher.update([0, u8::from(seen.is_dir()), u8::from(seen.is_symlink())]);
    hasher.update(seen.mtime().to_le_bytes());
    hasher.update(seen.mtime_nsec().to_le_bytes());
    hasher.update(seen.len().to_le_bytes());
    hasher.update(seen.ino().to_le_bytes());
    if seen.is_symlink() {
        hasher.update(fs::read_link(path)?.as_os_str().as_encoded_bytes());
    }
    Ok(())
}
