//! How a chord goes on, shown when it has been waited for: each next key with what it leads to.

use super::dialog::frame;
use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::{Area, inside};
use crate::app::state::State;
use crate::app::update::keys::which;
use crate::view::{Line, Role, fit};

/// Paints it in the lower right corner, if there is something to show.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let next = which(state);
    if next.is_empty() {
        return;
    }
    let lines: Vec<Line> = next
        .iter()
        .map(|(key, leads)| {
            Line::of(Role::Key, fit::pad(key, 6, crate::view::Align::Left)).with(Role::Text, leads.as_str())
        })
        .collect();
    let name = state.keymap.group(&state.chord.keys).map(|name| format!(" {name} …")).unwrap_or_default();
    let title = Line::of(Role::Key, crate::app::key::write_chord(&state.chord.keys)).with(Role::Text, name);
    let wide = lines.iter().chain([&title]).map(|line| fit::width(&line.plain()));
    let widest = wide.max().unwrap_or_default();
    let (width, height) = state.size;
    let wide = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(width);
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(height.saturating_sub(1));
    let area = Area { x: width - wide, y: height.saturating_sub(1) - high, width: wide, height: high };
    painter.clear(area, Part::Dialog);
    frame(painter, area, &title);
    let inner = inside(area);
    for (y, line) in (inner.y..inner.y + inner.height).zip(&lines) {
        painter.line(Area { y, height: 1, ..inner }, line);
    }
}
