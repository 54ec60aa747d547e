//! Charts, drawn with what a terminal has: blocks, lines and points.

mod bars;
mod curve;
mod heat;
mod plot;
mod scatter;
mod stack;

use super::paint::Painter;
use crate::app::layout::Area;
use crate::view::metrics::charts::{Body, Chart};
use crate::view::metrics::dashboard::Panel;
use crate::view::{Line, Role};

/// From this width on two charts that are compared stand side by side.
const SIDE_BY_SIDE: u16 = 90;
/// The least height in which two that are compared stand one above the other, each.
const LEAST: u16 = 7;

/// Paints a chart, and beside or below it what it is compared with.
pub fn panel(painter: &mut Painter<'_>, area: Area, panel: &Panel) {
    let Some((other, name)) = &panel.other else { return chart(painter, area, &panel.chart, None) };
    let half = area.width / 2;
    if area.width >= SIDE_BY_SIDE {
        let right = Area { x: area.x + half + 1, width: area.width - half - 1, ..area };
        chart(painter, Area { width: half.saturating_sub(1), ..area }, &panel.chart, Some(&panel.name));
        chart(painter, right, other, Some(name));
    } else if area.height >= 2 * LEAST {
        let high = area.height / 2;
        let low = Area { y: area.y + high, height: area.height - high, ..area };
        chart(painter, Area { height: high, ..area }, &panel.chart, Some(&panel.name));
        chart(painter, low, other, Some(name));
    } else {
        let last = Area { y: area.y + area.height.saturating_sub(1), height: area.height.min(1), ..area };
        chart(painter, Area { height: area.height.saturating_sub(1), ..area }, &panel.chart, Some(&panel.name));
        painter.line(last, &Line::of(Role::Text, format!("{name}: ")).then(other.says.clone()));
    }
}

/// Paints a chart under its sentence.
fn chart(painter: &mut Painter<'_>, area: Area, chart: &Chart, name: Option<&str>) {
    if area.height == 0 {
        return;
    }
    let before = name.map_or_else(Line::default, |name| Line::of(Role::Text, format!("{name}: ")));
    painter.line(Area { height: 1, ..area }, &before.then(chart.says.clone()));
    let air = u16::from(area.height > LEAST + 4);
    let top = (1 + air).min(area.height);
    let below = u16::from(!chart.legend.is_blank() && area.height > top + 1);
    let body = Area { y: area.y + top, height: area.height - top - below, ..area };
    match &chart.body {
        Body::Bars(bars) => bars::draw(painter, body, bars),
        Body::Heat(heat) => heat::draw(painter, body, heat),
        Body::Stack(parts) => stack::draw(painter, body, parts),
        Body::Curve(curve) => curve::draw(painter, body, curve),
        Body::Scatter(points) => scatter::draw(painter, body, points),
        Body::Words(lines) => words(painter, body, lines),
    }
    if below > 0 {
        painter.line(Area { y: area.y + area.height - 1, height: 1, ..area }, &chart.legend);
    }
}

fn words(painter: &mut Painter<'_>, area: Area, lines: &[Line]) {
    for (y, line) in (area.y..area.y + area.height).zip(lines) {
        painter.line(Area { y, height: 1, ..area }, line);
    }
}

/// A symbol of a chart in the set of glyphs that is used.
fn symbol(painter: &Painter<'_>, unicode: &'static str, ascii: &'static str) -> &'static str {
    if painter.dress.glyphs.is_ascii() { ascii } else { unicode }
}

/// A bar of a length in cells, to the eighth of a cell where the glyphs have that.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts saturate, and bars are short")]
fn bar(painter: &Painter<'_>, cells: f64, most: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let [full, _] = painter.dress.glyphs.bar;
    let eighths = (cells.max(0.0) * 8.0).round() as usize;
    let eighths = eighths.min(most.saturating_mul(8));
    if painter.dress.glyphs.is_ascii() {
        return full.repeat(eighths.div_ceil(8));
    }
    full.repeat(eighths / 8) + PARTS.get(eighths % 8).copied().unwrap_or_default()
}
