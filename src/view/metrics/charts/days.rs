//! On which days was deployed: a calendar.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::{Body, Chart, ChartKind, Heat, Numbers, days_of, nothing};
use crate::metrics::TrackMetrics;
use crate::metrics::calendar::monday_of;
use crate::query::TrackReport;
use crate::view::format::{count, counted};
use crate::view::metrics::figures::decimal;
use crate::view::{Cell, Column, Line, Role};

/// More weeks than these are more than a calendar shows.
const MOST_WEEKS: i64 = 530;

pub fn chart(metrics: &TrackMetrics, report: &TrackReport) -> Chart {
    let per_day = &metrics.frequency.per_day;
    let first = per_day.keys().next().copied();
    let Some((from, to)) = days_of(metrics, report.zone, first).filter(|_| first.is_some()) else {
        return nothing(ChartKind::Days, "nothing was deployed in the window");
    };
    let earliest = to.checked_sub_signed(TimeDelta::days(MOST_WEEKS * 7)).unwrap_or(from);
    let from = from.max(earliest);
    let Some(monday) = monday_of(from) else { return nothing(ChartKind::Days, "nothing was deployed in the window") };
    let weeks = (to - monday).num_days() / 7 + 1;
    let week = |number: i64| {
        std::array::from_fn(|weekday| {
            let offset = number * 7 + i64::try_from(weekday).unwrap_or(0);
            let date = monday.checked_add_signed(TimeDelta::try_days(offset)?)?;
            let count = per_day.get(&date).copied().unwrap_or(0);
            (from <= date && date <= to).then(|| u32::try_from(count).unwrap_or(u32::MAX))
        })
    };
    let most = per_day.values().max().copied().unwrap_or(0);
    let heat =
        Heat { first: monday, weeks: (0..weeks).map(week).collect(), most: u32::try_from(most).unwrap_or(u32::MAX) };
    Chart { kind: ChartKind::Days, says: sentence(metrics), body: Body::Heat(heat), legend: Line::default() }
}

fn sentence(metrics: &TrackMetrics) -> Line {
    let it = &metrics.frequency;
    let number = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
    let days = counted(number(it.deploy_days), "day");
    let line = Line::of(Role::Muted, format!("{} on {days}, ", counted(number(it.deployments), "deployment")));
    match it.median_days_per_week {
        Some(median) => line
            .with(Role::Muted, "median ")
            .with(Role::Strong, decimal(Some(median)))
            .with(Role::Muted, format!(" a week of {}", counted(number(it.weeks.count()), "week"))),
        None => line.with(Role::Muted, "no complete week"),
    }
}

pub fn numbers(metrics: &TrackMetrics) -> Numbers {
    let row = |(date, it): (&NaiveDate, &usize)| {
        vec![
            Cell::of(Role::Text, date.format("%Y-%m-%d").to_string()),
            Cell::of(Role::Muted, date.weekday().to_string()),
            Cell::of(Role::Strong, count(u64::try_from(*it).unwrap_or(u64::MAX))),
        ]
    };
    Numbers {
        rows: metrics.frequency.per_day.iter().rev().map(row).collect(),
        columns: vec![
            Column::new("day", "day", 0, (10, 12)),
            Column::new("weekday", "weekday", 1, (7, 8)),
            Column::new("deployments", "deployments", 0, (11, 12)).right(),
        ],
    }
}
