//! Lines of a file, one after the other, in bounded memory.

use std::io::{self, BufRead};

/// The longest line that is read, in bytes.
pub const LONGEST: usize = 1 << 20;

/// A line, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its text, without its end.
    Text(&'a str),
    /// It cannot be read.
    Bad(&'static str),
}

/// Reads lines from a file that may still grow.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Bytes of whole lines read so far.
    pub read: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), read: 0 }
    }

    /// The next whole line; `None` at the end, and where the last line has no end yet.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut length: u64 = 0;
        let ended = loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break false;
            }
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let taken = end.map_or(chunk.len(), |end| end + 1);
            if let Some(kept) = chunk.get(..taken).filter(|kept| self.buffer.len() + kept.len() <= LONGEST + 2) {
                self.buffer.extend_from_slice(kept);
            }
            self.reader.consume(taken);
            length += taken as u64;
            if end.is_some() {
                break true;
            }
        };
        if !ended {
            return Ok(None);
        }
        self.read += length;
        Ok(Some(line(&self.buffer, length)))
    }
}

fn line(bytes: &[u8], length: u64) -> Line<'_> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if length > LONGEST as u64 + 2 || bytes.len() > LONGEST {
        return Line::Bad("is longer than 1 MiB");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Line::Text(text.trim_start_matches('\u{feff}')),
        Err(_) => Line::Bad("is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn all(bytes: &[u8]) -> (Vec<String>, u64) {
        // A small buffer, so that lines span chunks.
        let mut lines = Lines::new(BufReader::with_capacity(7, bytes));
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(match line {
                Line::Text(text) => text.chars().take(20).collect(),
                Line::Bad(why) => format!("! {why}"),
            });
        }
        (found, lines.read)
    }

    #[test]
    fn whole_lines_are_told_and_an_unfinished_one_is_left() {
        assert_eq!(all(b""), (vec![], 0));
        assert_eq!(all(b"unfinished"), (vec![], 0));
        let (found, read) = all("\u{feff}first line\r\n\nthird\nunfin".as_bytes());
        assert_eq!(found, ["first line", "", "third"]);
        assert_eq!(read, 22);
    }

    #[test]
    fn what_cannot_be_a_line_is_told_and_the_next_one_read() {
        let long = [&vec![b'x'; LONGEST + 1][..], b"\nnext\ncaf\xe9\nlast\n"].concat();
        let (found, read) = all(&long);
        assert_eq!(found, ["! is longer than 1 MiB", "next", "! is not UTF-8", "last"]);
        assert_eq!(read, long.len() as u64);
        let longest = [&vec![b'x'; LONGEST][..], b"\r\n"].concat();
        assert_eq!(all(&longest).0, ["x".repeat(20)]);
    }

    #[test]
    fn a_huge_line_is_not_held_in_memory() {
        let mut lines =
            Lines::new(BufReader::new(io::Read::chain(io::Read::take(io::repeat(b'x'), 64 << 20), &b"\n"[..])));
        assert_eq!(lines.next().unwrap(), Some(Line::Bad("is longer than 1 MiB")));
        assert!(lines.buffer.capacity() < 4 << 20, "{}", lines.buffer.capacity());
    }
}
