//! Operations, unfinished first.

use std::borrow::Cow;

use super::lens::{Lens, through_lens};
use super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format, words};
use crate::model::Status;
use crate::operation::{Ending, OperationSummary};

const FIELDS: [&str; 9] =
    ["what", "service", "environment", "version", "author", "status", "reason", "operation", "host"];
const ORDERS: [&str; 3] = ["unfinished", "newest", "oldest"];

/// The operations that the journal tells of.
#[derive(Debug)]
pub struct Journal {
    lens: Lens,
    columns: Vec<Column>,
    /// Places among the operations of the sources.
    rows: Vec<usize>,
}

impl Journal {
    /// The operations that `wish` asks for.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let of_wish = |it: &OperationSummary| wish.service.as_ref().is_none_or(|only| *only == it.track.service);
        let passing = sources.operations.iter().enumerate().filter(|(_, it)| of_wish(it) && passes(&lens, it));
        let mut rows: Vec<usize> = passing.map(|(at, _)| at).collect();
        let began = |at: &usize| sources.operations.get(*at).map(|it| it.began_at);
        let rank = |at: &usize| sources.operations.get(*at).map_or(u8::MAX, |it| rank(&it.ending));
        match lens.sort.by {
            "newest" => rows.sort_by_key(|at| std::cmp::Reverse(began(at))),
            "oldest" => rows.sort_by_key(began),
            _ => rows.sort_by_key(|at| (rank(at), std::cmp::Reverse(began(at)))),
        }
        if lens.sort.turned {
            rows.reverse();
        }
        Self { columns: columns(), rows, lens }
    }

    fn operation(&self, at: usize) -> Option<&OperationSummary> {
        self.lens.sources.operations.get(*self.rows.get(at)?)
    }
}

/// What needs a person comes first, then what goes on, then the rest.
fn rank(ending: &Ending) -> u8 {
    match ending {
        Ending::Unfinished(_) => 0,
        Ending::Running(_) => 1,
        _ => 2,
    }
}

/// The word for an ending.
pub(crate) fn ending(ending: &Ending) -> &'static str {
    match ending {
        Ending::Running(_) => "running",
        Ending::Succeeded(_) => "succeeded",
        Ending::Failed(_) => "failed",
        Ending::NoEffect(_) => "no effect",
        Ending::TimedOut(_) => "timed out",
        Ending::Unfinished(_) => "unfinished",
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("status", "ended", 0, (12, 14)),
        Column::new("what", "what", 2, (9, 10)),
        Column::new("service", "service", 0, (10, 28)).name(),
        Column::new("environment", "environment", 1, (10, 14)).name(),
        Column::new("version", "version", 2, (14, 36)).name(),
        Column::new("when", "when", 1, (4, 6)).right(),
        Column::new("took", "took", 6, (8, 11)).right(),
        Column::new("who", "who", 4, (6, 16)),
        Column::new("why", "what became of it", 5, (16, 70)),
        Column::new("reason", "reason", 7, (12, 50)),
    ]
}

fn passes(lens: &Lens, it: &OperationSummary) -> bool {
    if lens.filter.is_empty() {
        return true;
    }
    let fields: Vec<(&'static str, Cow<'_, str>)> = vec![
        ("what", it.verb.word().into()),
        ("service", it.track.service.to_string().into()),
        ("environment", it.track.environment.to_string().into()),
        ("version", it.to.to_string().into()),
        ("version", it.from.as_ref().map(ToString::to_string).unwrap_or_default().into()),
        ("author", it.who.as_str().into()),
        ("status", ending(&it.ending).into()),
        ("status", it.ending.status().word().into()),
        ("reason", it.reason.as_str().into()),
        ("operation", it.operation.to_string().into()),
        ("host", it.host.as_str().into()),
        ("", it.ending.why().as_str().into()),
    ];
    lens.filter.matches(&fields)
}

fn from_to(it: &OperationSummary) -> Line {
    if it.from.as_ref() == Some(&it.to) {
        return Line::of(Role::Text, words::version(&it.to));
    }
    let from = it.from.as_ref().map_or_else(|| format::UNDEFINED.to_owned(), words::version);
    Line::of(Role::Muted, format!("{from} → ")).with(Role::Text, words::version(&it.to))
}

