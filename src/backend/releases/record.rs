//! What a release says of itself: `REVISION`, as Capistrano writes it, and `.flightdeck.json`.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::tree::{self, Difference, Tree};
use crate::backend::package::error::At as _;
use crate::backend::package::{PackageError, Result};
use crate::model::{CommitId, Digest, OperationId, Time, Version};

/// The file that holds the commit.
pub const REVISION: &str = "REVISION";
/// The file that holds our record of a release.
pub const RECORD: &str = ".flightdeck.json";
/// The file that lists the files of a release as they were installed.
pub const TREE: &str = ".flightdeck.tree";

/// What Flightdeck knows of a release that it installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The version; equals the name of the directory.
    pub version: Version,
    /// The content address of the package that it was installed from.
    pub digest: Digest,
    /// The commit that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// When it was installed.
    pub installed_at: Time,
    /// The operation that installed it.
    pub operation: OperationId,
    /// The digest of `.flightdeck.tree`, the list of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
}

impl Record {
    /// Reads the record of a release; absent when somebody else installed it.
    ///
    /// # Errors
    /// When it is there and is not a record.
    pub fn read(release: &Path) -> Result<Option<Self>> {
        let path = release.join(RECORD);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PackageError::io(&path, &error)),
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| PackageError::integrity(format!("{}: not a record: {error}", path.display())))
    }

    /// What became different in the release since it was installed; absent when the list of its files is not there.
    ///
    /// # Errors
    /// When the list is not the one that was written, or a file cannot be read.
    pub fn difference(&self, release: &Path) -> Result<Option<Difference>> {
        let path = release.join(TREE);
        let Some(recorded) = &self.tree else { return Ok(None) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PackageError::io(&path, &error)),
        };
        if tree::digest(&text) != *recorded {
            return Err(PackageError::integrity(format!("{}: it is not the list that was written", path.display())));
        }
        Ok(Some(Tree::parse(&text).difference(&Tree::read(release)?)))
    }
}

/// The commit in `REVISION`, where it is a whole one.
pub fn revision(release: &Path) -> Result<Option<CommitId>> {
    let path = release.join(REVISION);
    match fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).trim().parse().ok()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(None),
        Err(error) => Err(error).at(&path),
    }
}
