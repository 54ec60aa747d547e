//! `artifact.json`: what a version is made of.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::{At, PackageError, Result};
use super::{MANIFEST, name};
use crate::model::{CommitId, Digest, RunId, Time, Version};

/// No manifest is longer: what is longer is something else.
const LONGEST: u64 = 4 << 20;

/// The manifest of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version; equals the name of its directory.
    pub version: Version,
    /// The commit that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// The digest that the builder states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at: Option<Time>,
    /// The run that built it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Its files.
    pub files: Vec<FileEntry>,
}

/// One file of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name, without a directory.
    pub name: String,
    /// The SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl Manifest {
    /// Reads the manifest in `directory`.
    ///
    /// # Errors
    /// When there is none, or it is not a manifest.
    pub fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(MANIFEST);
        let bytes = read_bounded(&path)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| PackageError::integrity(format!("{}: not a manifest: {error}", path.display())))
    }

    /// The digest of the version as its list of files gives it.
    pub fn computed_digest(&self) -> Digest {
        if let [only] = self.files.as_slice() {
            return Digest::from(format!("sha256:{}", only.sha256));
        }
        let mut lines: Vec<String> =
            self.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
        lines.sort_by(|a, b| a.get(66..).cmp(&b.get(66..)));
        let mut hasher = Sha256::new();
        lines.iter().for_each(|line| hasher.update(line.as_bytes()));
        Digest::sha256(&hasher.finalize().into())
    }

    /// What is wrong with the manifest itself, where something is.
    pub fn flaw(&self) -> Option<String> {
        if self.files.is_empty() {
            return Some("lists no file".to_owned());
        }
        let mut names = BTreeSet::new();
        for file in &self.files {
            let shown = crate::model::text::clean(&file.name).into_owned();
            if !name::is_component(&file.name) {
                return Some(format!("{shown:?} cannot be the name of a file of it"));
            }
            if !names.insert(&file.name) {
                return Some(format!("lists {shown:?} twice"));
            }
            if file.sha256.len() != 64 || !file.sha256.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
                return Some(format!("the sha256 of {shown:?} is not 64 lower-case hexadecimal digits"));
            }
        }
        let computed = self.computed_digest();
        match &self.digest {
            Some(stated) if *stated != computed => {
                Some(format!("states the digest {stated} but its files give {computed}"))
            }
            _ => None,
        }
    }

    /// The bytes of all its files together, as the manifest states them.
    pub fn size(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>> {
    let seen = fs::symlink_metadata(path).at(path)?;
    if !seen.is_file() {
        return Err(PackageError::integrity(format!("{}: not a file", path.display())));
    }
    if seen.len() > LONGEST {
        return Err(PackageError::integrity(format!("{}: too long for a manifest", path.display())));
    }
    fs::read(path).at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, digit: char) -> FileEntry {
        FileEntry { name: name.to_owned(), sha256: digit.to_string().repeat(64), size: 1 }
    }

    fn manifest(files: Vec<FileEntry>) -> Manifest {
        Manifest { version: "1".into(), commit: None, digest: None, built_at: None, run: None, files }
    }

    #[test]
    fn one_file_gives_its_own_digest_and_many_a_digest_that_does_not_depend_on_their_order() {
        assert_eq!(manifest(vec![file("a", '1')]).computed_digest().as_str(), format!("sha256:{}", "1".repeat(64)));
        let there = manifest(vec![file("a", '2'), file("b", '1')]).computed_digest();
        let back = manifest(vec![file("b", '1'), file("a", '2')]).computed_digest();
        assert_eq!(there, back);
        let listing = format!("{}  a\n{}  b\n", "2".repeat(64), "1".repeat(64));
        assert_eq!(there, Digest::sha256(&Sha256::digest(listing.as_bytes()).into()));
    }

    #[test]
    fn flaws_are_told() {
        let stated = Manifest { digest: Some("sha256:00".into()), ..manifest(vec![file("a", '1')]) };
        for (flawed, says) in [
            (manifest(vec![]), "no file"),
            (manifest(vec![file("../x", '1')]), "cannot be the name"),
            (manifest(vec![file("a", '1'), file("a", '1')]), "twice"),
            (manifest(vec![file("a", 'z')]), "hexadecimal"),
            (stated, "its files give"),
        ] {
            let flaw = flawed.flaw().unwrap_or_default();
            assert!(flaw.contains(says), "{flaw:?} should say {says:?}");
        }
        assert_eq!(manifest(vec![file("a", '1')]).flaw(), None);
    }
}
