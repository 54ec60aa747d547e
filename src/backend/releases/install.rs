//! Installing a package beside the other releases.

use std::fs;
use std::path::Path;

use super::record::{RECORD, REVISION, Record, TREE};
use super::tree::{self, Tree};
use super::unpack::{Packing, unpack};
use crate::backend::Order;
use crate::backend::package::copy::write_new;
use crate::backend::package::error::At as _;
use crate::backend::package::{Package, PackageError, Result, Steps, copy_verified, sync_directory};
use crate::model::Time;

/// Fills the new directory `incoming` with a package: archives unpacked, other files as they are, then `REVISION` and our
/// record. Everything is flushed.
///
/// # Errors
/// When the bytes are not those of the manifest, an archive is hostile, or reading or writing failed. What was written by
/// then lies there still.
pub fn install(
    package: &Package,
    incoming: &Path,
    order: &Order,
    now: Time,
    limit: u64,
    steps: &Steps<'_>,
) -> Result<()> {
    let Some((manifest, digest)) = package.manifest.as_ref().zip(package.digest.clone()) else {
        let what = format!("{}: nothing says what it is made of", package.directory.display());
        return Err(PackageError::integrity(what));
    };
    fs::create_dir(incoming).at(incoming)?;
    let mut room = limit;
    for file in &manifest.files {
        match Packing::of(&file.name) {
            Packing::Tar | Packing::TarGz => unpack(&package.directory, file, incoming, &mut room, steps)?,
            Packing::Plain => copy_verified(&package.directory, incoming, file, steps)?,
        }
    }
    let record = Record {
        version: manifest.version.clone(),
        digest,
        commit: manifest.commit,
        installed_at: now,
        operation: order.operation.clone(),
        tree: None,
    };
    write_records(incoming, &record, steps)?;
    sync_directories(incoming)
}

/// Writes `REVISION` and our record into a release whose files lie there complete.
///
/// # Errors
/// When that failed.
pub fn write_records(release: &Path, record: &Record, steps: &Steps<'_>) -> Result<()> {
    if let Some(commit) = record.commit {
        // What the archive brought under this name is of whoever packed it; what is installed is known better.
        let path = release.join(REVISION);
        if fs::symlink_metadata(&path).is_ok_and(|seen| !seen.is_dir()) {
            fs::remove_file(&path).at(&path)?;
        }
        write_new(&path, format!("{commit}\n").as_bytes(), steps)?;
    }
    let listing = Tree::read(release)?.text();
    write_new(&release.join(TREE), listing.as_bytes(), steps)?;
    let record = Record { tree: Some(tree::digest(&listing)), ..record.clone() };
    let path = release.join(RECORD);
    let text = serde_json::to_string(&record)
        .map_err(|error| PackageError::integrity(format!("{}: {error}", path.display())))?;
    write_new(&path, format!("{text}\n").as_bytes(), steps)
}

/// Flushes the names in a directory and below.
fn sync_directories(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).at(directory)? {
        let entry = entry.at(directory)?;
        if entry.file_type().at(&entry.path())?.is_dir() {
            sync_directories(&entry.path())?;
        }
    }
    sync_directory(directory)
}
