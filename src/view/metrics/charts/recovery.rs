//! How long users were hurt: every episode as a point on a log axis; a few of them only as a list.

use super::super::scale::Log;
use super::{Body, Chart, ChartKind, Level, Mark, Numbers, Point, Scatter, dates, days_of, nothing, share};
use crate::metrics::calendar::day;
use crate::metrics::report::Recovery;
use crate::metrics::verdict::{Episode, Witness};
use crate::model::Time;
use crate::query::TrackReport;
use crate::view::format::{UNDEFINED, count_of, counted, duration_of};
use crate::view::metrics::evidence::ended_by;
use crate::view::report::words::{lasted, lasted_in_words};
use crate::view::{Cell, Column, Line, Role};

pub fn chart(report: &TrackReport) -> Chart {
    let metrics = &report.metrics;
    let episodes = &metrics.recovery.episodes;
    if episodes.is_empty() {
        return nothing(ChartKind::Recovery, "no deployment failed its users in the window");
    }
    let says = sentence(&metrics.recovery);
    let words = || Body::Words(episodes.iter().rev().map(|it| line(report, it)).collect());
    let few = episodes.len() < Recovery::ENOUGH_FOR_MEDIAN;
    let body = if few { words() } else { scatter(report).unwrap_or_else(words) };
    let open = metrics.recovery.open > 0 && !few;
    let legend = if open { Line::of(Role::Muted, "○ still open") } else { Line::default() };
    Chart { kind: ChartKind::Recovery, says, body, legend }
}

fn scatter(report: &TrackReport) -> Option<Body> {
    let metrics = &report.metrics;
    let episodes = &metrics.recovery.episodes;
    let axis = Log::around(episodes.iter().map(|it| lasted(it, metrics.now)))?;
    let local = |at: Time| day(at, report.zone);
    let (from, to) = days_of(metrics, report.zone, episodes.first().map(|it| local(it.from)))?;
    let point = |it: &Episode| Point {
        x: share((local(it.from) - from).num_days(), (to - from).num_days()),
        y: axis.place(lasted(it, metrics.now)),
        mark: if it.until.is_some_and(|end| end <= metrics.now) { Mark::Plain } else { Mark::Hollow },
    };
    let median = metrics.recovery.p50.map(|it| Level { y: axis.place(it), label: "median", limit: false });
    Some(Body::Scatter(Scatter {
        points: episodes.iter().map(point).collect(),
        levels: median.into_iter().collect(),
        x: dates(from, to),
        y: axis.ticks(),
    }))
}

fn sentence(it: &Recovery) -> Line {
    let n = counted(u64::try_from(it.episodes.len()).unwrap_or(u64::MAX), "episode");
    let open = if it.open > 0 { format!(", {} open", count_of(it.open)) } else { String::new() };
    let line = Line::of(Role::Muted, format!("{n}{open}: "));
    if it.episodes.len() < Recovery::ENOUGH_FOR_MEDIAN {
        return line.with(Role::Muted, format!("a median needs {}", Recovery::ENOUGH_FOR_MEDIAN));
    }
    let median = it.p50.map_or_else(|| "not reached".to_owned(), |it| duration_of(Some(it)));
    line.with(Role::Muted, "median ").with(Role::Strong, median)
}

/// An episode in a line: when, how long, which deployments, what ended it.
fn line(report: &TrackReport, it: &Episode) -> Line {
    let from = it.from.with_timezone(&report.zone).format("%Y-%m-%d %H:%M").to_string();
    Line::of(Role::Muted, format!("{from}  "))
        .with(Role::Strong, lasted_in_words(it, report.metrics.now))
        .with(Role::Muted, "  ")
        .with(Role::Text, deployments(report, it))
        .with(Role::Muted, ended(report, it.ended_by.as_ref()))
}

fn deployments(report: &TrackReport, it: &Episode) -> String {
    let named = it.deployments.iter().filter_map(|at| report.ledger.entries().get(*at));
    named.map(|it| crate::view::metrics::evidence::name(&it.deployment)).collect::<Vec<_>>().join(", ")
}

fn ended(report: &TrackReport, by: Option<&Witness>) -> String {
    by.map_or_else(String::new, |by| format!(": {}", ended_by(report, by)))
}

pub fn numbers(report: &TrackReport) -> Numbers {
    let row = |it: &Episode| {
        let from = it.from.with_timezone(&report.zone).format("%Y-%m-%d %H:%M").to_string();
        let ended = it.ended_by.as_ref().map_or_else(|| UNDEFINED.to_owned(), |by| ended_by(report, by));
        vec![
            Cell::of(Role::Text, from),
            Cell::of(Role::Strong, lasted_in_words(it, report.metrics.now)),
            Cell::of(Role::Text, deployments(report, it)),
            Cell::of(Role::Muted, ended),
        ]
    };
    Numbers {
        rows: report.metrics.recovery.episodes.iter().rev().map(row).collect(),
        columns: vec![
            Column::new("from", "began", 0, (16, 16)),
            Column::new("lasted", "lasted", 0, (8, 20)).right(),
            Column::new("deployments", "failed", 1, (8, 30)),
            Column::new("ended", "ended by", 2, (8, 40)),
        ],
    }
}
