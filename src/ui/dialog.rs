//! A dialog: a frame with its title, lines that scroll, a foot that is always seen.

use ratatui::style::Style;

use super::paint::Painter;
use super::theme::Part;
use crate::app::dialog::Paper;
use crate::app::layout::{Area, inside};
use crate::app::state::State;
use crate::view::{Line, Role, fit};

/// Paints a dialog; where its cursor is.
pub fn draw(painter: &mut Painter<'_>, state: &State, paper: &Paper) -> Option<(u16, u16)> {
    let area = paper.area(state.size);
    let (width, height) = state.size;
    // Without borders, what stands beside a dialog would be read as a part of it.
    let cleared = if painter.dress.accessible { Area { x: 0, y: 0, width, height } } else { area };
    painter.clear(cleared, Part::Dialog);
    frame(painter, area, &paper.title);
    let inner = inside(area);
    let rows = paper.rows(state.size);
    let top = paper.top.min(paper.lines.len().saturating_sub(rows));
    let selected = painter.dress.theme.part(Part::Selected);
    for (at, line) in paper.lines.iter().enumerate().skip(top).take(rows) {
        let here = row(inner, at - top);
        painter.line(here, line);
        if paper.selected == Some(at) {
            painter.style_over(here, selected);
        }
    }
    more(painter, inner, area, top, rows, paper.lines.len());
    let foot = usize::from(inner.height).saturating_sub(paper.foot.len());
    for (at, line) in paper.foot.iter().enumerate() {
        painter.line(row(inner, foot + at), line);
    }
    let (line, column) = paper.cursor?;
    let y = row(inner, foot + line).y;
    let x = inner.x + u16::try_from(column).ok()?.min(inner.width.saturating_sub(1));
    (y < inner.y + inner.height).then_some((x, y))
}

/// A line of an area; one without height where the area has no such line.
fn row(area: Area, at: usize) -> Area {
    let at = u16::try_from(at).unwrap_or(u16::MAX);
    Area { y: area.y.saturating_add(at), height: u16::from(at < area.height), ..area }
}

/// Says that there is more above or below.
fn more(painter: &mut Painter<'_>, inner: Area, area: Area, top: usize, rows: usize, len: usize) {
    let style = painter.dress.theme.role(&Role::Muted);
    let [up, down] = painter.dress.glyphs.more;
    let x = (area.x + area.width).saturating_sub(2);
    if top > 0 {
        painter.text(Area { x, width: 1, ..row(inner, 0) }, up, style);
    }
    if top + rows < len {
        painter.text(Area { x, width: 1, ..row(inner, rows.saturating_sub(1)) }, down, style);
    }
}

/// A frame with a title in its upper edge.
pub fn frame(painter: &mut Painter<'_>, area: Area, title: &Line) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let style = painter.dress.theme.part(Part::Frame);
    if !painter.dress.accessible {
        edges(painter, area, style);
    }
    let room = area.width.saturating_sub(6);
    let title = fit::squeeze(title, usize::from(room));
    let wide = u16::try_from(fit::width(&title.plain())).unwrap_or(u16::MAX).min(room);
    if wide > 0 {
        let line = Area { x: area.x + 2, y: area.y, width: wide + 2, height: 1 };
        // A title is no part of the frame: a frame that is dim would make it dim too.
        painter.clear(line, Part::Dialog);
        painter.line(Area { x: line.x + 1, width: wide, ..line }, &title);
    }
}

fn edges(painter: &mut Painter<'_>, area: Area, style: Style) {
    let [flat, upright, top_left, top_right, bottom_left, bottom_right] = painter.dress.glyphs.frame;
    let middle = flat.repeat(usize::from(area.width - 2));
    let line = |y| Area { y, height: 1, ..area };
    painter.text(line(area.y), &format!("{top_left}{middle}{top_right}"), style);
    for y in area.y + 1..area.y + area.height - 1 {
        painter.text(Area { width: 1, ..line(y) }, upright, style);
        painter.text(Area { x: area.x + area.width - 1, width: 1, ..line(y) }, upright, style);
    }
    painter.text(line(area.y + area.height - 1), &format!("{bottom_left}{middle}{bottom_right}"), style);
}
