//! The main table. Only rows that are seen are built; columns leave by what they are worth where room is short.
//!
//! ```text
//! service      testing            staging            production
//! checkout     ✓ 1.5.0 15h        ✓ 1.5.0 15h        ≠ 1.4.2 4d 4 behind
//! ```

use ratatui::buffer::Buffer;

use super::Dress;
use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::{Area, Hit, Kind};
use crate::app::place::Place;
use crate::app::state::State;
use crate::view::columns::{self, Fitted};
use crate::view::{Align, Cell, Column, Line, Role, Row, RowKey, Span, TableModel, fit};

/// Cells between two columns.
const GAP: u16 = 2;

/// Paints the table of the screen that is seen.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let layout = state.layout();
    let place = &state.place;
    if place.table.is_empty() {
        empty(painter, layout.table, &*place.table);
        return;
    }
    let heading = layout.kind != Kind::List;
    let rows: Vec<Row> = seen(place, layout.rows());
    let wanted = wanted(painter, place, &rows);
    let fitted = fitted(&wanted, room(layout.table, place, &rows));
    let mut line = Area { height: 1, ..layout.table };
    if heading {
        headings(painter, line, &wanted, &fitted, place);
        line.y += 1;
    }
    for (at, row) in rows.iter().enumerate() {
        let selected = place.top + at == place.at;
        let painted = Painted { row, wanted: &wanted, fitted: &fitted, place, selected };
        painted.draw(painter, line);
        line.y += 1;
    }
    more(painter, layout.table, place, layout.rows(), heading);
}

/// The id of the column in which the cursor stops that is painted at a column and line of the terminal.
pub fn column_at(state: &State, dress: &Dress, (x, y): (u16, u16)) -> Option<String> {
    let layout = state.layout();
    let place = &state.place;
    let table =
        matches!(layout.kind, Kind::Bare | Kind::Below | Kind::Side) && matches!(layout.hit((x, y)), Hit::Row(_));
    if !table || place.table.is_empty() {
        return None;
    }
    let painter = Painter { buffer: &mut Buffer::default(), dress };
    let rows = seen(place, layout.rows());
    let wanted = wanted(&painter, place, &rows);
    let mut left = usize::from(layout.table.x);
    for it in fitted(&wanted, room(layout.table, place, &rows)) {
        let right = left + it.width + usize::from(GAP);
        if (left..right).contains(&usize::from(x)) {
            return wanted.get(it.column).filter(|column| column.stops).map(|column| column.id.clone());
        }
        left = right;
    }
    None
}

/// The rows that are seen.
pub fn seen(place: &Place, rows: usize) -> Vec<Row> {
    let end = (place.top + rows).min(place.table.len());
    (place.top..end).map(|at| place.table.row(at)).collect()
}

/// The cells that columns have: the marks that there is more stand in a column of their own.
fn room(area: Area, place: &Place, rows: &[Row]) -> usize {
    let marks = if rows.len() < place.table.len() { 2 } else { 0 };
    usize::from(area.width.saturating_sub(marks))
}

/// What is no wider than this is never cut, cells.
const SHORT: u16 = 13;
/// Columns that matter this little give their room to others that are cut.
const LITTLE: u8 = 20;

/// The columns that are shown. Those that matter little are shown only where none that matters more is cut for them.
fn fitted(wanted: &[Column], room: usize) -> Vec<Fitted> {
    let mut left: Vec<Column> = wanted.to_vec();
    loop {
        let fitted = columns::fit(&left, room, usize::from(GAP));
        let column = |it: &Fitted| left.get(it.column);
        let cut = fitted.iter().any(|it| column(it).is_some_and(|column| it.width < usize::from(column.max)));
        let least = fitted.iter().filter(|it| column(it).is_some_and(|column| column.leaves >= LITTLE));
        let least = least.max_by_key(|it| column(it).map(|column| column.leaves)).map(|it| it.column);
        let Some(least) = least.filter(|_| cut) else { return fitted };
        // It stays in its place, so that the others keep theirs, and asks for more than there is.
        if let Some(column) = left.get_mut(least) {
            (column.leaves, column.min) = (u8::MAX, u16::MAX);
        }
    }
}

