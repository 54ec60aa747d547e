//! Figures over charts: all charts at once where there is room for them, else as many as fit, with the selected among
//! them.
//!
//! ```text
//! lead time   3 h 10 m  62 changes  2 h 05 m – 4 h 40 m  P75 9 h 12 m; P90 1 d 02 h
//! …
//! lead time of changes  1 of 6
//! 1 – 4 h    ██████████████▌ 31  P50
//! ```

use super::chart;
use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::{Area, Kind, Layout};
use crate::app::state::State;
use crate::view::metrics::{ChartKind, Dashboard};
use crate::view::{Line, Role, fit};

/// The least room that a chart is drawn in, cells.
const LEAST: (u16, u16) = (58, 13);
/// Cells between two charts.
const GAP: u16 = 3;
/// Lines that details beside the table take, at most, where charts stand below them.
const DETAILS: u16 = 15;

/// Paints the dashboard in the place of the table; whether there is one.
pub fn draw(painter: &mut Painter<'_>, state: &State) -> bool {
    let layout = state.layout();
    let place = &state.place;
    let drawn = matches!(layout.kind, Kind::Bare | Kind::Below | Kind::Side) && !painter.dress.accessible;
    let dashboard = place.table.dashboard(place.at).filter(|it| drawn && it.whole);
    let Some(dashboard) = dashboard else { return false };
    let (width, height) = state.size;
    let area = Area { x: 0, y: layout.table.y, width, height: height.saturating_sub(layout.table.y + 1) };
    let area = figures(painter, area, &dashboard);
    let all: Vec<ChartKind> = (0..place.table.len()).filter_map(|at| ChartKind::of(&place.table.key(at).0)).collect();
    charts(painter, area, &dashboard, &all, Some(place.at));
    true
}

/// Paints the selected row's charts in the room that the rows of the table and its details leave.
pub fn below(painter: &mut Painter<'_>, state: &State) {
    let Layout { kind, table, details, .. } = state.layout();
    if kind != Kind::Side || painter.dress.accessible {
        return;
    }
    let used = u16::try_from(state.place.table.len()).unwrap_or(u16::MAX).saturating_add(2);
    let Some(left) = table.height.checked_sub(used).filter(|left| *left >= LEAST.1) else { return };
    let Some(dashboard) = state.place.table.dashboard(state.place.at) else { return };
    let area = Area { y: table.y + used, height: left, width: table.width.saturating_sub(2), ..table };
    let across = usize::from(fitting(area, ChartKind::ALL.len()).0);
    let beside = details.height >= DETAILS + 2 * LEAST.1 && details.width > LEAST.0;
    let (main, rest) = ChartKind::ALL.split_at(if beside && across > 1 { 4 } else { ChartKind::ALL.len() });
    charts(painter, area, &dashboard, main, None);
    let area = Area {
        x: details.x + 2,
        y: details.y + DETAILS,
        width: details.width.saturating_sub(2),
        height: details.height.saturating_sub(DETAILS),
    };
    charts(painter, area, &dashboard, rest, None);
}

/// Paints figures and what they are from; what room is left.
fn figures(painter: &mut Painter<'_>, area: Area, dashboard: &Dashboard) -> Area {
    let mut lines = dashboard.head(usize::from(area.width));
    lines.push(dashboard.foot());
    let air = u16::from(area.height > 30);
    let mut y = area.y;
    for line in &lines {
        if y < area.y + area.height {
            painter.line(Area { y, height: 1, ..area }, line);
            y += 1;
        }
    }
    y = (y + air).min(area.y + area.height);
    Area { y, height: area.y + area.height - y, ..area }
}

/// How many charts fit beside each other and below each other.
fn fitting(area: Area, charts: usize) -> (u16, u16) {
    let charts = u16::try_from(charts).unwrap_or(u16::MAX).max(1);
    let across = (area.width / LEAST.0).clamp(1, 3).min(charts);
    (across, (area.height / LEAST.1).clamp(1, charts.div_ceil(across)))
}

/// Paints as many charts as fit. With a selected one, that is among them and marked.
fn charts(painter: &mut Painter<'_>, area: Area, dashboard: &Dashboard, all: &[ChartKind], selected: Option<usize>) {
    let (across, down) = fitting(area, all.len());
    let fitting = usize::from(across * down);
    let first = selected.unwrap_or(0) / fitting * fitting;
    let wide = (area.width + GAP) / across;
    let high = area.height / down;
    let shown = all.iter().enumerate().skip(first).take(fitting);
    for (place, (at, kind)) in (0_u16..).zip(shown) {
        let (row, column) = (place / across, place % across);
        let last = row + 1 == down;
        let cell = Area {
            x: area.x + column * wide,
            y: area.y + row * high,
            width: wide.saturating_sub(GAP),
            height: high.saturating_sub(u16::from(!last)),
        };
        let standing = (at, all.len(), fitting < all.len());
        one(painter, cell, dashboard, *kind, (selected == Some(at)).then_some(standing), place == 0 && fitting == 1);
    }
}

/// Paints one chart under its title.
fn one(
    painter: &mut Painter<'_>,
    area: Area,
    dashboard: &Dashboard,
    kind: ChartKind,
    selected: Option<(usize, usize, bool)>,
    alone: bool,
) {
    let Some(panel) = dashboard.panel(kind) else { return };
    if area.height == 0 || area.width == 0 {
        return;
    }
    let title = format!(" {} ", kind.title());
    let wide = u16::try_from(fit::width(&title)).unwrap_or(u16::MAX).min(area.width);
    painter.line(Area { width: wide, height: 1, ..area }, &Line::of(Role::Heading, title));
    if let Some((at, of, more)) = selected {
        if !alone || more {
            let style = painter.dress.theme.part(Part::Selected);
            painter.style_over(Area { width: wide, height: 1, ..area }, style);
        }
        if more {
            let rest = Area { x: area.x + wide, width: area.width - wide, height: 1, ..area };
            painter.line(rest, &Line::of(Role::Muted, format!("  {} of {of}: Left, Right", at + 1)));
        }
    }
    let inner = Area { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(1), height: area.height - 1 };
    chart::panel(painter, inner, panel);
}
