//! Standard output: JSON or lines, in colour or not, and clean whatever is written.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::paint;
use crate::model::text;
use crate::view::{Line, Role};

/// The number of the shape of every JSON answer; it grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The forms that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Columns under each other, for people.
    Table,
    /// One thing a line with its fields named, for screen readers and simple scripts.
    Plain,
    /// One JSON document, described in docs/json.md.
    Json,
    /// One row a deployment, for spreadsheets; metrics alone.
    Csv,
    /// A report to paste; metrics alone.
    Markdown,
    /// A page to send round; metrics alone.
    Html,
}

impl Form {
    /// Whether it is a document that metrics alone are given as.
    pub fn is_document(self) -> bool {
        matches!(self, Self::Csv | Self::Markdown | Self::Html)
    }
}

/// In which form an answer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns under each other, for people.
    Table,
    /// One thing a line with its fields named, for screen readers and simple scripts.
    Plain,
    /// One JSON document, described in docs/json.md.
    Json,
}

/// Standard output.
pub struct Output {
    to: Box<dyn Write + Send>,
    /// The form in which the answer is given.
    pub format: Format,
    coloured: bool,
    /// The width to which tables are laid out, cells; absent where nobody looks, so that nothing is cut.
    pub width: Option<u16>,
}

impl Output {
    /// Output to the process's standard output.
    pub fn standard(format: Format, coloured: bool, width: Option<u16>) -> Self {
        Self::to(Box::new(BufWriter::new(io::stdout())), format, coloured, width)
    }

    /// Output to anywhere.
    pub fn to(to: Box<dyn Write + Send>, format: Format, coloured: bool, width: Option<u16>) -> Self {
        Self { to, format, coloured: coloured && format == Format::Table, width }
    }

    /// Whether the hints of a table stand in its answer already.
    pub fn says_hints_itself(&self) -> bool {
        self.format == Format::Table
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = String::new();
        for span in &line.0 {
            let clean = text::clean(&span.text);
            match paint::of(&span.role).filter(|_| self.coloured) {
                Some(code) => text.extend(["\x1b[", code, "m", &clean, "\x1b[0m"]),
                None => text.push_str(&clean),
            }
        }
        writeln!(self.to, "{}", text.trim_end())
    }

    /// Writes a line of ordinary text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, text: impl Into<String>) -> io::Result<()> {
        self.line(&Line::of(Role::Text, text))
    }

    /// Writes an answer as one JSON document with the number of its shape before everything else.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json<T: Serialize>(&mut self, answer: &T) -> io::Result<()> {
        #[derive(Serialize)]
        struct Envelope<'a, T> {
            schema: u32,
            #[serde(flatten)]
            answer: &'a T,
        }
        self.json_bare(&Envelope { schema: SCHEMA, answer }, true)
    }

    /// Writes a value as JSON on lines of its own (`pretty`) or on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json_bare<T: Serialize>(&mut self, value: &T, pretty: bool) -> io::Result<()> {
        let mut to = Harmless(&mut self.to);
        if pretty { serde_json::to_writer_pretty(&mut to, value) } else { serde_json::to_writer(&mut to, value) }?;
        writeln!(self.to)
    }

    /// Writes a text that is JSON already, on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json_text(&mut self, json: &str) -> io::Result<()> {
        writeln!(self.to, "{}", escape(json))
    }

    /// Writes a document piece by piece, as it shows itself: it keeps its own form harmless.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn document(&mut self, document: &impl std::fmt::Display) -> io::Result<()> {
        write!(self.to, "{document}")
    }

    /// Writes bytes of our own making, as they are: scripts and pages that clap makes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    /// Hands everything on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Hands JSON on piece by piece, each with what is harmful in it escaped. Pieces are whole characters: `serde_json` writes
/// parts of strings, and of a string only what is one.
struct Harmless<'a>(&'a mut Box<dyn Write + Send>);

impl Write for Harmless<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(piece).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.0.write_all(escape(text).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes what a terminal could take for a command, and what hides or reorders text, as `\u` escapes: the value stays
/// exact and the text harmless. Outside strings JSON has no such characters but line breaks.
fn escape(json: &str) -> Cow<'_, str> {
    // Most documents are nothing but this, and some are large.
    if json.bytes().all(|byte| byte == b'\n' || matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(json);
    }
    let mut buffer = [0; 4];
    let mut harmful = |c: char| {
        c != '\n' && !matches!(text::clean(c.encode_utf8(&mut buffer)), Cow::Borrowed(shown) if !shown.is_empty())
    };
    if !json.chars().any(&mut harmful) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if !harmful(c) {
            out.push(c);
            continue;
        }
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no other holder panics").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: Format, coloured: bool, write: impl FnOnce(&mut Output) -> io::Result<()>) -> String {
        let kept = Kept::default();
        write(&mut Output::to(Box::new(kept.clone()), format, coloured, None)).expect("memory takes it");
        let bytes = kept.0.lock().expect("no other holder panics").clone();
        String::from_utf8(bytes).expect("we write UTF-8")
    }

    #[test]
    fn a_line_is_cleaned_at_the_edge_and_keeps_only_our_colours() {
        let line = Line::of(Role::Strong, "a\u{1b}[31m").with(Role::Text, " b\u{202e}\n ");
        assert_eq!(written(Format::Table, false, |out| out.line(&line)), "a␛[31m b\n");
        assert_eq!(written(Format::Table, true, |out| out.line(&line)), "\u{1b}[1ma␛[31m\u{1b}[0m b\n");
        assert_eq!(written(Format::Plain, true, |out| out.line(&line)), "a␛[31m b\n");
    }

    #[test]
    fn json_is_exact_and_harmless() {
        let hostile = "\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{e0041}é";
        let json = written(Format::Json, false, |out| out.json(&serde_json::json!({ "name": hostile })));
        assert!(json.starts_with("{\n  \"schema\": 1,\n"), "{json}");
        assert!(!json.contains(['\u{1b}', '\u{9b}', '\u{7f}', '\u{202e}', '\u{e0041}']), "{json:?}");
        assert!(json.contains("\\u009b31m\\u007f\\u202e\\udb40\\udc41é"), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(back["name"], hostile);
    }
}
