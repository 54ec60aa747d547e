//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

use unicode_width::UnicodeWidthStr;

use super::file::Stretch;
use super::node::Place;
use crate::model::text::clean;

/// Something wrong, or likely not meant, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it is shown.
    pub path: Option<PathBuf>,
    /// The line and where on it, when it is about one.
    pub spot: Option<Spot>,
    /// What is wrong, as a fragment.
    pub what: String,
    /// What the person can do about it.
    pub hint: Option<String>,
}

/// A place on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The line itself, cleaned.
    pub text: String,
    /// Columns of a terminal before the marked part.
    pub indent: usize,
    /// Columns of a terminal that are marked, at least 1.
    pub width: usize,
}

impl Problem {
    /// A problem with a place in a file.
    pub(super) fn at(place: &Place, what: impl Into<String>) -> Self {
        let stretch = place.file.stretch(&place.span);
        let spot = Some(Spot::new(&stretch));
        Self { path: Some(place.file.shown.clone()), spot, what: clean(&what.into()).into_owned(), hint: None }
    }

    /// A problem with a whole file, or with none.
    pub(super) fn of(path: Option<PathBuf>, what: impl Into<String>) -> Self {
        Self { path, spot: None, what: clean(&what.into()).into_owned(), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub(super) fn hint(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hint = hint.map(|hint| clean(&hint.into()).into_owned());
        self
    }

    /// By which problems are sorted: file, line, column.
    pub(super) fn order(&self) -> (Option<PathBuf>, usize, usize) {
        let (line, column) = self.spot.as_ref().map_or((0, 0), |spot| (spot.line, spot.column));
        (self.path.clone(), line, column)
    }
}

impl Spot {
    fn new(stretch: &Stretch<'_>) -> Self {
        let part = |range: std::ops::Range<usize>| stretch.text.get(range).unwrap_or_default();
        let before = part(0..stretch.within.start);
        Self {
            line: stretch.line,
            column: 1 + before.chars().count(),
            text: clean(stretch.text).into_owned(),
            indent: clean(before).width(),
            width: clean(part(stretch.within.clone())).width().max(1),
        }
    }
}

/// `file:line:column: what`, then the line with the part marked, then `hint: …`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}:", clean(&path.to_string_lossy()))?;
            if let Some(spot) = &self.spot {
                write!(f, "{}:{}:", spot.line, spot.column)?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.what)?;
        if let Some(Spot { line, text, indent, width, .. }) = &self.spot {
            let margin = line.to_string().len();
            write!(f, "\n{line} | {text}\n{:margin$} | {:indent$}{}", "", "", "^".repeat(*width))?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}
