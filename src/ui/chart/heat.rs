//! A calendar: a column for each week, Monday on top, the newest week on the right.

use chrono::Datelike;

use super::super::paint::Painter;
use super::symbol;
use crate::app::layout::Area;
use crate::view::metrics::charts::Heat;
use crate::view::{Line, Role, Span, fit};

/// Cells of the names of days.
const NAMES: u16 = 4;
const DAYS: [&str; 7] = ["Mon", "", "Wed", "", "Fri", "", "Sun"];

/// Paints the calendar: as many of the last weeks as fit.
pub fn draw(painter: &mut Painter<'_>, area: Area, heat: &Heat) {
    let room = usize::from(area.width.saturating_sub(NAMES));
    let wide = (room / heat.weeks.len().max(1)).clamp(1, 3);
    let shown = (room / wide).min(heat.weeks.len());
    let first = heat.weeks.len() - shown;
    let weeks: Vec<&[Option<u32>; 7]> = heat.weeks.iter().skip(first).collect();
    let mut y = area.y;
    let end = area.y + area.height;
    if area.height > 7 {
        painter.line(Area { y, height: 1, ..area }, &months(heat, first, shown, wide));
        y += 1;
    }
    for (weekday, name) in DAYS.iter().enumerate() {
        if y >= end {
            return;
        }
        let mut line = Line::of(Role::Muted, fit::pad(name, usize::from(NAMES), crate::view::Align::Left));
        line.0.extend(weeks.iter().map(|week| cell(painter, week.get(weekday).copied().flatten(), heat.most, wide)));
        painter.line(Area { y, height: 1, ..area }, &line);
        y += 1;
    }
    if y + 1 < end {
        painter.line(Area { y: y + 1, height: 1, ..area }, &legend(painter, heat.most));
    }
}

fn cell(painter: &Painter<'_>, count: Option<u32>, most: u32, wide: usize) -> Span {
    let filled = wide.saturating_sub(1).max(1);
    let (role, mark) = match count {
        None => (Role::Text, " ".to_owned()),
        Some(0) => (Role::Heat(0), symbol(painter, "·", ".").to_owned()),
        Some(count) => (heat(level(count, most)), shade(painter, count, most)),
    };
    let body = if count.is_some_and(|it| it > 0) { mark.repeat(filled) } else { mark };
    Span::new(role, format!("{body:<wide$}"))
}

/// How much of the most: four shades, or the number itself where there are none.
fn shade(painter: &Painter<'_>, count: u32, most: u32) -> String {
    let shades = ["░", "▒", "▓", "█"];
    let digit = if count > 9 { "+".to_owned() } else { count.to_string() };
    if painter.dress.glyphs.is_ascii() {
        return digit;
    }
    shades.get(level(count, most)).map_or(digit, |it| (*it).to_owned())
}

/// The role of a level.
fn heat(level: usize) -> Role {
    Role::Heat(u8::try_from(level + 1).unwrap_or(u8::MAX))
}

/// 0 to 3.
fn level(count: u32, most: u32) -> usize {
    let most = most.max(2);
    usize::try_from((u64::from(count) * 4).div_ceil(u64::from(most)).saturating_sub(1)).unwrap_or(3).min(3)
}

/// The month of the first week that begins in it, where there is room for its name.
fn months(heat: &Heat, first: usize, shown: usize, wide: usize) -> Line {
    let mut text = " ".repeat(usize::from(NAMES));
    let mut before = None;
    for week in 0..shown {
        let days = i64::try_from((first + week) * 7).unwrap_or(0);
        let monday = chrono::TimeDelta::try_days(days).and_then(|it| heat.first.checked_add_signed(it));
        let month = monday.map(|it| (it.month(), it));
        let at = usize::from(NAMES) + week * wide;
        if let Some((number, date)) = month.filter(|it| before != Some(it.0)) {
            let name = date.format(if number == 1 { "%Y" } else { "%b" }).to_string();
            if text.len() < at + 1 && (week > 0 || date.day() <= 14) || text.len() == at {
                text = format!("{text:<at$}{name} ");
            }
            before = Some(number);
        }
    }
    Line::of(Role::Muted, text.trim_end().to_owned())
}

fn legend(painter: &Painter<'_>, most: u32) -> Line {
    if painter.dress.glyphs.is_ascii() {
        return Line::of(Role::Muted, "deployments a day; + is more than 9");
    }
    let mut line = Line::of(Role::Muted, "    ");
    let mut from = 1;
    for (at, shade) in ["░", "▒", "▓", "█"].iter().enumerate() {
        let to = (from..=most.max(1)).take_while(|count| level(*count, most) <= at).last();
        let Some(to) = to else { continue };
        let range = if from == to { from.to_string() } else { format!("{from}–{to}") };
        line = line.with(heat(at), *shade).with(Role::Muted, format!(" {range}  "));
        from = to + 1;
    }
    line.with(Role::Muted, "a day")
}
