//! The measures of one track: everything that a screen, a report or a script is told.

use std::sync::Arc;

use chrono_tz::Tz;

use super::code::{Class, Scope};
use super::failure::{is_noop, judge};
use super::frequency;
use super::ledger::{Entry, Ledger, Reported};
use super::policy::{Headline, Policy};
use super::report::{Batch, Coverage, Flag, Measured, Recovery, Share, TrackMetrics, Waiting, Window};
use super::verdict::{Episode, Verdicts};
use super::{Survival, cohort, lead, sorted_quantile, wilson};
use crate::graph::Pos;
use crate::model::{BadMark, Deployment, Incident, Kind, Outcome, Time};

/// A track to be measured.
pub struct Subject<'a> {
    /// Its deployments.
    pub ledger: &'a Ledger,
    /// The code of the service in each repository of the ledger, in the ledger's order.
    pub scopes: &'a [Scope<'a>],
    /// The incidents of its service and environment, and those that name neither.
    pub incidents: &'a [Arc<Incident>],
    /// Versions of its service that somebody marked bad.
    pub bad: &'a [BadMark],
    /// In which days and weeks are counted.
    pub zone: Tz,
    /// What is known of where a deployment's artifact comes from.
    pub traced: &'a dyn Fn(&Deployment) -> Traced,
}

/// What is known of where a deployment's artifact comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// The run that built it.
    pub run: bool,
    /// The artifact.
    pub artifact: bool,
}

/// A subject with its policy at a moment: what every measure asks for.
pub(super) struct Measuring<'a> {
    pub subject: &'a Subject<'a>,
    pub policy: &'a Policy,
    pub window: Window,
    pub now: Time,
}

/// Measures a track over a window, seen from `now`.
pub fn measure(subject: &Subject<'_>, policy: &Policy, window: Window, now: Time) -> TrackMetrics {
    let Subject { ledger, scopes, incidents, bad, .. } = *subject;
    let verdicts = &judge(ledger, scopes, incidents, bad, policy, now);
    let it = Measuring { subject, policy, window, now };
    let entries = subject.ledger.entries();
    let in_window: Vec<usize> = (0..entries.len()).filter(|&at| it.in_window(at)).collect();
    let lead = lead::pool(&it, &in_window);
    let mut deployments: Vec<Measured> =
        in_window.iter().zip(&lead.batches).map(|(&at, batch)| it.measured(at, batch, verdicts)).collect();
    let settled = |it: &&Measured| !it.provisional;
    let judged = |it: &&Measured| is_counted_kind(it) || it.failed_by.iter().any(|by| by.by_itself());
    let of = deployments.iter().filter(settled).filter(judged).count();
    let failed = deployments.iter().filter(settled).filter(judged).filter(|it| !it.failed_by.is_empty()).count();
    let successes: Vec<&Measured> = deployments.iter().filter(|it| entries[it.entry].is_success()).collect();
    let mut metrics = TrackMetrics {
        window,
        now,
        waiting: it.waiting(),
        frequency: frequency::of(&it, &deployments),
        change_fail: share(failed, of),
        provisional: deployments.iter().filter(|it| it.provisional).count(),
        recovery: it.recovery(&verdicts.episodes),
        rework: share(successes.iter().filter(|it| it.remedy.is_some()).count(), successes.len()),
        coverage: it.coverage(&successes),
        bands: policy.bands,
        lead_time: lead.lead_time(cohort::of(&it)),
        deployments: Vec::new(),
    };
    deployments.extend(it.beside_time(verdicts));
    metrics.deployments = deployments;
    metrics
}

/// Whether the deployment's kind is one that can fail its users by what it brought.
fn is_counted_kind(it: &Measured) -> bool {
    it.kind.is_new() && !it.flags.contains(&Flag::Noop)
}

fn share(some: usize, of: usize) -> Share {
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 deployments")]
    let rate = (of > 0).then(|| some as f64 / of as f64);
    Share { some, of, rate, interval: wilson(some, of) }
}

impl Entry {
    /// The deployment as it was reported.
    pub fn reported(&self) -> Reported {
        Reported { source: self.source.clone(), deployment: Arc::clone(&self.deployment) }
    }

    /// Whether users got it.
    pub fn is_success(&self) -> bool {
        self.deployment.outcome == Outcome::Success
    }
}

