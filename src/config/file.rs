//! A configuration file in memory: read with every mishap told, positions known by line and column.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file's text with the places of its lines.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// How it is shown: relative to the working directory where it lies below.
    pub shown: PathBuf,
    /// What it says, without a byte-order mark.
    pub text: String,
}

/// Why a file cannot be read, as a fragment, with the place where there is one.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub what: String,
    pub line: Option<usize>,
}

/// A stretch of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch<'a> {
    /// From 1.
    pub line: usize,
    /// The line without its end.
    pub text: &'a str,
    /// Bytes within the line.
    pub within: Range<usize>,
}

impl SourceFile {
    /// Reads a file; `None` when there is none.
    pub fn read(path: &Path, cwd: &Path) -> Result<Option<Self>, Unreadable> {
        let whole = |what: String| Unreadable { what, line: None };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::IsADirectory => {
                return Err(whole("is a directory, not a file".to_owned()));
            }
            Err(error) => return Err(whole(format!("cannot be read: {error}"))),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
            Unreadable { what: "is not UTF-8 text".to_owned(), line: Some(line) }
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Some(Self { shown: shown(path, cwd), text }))
    }

    /// The first line that `span` touches, with the part of it that it covers.
    pub fn stretch(&self, span: &Range<usize>) -> Stretch<'_> {
        let start = self.text.floor_char_boundary(span.start);
        let before = self.text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.text.get(line_start..).unwrap_or_default();
        let text = rest.lines().next().unwrap_or_default();
        let from = (start - line_start).min(text.len());
        let to = self.text.floor_char_boundary(span.end).saturating_sub(line_start).clamp(from, text.len());
        Stretch { line: 1 + before.matches('\n').count(), text, within: from..to }
    }

    /// The line, from 1, on which `span` begins.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.stretch(span).line
    }
}

/// How a path is shown: relative to the working directory where it lies below.
pub(super) fn shown(path: &Path, cwd: &Path) -> PathBuf {
    path.strip_prefix(cwd).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { shown: PathBuf::new(), text: text.to_owned() }
    }

    #[test]
    fn a_span_is_found_on_its_line() {
        let source = file("a = 1\r\nbé = 22\n");
        assert_eq!(source.stretch(&(0..1)), Stretch { line: 1, text: "a = 1", within: 0..1 });
        assert_eq!(source.stretch(&(7..10)), Stretch { line: 2, text: "bé = 22", within: 0..3 });
        assert_eq!(source.stretch(&(13..99)), Stretch { line: 2, text: "bé = 22", within: 6..8 });
    }

    #[test]
    fn a_span_outside_the_text_does_no_harm() {
        assert_eq!(file("").stretch(&(0..0)), Stretch { line: 1, text: "", within: 0..0 });
        assert_eq!(file("x").stretch(&(50..90)), Stretch { line: 1, text: "x", within: 1..1 });
        assert_eq!(file("é\n").stretch(&(1..1)), Stretch { line: 1, text: "é", within: 0..0 });
    }
}
