//! Points over time, with levels across.

use super::super::paint::Painter;
use super::plot::{axes, column, put, row};
use super::symbol;
use crate::app::layout::Area;
use crate::view::Role;
use crate::view::metrics::charts::{Mark, Scatter};

/// Paints the points.
pub fn draw(painter: &mut Painter<'_>, area: Area, it: &Scatter) {
    let plot = axes(painter, area, &it.x, &it.y);
    if plot.width == 0 || plot.height == 0 {
        return;
    }
    for level in &it.levels {
        let y = row(plot, level.y);
        let line = if level.limit { symbol(painter, "┄", ".") } else { symbol(painter, "─", "-") };
        for x in plot.x..plot.x + plot.width {
            put(painter, (x, y), line, &Role::Muted);
        }
    }
    for point in &it.points {
        let (mark, role) = match point.mark {
            Mark::Plain => (symbol(painter, "●", "o"), Role::Series(1)),
            Mark::Loud => (symbol(painter, "◆", "*"), Role::Warning),
            Mark::Hollow => (symbol(painter, "○", "O"), Role::Warning),
        };
        put(painter, (column(plot, point.x), row(plot, point.y)), mark, &role);
    }
}
