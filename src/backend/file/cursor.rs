//! How far the files were read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::backend::Cursor;
use crate::model::{Text, Time};

/// How many bytes before the place reached have to be the same for a file to be the one that was read.
const KNOWN_BYTES: u64 = 1_024;
/// How many bad lines are named.
const NAMED: usize = 20;

/// How far everything was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    /// The full pass that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<FullPass>,
    /// The greatest time that was given to an observation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Time>,
    /// The files by name. Without any, nothing was ever read.
    #[serde(default)]
    pub files: BTreeMap<String, FilePosition>,
    /// Bad lines since the last full pass began.
    #[serde(default)]
    pub bad: BadLines,
    /// How many bad lines there may be without one that was good before; absent while no pass was ever whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad_ever: Option<u64>,
}

/// A reading of everything, in batches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FullPass {
    /// When it began.
    pub began: Time,
    /// Whether a file could not be read, so that nothing can be said to be gone.
    #[serde(default)]
    pub partial: bool,
}

/// How far one file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePosition {
    /// What the file looked like when it was last looked at.
    pub looks: Looks,
    /// Whether it was read to its end then.
    pub to_end: bool,
    /// Bytes read, to the end of a line.
    pub offset: u64,
    /// Lines read.
    pub lines: u64,
    /// The hash of the last bytes before `offset`.
    pub tail: String,
}

/// What tells a file that did not change, without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    /// Its number in the file system: another one is another file.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// When it was last written, nanoseconds since 1970 UTC.
    pub modified: i64,
}

/// Lines that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLines {
    /// The first of them: `file:line: reason`.
    pub named: Vec<Text>,
    /// How many there are in all.
    pub count: u64,
}

impl Position {
    /// What a cursor says; one that this program does not understand says nothing, so that everything is read again.
    pub fn of(cursor: &Cursor) -> Self {
        serde_json::from_str(&cursor.0).unwrap_or_default()
    }

    /// The cursor for it.
    pub fn cursor(&self) -> Cursor {
        // Made of texts and numbers: there is no way to fail.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    /// Forgets how far the files were read and begins a full pass.
    pub fn begin(&mut self, now: Time) {
        let began = self.next(now);
        self.pass = Some(FullPass { began, partial: false });
        self.files.clear();
        self.bad = BadLines::default();
    }

    /// Takes a bad line in.
    pub fn bad_line(&mut self, file: &str, line: u64, why: &str) {
        self.bad.add(file, line, why);
        if self.pass.is_none() {
            self.bad_ever = self.bad_ever.map(|count| count + 1);
        }
    }

    /// Ends the full pass, where there is one: tells when it began if it was whole, so that what it did not find is
    /// gone. It was not when a file could not be read, or a line that may have been good before.
    pub fn end(&mut self) -> Option<Time> {
        let pass = self.pass.take()?;
        let whole = !pass.partial && self.bad_ever.is_none_or(|known| self.bad.count <= known);
        if whole {
            self.bad_ever = Some(self.bad.count);
        }
        whole.then_some(pass.began)
    }

    /// The time of the next observation: the present, but later than every one before, even when clocks go back.
    pub fn next(&mut self, now: Time) -> Time {
        let after = |last: Time| last.checked_add_signed(TimeDelta::nanoseconds(1)).unwrap_or(last);
        let next = self.last.map_or(now, |last| now.max(after(last)));
        self.last = Some(next);
        next
    }
}

impl BadLines {
    /// Takes one in.
    fn add(&mut self, file: &str, line: u64, why: &str) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(Text::from(format!("{file}:{line}: {why}")));
        }
    }

    /// The first of them, then how many more there are.
    pub fn problems(&self) -> Vec<Text> {
        let more = self.count.saturating_sub(self.named.len() as u64);
        let rest = (more > 0).then(|| Text::from(format!("{more} more lines could not be read")));
        self.named.iter().cloned().chain(rest).collect()
    }
}

impl Looks {
    /// What a file looks like now.
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        let since_epoch = metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = since_epoch.and_then(|it| i64::try_from(it.as_nanos()).ok()).unwrap_or_default();
        Self { inode: inode(metadata), size: metadata.len(), modified }
    }
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

impl FilePosition {
    /// Whether the file is still the one that was read so far, and may at most have grown.
    pub fn still_holds(&self, path: &Path, now: &Looks) -> io::Result<bool> {
        if *now == self.looks {
            return Ok(true);
        }
        // Written again and not longer: something before the end is different.
        if now.inode != self.looks.inode || now.size <= self.looks.size {
            return Ok(false);
        }
        Ok(tail_hash(&mut File::open(path)?, self.offset)? == self.tail)
    }
}

/// The hash of the bytes before `offset`; leaves the file there.
pub fn tail_hash(file: &mut File, offset: u64) -> io::Result<String> {
    let start = offset.saturating_sub(KNOWN_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(offset - start).read_to_end(&mut bytes)?;
    let hash = Sha256::digest(&bytes);
    Ok(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}
