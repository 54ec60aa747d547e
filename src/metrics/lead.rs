//! Change lead time: each change that came in the window, pooled (metrics documentation, "Lead time").

use std::collections::BTreeMap;

use super::bootstrap::median_interval;
use super::calendar::{day, monday_of};
use super::code::Class;
use super::measure::Measuring;
use super::quantile::{quantile, sorted_quantile};
use super::report::{Cohort, LeadTime, WeekPoint};
use crate::model::Time;

/// The lead times of the window, deployment by deployment.
pub(super) struct Pool {
    /// One for each deployment that was asked for.
    pub batches: Vec<Tally>,
    weekly: Vec<WeekPoint>,
}

/// What a deployment brought.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub new_commits: usize,
    pub changes: usize,
    pub bots: usize,
    pub merges: usize,
    /// The lead times of its changes, shortest first; empty where they are undefined.
    pub seconds: Vec<f64>,
    pub skewed: usize,
    pub imported: usize,
}

/// The lead times of what `entries` brought.
pub(super) fn pool(it: &Measuring<'_>, entries: &[usize]) -> Pool {
    let batches = tallies(it, entries);
    Pool { weekly: weekly(it, entries, &batches), batches }
}

/// Counts and times what each of `entries` brought.
pub(super) fn tallies(it: &Measuring<'_>, entries: &[usize]) -> Vec<Tally> {
    entries.iter().map(|&at| tally(it, at)).collect()
}

fn tally(it: &Measuring<'_>, at: usize) -> Tally {
    let mut tally = Tally::default();
    let Some(entry) = it.subject.ledger.entries().get(at) else { return tally };
    let finished = entry.deployment.at().filter(|_| !entry.baseline && !entry.truncated);
    for (line, pos) in it.new_commits(at) {
        tally.new_commits += 1;
        match it.class(line, pos) {
            Class::Merge => tally.merges += 1,
            Class::Bot => tally.bots += 1,
            Class::Change => {
                tally.changes += 1;
                let Some(finished) = finished else { continue };
                let start = it.start(line, pos);
                tally.skewed += usize::from(start > finished.timestamp());
                tally.imported += usize::from(it.subject.scopes.get(line).is_some_and(|it| it.code.is_imported(pos)));
                tally.seconds.push(seconds(start, finished));
            }
            Class::Elsewhere | Class::Twin | Class::Before => {}
        }
    }
    tally.seconds.sort_unstable_by(f64::total_cmp);
    tally
}

fn weekly(it: &Measuring<'_>, entries: &[usize], batches: &[Tally]) -> Vec<WeekPoint> {
    let mut weeks: BTreeMap<chrono::NaiveDate, Vec<f64>> = BTreeMap::new();
    for (&at, batch) in entries.iter().zip(batches).filter(|(_, batch)| !batch.seconds.is_empty()) {
        let finished = it.subject.ledger.entries().get(at).and_then(|it| it.deployment.at());
        let Some(monday) = finished.and_then(|at| monday_of(day(at, it.subject.zone))) else { continue };
        weeks.entry(monday).or_default().extend(&batch.seconds);
    }
    let point = |(monday, mut seconds): (_, Vec<f64>)| {
        Some(WeekPoint { monday, n: seconds.len(), p50: quantile(&mut seconds, 0.5)? })
    };
    weeks.into_iter().filter_map(point).collect()
}

impl Pool {
    /// The pooled numbers. The batches stay.
    pub fn lead_time(&self, landed: Cohort) -> LeadTime {
        let mut seconds: Vec<f64> = self.batches.iter().flat_map(|it| it.seconds.iter().copied()).collect();
        seconds.sort_unstable_by(f64::total_cmp);
        let clusters: Vec<&[f64]> = self.batches.iter().map(|it| &*it.seconds).filter(|it| !it.is_empty()).collect();
        let enough = seconds.len() >= LeadTime::ENOUGH_FOR_P90;
        LeadTime {
            p50: sorted_quantile(&seconds, 0.5),
            p75: sorted_quantile(&seconds, 0.75),
            p90: sorted_quantile(&seconds, 0.9).filter(|_| enough),
            interval: median_interval(&clusters),
            deployments: clusters.len(),
            skewed: self.batches.iter().map(|it| it.skewed).sum(),
            imported: self.batches.iter().map(|it| it.imported).sum(),
            weekly: self.weekly.clone(),
            landed,
            seconds,
        }
    }
}

/// Seconds from `start`, in seconds since 1970 UTC, to an instant, never below 0: a clock that ran ahead is no delivery
/// before the work.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some millennia fit a double")]
pub(super) fn seconds(start: i64, finished: Time) -> f64 {
    finished.timestamp_millis().saturating_sub(start.saturating_mul(1_000)).max(0) as f64 / 1_000.0
}

/// Seconds between two instants, never below 0.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some millennia fit a double")]
pub(super) fn between(from: Time, to: Time) -> f64 {
    to.timestamp_millis().saturating_sub(from.timestamp_millis()).max(0) as f64 / 1_000.0
}
