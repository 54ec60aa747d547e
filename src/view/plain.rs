//! Any table as lines of text: for the command line, for scripts and for screen readers. States are words.

use super::columns;
use super::fit::{cut_line, pad_line, width};
use super::{Align, Cell, Column, Line, Role, Span, TableModel};
use crate::model::Status;

/// Cells between two columns.
const GAP: usize = 2;

/// The table under its heading, in at most `room` cells a line, or as wide as it wants to be. Columns leave where room is
/// short, as on the screen.
pub fn table(model: &dyn TableModel, room: Option<usize>) -> Vec<Line> {
    let rows: Vec<Vec<Line>> = (0..model.len()).map(|at| model.row(at).cells.iter().map(in_words).collect()).collect();
    let widest = |at: usize, column: &Column| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|line| width(&line.plain()));
        cells.chain([width(&column.title)]).max().unwrap_or_default()
    };
    let wanted: Vec<Column> = model
        .columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let most = u16::try_from(widest(at, column)).unwrap_or(u16::MAX);
            // A word takes more room than the glyph that the screen shows.
            Column { min: column.min.saturating_add(4).min(most), max: most, ..column.clone() }
        })
        .collect();
    let fitted = columns::fit(&wanted, room.unwrap_or(usize::MAX), GAP);
    let line = |cell_of: &dyn Fn(usize) -> Line| {
        fitted.iter().enumerate().fold(Line::default(), |line, (at, it)| {
            let align = wanted.get(it.column).map_or(Align::Left, |column| column.align);
            let gap = if at == 0 { 0 } else { GAP };
            line.with(Role::Text, " ".repeat(gap)).then(pad_line(&cell_of(it.column), it.width, align))
        })
    };
    let title = |at: usize| wanted.get(at).map(|it| Line::of(Role::Heading, it.title.clone())).unwrap_or_default();
    let mut lines = vec![line(&title)];
    lines.extend(rows.iter().map(|row| line(&|at| row.get(at).cloned().unwrap_or_default())));
    lines
}

/// The whole screen as text: its summary, its table or why there is none, and what could not be understood.
pub fn screen(model: &dyn TableModel, room: Option<usize>) -> Vec<String> {
    lines(model, room).iter().map(|line| line.plain().trim_end().to_owned()).collect()
}

/// The whole screen as lines whose parts say what they mean, for who can show that.
pub fn lines(model: &dyn TableModel, room: Option<usize>) -> Vec<Line> {
    let cut = |line: &Line| room.map_or_else(|| line.clone(), |room| cut_line(line, room));
    let mut lines = vec![cut(&model.summary())];
    lines.extend(model.hints().iter().map(|hint| cut(&Line::of(Role::Warning, format!("hint: {hint}")))));
    if model.is_empty() {
        lines.extend(model.empty().iter().map(cut));
    } else {
        lines.push(Line::default());
        lines.extend(table(model, room));
    }
    lines
}

/// Each row as one line of `title: value` pairs, for a screen reader: nothing depends on columns.
pub fn sentences(model: &dyn TableModel) -> Vec<String> {
    let sentence = |at: usize| {
        let row = model.row(at);
        let heard = |(column, it)| {
            let it: &Cell = it;
            let it = Cell { status: it.status, line: undrawn(&it.line)? };
            (!it.line.is_blank() || it.status.is_some()).then_some((column, it))
        };
        let said = model.columns().iter().zip(&row.cells).filter_map(heard);
        said.map(|(column, it): (&Column, Cell)| format!("{}: {}", column.title, cell(&it)))
            .collect::<Vec<_>>()
            .join("; ")
    };
    (0..model.len()).map(sentence).collect()
}

/// A cell in words.
pub fn cell(cell: &Cell) -> String {
    in_words(cell).plain()
}

/// A cell as a line: the word of its status, then what it says.
fn in_words(cell: &Cell) -> Line {
    let Some(status) = cell.status else { return cell.line.clone() };
    let word = Line(vec![Span::status(status)]);
    if cell.line.is_blank() {
        return word;
    }
    if says(&cell.line, status) {
        // `failed failed` says no more than `failed`.
        return cell.line.clone();
    }
    word.with(Role::Text, " ").then(cell.line.clone())
}

/// Whether a line says the word of a state already.
pub fn says(line: &Line, status: Status) -> bool {
    line.plain().split_whitespace().any(|word| word == status.word())
}

/// A line without what is drawn in it (trends, bars, shades of a chart), which says nothing to who hears it: numbers and
/// words stand elsewhere. A legend of drawings goes with them; absent where the line is nothing else.
pub fn undrawn(line: &Line) -> Option<Line> {
    let drawn = |span: &Span| {
        matches!(span.role, Role::Series(_) | Role::Heat(_)) && !span.text.chars().any(char::is_alphanumeric)
    };
    let Some(first) = line.0.iter().position(drawn) else { return Some(line.clone()) };
    let last = line.0.iter().rposition(drawn).unwrap_or(first);
    let between = line.0.get(first..last).unwrap_or_default();
    let legend = between.iter().any(|span| !drawn(span) && !span.text.trim().is_empty());
    if !legend {
        return Some(Line(line.0.iter().filter(|span| !drawn(span)).cloned().collect()));
    }
    let before = Line(line.0.iter().take(first).cloned().collect());
    (!before.is_blank()).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_left_out_and_what_they_say_stays() {
        let bar = Line::of(Role::Text, "build").with(Role::Series(2), " ░█ ").with(Role::Muted, "1 m 40 s");
        assert_eq!(undrawn(&bar).map(|it| it.plain()), Some("build1 m 40 s".to_owned()));
        let legend = Line::of(Role::Series(0), "·").with(Role::Muted, " queued  ").with(Role::Series(2), "█");
        assert_eq!(undrawn(&legend), None);
        let headed = Line::of(Role::Text, "4 jobs ").then(legend);
        assert_eq!(undrawn(&headed).map(|it| it.plain()), Some("4 jobs ".to_owned()));
        let count = Line::of(Role::Series(1), "12 of 40");
        assert_eq!(undrawn(&count), Some(count));
    }
}
