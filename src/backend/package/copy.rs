//! Copying files so that the bytes are proved, and making what was written last.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use super::error::{At, PackageError, Result};
use super::hash::{CHUNK, HashingReader, differs, sha256_of};
use super::manifest::FileEntry;
use super::shelf::unfinished;
use super::step::Steps;
use crate::model::OperationId;

/// Copies one file of a version from one directory to another: the bytes that are read are hashed, and so are the bytes
/// that lie there afterwards.
///
/// # Errors
/// When the bytes are not those of the manifest, before or after, or reading or writing failed.
pub fn copy_verified(from: &Path, to: &Path, file: &FileEntry, steps: &Steps<'_>) -> Result<()> {
    let (source, target) = (from.join(&file.name), to.join(&file.name));
    if !fs::symlink_metadata(&source).at(&source)?.is_file() {
        return Err(PackageError::integrity(format!("{}: not a file", source.display())));
    }
    let mut reader = HashingReader::new(File::open(&source).at(&source)?);
    let mut writer = OpenOptions::new().write(true).create_new(true).open(&target).at(&target)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = reader.read(&mut buffer).at(&source)?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { break };
        steps.writes(count as u64).at(&target)?;
        writer.write_all(chunk).at(&target)?;
    }
    writer.sync_all().at(&target)?;
    let permissions = fs::metadata(&source).at(&source)?.permissions();
    fs::set_permissions(&target, permissions).at(&target)?;
    let (read, _) = reader.finish();
    if read != file.sha256 {
        return Err(differs(&source, &file.sha256, &read));
    }
    let written = sha256_of(&target)?;
    if written != file.sha256 {
        return Err(differs(&target, &file.sha256, &written));
    }
    Ok(())
}

/// Writes a small file that was not there, and makes it last.
///
/// # Errors
/// When that failed.
pub fn write_new(path: &Path, bytes: &[u8], steps: &Steps<'_>) -> Result<()> {
    steps.writes(bytes.len() as u64).at(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).at(path)?;
    file.write_all(bytes).at(path)?;
    file.sync_all().at(path)
}

/// Makes the names in a directory last.
///
/// # Errors
/// When the directory cannot be opened or flushed.
pub fn sync_directory(path: &Path) -> Result<()> {
    File::open(path).and_then(|directory| directory.sync_all()).at(path)
}

/// Removes what operations left unfinished: directories still being written or on their way out, and links not yet in
/// place. Call it only while holding the lock, for operations that are dead.
///
/// # Errors
/// When one of them cannot be removed.
pub fn remove_unfinished(directory: &Path, operations: &[OperationId]) -> Result<()> {
    for path in unfinished(directory, operations)? {
        let is_directory = fs::symlink_metadata(&path).at(&path)?.is_dir();
        if is_directory { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.at(&path)?;
    }
    Ok(())
}
