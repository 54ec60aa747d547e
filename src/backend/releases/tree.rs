//! The files of a release: what was installed, and whether it is so still.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::record::{RECORD, TREE};
use crate::backend::package::error::At as _;
use crate::backend::package::hash::hex;
use crate::backend::package::{Result, sha256_of};

/// The files of a release by path: mode and hash, `link` and the hash of the target for symbolic links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, String>);

/// What became different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files that have other bytes, another mode or another target.
    pub changed: Vec<String>,
    /// Files that are gone.
    pub missing: Vec<String>,
    /// Files that came: programs write caches and logs beside themselves.
    pub added: Vec<String>,
}

impl Tree {
    /// Hashes every file below `directory`, our own records aside.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn read(directory: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.walk(directory, "")?;
        [RECORD, TREE].iter().for_each(|ours| drop(tree.0.remove(*ours)));
        Ok(tree)
    }

    fn walk(&mut self, directory: &Path, above: &str) -> Result<()> {
        for entry in fs::read_dir(directory).at(directory)? {
            let entry = entry.at(directory)?;
            let path = entry.path();
            // Escaped, so that each name is one line of ASCII and no two names are the same.
            let name = format!("{above}{}", entry.file_name().as_bytes().escape_ascii());
            let seen = entry.metadata().at(&path)?;
            if seen.is_dir() {
                self.walk(&path, &format!("{name}/"))?;
            } else if seen.is_symlink() {
                let target = fs::read_link(&path).at(&path)?;
                self.0.insert(name, format!("link {}", hex(&Sha256::digest(target.as_os_str().as_bytes()).into())));
            } else if seen.is_file() {
                let mode = seen.permissions().mode() & 0o777;
                self.0.insert(name, format!("{mode:04o} {}", sha256_of(&path)?));
            } else {
                // A socket or a pipe that a program made: there, and not of the release.
                self.0.insert(name, "special".to_owned());
            }
        }
        Ok(())
    }

    /// As text, one line a file, sorted by path: `<mode> <sha256> <path>`.
    pub fn text(&self) -> String {
        self.0.iter().map(|(path, what)| format!("{what} {path}\n")).collect()
    }

    /// Reads what [`text`](Self::text) wrote.
    pub fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let (kind, hash, path) = (parts.next()?, parts.next()?, parts.next()?);
            Some((path.to_owned(), format!("{kind} {hash}")))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// What became different between this and `now`.
    pub fn difference(&self, now: &Self) -> Difference {
        let mut difference = Difference::default();
        for (path, what) in &self.0 {
            match now.0.get(path) {
                None => difference.missing.push(path.clone()),
                Some(other) if other != what => difference.changed.push(path.clone()),
                Some(_) => {}
            }
        }
        difference.added = now.0.keys().filter(|path| !self.0.contains_key(*path)).cloned().collect();
        difference
    }
}

impl Difference {
    /// Whether everything that was installed is there as it was.
    pub fn is_harmless(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty()
    }

    /// In words, naming at most three files.
    pub fn words(&self) -> String {
        let mut all: Vec<String> = self.changed.iter().map(|path| format!("{path} was changed")).collect();
        all.extend(self.missing.iter().map(|path| format!("{path} is gone")));
        let more = all.len().saturating_sub(3);
        all.truncate(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", all.join(", "))
    }
}

/// The digest of a tree's text.
pub fn digest(text: &str) -> String {
    format!("sha256:{}", hex(&Sha256::digest(text.as_bytes()).into()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn changed_missing_and_added_files_are_told_apart() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        fs::create_dir(root.join("bin")).unwrap();
        for name in ["bin/app", "bin/mode", "gone", "odd \n name"] {
            fs::write(root.join(name), name).unwrap();
        }
        symlink("bin/app", root.join("link")).unwrap();
        fs::write(root.join(RECORD), "ours").unwrap();
        let before = Tree::read(root).unwrap();
        assert_eq!(Tree::parse(&before.text()), before);
        fs::write(root.join("bin/app"), "other").unwrap();
        fs::set_permissions(root.join("bin/mode"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(root.join("gone")).unwrap();
        fs::remove_file(root.join("link")).unwrap();
        symlink("/etc/passwd", root.join("link")).unwrap();
        fs::write(root.join("cache"), "new").unwrap();
        let difference = before.difference(&Tree::read(root).unwrap());
        assert_eq!(difference.changed, ["bin/app", "bin/mode", "link"]);
        assert_eq!(difference.missing, ["gone"]);
        assert_eq!(difference.added, ["cache"]);
        assert!(!difference.is_harmless());
        assert_eq!(difference.words(), "bin/app was changed, bin/mode was changed, link was changed and 1 more");
    }
}
