//! The ground of charts with two axes: where things stand in it, what the axes say.

use ratatui::style::Modifier;

use super::super::paint::Painter;
use crate::app::layout::Area;
use crate::view::metrics::scale::Tick;
use crate::view::{Align, Line, Role, fit};

/// Paints both axes' labels; what is left between them, for points.
pub fn axes(painter: &mut Painter<'_>, area: Area, x: &[Tick], y: &[Tick]) -> Area {
    let labels = y.iter().map(|it| fit::width(&it.label)).max().unwrap_or(0);
    let left = u16::try_from(labels + 1).unwrap_or(u16::MAX).min(area.width);
    let plot = Area { x: area.x + left, width: area.width - left, height: area.height.saturating_sub(1), ..area };
    let mut taken = None;
    for it in y.iter().rev() {
        let at = row(plot, it.at);
        if plot.height > 0 && taken != Some(at) {
            let label = fit::pad(&it.label, labels, Align::Right);
            painter.line(Area { x: area.x, y: at, width: left, height: 1 }, &Line::of(Role::Muted, label));
            taken = Some(at);
        }
    }
    let bottom = Area { y: area.y + area.height.saturating_sub(1), height: area.height.min(1), ..plot };
    painter.line(bottom, &Line::of(Role::Muted, along(x, usize::from(plot.width))));
    plot
}

/// The labels of the lower axis that fit, each beginning under its place; the last ends at the edge.
fn along(ticks: &[Tick], width: usize) -> String {
    let mut text = String::new();
    for it in ticks {
        let wide = fit::width(&it.label);
        let at = cells(it.at, width).min(width.saturating_sub(wide));
        let used = fit::width(&text);
        if wide <= width && (used == 0 || at > used) {
            text.push_str(&" ".repeat(at.saturating_sub(used)));
            text.push_str(&it.label);
        }
    }
    text
}

/// The column of a place from left (0) to right (1).
pub fn column(plot: Area, at: f64) -> u16 {
    plot.x + u16::try_from(cells(at, usize::from(plot.width))).unwrap_or(0)
}

/// The row of a place from bottom (0) to top (1).
pub fn row(plot: Area, at: f64) -> u16 {
    let from_below = u16::try_from(cells(at, usize::from(plot.height))).unwrap_or(0);
    plot.y + plot.height.saturating_sub(1).saturating_sub(from_below)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a terminal's size")]
fn cells(at: f64, cells: usize) -> usize {
    let last = u16::try_from(cells.saturating_sub(1)).unwrap_or(u16::MAX);
    (at.clamp(0.0, 1.0) * f64::from(last)).round() as usize
}

/// Paints one symbol, as bright as its role is whatever it is painted over.
pub fn put(painter: &mut Painter<'_>, (x, y): (u16, u16), symbol: &str, role: &Role) {
    let style = painter.dress.theme.role(role);
    let style = style.remove_modifier(Modifier::DIM.difference(style.add_modifier));
    painter.text(Area { x, y, width: 1, height: 1 }, symbol, style);
}
