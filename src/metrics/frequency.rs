//! Deployment frequency (metrics documentation, "Deployment frequency").

use super::calendar::per_day;
use super::lead;
use super::ledger::Entry;
use super::measure::Measuring;
use super::policy::Headline;
use super::quantile::quantile;
use super::report::{Frequency, Measured};
use super::weeks::Weeks;
use crate::model::Time;

/// The frequency of the counted deployments of the window.
pub(super) fn of(it: &Measuring<'_>, deployments: &[Measured]) -> Frequency {
    let entries = it.subject.ledger.entries();
    let at = |entry: usize| entries.get(entry).and_then(|it| it.deployment.at());
    let counted: Vec<Time> = deployments.iter().filter(|it| it.counted).filter_map(|it| at(it.entry)).collect();
    let (from, end) = (it.window.from.unwrap_or(Time::MIN_UTC), it.window.end(it.now));
    let headline = || entries.iter().filter(|entry| is_headline(it, entry)).filter_map(|it| it.deployment.at());
    // What came before the window tells when the track began.
    let all: Vec<Time> = headline().filter(|at| *at < from).chain(counted.iter().copied()).collect();
    let weeks = Weeks::complete(&all, it.subject.zone, from, end);
    let last = headline().filter(|at| *at <= it.now && it.window.until.is_none_or(|until| *at < until)).max();
    let mut gaps: Vec<f64> = counted.iter().zip(counted.iter().skip(1)).map(|(a, b)| lead::between(*a, *b)).collect();
    let per_day = per_day(&counted, it.subject.zone);
    Frequency {
        deployments: counted.len(),
        deploy_days: per_day.len(),
        median_days_per_week: weeks.median_days(),
        per_week: weeks.mean_deployments(),
        gap_p50: quantile(&mut gaps, 0.5),
        gap_p90: quantile(&mut gaps, 0.9),
        since_last: last.map(|last| lead::between(last, end)),
        weeks,
        per_day,
    }
}

/// Whether a deployment inside or outside the window is of a kind that the headline counts.
fn is_headline(it: &Measuring<'_>, entry: &Entry) -> bool {
    entry.is_success() && (entry.kind.is_new() || it.policy.headline == Headline::All)
}