/// The columns, none wider than what is seen in it needs.
fn wanted(painter: &Painter<'_>, place: &Place, rows: &[Row]) -> Vec<Column> {
    let widest = |at: usize, column: &Column| {
        let cells = rows.iter().filter_map(|row| Some((row, row.cells.get(at)?)));
        let widths = cells.map(|(row, cell)| {
            let mark = mark(painter, place, &row.key, at).map_or(0, |mark| fit::width(&mark.text));
            fit::width(&painter.cell(cell).plain()) + mark
        });
        widths.chain([fit::width(&column.title)]).max().unwrap_or_default()
    };
    let all = place.table.columns().iter().enumerate();
    all.map(|(at, column)| {
        let cells = || rows.iter().filter_map(|row| row.cells.get(at));
        let drawn = cells().any(|it| !it.line.is_blank()) && cells().all(|it| painter.cell(it).is_blank());
        if painter.dress.accessible && drawn {
            // It has nothing but drawings, which are left out: it asks for more than there is.
            return Column { leaves: u8::MAX, min: u16::MAX, ..column.clone() };
        }
        let most = u16::try_from(widest(at, column)).unwrap_or(u16::MAX).min(column.max);
        // A number that is cut lies, and of a short word little is left: they are whole or not there.
        let whole = column.align == Align::Right || most <= SHORT;
        let min = if whole { most } else { column.min.min(most.max(3)) };
        Column { min, max: most, ..column.clone() }
    })
    .collect()
}

/// What stands before a cell that is marked; a row that is marked as a whole says so in its first cell.
pub fn mark(painter: &Painter<'_>, place: &Place, row: &RowKey, at: usize) -> Option<Span> {
    if place.marks.is_empty() {
        return None;
    }
    let column = place.table.columns().get(at).map(|column| column.id.as_str());
    let marked = place.marks.has(row, column) || (at == 0 && place.marks.has(row, None));
    marked.then(|| painter.mark())
}

fn headings(painter: &mut Painter<'_>, area: Area, wanted: &[Column], fitted: &[Fitted], place: &Place) {
    let mut x = area.x;
    for it in fitted {
        let Some(column) = wanted.get(it.column) else { continue };
        let width = u16::try_from(it.width).unwrap_or(u16::MAX);
        let name = column.name || column.stops;
        let title = if name { fit::cut_middle(&column.title, it.width) } else { column.title.clone() };
        let title = fit::pad(&title, it.width, column.align);
        let here = place.column.as_deref() == Some(column.id.as_str());
        let role = if here { Role::Key } else { column.role.clone() };
        painter.line(Area { x, width, ..area }, &Line::of(role, title));
        x = x.saturating_add(width + GAP);
    }
}

/// A row with where it is painted.
struct Painted<'a> {
    row: &'a Row,
    wanted: &'a [Column],
    fitted: &'a [Fitted],
    place: &'a Place,
    selected: bool,
}

impl Painted<'_> {
    fn draw(&self, painter: &mut Painter<'_>, area: Area) {
        let theme = &painter.dress.theme;
        let (whole, cell_style, stale) =
            (theme.part(Part::Selected), theme.part(Part::SelectedCell), theme.part(Part::Stale));
        let over = self.row.stale.then_some(stale);
        let mut x = area.x;
        let mut cursor = None;
        for it in self.fitted {
            let Some((column, cell)) = self.wanted.get(it.column).zip(self.row.cells.get(it.column)) else { continue };
            let width = u16::try_from(it.width).unwrap_or(u16::MAX);
            let here = Area { x, width, height: 1, y: area.y };
            let line = self.line(painter, cell, column, it);
            painter.spelt_line(here, &line, over);
            if self.place.column.as_deref() == Some(column.id.as_str()) {
                cursor = Some(here);
            }
            x = x.saturating_add(width + GAP);
        }
        if self.selected {
            // With the cursor in a cell, that cell is what commands act on; its row's name is marked to read along.
            match (cursor, self.fitted.first()) {
                (Some(cell), Some(first)) => {
                    let width = u16::try_from(first.width).unwrap_or(u16::MAX);
                    painter.style_over(Area { width, ..area }, whole);
                    painter.style_over(cell, cell_style);
                }
                _ => painter.style_over(area, whole),
            }
        }
    }

    /// A cell's text, in its column's width, with what the filter matches marked.
    fn line(&self, painter: &Painter<'_>, cell: &Cell, column: &Column, it: &Fitted) -> Line {
        let line = marked(&painter.cell(cell), &*self.place.table);
        let mark = mark(painter, self.place, &self.row.key, it.column);
        let room = it.width.saturating_sub(mark.as_ref().map_or(0, |mark| fit::width(&mark.text)));
        let line = if column.name { fit::squeeze(&line, room) } else { line };
        let line = Line(mark.into_iter().collect()).then(line);
        match column.align {
            Align::Left => line,
            Align::Right => fit::pad_line(&line, it.width, Align::Right),
        }
    }
}

