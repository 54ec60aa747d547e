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
use crate::model::Status;
use crate::view::{Line, Role, Row, TableModel, format};

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

/// How everything is, in one line: `3 failing · 2 running`.
pub fn glance(painter: &mut Painter<'_>, state: &State) {
    let area = Area { height: 1, ..state.layout().table };
    let tracks = state.sources.snapshot.services.values().flat_map(|service| &service.tracks);
    let statuses: Vec<Status> = tracks.map(|track| track.status).collect();
    let words = [
        (Status::Failed, "failing"),
        (Status::Running, "running"),
        (Status::Held, "held"),
        (Status::Drift, "drifting"),
        (Status::Unknown, "unknown"),
    ];
    let mut line = Line::default();
    for (status, word) in words {
        let count = statuses.iter().filter(|it| **it == status).count();
        if count > 0 {
            let gap = if line.0.is_empty() { String::new() } else { format!(" {} ", painter.dress.glyphs.dot) };
            line =
                line.with(Role::Muted, gap).with(Role::Status(status), format!("{} {word}", format::count_of(count)));
        }
    }
    if line.0.is_empty() {
        let well = if statuses.is_empty() { "nothing is known yet" } else { "all is well" };
        line = Line::of(Role::Text, well);
    }
    painter.line(area, &line);
}
