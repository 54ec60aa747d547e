//! What is left of a table where there is no room for one: names with what is most urgent about them, or one line.
//!
//! ```text
//! checkout  ✗ production 1.4.2
//! ```

use super::paint::Painter;
use super::table::{mark, marked, seen};
use super::theme::Part;
use crate::app::layout::Area;
use crate::app::state::State;
use crate::view::{Line, Role, Row, TableModel, fit, glance};

/// Paints the rows as a list.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let layout = state.layout();
    let place = &state.place;
    let selected = painter.dress.theme.part(Part::Selected);
    let mut area = Area { height: 1, ..layout.table };
    for (at, row) in seen(place, layout.rows()).iter().enumerate() {
        let line = marked(&line(painter, row, &*place.table), &*place.table);
        let line = Line(mark(painter, place, &row.key, 0).into_iter().collect()).then(line);
        painter.spelt_line(area, &line, None);
        if place.top + at == place.at {
            painter.style_over(area, selected);
        }
        area.y += 1;
    }
}

/// A row's first cell and the most urgent of the others.
fn line(painter: &Painter<'_>, row: &Row, table: &dyn TableModel) -> Line {
    let columns = table.columns();
    let mut cells = row.cells.iter().zip(columns);
    let Some((first, _)) = cells.next() else { return Line::default() };
    let name = painter.cell(first);
    let urgent = cells.filter_map(|(cell, column)| Some((cell.status?, cell, column)));
    // Of equals the last counts: environments stand in the order of promotion.
    match urgent.max_by_key(|(status, ..)| status.urgency()) {
        Some((status, cell, column)) => name
            .with(Role::Text, "  ")
            .then(Line(vec![painter.symbol(status)]))
            .with(Role::Text, " ")
            .with(column.role.clone(), column.title.clone())
            .with(Role::Text, " ")
            .then(cell.line.clone()),
        None => {
            let rest = row.cells.iter().skip(1).filter(|cell| !cell.line.is_blank());
            rest.fold(name, |line, cell| line.with(Role::Text, "  ").then(painter.cell(cell)))
        }
    }
}

/// How everything is, in the lines that there are: `search production 4.3.22 failed · 3 frozen`.
pub fn glance(painter: &mut Painter<'_>, state: &State) {
    let area = state.layout().table;
    let gap = format!(" {} ", painter.dress.glyphs.dot);
    let room = usize::from(area.width);
    let mut lines: Vec<Line> = Vec::new();
    for part in glance::lines(&state.sources) {
        let wide = fit::width(&part.plain()) + fit::width(&gap);
        let last_line = lines.len() >= usize::from(area.height);
        match lines.last_mut() {
            Some(line) if last_line || fit::width(&line.plain()) + wide <= room => {
                *line = std::mem::take(line).with(Role::Muted, gap.as_str()).then(part);
            }
            _ => lines.push(part),
        }
    }
    for (y, line) in (area.y..area.y + area.height).zip(&lines) {
        painter.line(Area { y, height: 1, ..area }, &fit::cut_line(line, room));
    }
}
