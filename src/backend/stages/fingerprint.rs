//! What a service in a stage looks like from outside, as a short text that changes when it does.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::backend::package::hash::hex;

/// The fingerprint of the directory of a service: names, sizes, times and links, two levels deep.
///
/// # Errors
/// When something cannot be looked at.
pub fn of(directory: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    walk(directory, 2, &mut hasher)?;
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
        if name == crate::backend::package::LOCK {
            continue;
        }
        let seen = match entry.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        hasher.update(name.as_encoded_bytes());
        hasher.update([0, u8::from(seen.is_dir()), u8::from(seen.is_symlink())]);
        hasher.update(seen.mtime().to_le_bytes());
        hasher.update(seen.mtime_nsec().to_le_bytes());
        hasher.update(seen.len().to_le_bytes());
        hasher.update(seen.ino().to_le_bytes());
        if seen.is_symlink() {
            hasher.update(fs::read_link(entry.path())?.as_os_str().as_encoded_bytes());
        }
        if seen.is_dir() && depth > 1 {
            walk(&entry.path(), depth - 1, hasher)?;
            hasher.update([0xff]);
        }
    }
    Ok(())
}
