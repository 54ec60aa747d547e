//! One bar of parts, and a line for each: what it is, how long, which share, work or waiting.

use super::super::paint::Painter;
use super::symbol;
use crate::app::layout::Area;
use crate::view::metrics::charts::{Part, Spent};
use crate::view::metrics::figures::percentage;
use crate::view::{Align, Line, Role, fit};

/// Paints the parts.
pub fn draw(painter: &mut Painter<'_>, area: Area, parts: &[Part]) {
    let high = if area.height > 8 { 2 } else { 1 };
    let whole = Line(whole(painter, parts, area.width));
    for y in (area.y..area.y + area.height).take(high) {
        painter.line(Area { y, height: 1, ..area }, &whole);
    }
    let top = u16::try_from(high).unwrap_or(1) + u16::from(area.height > 10);
    let widest = |of: fn(&Part) -> &str| parts.iter().map(|it| fit::width(of(it))).max().unwrap_or(0);
    let (labels, values) = (widest(|it| &it.label).min(28), widest(|it| &it.value));
    let spent = parts.iter().map(|it| it.spent.word().len()).max().unwrap_or(0);
    // A word that is cut says less than the legend.
    let words = usize::from(area.width) >= labels + values + spent + 17;
    let lines = (area.y + area.height).saturating_sub(area.y.saturating_add(top));
    let shown = chosen(parts, usize::from(lines));
    let below = area.y.saturating_add(top).saturating_add(u16::try_from(shown.len()).unwrap_or(u16::MAX));
    if !words && below.saturating_add(1) < area.y + area.height {
        painter.line(Area { y: below + 1, height: 1, ..area }, &legend(painter, parts));
    }
    let rows = (area.y.saturating_add(top)..).zip(shown);
    for (y, (at, it)) in rows {
        let line = Line::of(series(at, it.spent), format!("{0}{0}", shade(painter, it.spent)))
            .with(Role::Text, format!(" {}", fit::pad(&it.label, labels, Align::Left)))
            .with(Role::Strong, format!("  {}", fit::pad(&it.value, values, Align::Right)))
            .with(Role::Muted, format!("  {}", fit::pad(&percentage(Some(it.share)), 6, Align::Right)))
            .then(if words { word(it, spent) } else { Line::default() });
        painter.line(Area { y, height: 1, ..area }, &line);
    }
}

fn word(it: &Part, width: usize) -> Line {
    let note = if it.note.is_empty() { String::new() } else { format!("  {}", it.note) };
    Line::of(Role::Muted, format!("  {}{note}", fit::pad(it.spent.word(), width, Align::Left)))
}

/// What the shades mean.
fn legend(painter: &Painter<'_>, parts: &[Part]) -> Line {
    let all = [Spent::Work, Spent::Wait, Spent::Either].into_iter();
    let there = all.filter(|spent| parts.iter().any(|it| it.spent == *spent));
    there.fold(Line::default(), |line, it| line.with(Role::Muted, format!("{} {}   ", shade(painter, it), it.word())))
}

/// The parts with their numbers, in the order of the way; where there are too few lines, those that take longest.
fn chosen(parts: &[Part], lines: usize) -> Vec<(usize, &Part)> {
    let mut all: Vec<(usize, &Part)> = parts.iter().enumerate().collect();
    all.sort_by(|a, b| b.1.share.total_cmp(&a.1.share));
    all.truncate(lines);
    all.sort_by_key(|it| it.0);
    all
}

/// The bar: each part as long as its share, the ends rounded so that they add up.
fn whole(painter: &Painter<'_>, parts: &[Part], width: u16) -> Vec<crate::view::Span> {
    let mut spans = Vec::new();
    let (mut sum, mut used) = (0.0, 0_usize);
    for (at, it) in parts.iter().enumerate() {
        let series = series(at, it.spent);
        sum += it.share;
        let end = end(sum, width).max(used);
        spans.push(crate::view::Span::new(series, shade(painter, it.spent).repeat(end - used)));
        used = end;
    }
    spans
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a terminal's width")]
fn end(share: f64, width: u16) -> usize {
    ((share.clamp(0.0, 1.0) * f64::from(width)).round() as usize).min(usize::from(width))
}

/// Work has one colour; waiting has two, so that two waits in turn are told apart.
fn series(at: usize, spent: Spent) -> Role {
    Role::Series(match spent {
        Spent::Work => 0,
        Spent::Wait if at.is_multiple_of(2) => 4,
        Spent::Wait => 1,
        Spent::Either => 6,
    })
}

/// Work is solid, waiting is not.
fn shade(painter: &Painter<'_>, spent: Spent) -> &'static str {
    match spent {
        Spent::Work => symbol(painter, "█", "#"),
        Spent::Wait => symbol(painter, "░", "."),
        Spent::Either => symbol(painter, "▒", "="),
    }
}
