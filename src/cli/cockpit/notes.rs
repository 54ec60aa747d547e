//! What the cockpit remembers from session to session, in a file of the project's state: written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::app::{Failure, Keep, Memory};
use crate::cli::redact::redact;

/// The name of the file.
const NAME: &str = "cockpit.toml";
/// What stands at its beginning.
const HEAD: &str = "# What the cockpit remembers: views that you kept, commands that you typed. It may be deleted.\n\n";

/// The file.
pub struct Notes {
    path: PathBuf,
    writing: Mutex<()>,
}

impl Notes {
    /// The file of the project whose state lies in `directory`.
    pub fn of(directory: &Path) -> Self {
        Self { path: directory.join(NAME), writing: Mutex::default() }
    }

    /// What is remembered; nothing where there is no file yet.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn read(&self) -> Result<Memory, Failure> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Memory::default()),
            Err(error) => return Err(self.failure(&error)),
        };
        toml::from_str(&text).map_err(|error| self.failure(&error.message()))
    }

    /// Remembers one thing more. What another cockpit has written in the meantime stays.
    ///
    /// # Errors
    /// When it cannot be written, or what is there cannot be read: then it is left as it is.
    pub fn keep(&self, what: &Keep) -> Result<(), Failure> {
        if matches!(what, Keep::Command(line) if redact(line) != *line) {
            return Ok(());
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = self.read()?;
        memory.keep(what);
        let text = toml::to_string(&memory).map_err(|error| self.failure(&error))?;
        self.write(&text).map_err(|error| self.failure(&error))
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = NamedTempFile::new_in(directory)?;
        file.write_all(HEAD.as_bytes())?;
        file.write_all(text.as_bytes())?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn failure(&self, why: &dyn std::fmt::Display) -> Failure {
        let path = self.path.display();
        Failure::new(format!("what the cockpit remembers cannot be kept in {path}: {why}"))
            .hint("this session goes on all the same; deleting the file begins anew")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ViewEntry;

    fn command(line: &str) -> Keep {
        Keep::Command(line.to_owned())
    }

    #[test]
    fn two_cockpits_remember_what_either_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Notes::of(dir.path()), Notes::of(dir.path()));
        assert_eq!(one.read(), Ok(Memory::default()));
        one.keep(&command("theme nord")).unwrap();
        let view = ViewEntry { name: "mine".to_owned(), screen: "board".to_owned(), ..ViewEntry::default() };
        other.keep(&Keep::View(view.clone())).unwrap();
        let memory = one.read().unwrap();
        assert_eq!((memory.command.len(), memory.view), (1, vec![view]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no half-written file is left");
    }

    #[test]
    fn what_looks_like_a_secret_is_not_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let notes = Notes::of(dir.path());
        notes.keep(&command("where token=abcdef0123456789")).unwrap();
        assert_eq!(notes.read(), Ok(Memory::default()));
    }

    #[test]
    fn a_file_that_makes_no_sense_is_told_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(NAME);
        fs::write(&path, "view = 7\n").unwrap();
        let notes = Notes::of(dir.path());
        assert!(notes.read().is_err() && notes.keep(&command("help")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "view = 7\n");
    }
}
