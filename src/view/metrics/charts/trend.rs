//! The weekly median of lead time on a log axis, with the limits between which it varies by chance.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::super::scale::Log;
use super::{Body, Chart, ChartKind, Level, Mark, Numbers, Point, Scatter, dates, days_of, nothing, share};
use crate::metrics::limits::{FEWEST_POINTS, Scale};
use crate::metrics::report::WeekPoint;
use crate::metrics::{Limits, TrackMetrics};
use crate::view::format::{UNDEFINED, count_of, counted, duration_of};
use crate::view::{Cell, Column, Line, Role};

fn limits(weeks: &[WeekPoint]) -> Option<Limits> {
    Limits::of(&weeks.iter().map(|it| it.p50).collect::<Vec<_>>(), Scale::Log)
}

pub fn chart(metrics: &TrackMetrics, zone: Tz) -> Chart {
    let weeks = &metrics.lead_time.weekly;
    let first = weeks.first().map(|it| it.monday);
    let Some((from, to)) = days_of(metrics, zone, first).zip(first).map(|((from, to), first)| (from.min(first), to))
    else {
        return nothing(ChartKind::Trend, "no change was delivered in the window");
    };
    let limits = limits(weeks);
    let bounds = limits.iter().flat_map(|it| [it.low, it.high]);
    let Some(axis) = Log::around(weeks.iter().map(|it| it.p50).chain(bounds)) else {
        return nothing(ChartKind::Trend, "no change was delivered in the window");
    };
    let mark = |at: usize| limits.as_ref().and_then(|it| it.marks.get(at)).copied().unwrap_or_default();
    let point = |(at, it): (usize, &WeekPoint)| Point {
        x: place(it.monday, from, to),
        y: axis.place(it.p50),
        mark: if mark(at).outside || mark(at).run { Mark::Loud } else { Mark::Plain },
    };
    let levels = limits.iter().flat_map(|it| {
        [(it.high, "limit", true), (it.centre, "centre", false), (it.low, "limit", true)]
            .map(|(at, label, limit)| Level { y: axis.place(at), label, limit })
    });
    Chart {
        kind: ChartKind::Trend,
        says: sentence(weeks, limits.as_ref()),
        body: Body::Scatter(Scatter {
            points: weeks.iter().enumerate().map(point).collect(),
            levels: levels.collect(),
            x: dates(from, to),
            y: axis.ticks(),
        }),
        legend: Line::default(),
    }
}

fn place(day: NaiveDate, from: NaiveDate, to: NaiveDate) -> f64 {
    share((day - from).num_days(), (to - from).num_days())
}

fn sentence(weeks: &[WeekPoint], limits: Option<&Limits>) -> Line {
    let weeks_of = counted(u64::try_from(weeks.len()).unwrap_or(u64::MAX), "week");
    let Some(limits) = limits else {
        return Line::of(Role::Muted, format!("{weeks_of} with deliveries: limits need {FEWEST_POINTS}"));
    };
    let (low, high) = (duration_of(Some(limits.low)), duration_of(Some(limits.high)));
    let rest = format!(" in {weeks_of}, limits {low} – {high}");
    let outside = limits.marks.iter().filter(|it| it.outside).count();
    let shifted = limits.marks.iter().any(|it| it.run);
    match (outside, shifted) {
        (0, false) => Line::of(Role::Text, "only chance"),
        (0, true) => Line::of(Role::Warning, "a shift"),
        (n, _) => Line::of(Role::Warning, format!("{} outside", count_of(n))),
    }
    .with(Role::Muted, rest)
}

pub fn numbers(metrics: &TrackMetrics) -> Numbers {
    let weeks = &metrics.lead_time.weekly;
    let limits = limits(weeks);
    let row = |(at, it): (usize, &WeekPoint)| {
        let mark = limits.as_ref().and_then(|it| it.marks.get(at)).copied().unwrap_or_default();
        let verdict = match (&limits, mark.outside, mark.run) {
            (None, ..) => Cell::of(Role::Muted, UNDEFINED),
            (_, true, _) => Cell::of(Role::Warning, "outside the limits"),
            (_, _, true) => Cell::of(Role::Warning, "one of a run on one side"),
            _ => Cell::of(Role::Muted, "ordinary"),
        };
        vec![
            Cell::of(Role::Text, it.monday.format("%Y-%m-%d").to_string()),
            Cell::of(Role::Strong, duration_of(Some(it.p50))),
            Cell::of(Role::Muted, count_of(it.n)),
            verdict,
        ]
    };
    Numbers {
        rows: weeks.iter().enumerate().rev().map(row).collect(),
        columns: vec![
            Column::new("week", "week of", 0, (10, 12)),
            Column::new("p50", "P50", 0, (8, 10)).right(),
            Column::new("changes", "changes", 1, (7, 9)).right(),
            Column::new("verdict", "verdict", 2, (10, 28)),
        ],
    }
}
