//! Where the time goes: the mean of each part of the way, which add up to the mean lead time.

use super::super::figures::percentage;
use super::super::ways::Ways;
use super::{Body, Chart, ChartKind, Numbers, Part, Spent, nothing};
use crate::metrics::decompose::Mean;
use crate::metrics::milestone::{self, Deploy, Milestone};
use crate::view::format::{count_of, counted, duration_of};
use crate::view::{Cell, Column, Line, Role};

const WITHOUT: &str = "no change was delivered in the window";

pub fn chart(ways: &Ways) -> Chart {
    if ways.n == 0 {
        return nothing(ChartKind::Ways, WITHOUT);
    }
    let parts = parts(ways);
    if parts.is_empty() {
        return nothing(ChartKind::Ways, "its changes took no time at all");
    }
    let legend = Line::default();
    Chart { kind: ChartKind::Ways, says: sentence(ways), body: Body::Stack(parts), legend }
}

/// The parts that take time.
pub fn parts(ways: &Ways) -> Vec<Part> {
    let whole: f64 = ways.means.iter().map(|it| it.seconds).sum();
    let part = |it: &Mean| Part {
        label: if spent(it, ways) == Spent::Either { until(it.to, ways) } else { label(it.to, ways) },
        value: duration_of(Some(it.seconds)),
        share: if whole > 0.0 { it.seconds / whole } else { 0.0 },
        spent: spent(it, ways),
        note: note(it, ways),
    };
    ways.means.iter().filter(|it| it.seconds >= 0.5).map(part).collect()
}

/// Work or waiting: what a part that holds the time of milestones that nobody knows is cannot be told.
fn spent(it: &Mean, ways: &Ways) -> Spent {
    if it.missing * 2 > ways.n {
        return Spent::Either;
    }
    match it.to.spent_before() {
        milestone::Spent::Active => Spent::Work,
        milestone::Spent::Waiting => Spent::Wait,
        milestone::Spent::Unknown => Spent::Either,
    }
}

/// The environment of a deployment, and which end of it.
fn deploy(to: Milestone, ways: &Ways) -> Option<(String, Deploy)> {
    let (environment, end) = match to {
        Milestone::Environment(number, end) => (ways.environments.get(usize::from(number)), end),
        Milestone::Production(end) => (ways.last.as_ref(), end),
        _ => return None,
    };
    Some((environment.map(ToString::to_string).unwrap_or_default(), end))
}

/// What is done on the way to a milestone from the one before it.
fn label(to: Milestone, ways: &Ways) -> String {
    match deploy(to, ways) {
        Some((environment, Deploy::Started)) => format!("waiting for {environment}"),
        Some((environment, Deploy::Finished)) => format!("deploying to {environment}"),
        None => to.stage().to_owned(),
    }
}

/// The way to a milestone where those before it are not known.
fn until(to: Milestone, ways: &Ways) -> String {
    let named = match to {
        Milestone::Authored => "up to writing",
        Milestone::Opened => "up to the pull request",
        Milestone::FirstReview => "up to the review",
        Milestone::Approved => "up to the approval",
        Milestone::Landed => "up to landing",
        Milestone::Queued | Milestone::Started => "up to the pipeline",
        Milestone::Finished => "up to the pipeline's end",
        Milestone::Published => "up to the artifact",
        Milestone::Environment(..) | Milestone::Production(_) => {
            return match deploy(to, ways) {
                Some((environment, Deploy::Started)) => format!("up to deploying to {environment}"),
                Some((environment, Deploy::Finished)) => format!("up to {environment}"),
                None => String::new(),
            };
        }
    };
    named.to_owned()
}

fn note(it: &Mean, ways: &Ways) -> String {
    match it.missing {
        0 => String::new(),
        all if all == ways.n => "with earlier steps that are not known".to_owned(),
        some => format!("with unknown steps in {} of {}", count_of(some), count_of(ways.n)),
    }
}

/// How long the ways are on average, and how much of it is work.
pub fn sentence(ways: &Ways) -> Line {
    let n = counted(u64::try_from(ways.n).unwrap_or(u64::MAX), "change");
    let mean = duration_of(Some(ways.means.iter().map(|it| it.seconds).sum()));
    let line = Line::of(Role::Muted, format!("mean of {n} {mean}, "));
    match ways.flow.efficiency() {
        None => line,
        Some((low, high)) if high - low < 0.005 => {
            line.with(Role::Muted, "flow efficiency ").with(Role::Strong, percentage(Some(low)))
        }
        Some((low, high)) => line
            .with(Role::Muted, "flow efficiency between ")
            .with(Role::Strong, percentage(Some(low)))
            .with(Role::Muted, " and ")
            .with(Role::Strong, percentage(Some(high))),
    }
}

pub fn numbers(ways: &Ways) -> Numbers {
    let rows = parts(ways).into_iter().map(|it| {
        vec![
            Cell::of(Role::Text, it.label),
            Cell::of(Role::Strong, it.value),
            Cell::of(Role::Muted, percentage(Some(it.share))),
            Cell::of(Role::Text, it.spent.word()),
            Cell::of(Role::Muted, it.note),
        ]
    });
    Numbers {
        rows: rows.collect(),
        columns: vec![
            Column::new("part", "part of the way", 0, (16, 32)).name(),
            Column::new("mean", "mean", 0, (8, 10)).right(),
            Column::new("share", "share", 1, (6, 7)).right(),
            Column::new("spent", "spent", 2, (4, 12)),
            Column::new("note", "note", 3, (10, 48)),
        ],
    }
}
