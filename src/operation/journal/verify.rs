//! Proving that the journal is what was written.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};

use super::record::{GENESIS, hash};
use super::tail::Header;
use super::{Journal, JournalError};
use crate::model::Text;

impl Journal {
    /// Checks every record against the one before it, and the end against the head that is kept beside the file. Says
    /// how many records there are.
    ///
    /// # Errors
    /// [`JournalError::Broken`] with the first line that is not what was written; [`JournalError::Io`] when the file
    /// cannot be read.
    pub fn verify(&self) -> Result<u64, JournalError> {
        let problem = JournalError::io(&self.path);
        let mut count = 0;
        let mut last = GENESIS.to_owned();
        let head = self.head();
        if self.path.exists() {
            let file = File::open(&self.path).map_err(&problem)?;
            // Nobody is in the middle of a line while this is held. A file system without locks is read all the same.
            let _ = file.lock_shared();
            let mut lines = BufReader::new(file);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).map_err(&problem)? > 0 {
                count += 1;
                last = check(&mut line, count, &last).map_err(|reason| broken(count, reason))?;
                if let Some((sequence, expected)) = &head
                    && *sequence == count
                    && *expected != last
                {
                    return Err(broken(count, "is not the record that was written last".to_owned()));
                }
                line.clear();
            }
        }
        match head {
            Some((sequence, _)) if sequence > count => {
                Err(broken(count + 1, format!("is missing: {sequence} records were written")))
            }
            _ => Ok(count),
        }
    }

    /// How far the journal went when it was last written, where that is known.
    fn head(&self) -> Option<(u64, String)> {
        let text = fs::read_to_string(self.head_path()).ok()?;
        let (sequence, hash) = text.trim_end().split_once(' ')?;
        Some((sequence.parse().ok()?, hash.to_owned()))
    }
}

/// Checks one line with its break, and gives its hash.
fn check(line: &mut Vec<u8>, number: u64, before: &str) -> Result<String, String> {
    if line.pop_if(|byte| *byte == b'\n').is_none() {
        return Err("is cut short; the next write sets it aside".to_owned());
    }
    let record: Header = serde_json::from_slice(line).map_err(|error| format!("is not a record: {error}"))?;
    if record.sequence != number {
        return Err(format!("says that it is record {}: one was added or taken away", record.sequence));
    }
    if record.before != before {
        return Err("does not follow from the line before: one of the two was changed".to_owned());
    }
    Ok(hash(line))
}

fn broken(line: u64, reason: String) -> JournalError {
    JournalError::Broken { line, reason: Text::from(reason) }
}