/// Marks what the filter matches.
pub fn marked(line: &Line, table: &dyn TableModel) -> Line {
    let mut out = Vec::new();
    for span in &line.0 {
        let mut from = 0;
        for range in table.marks(&span.text) {
            let (Some(before), Some(found)) = (span.text.get(from..range.start), span.text.get(range.clone())) else {
                continue;
            };
            out.push(Span::new(span.role.clone(), before));
            out.push(Span::new(Role::Match, found));
            from = range.end;
        }
        if let Some(rest) = span.text.get(from..) {
            out.push(Span::new(span.role.clone(), rest));
        }
    }
    Line(out.into_iter().filter(|span| !span.text.is_empty()).collect())
}

/// Says that there are rows above and below, in the last cell of the first and the last line.
fn more(painter: &mut Painter<'_>, area: Area, place: &Place, rows: usize, heading: bool) {
    let style = painter.dress.theme.role(&Role::Muted);
    let [up, down] = painter.dress.glyphs.more;
    let x = area.x + area.width.saturating_sub(1);
    if place.top > 0 {
        painter.text(Area { x, y: area.y + u16::from(heading), width: 1, height: 1 }, up, style);
    }
    if place.top + rows < place.table.len() {
        painter.text(Area { x, y: area.y + area.height.saturating_sub(1), width: 1, height: 1 }, down, style);
    }
}

/// Why there are no rows, and what to press.
fn empty(painter: &mut Painter<'_>, area: Area, table: &dyn TableModel) {
    let lines = table.empty();
    let width = usize::from(area.width.saturating_sub(4));
    let lines: Vec<Line> = lines.iter().flat_map(|line| crate::app::wrap::wrap(line, width, 0)).collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 3;
    for (at, line) in (0..area.height).zip(&lines) {
        let y = top.saturating_add(at);
        if y < area.y + area.height {
            painter
                .line(Area { x: area.x + area.width.min(2), y, width: area.width.saturating_sub(4), height: 1 }, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::app::{Msg, fixture, update};
    use crate::ui::theme::Themes;
    use crate::ui::{ColorLevel, Glyphs};
    use crate::view::fixture::Condition;

    /// Where the headings are painted in which the cursor stops, each with its column's id.
    fn headings(state: &State, dress: &Dress) -> Vec<(u16, String)> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
        draw(&mut Painter { buffer: &mut buffer, dress }, state);
        let y = state.layout().table.y;
        let line: Vec<&str> = (0..state.size.0).filter_map(|x| Some(buffer.cell((x, y))?.symbol())).collect();
        let columns = state.place.table.columns().iter().filter(|column| column.stops);
        let begins = |x: &usize, title: &str| {
            let alone = x.checked_sub(1).and_then(|before| line.get(before)).is_none_or(|before| *before == " ");
            alone && line.get(*x..).is_some_and(|it| it.concat().starts_with(title))
        };
        let at = |title: &str| (0..line.len()).find(|x| begins(x, title));
        columns.filter_map(|column| Some((u16::try_from(at(&column.title)?).ok()?, column.id.clone()))).collect()
    }

    #[test]
    fn what_is_pressed_is_the_column_that_is_painted_there() {
        let (theme, _) = Themes::default().load("default", ColorLevel::Sixteen);
        let dress = Dress { theme, glyphs: Glyphs::named("unicode"), accessible: false };
        let mut state = fixture::state_of(Condition::Many.sources(), None);
        for width in 60..130 {
            let at = state.clock;
            update(&mut state, at, Msg::Resize(width, 16));
            let row = state.layout().table.y + 1;
            for (x, id) in headings(&state, &dress) {
                assert_eq!(column_at(&state, &dress, (x, row)), Some(id), "{width} wide");
            }
        }
    }
}
