//! Of the changes whose clock started in the window, the share that still waits after a time; those that wait now are
//! counted as what they are: not delivered yet.

use super::super::scale::{Log, Tick};
use super::{Body, Chart, ChartKind, Curve, Numbers, nothing};
use crate::metrics::TrackMetrics;
use crate::metrics::survival::Step;
use crate::view::format::{UNDEFINED, count_of, counted, duration_of};
use crate::view::metrics::figures::percentage;
use crate::view::{Cell, Column, Line, Role};

/// Steps beyond these are too fine to be seen or read.
const MOST: usize = 400;

pub fn chart(metrics: &TrackMetrics) -> Chart {
    let cohort = &metrics.lead_time.landed;
    if cohort.n == 0 {
        return nothing(ChartKind::Waiting, "no change was begun in the window");
    }
    let steps = cohort.survival.steps();
    let oldest = metrics.waiting.as_ref().and_then(|it| it.oldest).filter(|_| cohort.waiting > 0);
    let ends = steps.first().into_iter().chain(steps.last()).map(|it| it.time);
    let Some(axis) = Log::around(ends.chain(oldest).chain(cohort.delivered_p50)) else {
        return nothing(ChartKind::Waiting, "nothing was delivered and nothing waits");
    };
    let until = steps.last().map(|it| it.time).into_iter().chain(oldest).fold(0.0, f64::max);
    let mark = |label: &str, at: Option<f64>| at.map(|at| Tick { at: axis.place(at), label: label.to_owned() });
    let curve = Curve {
        steps: thinned(steps).map(|it| (axis.place(it.time), it.survival)).collect(),
        until: axis.place(until),
        ticks: axis.ticks(),
        marks: [mark("median", cohort.p50), mark("naive", cohort.delivered_p50)].into_iter().flatten().collect(),
    };
    Chart { kind: ChartKind::Waiting, says: sentence(metrics), body: Body::Curve(curve), legend: Line::default() }
}

fn thinned(steps: &[Step]) -> impl DoubleEndedIterator<Item = &Step> {
    let every = steps.len().div_ceil(MOST).max(1);
    let last = steps.len().saturating_sub(1);
    steps.iter().enumerate().filter(move |(at, _)| at % every == 0 || *at == last).map(|(_, it)| it)
}

fn sentence(metrics: &TrackMetrics) -> Line {
    let cohort = &metrics.lead_time.landed;
    let n = counted(u64::try_from(cohort.n).unwrap_or(u64::MAX), "change");
    let median = match cohort.p50 {
        Some(_) => duration_of(cohort.p50),
        None => "not reached".to_owned(),
    };
    Line::of(Role::Muted, format!("{n}, {} wait: median ", count_of(cohort.waiting)))
        .with(Role::Strong, median)
        .with(Role::Muted, ", naive ")
        .with(Role::Text, duration_of(cohort.delivered_p50))
}

pub fn numbers(metrics: &TrackMetrics) -> Numbers {
    let cohort = &metrics.lead_time.landed;
    let share = |p: f64| {
        let delivered =
            cohort.survival.quantile(p).map_or_else(|| "not reached".to_owned(), |it| duration_of(Some(it)));
        vec![
            Cell::of(Role::Text, format!("{} delivered after", percentage(Some(p)))),
            Cell::of(Role::Strong, delivered),
        ]
    };
    let known = cohort.n > 0;
    let fact = |label: &str, value: String| vec![Cell::of(Role::Text, label), Cell::of(Role::Strong, value)];
    let mut rows = vec![
        fact("changes begun in the window", count_of(cohort.n)),
        fact("of them waiting", count_of(cohort.waiting)),
        fact(
            "oldest that waits",
            metrics.waiting.as_ref().map_or_else(|| UNDEFINED.to_owned(), |it| duration_of(it.oldest)),
        ),
        fact("naive: without those that wait", duration_of(cohort.delivered_p50)),
    ];
    if known {
        rows.extend([0.1, 0.25, 0.5, 0.75, 0.9].map(share));
    }
    let columns =
        vec![Column::new("what", "Kaplan-Meier", 0, (20, 40)), Column::new("value", "value", 0, (10, 14)).right()];
    Numbers { columns, rows }
}
