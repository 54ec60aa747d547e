//! Details of the selected row: below the table, or beside it where the terminal is wide.

use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::{Area, Kind};
use crate::app::state::State;
use crate::app::wrap::wrap;
use crate::view::{Line, Role, plain};

/// Paints the details.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let layout = state.layout();
    let place = &state.place;
    let mut area = layout.details;
    if area.height == 0 || area.width == 0 {
        return;
    }
    if layout.kind == Kind::Side {
        let style = painter.dress.theme.part(Part::Frame);
        let line = if painter.dress.accessible { " " } else { painter.dress.glyphs.frame[1] };
        for y in area.y..area.y + area.height {
            painter.text(Area { y, width: 1, height: 1, ..area }, line, style);
        }
        area = Area { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    }
    if place.table.is_empty() {
        return;
    }
    let lines = place.table.details(place.at, place.column.as_deref());
    let lines: Vec<Line> = match painter.dress.accessible {
        true => lines.iter().filter_map(plain::undrawn).collect(),
        false => lines,
    };
    let lines: Vec<Line> = match layout.kind {
        Kind::Side => lines.iter().flat_map(|line| wrap(line, usize::from(area.width), 2)).collect(),
        _ => lines,
    };
    let seen = lines.iter().skip(place.details_top);
    let hidden = lines.len().saturating_sub(place.details_top + usize::from(area.height));
    let last = area.y + area.height - 1;
    for (y, line) in (area.y..=last).zip(seen) {
        // The mark that there is more stands beside the last line, not on it.
        let mark = if y == last && hidden > 0 { 2 } else { 0 };
        painter.line(Area { y, height: 1, width: area.width.saturating_sub(mark), ..area }, line);
    }
    if hidden > 0 {
        let style = painter.dress.theme.role(&Role::Muted);
        let down = painter.dress.glyphs.more[1];
        let corner = Area { x: area.x + area.width - 1, y: last, width: 1, height: 1 };
        painter.text(corner, down, style);
    }
}
