//! How lead times are spread: a histogram on a scale that tells minutes from months.

use super::{Bar, Body, Chart, ChartKind, Numbers, nothing, says};
use crate::metrics::histogram::BUCKETS;
use crate::metrics::{TrackMetrics, histogram};
use crate::view::format::{count_of, counted, duration_of, percent};
use crate::view::{Cell, Column, Line, Role};

/// Between which edges each bucket lies.
const LABELS: [&str; BUCKETS.len()] = [
    "to 15 m",
    "15 m – 1 h",
    "1 – 4 h",
    "4 h – 1 d",
    "1 – 3 d",
    "3 – 7 d",
    "1 – 2 wk",
    "2 wk – 1 mo",
    "1 – 3 mo",
    "3 – 6 mo",
    "6 mo on",
];

pub fn chart(metrics: &TrackMetrics) -> Chart {
    let lead = &metrics.lead_time;
    if lead.n() == 0 {
        return nothing(ChartKind::Spread, "no change was delivered in the window");
    }
    let counts = histogram(&lead.seconds);
    let marks = |at: usize| {
        let quantiles = [("P50", lead.p50), ("P75", lead.p75), ("P90", lead.p90)];
        quantiles.into_iter().filter(|(_, it)| it.is_some_and(|it| bucket(it) == at)).map(|(name, _)| name).collect()
    };
    let bar = |(at, count): (usize, &usize)| Bar {
        label: LABELS.get(at).copied().unwrap_or_default().to_owned(),
        count: u64::try_from(*count).unwrap_or(u64::MAX),
        marks: marks(at),
    };
    let bars: Vec<Bar> = counts.iter().enumerate().map(bar).collect();
    let n = counted(u64::try_from(lead.n()).unwrap_or(u64::MAX), "change");
    let (p50, p75, p90) = (duration_of(lead.p50), duration_of(lead.p75), duration_of(lead.p90));
    Chart {
        kind: ChartKind::Spread,
        says: says(&[
            (&n, false),
            (", P50 ", false),
            (&p50, true),
            (", P75 ", false),
            (&p75, true),
            (", P90 ", false),
            (&p90, true),
        ]),
        body: Body::Bars(trimmed(bars)),
        legend: Line::default(),
    }
}

/// Which bucket a duration falls into.
fn bucket(seconds: f64) -> usize {
    BUCKETS.partition_point(|it| it.below <= seconds).min(BUCKETS.len() - 1)
}

/// Without the empty bars at both ends.
fn trimmed(bars: Vec<Bar>) -> Vec<Bar> {
    let any = |it: &Bar| it.count > 0;
    let (first, last) = (bars.iter().position(any).unwrap_or(0), bars.iter().rposition(any).unwrap_or(0));
    bars.into_iter().skip(first).take(last + 1 - first).collect()
}

pub fn numbers(metrics: &TrackMetrics) -> Numbers {
    let counts = histogram(&metrics.lead_time.seconds);
    let all = u64::try_from(metrics.lead_time.n()).unwrap_or(u64::MAX);
    let mut sum = 0;
    let rows = counts.iter().zip(LABELS).map(|(count, label)| {
        sum += u64::try_from(*count).unwrap_or(u64::MAX);
        let share = percent(u64::try_from(*count).unwrap_or(u64::MAX), all);
        vec![
            Cell::of(Role::Text, label),
            Cell::of(Role::Strong, count_of(*count)),
            Cell::of(Role::Muted, share),
            Cell::of(Role::Muted, percent(sum, all)),
        ]
    });
    Numbers {
        rows: rows.collect(),
        columns: vec![
            Column::new("took", "took", 0, (11, 14)),
            Column::new("changes", "changes", 0, (7, 9)).right(),
            Column::new("share", "share", 1, (5, 6)).right(),
            Column::new("so-far", "so far", 2, (6, 6)).right(),
        ],
    }
}
