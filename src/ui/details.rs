//! Details of the selected row: below the table, or beside it where the terminal is wide.

use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::{Area, Kind};
use crate::app::pane::{self, Pane};
use crate::app::state::State;
use crate::view::{Line, Role};

/// Paints the details.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let layout = state.layout();
    if layout.details.height == 0 || layout.details.width == 0 {
        return;
    }
    edge(painter, state, layout.kind, layout.details);
    let area = pane::inner(state);
    if area.height == 0 {
        return;
    }
    let lines = pane::lines(state, painter.dress.accessible);
    let top = state.place.details_top;
    let hidden = lines.len().saturating_sub(top + usize::from(area.height));
    let last = area.y + area.height - 1;
    for (y, line) in (area.y..=last).zip(lines.iter().skip(top)) {
        // The mark that there is more stands beside the last line, not on it.
        let mark = if y == last && hidden > 0 { 2 } else { 0 };
        painter.line(Area { y, height: 1, width: area.width.saturating_sub(mark), ..area }, line);
    }
    let [up, down] = painter.dress.glyphs.more;
    let style = painter.dress.theme.role(&Role::Muted);
    let corner = |y| Area { x: (area.x + area.width).saturating_sub(1), y, width: 1, height: 1 };
    if hidden > 0 {
        painter.text(corner(last), down, style);
    }
    if top > 0 && state.pane == Pane::Details && last > area.y {
        painter.text(corner(area.y), up, style);
    }
}

/// What sets the details apart from the table, and says that they have the keys.
fn edge(painter: &mut Painter<'_>, state: &State, kind: Kind, area: Area) {
    let focused = state.pane == Pane::Details;
    let theme = &painter.dress.theme;
    let style = if focused { theme.role(&Role::Key) } else { theme.part(Part::Frame) };
    let [flat, upright, ..] = painter.dress.glyphs.frame;
    if kind == Kind::Side {
        let line = if painter.dress.accessible { " " } else { upright };
        for y in area.y..area.y + area.height {
            painter.text(Area { y, width: 1, height: 1, ..area }, line, style);
        }
    } else if focused {
        let first = Area { height: 1, ..area };
        if !painter.dress.accessible {
            painter.text(first, &flat.repeat(usize::from(area.width)), style);
        }
        let title = Line::of(Role::Key, " details ");
        painter.line(Area { x: first.x + 1, width: first.width.saturating_sub(1), ..first }, &title);
    }
}
