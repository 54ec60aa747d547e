//! The deployments of one track in order, with what the commit graph says of each.

use std::cmp::Reverse;
use std::sync::Arc;

use super::snapshot::{Delivered, Deployed};
use crate::metrics::policy::Baseline;
use crate::metrics::{Class, Codebase, Ledger, Reported, Scope};
use crate::model::{Kind, Outcome, Time};

/// What a track's deployments say together with the graphs of the repositories whose commits they carry.
pub struct History {
    /// Newest first; what is under way has no end yet and comes before everything that has.
    pub deployments: Vec<Deployed>,
    /// Those that ended, painted.
    pub ledger: Ledger,
}

/// Where the deployments of a track take their commits from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The repositories: the service's own first.
    pub codebases: &'a [Codebase<'a>],
    /// The code of the service in its own.
    pub scope: Option<Scope<'a>>,
    /// What had been delivered before anything is counted.
    pub baseline: &'a Baseline,
}

/// Orders and judges the deployments of one track, going on from the ledger of before.
pub fn of(reported: Vec<Reported>, sources: &Sources<'_>, before: Option<&Ledger>) -> History {
    let (mut running, ended): (Vec<Reported>, Vec<Reported>) =
        reported.into_iter().partition(|it| it.deployment.outcome == Outcome::Running);
    let ledger = match before {
        Some(before) => before.updated(ended, sources.codebases, sources.baseline),
        None => Ledger::new(ended, sources.codebases, sources.baseline),
    };
    running.sort_by_key(|it| Reverse((it.deployment.started_at, it.deployment.id.clone())));
    let under_way = running.into_iter().map(|it| Deployed {
        deployment: it.deployment,
        source: it.source,
        kind: Kind::Unknown,
        new_commits: None,
        changes: None,
    });
    let ended = (0..ledger.entries().len()).rev().filter_map(|at| deployed(&ledger, at, sources));
    let mut deployments: Vec<Deployed> = under_way.chain(ended).collect();
    deployments.shrink_to_fit();
    History { deployments, ledger }
}

fn deployed(ledger: &Ledger, at: usize, sources: &Sources<'_>) -> Option<Deployed> {
    let entry = ledger.entries().get(at)?;
    // The baseline delivers nothing that could be counted, and neither does a commit that nobody knows.
    let countable = entry.is_success() && !entry.baseline && entry.kind != Kind::Unknown;
    let count = |n: usize| u32::try_from(n).ok().filter(|_| countable);
    let new: usize = (0..ledger.repositories()).map(|line| ledger.new_commits(line, at).len()).sum();
    Some(Deployed {
        deployment: Arc::clone(&entry.deployment),
        source: entry.source.clone(),
        kind: entry.kind,
        new_commits: count(new),
        changes: if countable { count(changes(ledger, at, sources.scope).count()) } else { None },
    })
}

/// The changes that an entry brought.
fn changes<'a>(
    ledger: &'a Ledger,
    at: usize,
    scope: Option<Scope<'a>>,
) -> impl Iterator<Item = crate::graph::Pos> + 'a {
    let line = scope.and_then(|scope| Some((scope, ledger.line(0)?)));
    line.into_iter().flat_map(move |(scope, deliveries)| {
        let new = ledger.new_commits(0, at).iter().copied();
        new.filter(move |&pos| scope.class(pos, deliveries) == Class::Change)
    })
}

/// Every counted change that was delivered after the baseline, in the order of delivery.
pub fn delivered(ledger: &Ledger, scope: Option<Scope<'_>>) -> Vec<Delivered> {
    let Some(scope) = scope else { return Vec::new() };
    let timed = ledger.entries().iter().enumerate().filter(|(_, it)| !it.baseline && !it.truncated);
    let all = timed.filter_map(|(at, it)| Some((at, it.deployment.at()?))).flat_map(|(number, at)| {
        let seconds = move |pos| seconds_between(scope.code.start(pos), at);
        changes(ledger, number, Some(scope)).map(move |pos| Delivered { at, seconds: seconds(pos) })
    });
    all.collect()
}

/// Seconds from the start of a change's clock to an instant, never below 0: a clock that ran ahead is not a delivery
/// before the work.
#[expect(clippy::cast_precision_loss, reason = "seconds of some years fit a double exactly")]
fn seconds_between(start: i64, finished: Time) -> f64 {
    finished.timestamp().saturating_sub(start).max(0) as f64
}
