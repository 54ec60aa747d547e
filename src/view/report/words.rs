//! What reports say of a track beside its figures: names, evidence, remedies, flags.

use std::collections::HashMap;

use crate::metrics::report::{Cohort, Flag, Measured, Share};
use crate::metrics::verdict::{Episode, Evidence, Remedy, Witness};
use crate::metrics::{Entry, Ledger};
use crate::model::{DeploymentId, Time};
use crate::query::TrackReport;
use crate::view::format::{self, count_of, duration_of, short_commit};
use crate::view::metrics::figures;

/// `checkout in production`.
pub fn track(it: &TrackReport) -> String {
    format!("{} in {}", it.track.service, it.track.environment)
}

/// `1 change`, `2 changes`.
pub fn counted(number: usize, noun: &str) -> String {
    format::counted(u64::try_from(number).unwrap_or(u64::MAX), noun)
}

/// A part of a whole: `12.5 %`, undefined of nothing.
#[expect(clippy::cast_precision_loss, reason = "no one has 2^52 changes")]
pub fn share(part: usize, whole: usize) -> String {
    figures::percentage((whole > 0).then(|| part as f64 / whole as f64))
}

/// `12.5 %, 1 of 8 (2.2 – 47.1 %)`.
pub fn share_of(it: &Share) -> String {
    let interval = it.interval.map(|(low, high)| format!(" ({})", figures::percentages(low, high)));
    format!("{}, {}{}", figures::percentage(it.rate), figures::of(it), interval.unwrap_or_default())
}

/// A bucket of lead times, from its label on an axis: `less than 4h`.
pub fn bucket(label: &str) -> String {
    match (label.strip_prefix('<'), label.strip_suffix('+')) {
        (Some(below), _) => format!("less than {below}"),
        (_, Some(from)) => format!("{from} or more"),
        _ => label.to_owned(),
    }
}

/// Whether an episode is not over, seen from `now`.
pub fn is_open(it: &Episode, now: Time) -> bool {
    it.until.is_none_or(|until| until > now)
}

/// How long an episode has lasted, seconds.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some millennia fit a double")]
pub fn lasted(it: &Episode, now: Time) -> f64 {
    let end = it.until.filter(|until| *until <= now).unwrap_or(now);
    (end - it.from).num_milliseconds().max(0) as f64 / 1_000.0
}

/// How long an episode has lasted: `2 h 10 m`, `open for 3 d 04 h`.
pub fn lasted_in_words(it: &Episode, now: Time) -> String {
    figures::lasted(it.from, it.until.filter(|until| *until <= now), now)
}

/// The median of a deployment's changes.
pub fn p50(it: &Measured) -> String {
    duration_of(it.lead_time.and_then(|it| it.p50))
}

/// How many changes came, undefined where that is not known.
pub fn changes(it: &Measured) -> String {
    it.changes.map_or_else(|| format::UNDEFINED.to_owned(), count_of)
}

/// The deployments of a track by the names that evidence gives them.
pub struct Names<'a> {
    ledger: &'a Ledger,
    by_id: HashMap<&'a DeploymentId, usize>,
}

impl<'a> Names<'a> {
    /// Of a ledger.
    pub fn of(ledger: &'a Ledger) -> Self {
        let by_id = ledger.entries().iter().enumerate().map(|(at, it)| (&it.deployment.id, at)).collect();
        Self { ledger, by_id }
    }

    /// A deployment of the ledger.
    pub fn entry(&self, at: usize) -> Option<&'a Entry> {
        self.ledger.entries().get(at)
    }

    /// What a deployment is called: by its version, else its commit, else its id.
    pub fn name(&self, at: usize) -> String {
        let Some(deployment) = self.entry(at).map(|it| &it.deployment) else { return format::UNDEFINED.to_owned() };
        match (&deployment.version, deployment.commit) {
            (Some(version), _) => version.to_string(),
            (None, Some(commit)) => short_commit(Some(commit)),
            (None, None) => deployment.id.to_string(),
        }
    }

    fn named(&self, id: &DeploymentId) -> String {
        self.by_id.get(id).map_or_else(|| id.to_string(), |at| self.name(*at))
    }

    /// All that is held against a deployment: `S2: rolled back by 1.4.1; …`.
    pub fn failed_by(&self, all: &[Evidence]) -> String {
        let one = |it: &Evidence| format!("{}: {}", it.signal.code(), it.told(|id| self.named(id)));
        all.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// What ended an episode.
    pub fn ended_by(&self, it: &Witness) -> String {
        match it {
            Witness::Incident(id) => format!("incident {id} was resolved"),
            Witness::Deployment(id) => format!("{} was deployed", self.named(id)),
            Witness::Mark(version) => format!("the mark on {version} was lifted"),
            Witness::Itself => "it was taken back at once".to_owned(),
        }
    }
}

/// The other window: changes by when their clock started, those that wait among them. Absent without one.
pub fn landed(cohort: &Cohort) -> Option<String> {
    let half = cohort.p50.map_or_else(|| "not reached".to_owned(), |it| duration_of(Some(it)));
    let (n, waiting) = (counted(cohort.n, "change"), count_of(cohort.waiting));
    let forgotten = cohort.delivered_p50.filter(|_| cohort.waiting > 0);
    let forgotten = forgotten.map(|it| format!(" ({} of those that came)", duration_of(Some(it))));
    let says = format!("landed in the window: {n}, {waiting} wait; Kaplan-Meier P50 {half}");
    (cohort.n > 0).then(|| says + &forgotten.unwrap_or_default())
}

/// Why a deployment counts as unplanned repair.
pub fn remedy(it: &Remedy) -> String {
    match it {
        Remedy::Rollback => "takes something back".to_owned(),
        Remedy::Fixes(what) => format!("says that it fixes {what}"),
        Remedy::Hotfix => "is called a hotfix".to_owned(),
        Remedy::Reverts => "holds nothing but reverts".to_owned(),
        Remedy::Restart(incident) => format!("same code again during incident {incident}"),
    }
}

/// All flags with how many deployments bear each, in the order of [`Flag`].
pub fn flags(all: &[Measured]) -> Vec<(Flag, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    all.iter().flat_map(|it| &it.flags).for_each(|it| *counts.entry(*it).or_insert(0) += 1);
    counts.into_iter().collect()
}
