//! What is kept in the cache, so that a start asks only whether something changed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::backend::github::memory::Memory;

/// What is kept. It goes with one state of the store: with another one, what is "unchanged" would not be there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Which state of the store.
    pub stamp: u64,
    /// By repository.
    pub memories: BTreeMap<String, Memory>,
}

impl Kept {
    /// What was kept, where it can be read.
    pub fn load(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// Keeps it, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        serde_json::to_writer(io::BufWriter::new(&mut file), self)?;
        file.flush()?;
        file.persist(path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_garbage_is_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("below/kept.json");
        assert!(Kept::load(&path).is_none());
        let memory = Memory { default_branch: "main".into(), ..Memory::default() };
        Kept { stamp: 7, memories: [("a/b".to_owned(), memory.clone())].into() }.save(&path).expect("written");
        let kept = Kept::load(&path).expect("read");
        assert_eq!((kept.stamp, kept.memories.get("a/b")), (7, Some(&memory)));
        std::fs::write(&path, "{").expect("written");
        assert!(Kept::load(&path).is_none());
    }
}
