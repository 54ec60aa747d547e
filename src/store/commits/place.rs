//! The directory of one repository, its lock, and setting aside what cannot be used.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::super::StoreError;
use crate::model::RepositoryId;

/// The directory of one repository.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where it is.
    pub directory: PathBuf,
}

impl Place {
    /// The directory of `repository` below `root`. The name is readable as far as it is harmless, and never the same
    /// for two repositories.
    pub fn of(root: &Path, repository: &RepositoryId) -> Self {
        let harmless = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let readable: String =
            repository.as_str().chars().map(|c| if harmless(&c) { c } else { '-' }).take(40).collect();
        Self { directory: root.join(format!("{readable}-{}", digest(repository.as_str().as_bytes()))) }
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The graph's file.
    pub fn graph(&self) -> PathBuf {
        self.file("graph")
    }

    /// The texts' file of a generation.
    pub fn texts(&self, generation: u32) -> PathBuf {
        self.file(&format!("texts-{generation}"))
    }

    /// Waits until nobody else writes, and keeps others from writing until the lock is dropped.
    ///
    /// # Errors
    /// When the lock's file cannot be made.
    pub fn lock(&self) -> Result<File, StoreError> {
        let path = self.file("lock");
        let lock = || -> io::Result<File> {
            fs::create_dir_all(&self.directory)?;
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| StoreError::io(&path, error))
    }

    /// The names of the files that begin with `prefix`.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        entries.filter_map(|it| it.file_name().into_string().ok()).filter(|it| it.starts_with(prefix)).collect()
    }

    /// A generation that no file is of.
    pub fn next_generation(&self) -> u32 {
        let known = self.names("texts-").into_iter().filter_map(|name| name.strip_prefix("texts-")?.parse().ok());
        known.max().map_or(1, |last: u32| last.wrapping_add(1))
    }

    /// Moves the graph's file out of the way, over what was set aside before. Hold the lock.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn set_aside(&self) -> Result<(), StoreError> {
        let graph = self.graph();
        tracing::warn!(file = %graph.display(), "commits cannot be used as they are kept: set aside, to be read again");
        match fs::rename(&graph, self.file("graph.set-aside")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(&graph, error)),
            _ => Ok(()),
        }
    }

    /// Removes every file but the lock, the graph first: without it the others mean nothing. Hold the lock.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self) -> Result<(), StoreError> {
        for name in ["graph", "texts-", "touched-"].into_iter().flat_map(|prefix| self.names(prefix)) {
            let path = self.file(&name);
            fs::remove_file(&path).map_err(|error| StoreError::io(&path, error))?;
        }
        Ok(())
    }
}

/// Sixteen digits that stand for `bytes`.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
