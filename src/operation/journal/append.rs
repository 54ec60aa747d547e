//! Writing: under the file's lock, after reading its end again, on disk before it returns.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::record::{Body, Note, Record, hash};
use super::tail::Tail;
use super::{Journal, JournalError};
use crate::model::{OperationId, Text};

impl Journal {
    /// Writes a record and waits until it is on disk.
    ///
    /// # Errors
    /// When it could not be written whole: then the file is as it was.
    pub fn append(&self, operation: Option<&OperationId>, body: Body) -> Result<Record, JournalError> {
        let (mut file, tail, _) = self.open_at_end()?;
        let (end, sequence, before) = (tail.end, tail.sequence + 1, tail.hash);
        self.write(&mut file, end, Record { sequence, time: self.now(), operation: operation.cloned(), body, before })
    }

    /// Sets aside what a killed writer left at the end, if anything: its bytes go to a file beside the journal and a
    /// note says so. Says whether there was something. Every [`append`](Self::append) does the same first.
    ///
    /// # Errors
    /// When the state directory cannot be written.
    pub fn repair(&self) -> Result<bool, JournalError> {
        if !self.path.exists() {
            return Ok(false);
        }
        self.open_at_end().map(|(_, _, repaired)| repaired)
    }

    /// Opens and locks the file, with its torn end set aside, and says whether it had one. The lock ends with the file.
    fn open_at_end(&self) -> Result<(File, Tail, bool), JournalError> {
        fs::create_dir_all(&self.directory).map_err(JournalError::io(&self.directory))?;
        let problem = JournalError::io(&self.path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)
            .map_err(&problem)?;
        file.lock().map_err(&problem)?;
        let tail = Tail::read(&mut file).map_err(&problem)?;
        if tail.torn.is_empty() {
            return Ok((file, tail, false));
        }
        self.set_aside(&mut file, tail)?;
        let tail = Tail::read(&mut file).map_err(&problem)?;
        Ok((file, tail, true))
    }

    /// Saves the torn bytes first and cuts them off then, so that a kill in between loses nothing.
    fn set_aside(&self, file: &mut File, tail: Tail) -> Result<(), JournalError> {
        let aside = self.free_name_for_torn();
        save(&aside, &tail.torn).map_err(JournalError::io(&aside))?;
        file.set_len(tail.end).and_then(|()| file.sync_all()).map_err(JournalError::io(&self.path))?;
        let name = aside.file_name().unwrap_or_default().to_string_lossy();
        let note = Note {
            scope: None,
            version: None,
            who: Text::from("flightdeck"),
            what: Text::from("journal repaired"),
            why: Text::from(format!("a record was cut short after {} bytes; they are kept in {name}", tail.torn.len())),
        };
        let record = Record {
            sequence: tail.sequence + 1,
            time: self.now(),
            operation: None,
            body: Body::Note(note),
            before: tail.hash,
        };
        self.write(file, tail.end, record).map(|_| ())
    }

    fn free_name_for_torn(&self) -> PathBuf {
        let stem = format!("journal.torn-{}", self.now().format("%Y%m%dT%H%M%SZ"));
        let numbered = (2..).map(|number| self.directory.join(format!("{stem}-{number}")));
        std::iter::once(self.directory.join(&stem)).chain(numbered).find(|path| !path.exists()).unwrap_or_default()
    }

    /// Writes `record` at `end` and syncs; takes back what was written when that fails.
    fn write(&self, file: &mut File, end: u64, record: Record) -> Result<Record, JournalError> {
        let line = serde_json::to_vec(&record)?;
        let written = file
            .seek(SeekFrom::Start(end))
            .and_then(|_| file.write_all(&[line.as_slice(), b"\n"].concat()))
            .and_then(|()| file.sync_data());
        if let Err(error) = written {
            // If this fails too, the next writer finds a torn end and sets it aside.
            let _ = file.set_len(end);
            return Err(JournalError::Io { path: self.path.clone(), error });
        }
        if end == 0 {
            sync_directory(&self.directory);
        }
        self.write_head(record.sequence, &hash(&line));
        Ok(record)
    }

    /// Notes beside the journal how far it goes, so that `verify` misses records that were cut off at its end. A head
    /// that is behind, as after a kill right here, is no sign of anything.
    fn write_head(&self, sequence: u64, hash: &str) {
        let fresh = self.directory.join("journal.head.new");
        let written = fs::write(&fresh, format!("{sequence} {hash}\n"));
        let _ = written.and_then(|()| fs::rename(&fresh, self.head_path()));
    }

    pub(super) fn head_path(&self) -> PathBuf {
        self.directory.join("journal.head")
    }
}

fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a new name in a directory last. Not every system can; the record itself is synced in any case.
fn sync_directory(directory: &Path) {
    if let Ok(opened) = File::open(directory) {
        let _ = opened.sync_all();
    }
}