impl Measuring<'_> {
    fn in_window(&self, at: usize) -> bool {
        let entry = self.subject.ledger.entries().get(at);
        entry.and_then(|it| it.deployment.at()).is_some_and(|at| self.window.holds(at, self.now))
    }

    /// Deployments without a time, or with one that has not come: shown with a flag, and counted in nothing.
    fn beside_time(&self, verdicts: &Verdicts) -> Vec<Measured> {
        let flag = |at: Option<Time>| match at {
            None => Some(Flag::Undated),
            Some(at) => (at > self.now && self.window.until.is_none()).then_some(Flag::Future),
        };
        let entries = self.subject.ledger.entries().iter().enumerate();
        let beside = entries.filter_map(|(at, entry)| Some((at, flag(entry.deployment.at())?)));
        let (at, flags): (Vec<usize>, Vec<Flag>) = beside.unzip();
        let tallies = lead::tallies(self, &at);
        let measured = at.iter().zip(&tallies).zip(flags).map(|((&at, tally), flag)| {
            let mut it = self.measured(at, tally, verdicts);
            (it.counted, it.provisional, it.lead_time) = (false, false, None);
            it.flags.retain(|it| *it != Flag::Provisional);
            it.flags.push(flag);
            it
        });
        measured.collect()
    }

    /// The commits of an entry with the repository that each is of.
    pub fn new_commits(&self, entry: usize) -> impl Iterator<Item = (usize, Pos)> {
        let ledger = self.subject.ledger;
        (0..ledger.repositories())
            .flat_map(move |line| ledger.new_commits(line, entry).iter().map(move |&pos| (line, pos)))
    }

    /// What a commit is to the counting.
    pub fn class(&self, line: usize, pos: Pos) -> Class {
        match (self.subject.scopes.get(line), self.subject.ledger.line(line)) {
            (Some(scope), Some(deliveries)) => scope.class(pos, deliveries),
            _ => Class::Elsewhere,
        }
    }

    /// When the clock of a commit starts, seconds since 1970 UTC.
    pub fn start(&self, line: usize, pos: Pos) -> i64 {
        self.subject.scopes.get(line).map_or(i64::MAX, |scope| scope.code.start(pos))
    }

    /// Landed changes that were never delivered, newest first.
    pub fn undelivered(&self) -> Option<Vec<(usize, Pos)>> {
        let ledger = self.subject.ledger;
        let mut known = false;
        let mut all = Vec::new();
        for (line, scope) in self.subject.scopes.iter().enumerate() {
            let Some((head, deliveries)) = scope.code.head().zip(ledger.line(line)) else { continue };
            if deliveries.live().is_none() {
                continue;
            }
            known = true;
            let waiting = deliveries.undelivered(scope.code.graph(), head);
            all.extend(
                waiting.into_iter().filter(|pos| scope.class(*pos, deliveries) == Class::Change).map(|pos| (line, pos)),
            );
        }
        known.then_some(all)
    }

    /// Changes of the branch that no deployment has brought by now, newest first. Seen from the past, what came later
    /// waits, and what was committed later is not there.
    fn waiting(&self) -> Option<Waiting> {
        let mut changes = self.undelivered().filter(|_| self.is_begun())?;
        let later: Vec<(usize, Pos)> = self.brought_after_now().collect();
        changes.splice(0..0, later);
        let now = self.now.timestamp();
        changes.retain(|(line, pos)| {
            self.subject.scopes.get(*line).is_some_and(|scope| scope.code.graph().committed(*pos) <= now)
        });
        let oldest = changes.iter().map(|(line, pos)| self.start(*line, *pos)).min();
        Some(Waiting { oldest: oldest.map(|start| lead::seconds(start, self.now)), changes })
    }

    /// Whether anything known was deployed by now, so that it can be told what waits.
    pub fn is_begun(&self) -> bool {
        let is_there = |it: &Entry| {
            it.is_success() && it.kind != Kind::Unknown && it.deployment.at().is_none_or(|at| at <= self.now)
        };
        self.subject.ledger.entries().iter().any(is_there)
    }

    /// Landed changes of deployments that are dated after now.
    pub fn brought_after_now(&self) -> impl Iterator<Item = (usize, Pos)> {
        let ledger = self.subject.ledger;
        let has_landed =
            |line: usize, pos: Pos| self.subject.scopes.get(line).is_some_and(|it| it.code.has_landed(pos));
        let is_later = |entry: &Entry| {
            entry.is_success() && !entry.baseline && entry.deployment.at().is_some_and(|at| at > self.now)
        };
        let later = ledger.entries().iter().enumerate().rev().filter(move |(_, entry)| is_later(entry));
        later
            .flat_map(|(at, _)| self.new_commits(at))
            .filter(move |(line, pos)| self.class(*line, *pos) == Class::Change && has_landed(*line, *pos))
    }

    fn measured(&self, at: usize, batch: &lead::Tally, verdicts: &Verdicts) -> Measured {
        let ledger = self.subject.ledger;
        let entry = &ledger.entries()[at];
        let verdict = verdicts.of(at).cloned().unwrap_or_default();
        let success = entry.is_success();
        let known = success && entry.kind != Kind::Unknown;
        let noop = known && is_noop(ledger, self.subject.scopes, at);
        let new = entry.kind.is_new();
        let counted = success && (!noop || self.policy.count_noop) && (new || self.policy.headline == Headline::All);
        let age = entry.deployment.at().map(|at| self.now.signed_duration_since(at));
        let judged = (new && !noop) || verdict.failed_by.iter().any(|it| it.by_itself());
        let provisional = judged && age.is_some_and(|age| age < self.policy.horizon);
        let flags = [
            (Flag::Baseline, entry.baseline),
            (Flag::Truncated, entry.truncated),
            (Flag::MayOvercount, entry.may_overcount),
            (Flag::Skewed, batch.skewed > 0),
            (Flag::Imported, batch.imported > 0),
            (Flag::Noop, noop),
            (Flag::Config, self.is_config(at)),
            (Flag::OverwroteNewer, verdict.overwrote_newer),
            (Flag::Provisional, provisional),
        ];
        Measured {
            entry: at,
            kind: entry.kind,
            new_commits: known.then_some(batch.new_commits),
            changes: known.then_some(batch.changes),
            bots: batch.bots,
            merges: batch.merges,
            lead_time: (known && !entry.baseline && !entry.truncated).then(|| Batch {
                n: batch.seconds.len(),
                p50: sorted_quantile(&batch.seconds, 0.5),
                max: batch.seconds.last().copied(),
            }),
            counted,
            provisional,
            failed_by: verdict.failed_by,
            possible: verdict.possible,
            remedy: verdict.remedy,
            flags: flags.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).collect(),
        }
    }

    /// Whether a redeployment brought other configuration or another build of the same code.
    fn is_config(&self, at: usize) -> bool {
        let entries = self.subject.ledger.entries();
        let (before, from) = entries.split_at(at.min(entries.len()));
        let Some(entry) = from.first().filter(|it| it.kind == Kind::Redeploy) else { return false };
        let before = before.iter().rev().find(|it| it.is_success() && it.kind != Kind::Unknown);
        before.is_some_and(|before| {
            let (now, then) = (&entry.deployment, &before.deployment);
            let differ = now.digest.as_ref().zip(then.digest.as_ref()).map(|(a, b)| a != b);
            differ.unwrap_or_else(|| now.version.as_ref().zip(then.version.as_ref()).is_some_and(|(a, b)| a != b))
        })
    }

    fn recovery(&self, all: &[Episode]) -> Recovery {
        let episodes: Vec<Episode> = all.iter().filter(|it| self.window.holds(it.from, self.now)).cloned().collect();
        let seconds = |it: &Episode, end: Time| lead::between(it.from, end);
        let over = episodes.iter().filter_map(|it| Some(seconds(it, it.until.filter(|end| *end <= self.now)?)));
        let open = |it: &&Episode| it.until.is_none_or(|end| end > self.now);
        let censored: Vec<f64> = episodes.iter().filter(open).map(|it| seconds(it, self.now)).collect();
        let open = censored.len();
        let survival = Survival::estimate(over.collect(), censored);
        Recovery { p50: survival.quantile(0.5), open, episodes }
    }

    fn coverage(&self, successes: &[&Measured]) -> Coverage {
        let mut coverage = Coverage { deployments: successes.len(), ..Coverage::default() };
        for it in successes {
            let Some(entry) = self.subject.ledger.entries().get(it.entry) else { continue };
            let traced = (self.subject.traced)(&entry.deployment);
            coverage.commit += usize::from(entry.kind != Kind::Unknown);
            coverage.run += usize::from(traced.run);
            coverage.artifact += usize::from(traced.artifact);
        }
        coverage
    }
}
