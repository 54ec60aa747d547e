//! Horizontal bars: a label, a bar, its count, what lies in it.

use super::super::paint::Painter;
use super::bar;
use crate::app::layout::Area;
use crate::view::metrics::charts::Bar;
use crate::view::{Align, Line, Role, fit, format};

/// Paints bars, one a line; where they are more than lines, the last line says so.
pub fn draw(painter: &mut Painter<'_>, area: Area, bars: &[Bar]) {
    let most = bars.iter().map(|it| it.count).max().unwrap_or(0).max(1);
    let labels = bars.iter().map(|it| fit::width(&it.label)).max().unwrap_or(0);
    let marks = bars.iter().map(|it| fit::width(&it.marks.join(" "))).max().unwrap_or(0);
    let counts = fit::width(&format::count(most));
    let room = usize::from(area.width).saturating_sub(labels + counts + marks + 4);
    let lines = usize::from(area.height);
    let shown = if bars.len() > lines { lines.saturating_sub(1) } else { bars.len() };
    let step = if lines + 1 >= 2 * bars.len() { 2 } else { 1 };
    let mut y = area.y;
    for it in bars.iter().take(shown) {
        #[expect(clippy::cast_precision_loss, reason = "a bar needs no more than 52 bits")]
        let long = it.count as f64 / most as f64 * room as f64;
        let line = Line::of(Role::Muted, fit::pad(&it.label, labels, Align::Right))
            .with(Role::Text, " ")
            .with(Role::Series(1), bar(painter, if it.count > 0 { long.max(0.125) } else { 0.0 }, room))
            .with(Role::Text, format!(" {}", format::count(it.count)))
            .with(Role::Key, it.marks.iter().map(|it| format!(" {it}")).collect::<String>());
        painter.line(Area { y, height: 1, ..area }, &line);
        y += step;
    }
    if shown < bars.len() && area.height > 0 {
        let rest = format!("{} more", format::count_of(bars.len() - shown));
        painter.line(Area { y, height: 1, ..area }, &Line::of(Role::Muted, fit::pad(&rest, labels, Align::Right)));
    }
}
