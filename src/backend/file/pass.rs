//! One batch of reading: what was appended, or the next part of a full pass.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::cursor::{FilePosition, Looks, Position, tail_hash};
use super::files::{Files, NoFiles};
use super::line::parse;
use super::lines::{Line, Lines};
use super::{Inner, REPORTED};
use crate::backend::{BackendError, ErrorKind, Reading, Result};
use crate::fact::{Complete, Fact};
use crate::model::Text;

/// How many facts a reading holds at most.
const FACTS: usize = 5_000;
/// How many bytes are read for a reading at most, give or take a line.
const BYTES: u64 = 16 << 20;

/// Reads on from `position`.
pub fn read(inner: &Inner, mut position: Position) -> Result<Reading> {
    let files = inner.place.files().map_err(|none| no_files(inner, none))?;
    let now = (inner.clock)();
    let mut problems = Vec::new();
    let first = position.files.is_empty() && position.pass.is_none();
    if first || !holds(&position, &files) {
        position.begin(now);
    }
    let mut batch = Batch { inner, now, position, facts: Vec::new(), bytes: 0 };
    let mut more = false;
    for (name, path) in &files {
        match batch.read_file(name, path) {
            Ok(at_end) => more |= !at_end,
            Err(error) => {
                problems.push(Text::from(format!("{name}: {error}")));
                if let Some(pass) = &mut batch.position.pass {
                    pass.partial = true;
                }
            }
        }
        if more {
            break;
        }
    }
    Ok(batch.finish(problems, more))
}

/// Whether every file that was read is still there and has at most grown. One that cannot be looked at may be.
fn holds(position: &Position, files: &Files) -> bool {
    position.files.iter().all(|(name, known)| {
        let Some(path) = files.get(name) else { return false };
        let looks = path.metadata().map(|it| Looks::of(&it));
        looks.and_then(|looks| known.still_holds(path, &looks)).unwrap_or(true)
    })
}

struct Batch<'a> {
    inner: &'a Inner,
    now: crate::model::Time,
    position: Position,
    facts: Vec<Fact>,
    bytes: u64,
}

impl Batch<'_> {
    /// Reads a file on, as far as the batch has room; says whether its end was reached.
    fn read_file(&mut self, name: &str, path: &Path) -> io::Result<bool> {
        let metadata = path.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("is not a file"));
        }
        let looks = Looks::of(&metadata);
        let known = self.position.files.get(name).cloned().unwrap_or_default();
        if known.to_end && known.looks == looks {
            return Ok(true);
        }
        let mut file = File::open(path)?;
        let (reached, at_end) = self.read_lines(name, &mut file, &known, looks.size)?;
        let tail = tail_hash(&mut file, reached.offset)?;
        // The looks are those from before the reading: what is written meanwhile is seen next time.
        self.position.files.insert(name.to_owned(), FilePosition { looks, to_end: at_end, tail, ..reached });
        Ok(at_end)
    }

    fn read_lines(
        &mut self,
        name: &str,
        file: &mut File,
        known: &FilePosition,
        size: u64,
    ) -> io::Result<(FilePosition, bool)> {
        file.seek(SeekFrom::Start(known.offset))?;
        let rest = size.saturating_sub(known.offset);
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file.take(rest)));
        let mut number = known.lines;
        let mut at_end = false;
        while self.facts.len() < FACTS && self.bytes + lines.read < BYTES {
            let Some(line) = lines.next()? else {
                at_end = true;
                break;
            };
            number += 1;
            let body = match line {
                Line::Text(text) if text.trim().is_empty() => continue,
                Line::Text(text) => parse(text, &self.inner.defaults),
                Line::Bad(why) => Err(why.to_owned()),
            };
            match body {
                Ok(body) => {
                    let observed_at = self.position.next(self.now);
                    self.facts.push(Fact { source: self.inner.id.clone(), observed_at, body });
                }
                Err(why) => self.position.bad_line(name, number, &why),
            }
        }
        self.bytes += lines.read;
        let offset = known.offset + lines.read;
        Ok((FilePosition { offset, lines: number, ..FilePosition::default() }, at_end))
    }

    fn finish(mut self, mut problems: Vec<Text>, more: bool) -> Reading {
        let mut reading = Reading { facts: self.facts, more, ..Reading::default() };
        if !more {
            reading.began = self.position.end();
            if reading.began.is_some() {
                reading.complete = REPORTED.iter().map(|&kind| Complete { kind, within: Vec::new() }).collect();
            }
            // Told at the end, once: they are about everything that was read.
            problems.extend(self.position.bad.problems());
            reading.problems = problems;
        }
        reading.cursor = Some(self.position.cursor());
        reading
    }
}

fn no_files(inner: &Inner, none: NoFiles) -> BackendError {
    match none {
        NoFiles::Io(path, error) => BackendError::io(&inner.id, &path, &error),
        NoFiles::NothingFits => BackendError::new(&inner.id, ErrorKind::NotFound, "no file fits `path`"),
    }
}
