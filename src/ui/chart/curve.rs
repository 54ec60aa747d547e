//! A share that falls with time, as steps.

use super::super::paint::Painter;
use super::plot::{axes, column, put, row};
use super::symbol;
use crate::app::layout::Area;
use crate::view::metrics::charts::Curve;
use crate::view::metrics::scale::Tick;
use crate::view::{Line, Role, fit};

/// Paints the steps.
pub fn draw(painter: &mut Painter<'_>, area: Area, it: &Curve) {
    let levels = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")];
    let y = levels.map(|(at, label)| Tick { at, label: label.to_owned() });
    let plot = axes(painter, area, &it.ticks, &y);
    if plot.width == 0 || plot.height < 3 {
        return;
    }
    let half = row(plot, 0.5);
    for x in plot.x..plot.x + plot.width {
        put(painter, (x, half), symbol(painter, "┄", "."), &Role::Muted);
    }
    for mark in &it.marks {
        let x = column(plot, mark.at);
        for y in plot.y..plot.y + plot.height {
            put(painter, (x, y), symbol(painter, "┊", ":"), &Role::Muted);
        }
    }
    steps(painter, plot, it);
    labels(painter, plot, &it.marks);
}

fn steps(painter: &mut Painter<'_>, plot: Area, it: &Curve) {
    let role = Role::Series(1);
    let mut before = plot.y;
    let last = column(plot, it.until);
    for x in plot.x..=last {
        let passed = it.steps.iter().take_while(|(at, _)| column(plot, *at) <= x).last();
        let y = row(plot, passed.map_or(1.0, |(_, share)| *share));
        if y == before {
            put(painter, (x, y), symbol(painter, "─", "-"), &role);
        } else {
            put(painter, (x, before), symbol(painter, "╮", "+"), &role);
            for between in before + 1..y {
                put(painter, (x, between), symbol(painter, "│", "|"), &role);
            }
            put(painter, (x, y), symbol(painter, "╰", "+"), &role);
        }
        before = y;
    }
}

/// Names at the upper ends of the marks, the leftmost on the left of its mark, so that they do not meet.
fn labels(painter: &mut Painter<'_>, plot: Area, marks: &[Tick]) {
    let leftmost = (0_u16..).zip(marks).min_by(|a, b| a.1.at.total_cmp(&b.1.at)).map(|it| it.0);
    for (line, mark) in (0_u16..).zip(marks) {
        let wide = u16::try_from(fit::width(&mark.label) + 1).unwrap_or(u16::MAX);
        let x = column(plot, mark.at);
        let right = x.saturating_add(1 + wide) <= plot.x + plot.width;
        let left = x >= plot.x + wide && (!right || (marks.len() > 1 && Some(line) == leftmost));
        let text = if left { format!("{} ", mark.label) } else { format!(" {}", mark.label) };
        let x = if left { x - wide } else { x + 1 };
        // The curve leaves the lower left and the upper right free.
        let y = if left { plot.y + plot.height - 1 } else { plot.y + line.min(plot.height - 1) };
        let area = Area { x, y, width: wide.min((plot.x + plot.width).saturating_sub(x)), height: 1 };
        painter.line(area, &Line::of(Role::Text, text));
    }
}
