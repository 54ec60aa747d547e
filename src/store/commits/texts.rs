//! The texts' file: subjects, looked up row by row when somebody looks. Authors are in the graph.
//!
//! Each segment of the graph has a stretch here: where each row ends, counted from the first, then the rows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::Bytes;
use crate::graph::{Author, CommitGraph, CommitTexts, Pos};
use crate::model::{CommitText, Text};

/// The texts of a repository.
#[derive(Debug, Default)]
pub struct Texts {
    file: Option<Mutex<File>>,
    stretches: Arc<[Stretch]>,
    graph: Arc<CommitGraph>,
}

/// The texts of one segment of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The position of the first commit.
    pub first: u32,
    /// How many commits.
    pub commits: u32,
    /// Where it begins in the file.
    pub start: u64,
    /// How many bytes it takes.
    pub length: u64,
}

/// Rows that a search reads at once: little enough to hold, enough to be few reads.
const ROWS_AT_ONCE: u32 = 16_384;

impl Texts {
    /// The texts of `graph` in `file`, stretches in the order of positions.
    pub fn new(file: File, stretches: Arc<[Stretch]>, graph: Arc<CommitGraph>) -> Self {
        Self { file: Some(Mutex::new(file)), stretches, graph }
    }

    fn row(&self, pos: Pos) -> Option<Vec<u8>> {
        let at = self.stretches.partition_point(|stretch| stretch.first <= pos.0).checked_sub(1)?;
        let stretch = self.stretches.get(at)?;
        let row = pos.0 - stretch.first;
        let (ends, rows) = self.rows(stretch, row, 1)?;
        rows.get(..*ends.first()?).map(<[u8]>::to_vec)
    }

    /// Where `count` rows from `from` on end within the bytes that hold them, and those bytes.
    fn rows(&self, stretch: &Stretch, from: u32, count: u32) -> Option<(Vec<usize>, Vec<u8>)> {
        if count == 0 || from.checked_add(count)? > stretch.commits {
            return None;
        }
        // The row before tells where the first one begins.
        let before = from.saturating_sub(1);
        let entries = from + count - before;
        let table = self.bytes(stretch, u64::from(before) * 8, u64::from(entries) * 8)?;
        let mut ends: Vec<u64> = Vec::with_capacity(entries as usize);
        Bytes(&table).column(entries as usize, &mut ends, u64::from_le_bytes)?;
        let start = if from == 0 { 0 } else { ends.remove(0) };
        let length = ends.last()?.checked_sub(start)?;
        let rows = self.bytes(stretch, (u64::from(stretch.commits) * 8).checked_add(start)?, length)?;
        let relative = ends.iter().map(|end| end.checked_sub(start).and_then(|end| usize::try_from(end).ok()));
        Some((relative.collect::<Option<_>>()?, rows))
    }

    /// Bytes of a stretch; `None` when they are not within it or cannot be read.
    fn bytes(&self, stretch: &Stretch, from: u64, length: u64) -> Option<Vec<u8>> {
        if from.checked_add(length)? > stretch.length {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        let mut file = self.file.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(stretch.start.checked_add(from)?)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

impl CommitTexts for Texts {
    fn text(&self, pos: Pos) -> CommitText {
        let Author { name: author, email } = self.graph.author_of(pos).cloned().unwrap_or_default();
        CommitText { author, email, subject: Text::from_bytes(&self.row(pos).unwrap_or_default()) }
    }

    fn find(&self, needle: &str, most: usize) -> Vec<Pos> {
        let needle = Needle::new(needle);
        let mut found = Vec::new();
        for stretch in self.stretches.iter().rev() {
            let mut until = stretch.commits;
            while until > 0 {
                let from = until.saturating_sub(ROWS_AT_ONCE);
                let Some((ends, rows)) = self.rows(stretch, from, until - from) else { break };
                for at in (0..ends.len()).rev() {
                    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
                    let row = ends.get(at).and_then(|end| rows.get(start..*end));
                    if row.is_some_and(|subject| needle.is_in(subject)) {
                        found.push(Pos(stretch.first + from + u32::try_from(at).unwrap_or_default()));
                        if found.len() >= most {
                            return found;
                        }
                    }
                }
                until = from;
            }
        }
        found
    }
}

/// What is looked for, without regard to the case of ASCII letters.
struct Needle {
    lower: Vec<u8>,
}

impl Needle {
    fn new(needle: &str) -> Self {
        Self { lower: needle.to_ascii_lowercase().into_bytes() }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        let Some(first) = self.lower.first() else { return true };
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| byte.to_ascii_lowercase() == *first) {
            rest = &rest[at..];
            if rest.get(..self.lower.len()).is_some_and(|front| front.eq_ignore_ascii_case(&self.lower)) {
                return true;
            }
            rest = &rest[1..];
        }
        false
    }
}

/// The stretch of commits with these subjects.
pub fn encode<'a>(subjects: impl ExactSizeIterator<Item = &'a Text> + Clone) -> Vec<u8> {
    let rows: usize = subjects.clone().map(|subject| subject.as_str().len()).sum();
    let mut stretch = Vec::with_capacity(subjects.len() * 8 + rows);
    let mut end = 0;
    for subject in subjects.clone() {
        end += subject.as_str().len() as u64;
        stretch.extend_from_slice(&end.to_le_bytes());
    }
    subjects.for_each(|subject| stretch.extend_from_slice(subject.as_str().as_bytes()));
    stretch
}

/// Writes a stretch at the end of a file and waits until the disk has it; where it begins and how long it is.
pub fn append(path: &Path, stretch: &[u8]) -> io::Result<(u64, u64)> {
    let mut file = File::options().create(true).append(true).open(path)?;
    let start = file.seek(SeekFrom::End(0))?;
    file.write_all(stretch)?;
    file.sync_data()?;
    Ok((start, stretch.len() as u64))
}
