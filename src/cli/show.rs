//! A screen of the cockpit as lines, as sentences, or as data.

use serde::Serialize;

use super::failure::Failure;
use super::output::{Format, Output};
use crate::view::{self, Line, Role, Screen, Sources, TableModel, Wish, plain};

/// Writes a screen: as a table for people, as sentences for screen readers and simple scripts.
pub fn screen(wish: &Wish, sources: &Sources, out: &mut Output) -> Result<(), Failure> {
    let model = view::open(wish, sources);
    if out.format == Format::Plain {
        for sentence in plain::sentences(&*model) {
            out.text(sentence)?;
        }
        return Ok(());
    }
    for line in plain::lines(&*model, out.width.map(usize::from)) {
        out.line(&line)?;
    }
    Ok(())
}

/// Writes a table that stands for a screen, with the details of every row where they are wanted.
pub fn model(screen: Screen, model: &dyn TableModel, details: bool, out: &mut Output) -> Result<(), Failure> {
    match out.format {
        Format::Json => Ok(out.json(&Shown::of(screen, model, details))?),
        Format::Plain => sentences(model, details, out),
        Format::Table if !details => {
            plain::lines(model, out.width.map(usize::from)).iter().try_for_each(|line| out.line(line))?;
            Ok(())
        }
        Format::Table => with_details(model, out),
    }
}

/// The summary, then a sentence a row.
fn sentences(model: &dyn TableModel, details: bool, out: &mut Output) -> Result<(), Failure> {
    out.text(format!("summary: {}", model.summary().plain()))?;
    for line in why_empty(model) {
        out.text(line.plain())?;
    }
    for (at, sentence) in plain::sentences(model).into_iter().enumerate() {
        out.text(sentence)?;
        let told = if details { model.details(at, None) } else { Vec::new() };
        for line in told.iter().filter_map(plain::undrawn).filter(|line| !line.is_blank()) {
            out.text(format!("  {}", line.plain()))?;
        }
    }
    Ok(())
}

/// Each row under its name, with its details.
fn with_details(model: &dyn TableModel, out: &mut Output) -> Result<(), Failure> {
    out.line(&model.summary())?;
    for line in why_empty(model) {
        out.line(&line)?;
    }
    for (at, sentence) in plain::sentences(model).into_iter().enumerate() {
        out.text("")?;
        out.line(&Line::of(Role::Strong, sentence))?;
        for line in model.details(at, None) {
            out.line(&Line::of(Role::Text, "  ").then(line))?;
        }
    }
    Ok(())
}

/// Why there are no rows; the keys that a person at the screen could press are of no use here.
fn why_empty(model: &dyn TableModel) -> Vec<Line> {
    let lines = if model.is_empty() { model.empty() } else { Vec::new() };
    let presses = |line: &Line| line.0.iter().any(|span| span.role == Role::Key);
    lines.into_iter().filter(|line| !line.is_blank() && !presses(line)).collect()
}

#[derive(Serialize)]
struct Shown<'a> {
    screen: &'static str,
    summary: String,
    total: usize,
    columns: Vec<Named<'a>>,
    rows: Vec<ShownRow<'a>>,
    orders: &'a [&'static str],
    fields: &'a [&'static str],
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct ShownRow<'a> {
    key: String,
    cells: Vec<ShownCell<'a>>,
    stale: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

#[derive(Serialize)]
struct ShownCell<'a> {
    column: &'a str,
    status: Option<crate::model::Status>,
    text: String,
}

impl<'a> Shown<'a> {
    fn of(screen: Screen, model: &'a dyn TableModel, details: bool) -> Self {
        let columns = model.columns();
        let row = |at: usize| {
            let row = model.row(at);
            let details = if details { model.details(at, None) } else { Vec::new() };
            let cells = columns.iter().zip(&row.cells);
            ShownRow {
                cells: cells
                    .map(|(column, cell)| ShownCell {
                        column: &column.id,
                        status: cell.status,
                        text: cell.line.plain(),
                    })
                    .collect(),
                key: row.key.0,
                stale: row.stale,
                details: details.iter().filter(|line| !line.is_blank()).map(Line::plain).collect(),
            }
        };
        Self {
            screen: screen.id(),
            summary: model.summary().plain(),
            total: model.total(),
            columns: columns.iter().map(|it| Named { id: &it.id, title: &it.title }).collect(),
            rows: (0..model.len()).map(row).collect(),
            orders: model.orders(),
            fields: model.fields(),
        }
    }
}
