//! Changes by when their clock started: those that came, and those that wait and are censored (metrics documentation,
//! "Statistics"). What waits and is not counted makes a stalled pipeline look fast.

use std::collections::BTreeSet;

use super::code::{Class, Scope};
use super::lead;
use super::measure::Measuring;
use super::report::{Cohort, Window};
use super::{Survival, quantile};
use crate::graph::{Deliveries, Pos};
use crate::model::Time;

/// The cohort of the window: delivered changes and landed ones that wait, whose clock started in it.
pub(super) fn of(it: &Measuring<'_>) -> Cohort {
    let ledger = it.subject.ledger;
    let gone: Vec<BTreeSet<Pos>> = (it.subject.scopes.iter().enumerate())
        .map(|(line, scope)| ledger.line(line).map(|deliveries| taken_back(scope, deliveries)).unwrap_or_default())
        .collect();
    let belongs = |line: usize, pos: Pos, start: i64| {
        started_in(it.window, start, it.now) && !gone.get(line).is_some_and(|gone| gone.contains(&pos))
    };
    let (mut events, mut censored) = (Vec::new(), Vec::new());
    for (at, entry) in ledger.entries().iter().enumerate() {
        let Some(finished) = entry.deployment.at() else { continue };
        // What came before the window began was written before it began.
        if !entry.is_success()
            || entry.baseline
            || entry.truncated
            || it.window.from.is_some_and(|from| finished < from)
        {
            continue;
        }
        for (line, pos) in it.new_commits(at).filter(|(line, pos)| it.class(*line, *pos) == Class::Change) {
            let start = it.start(line, pos);
            if !belongs(line, pos, start) {
                continue;
            }
            if finished <= it.now {
                events.push(lead::seconds(start, finished));
            }
        }
    }
    let waiting = it.undelivered().into_iter().flatten().chain(it.brought_after_now());
    for (line, pos) in waiting.filter(|_| it.is_begun()) {
        let start = it.start(line, pos);
        if belongs(line, pos, start) {
            censored.push(lead::seconds(start, it.now));
        }
    }
    let (n, waiting) = (events.len() + censored.len(), censored.len());
    let delivered_p50 = quantile(&mut events, 0.5);
    let survival = Survival::estimate(events, censored);
    Cohort { n, waiting, delivered_p50, p50: survival.quantile(0.5), p90: survival.quantile(0.9), survival }
}

fn started_in(window: Window, start: i64, now: Time) -> bool {
    Time::from_timestamp(start, 0).is_some_and(|start| window.holds(start, now))
}

/// Commits that were reverted before any deployment brought them: nobody waits for them, and nobody got them.
fn taken_back(scope: &Scope<'_>, deliveries: &Deliveries) -> BTreeSet<Pos> {
    let graph = scope.code.graph();
    let mut gone = BTreeSet::new();
    // Newest first: whether a revert was itself reverted is known before it is asked.
    for (revert, of) in graph.all_reverts().iter().rev() {
        let Some(of) = graph.position(of) else { continue };
        let together = deliveries.first(*revert) == deliveries.first(of);
        let landed = deliveries.first(*revert).is_some() || scope.code.has_landed(*revert);
        if together && landed && !gone.contains(revert) {
            gone.insert(of);
        }
    }
    gone
}
