//! The end of the journal's file: where the next record goes, and what a killed writer left there.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use serde::Deserialize;

use super::record::{GENESIS, hash};

/// How much is read at once, looking for the beginning of the last line.
const CHUNK: u64 = 16 * 1024;

/// What a line says about its place, whatever else it says.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub sequence: u64,
    pub before: String,
}

/// The end of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// The end of the last whole line: the next record goes here.
    pub end: u64,
    /// The number of the last whole line; 0 in an empty journal.
    pub sequence: u64,
    /// The hash of the last whole line.
    pub hash: String,
    /// What stands after the last whole line: the beginning of a record whose writer was killed.
    pub torn: Vec<u8>,
}

impl Tail {
    /// Reads it. Nobody may be writing.
    pub fn read(file: &mut File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let end = line_break_before(file, length)?.map_or(0, |at| at + 1);
        let torn = read_range(file, end, length)?;
        if end == 0 {
            return Ok(Self { end, sequence: 0, hash: GENESIS.to_owned(), torn });
        }
        let start = line_break_before(file, end - 1)?.map_or(0, |at| at + 1);
        let line = read_range(file, start, end - 1)?;
        let sequence = match serde_json::from_slice::<Header>(&line) {
            Ok(header) => header.sequence,
            // Damaged: the chain goes on over its bytes, and `verify` points at it for ever.
            Err(_) => count_lines(file, end)?,
        };
        Ok(Self { end, sequence, hash: hash(&line), torn })
    }
}

/// The place of the last line break before `limit`.
fn line_break_before(file: &mut File, limit: u64) -> io::Result<Option<u64>> {
    let mut upper = limit;
    while upper > 0 {
        let lower = upper.saturating_sub(CHUNK);
        let chunk = read_range(file, lower, upper)?;
        if let Some(at) = chunk.iter().rposition(|&byte| byte == b'\n') {
            return Ok(Some(lower + at as u64));
        }
        upper = lower;
    }
    Ok(None)
}

fn count_lines(file: &mut File, end: u64) -> io::Result<u64> {
    let mut count = 0;
    let mut lower = 0;
    while lower < end {
        let upper = (lower + CHUNK).min(end);
        count += read_range(file, lower, upper)?.iter().filter(|&&byte| byte == b'\n').count() as u64;
        lower = upper;
    }
    Ok(count)
}

fn read_range(file: &mut File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