fn cell(lens: &Lens, it: &OperationSummary, column: &str) -> Cell {
    match column {
        "status" => {
            let status = it.ending.status();
            Cell::with_status(status, Line::of(Role::Text, ending(&it.ending)))
        }
        "what" => Cell::of(Role::Text, it.verb.word()),
        "service" => Cell::of(Role::Strong, it.track.service.to_string()),
        "environment" => {
            let id = &it.track.environment;
            let production = lens.snapshot().environment(id).is_some_and(|it| it.production);
            Cell::of(Role::Environment(id.clone(), production), id.to_string())
        }
        "version" => Cell { status: None, line: from_to(it) },
        "when" => Cell::of(Role::Muted, lens.present.age(it.ended_at.unwrap_or(it.began_at))),
        "took" => {
            let running = matches!(it.ending, Ending::Running(_));
            Cell::of(Role::Text, lens.present.took(Some(it.began_at), it.ended_at, running))
        }
        "who" => Cell::of(Role::Text, it.who.to_string()),
        "why" => Cell::of(Role::Text, it.ending.why().to_string()),
        "reason" => Cell::of(Role::Muted, it.reason.to_string()),
        _ => Cell::undefined(),
    }
}

impl TableModel for Journal {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.lens.sources.operations.len()
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.operation(at).map(|it| it.operation.as_str().to_owned()).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some(it) = self.operation(at) else { return Row { key, cells: Vec::new(), stale: false } };
        Row { key, cells: self.columns.iter().map(|column| cell(&self.lens, it, &column.id)).collect(), stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let Some(it) = self.operation(at) else { return Subject::default() };
        Subject {
            service: Some(it.track.service.clone()),
            environment: Some(it.track.environment.clone()),
            version: Some(it.to.clone()),
            operation: Some(it.operation.clone()),
            copy: Some(it.operation.to_string()),
            ..Subject::default()
        }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        self.operation(at).map(|it| details(&self.lens, it)).unwrap_or_default()
    }

    fn summary(&self) -> Line {
        let count = |is: fn(&Ending) -> bool| self.lens.sources.operations.iter().filter(|it| is(&it.ending)).count();
        let unfinished = count(|it| matches!(it, Ending::Unfinished(_)));
        let running = count(|it| matches!(it, Ending::Running(_)));
        let mut line = Line::default();
        for (status, word, count) in
            [(Status::Unknown, "unfinished", unfinished), (Status::Running, "running", running)]
        {
            if count > 0 {
                let words = format!("{} {word}", format::count_of(count));
                line = line.with(Role::Status(status), words).with(Role::Muted, " · ");
            }
        }
        line.with(Role::Text, format::counted(u64::try_from(self.total()).unwrap_or(u64::MAX), "operation"))
    }

    fn empty(&self) -> Vec<Line> {
        if self.total() == 0 {
            // The journal lies on this machine: no source has to be read for it.
            return vec![
                Line::of(Role::Strong, "nothing has been changed from here yet"),
                Line::of(Role::Text, "on the board, ")
                    .with(Role::Key, "p")
                    .with(Role::Text, " promotes and ")
                    .with(Role::Key, "b")
                    .with(Role::Text, " rolls back"),
            ];
        }
        self.lens.no_rows(Some("no operation"), Vec::new)
    }
}

fn details(lens: &Lens, it: &OperationSummary) -> Vec<Line> {
    let head =
        Line::of(Role::Strong, format!("{} {}", it.verb.word(), it.track)).with(Role::Text, "  ").then(from_to(it));
    let status = it.ending.status();
    let mut lines = vec![
        head,
        Line::of(Role::Status(status), ending(&it.ending)).with(Role::Text, format!(": {}", it.ending.why())),
    ];
    if matches!(it.ending, Ending::Unfinished(_)) {
        let live = lens.snapshot().track(&it.track).map(|track| words::live(track, &lens.present));
        lines
            .push(Line::of(Role::Muted, "live now: ").then(live.unwrap_or_else(|| Line::of(Role::Muted, "not known"))));
    }
    lines.push(Line::of(Role::Muted, "reason: ").with(Role::Text, it.reason.to_string()));
    let began = format!("{}, {}", lens.present.moment(it.began_at), lens.present.ago(it.began_at));
    lines.push(Line::of(Role::Muted, format!("by {} on {}, {}, {began}", it.who, it.host, it.origin)));
    lines.extend(it.notes.iter().map(|note| Line::of(Role::Muted, "note: ").with(Role::Text, note.to_string())));
    lines.push(Line::of(Role::Muted, format!("operation {}", it.operation)));
    lines
}
