//! A fingerprint of a repository's references: equal means that there is nothing new to read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The directories of a repository that references lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directories {
    /// Where `HEAD` is: of its own for a linked worktree.
    pub own: PathBuf,
    /// Where references are, shared by all worktrees.
    pub common: PathBuf,
}

impl Directories {
    /// The directories of the repository at `path`, found without opening it; `None` when it is none.
    pub fn of(path: &Path) -> Option<Self> {
        let own = git_directory(path)?;
        let common =
            fs::read_to_string(own.join("commondir")).map_or_else(|_| own.clone(), |it| own.join(it.trim_end()));
        Some(Self { own, common })
    }

    /// The directories in which something changes when a reference moves. Files are not named: git replaces them, and
    /// who watches a file that is replaced watches nothing. Directories are named one by one: nobody looks below them.
    pub fn watched(&self) -> Vec<PathBuf> {
        let mut all = vec![self.own.clone(), self.common.clone()];
        let mut waiting = vec![self.common.join("refs")];
        while let Some(directory) = waiting.pop() {
            let entries = fs::read_dir(&directory).into_iter().flatten().flatten();
            waiting.extend(entries.filter(|it| it.file_type().is_ok_and(|it| it.is_dir())).map(|it| it.path()));
            all.push(directory);
        }
        all
    }

    /// A digest of every reference. Contents rather than times: a reference can move twice within a tick of the clock.
    ///
    /// # Errors
    /// When a file or directory is there and cannot be read.
    pub fn fingerprint(&self) -> io::Result<String> {
        let mut hash = Sha256::new();
        for file in [self.own.join("HEAD"), self.common.join("packed-refs"), self.common.join("shallow")] {
            add(&mut hash, &file)?;
        }
        // The order of a directory's entries means nothing, so sort them.
        let mut waiting = vec![self.common.join("refs")];
        while let Some(directory) = waiting.pop() {
            let mut entries: Vec<fs::DirEntry> = match fs::read_dir(&directory) {
                Ok(entries) => entries.collect::<io::Result<_>>()?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                if entry.file_type()?.is_dir() {
                    waiting.push(entry.path());
                } else {
                    add(&mut hash, &entry.path())?;
                }
            }
        }
        Ok(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The git directory of a work tree, or of a path that is one.
fn git_directory(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return linked(path);
    }
    let inner = path.join(".git");
    if inner.is_dir() {
        return Some(inner);
    }
    if inner.is_file() {
        return linked(&inner);
    }
    path.join("HEAD").exists().then(|| path.to_owned())
}

/// The git directory that a `.git` file names: that of a linked worktree or a submodule.
fn linked(file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    Some(file.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}

fn add(hash: &mut Sha256, file: &Path) -> io::Result<()> {
    let contents = match fs::read(file) {
        Ok(contents) => contents,
        // Deleted or packed between the listing and now, or never there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let name = file.as_os_str().as_encoded_bytes();
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(name);
    hash.update((contents.len() as u64).to_le_bytes());
    hash.update(&contents);
    Ok(())
}
