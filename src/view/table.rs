//! The vocabulary that every screen is made of: spans with roles, lines, rows, columns.

use super::screen::Subject;
use crate::model::{EnvironmentId, Status, Time};

/// What a piece of text means; the theme decides how that looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Less important: ages, units, ids.
    Muted,
    /// More important: names, the value asked for.
    Strong,
    /// A heading or column title.
    Heading,
    /// A key to press.
    Key,
    /// A link or a thing that can be opened.
    Link,
    /// Something to be read before going on.
    Warning,
    /// Something was added.
    Added,
    /// Something was removed.
    Removed,
    /// A state of the shared vocabulary.
    Status(Status),
    /// An environment, in its own accent.
    Environment(EnvironmentId, bool),
    /// A stretch of time on a waterfall: the index of the series.
    Series(u8),
    /// How much of the most: 0 is nothing, 4 is nearly all.
    Heat(u8),
    /// What matches the filter.
    Match,
}

/// A piece of text with one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What is said. Already clean: it comes from [`crate::model::Text`] or from us.
    pub text: String,
    /// What it means.
    pub role: Role,
}

impl Span {
    /// A span.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { text: text.into(), role }
    }

    /// The glyph of a status: `ui` puts the glyph of the glyph set in the place of the word.
    pub fn status(status: Status) -> Self {
        Self { text: status.word().to_owned(), role: Role::Status(status) }
    }
}

/// Spans one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// A line of one span.
    pub fn of(role: Role, text: impl Into<String>) -> Self {
        Self(vec![Span::new(role, text)])
    }

    /// Adds a span.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl Into<String>) -> Self {
        self.0.push(Span::new(role, text));
        self
    }

    /// A line that says nothing, for air.
    pub fn blank() -> Self {
        Self::default()
    }

    /// Adds a status with its word.
    #[must_use]
    pub fn and_status(mut self, status: Status) -> Self {
        self.0.push(Span::status(status));
        self
    }

    /// Adds the spans of another line.
    #[must_use]
    pub fn then(mut self, mut other: Self) -> Self {
        self.0.append(&mut other.0);
        self
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|span| span.text.trim().is_empty())
    }

    /// The text without its meanings.
    pub fn plain(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }
}

/// What stands in a row under a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// A status that is drawn as a glyph before the text; in plain output as its word.
    pub status: Option<Status>,
    /// What is said, from the most to the least important: what does not fit is cut from the end.
    pub line: Line,
}

impl Cell {
    /// A cell of one span.
    pub fn of(role: Role, text: impl Into<String>) -> Self {
        Self { status: None, line: Line::of(role, text) }
    }

    /// A cell that says that something is not known.
    pub fn undefined() -> Self {
        Self::of(Role::Muted, super::format::UNDEFINED)
    }

    /// A cell that begins with a status.
    pub fn with_status(status: Status, line: Line) -> Self {
        Self { status: Some(status), line }
    }

    /// Adds a span.
    #[must_use]
    pub fn and(mut self, role: Role, text: impl Into<String>) -> Self {
        self.line = self.line.with(role, text);
        self
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its id: stable, for sorting, JSON and configuration.
    pub id: String,
    /// What stands above it.
    pub title: String,
    /// What the title means.
    pub role: Role,
    /// How soon it leaves when room is short: 0 stays longest.
    pub leaves: u8,
    /// The least width with which it makes sense, cells.
    pub min: u16,
    /// The width beyond which it gains nothing, cells.
    pub max: u16,
    /// To which side its cells lean.
    pub align: Align,
    /// Whether the cursor stops in it on its way left and right: its cells are things of their own (tracks, milestones).
    pub stops: bool,
    /// Whether its cells are names, whose ends tell them apart: they lose their middle and not their end.
    pub name: bool,
}

impl Column {
    /// A column that leans left under a heading; `widths` are the least that makes sense and the most that is of use.
    pub fn new(id: impl Into<String>, title: impl Into<String>, leaves: u8, widths: (u16, u16)) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            role: Role::Heading,
            leaves,
            min: widths.0,
            max: widths.1,
            align: Align::Left,
            stops: false,
            name: false,
        }
    }

    /// The same, leaning right: for numbers and ages.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The same, for names.
    #[must_use]
    pub fn name(mut self) -> Self {
        self.name = true;
        self
    }

    /// The same, as a place where the cursor stops.
    #[must_use]
    pub fn stop(mut self) -> Self {
        self.stops = true;
        self
    }
}

/// To which side a cell leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// What a row is about: a selection follows this, not the row's number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(pub String);

impl RowKey {
    /// The key of a change on the flow screen: its commit's forty digits.
    pub fn commit(id: &crate::model::CommitId) -> Self {
        Self(id.to_string())
    }

    /// The key of a service on the board: its name.
    pub fn service(id: &crate::model::ServiceId) -> Self {
        Self(id.as_str().to_owned())
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub key: RowKey,
    /// One cell for each column, in their order.
    pub cells: Vec<Cell>,
    /// Whether what it says is older than it should be: drawn dimmed.
    pub stale: bool,
}

/// A screen's main table: rows are built when they are asked for, so that cost grows with what is seen. It holds what it
/// needs (by `Arc`), so that it can be kept between frames.
pub trait TableModel: Send + Sync {
    /// The columns, in order.
    fn columns(&self) -> &[Column];

    /// How many rows pass the filter.
    fn len(&self) -> usize;

    /// Whether no row passes it.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows there are without the filter.
    fn total(&self) -> usize;

    /// What row `at` is about; `at` is less than [`len`](Self::len).
    fn key(&self, at: usize) -> RowKey;

    /// Row `at`.
    fn row(&self, at: usize) -> Row;

    /// What row `at` is about, or its cell under `column` (an id) where the cursor is in one.
    fn subject(&self, at: usize, column: Option<&str>) -> Subject;

    /// What the details pane says about row `at`, or about its cell under `column` where the cursor is in one: at least
    /// three lines where there is anything to say, most important first.
    fn details(&self, at: usize, column: Option<&str>) -> Vec<Line>;

    /// One line above the table: the answer to the screen's question.
    fn summary(&self) -> Line;

    /// The steps of the path to it that lie below its service and environment: a live version, a run.
    fn steps(&self) -> Vec<String> {
        Vec::new()
    }

    /// What to say in place of rows when there are none: why, and what to press.
    fn empty(&self) -> Vec<Line>;

    /// Figures and charts of row `at`: in the place of the table or below it.
    fn dashboard(&self, _at: usize) -> Option<std::sync::Arc<super::metrics::Dashboard>> {
        None
    }

    /// The fields that its filter can ask for: `field:value`.
    fn fields(&self) -> &[&'static str] {
        &[]
    }

    /// By what its rows can be ordered, the screen's own order first.
    fn orders(&self) -> &[&'static str] {
        &[]
    }

    /// The parts of a text that the filter matches, as byte ranges in order: for marking them on the screen.
    fn marks(&self, _text: &str) -> Vec<std::ops::Range<usize>> {
        Vec::new()
    }

    /// What could not be understood in the filter, with what to write instead.
    fn hints(&self) -> &[String] {
        &[]
    }

    /// The earliest moment at which a text that was handed out so far would read otherwise: when to draw again.
    fn changes_at(&self) -> Option<Time> {
        None
    }

    /// Where the row about `key` is, if it passes the filter.
    fn position(&self, key: &RowKey) -> Option<usize> {
        (0..self.len()).find(|at| self.key(*at) == *key)
    }
}
