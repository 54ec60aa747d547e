//! What is held against deployments: the signals S1 to S6.

use super::case::{Case, Seen};
use super::removal::Removals;
use super::reverts;
use crate::metrics::policy::Blame;
use crate::metrics::verdict::{Evidence, Signal, Witness};
use crate::model::Kind;

/// One thing that is held against one deployment.
#[derive(Clone, Debug)]
pub(super) struct Charge {
    /// Its number in the ledger.
    pub accused: usize,
    pub evidence: Evidence,
    /// The successful later deployment that repaired the damage by this evidence.
    pub repair: Option<usize>,
}

impl Charge {
    fn new(accused: usize, signal: Signal, by: Witness) -> Self {
        Self { accused, evidence: Evidence { signal, by }, repair: None }
    }

    /// By a later deployment, which repaired it if it succeeded.
    fn by(accused: usize, signal: Signal, later: &Seen<'_>) -> Self {
        let repair = later.is_success().then_some(later.number);
        Self { repair, ..Self::new(accused, signal, Witness::Deployment(later.id())) }
    }
}

/// Everything that is held against the deployments of a track, whether it counts against them or not.
pub(super) fn all(case: &Case<'_>, removals: &Removals) -> Vec<Charge> {
    let mut all = causes(case);
    all.extend(case.deployments().filter_map(|it| target(case, &it)));
    all.extend(marks(case));
    rollbacks(case, removals, &mut all);
    all.extend(reverts::of_delivered(case).map(|(accused, later)| Charge::by(accused, Signal::Revert, &later)));
    hotfixes(case, &mut all);
    all.extend(inferred(case));
    traffic(case, &mut all);
    all
}

/// S1: an incident names its cause.
fn causes(case: &Case<'_>) -> Vec<Charge> {
    let caused = |it: &&crate::model::Incident| {
        let accused = case.named(it.caused_by.as_ref()?)?;
        Some(Charge::new(accused, Signal::Explicit, Witness::Incident(it.id.clone())))
    };
    case.incidents.iter().filter_map(caused).collect()
}

/// S1: a deployment says that it repairs an earlier one, or an incident whose cause is known.
fn target(case: &Case<'_>, later: &Seen<'_>) -> Option<Charge> {
    let fixes = later.entry.deployment.fixes.as_ref()?;
    let cause = || case.named(case.incident_named(fixes)?.caused_by.as_ref()?);
    let accused = case.named(fixes).or_else(cause).filter(|accused| *accused < later.number)?;
    Some(Charge::by(accused, Signal::Explicit, later))
}

/// S1: somebody marked a version bad. It counts against the deployment that brought it here.
fn marks(case: &Case<'_>) -> Vec<Charge> {
    if case.bad.is_empty() {
        return Vec::new();
    }
    let first = case.first_of_versions();
    let holds = case.bad.iter().filter(|it| !it.lifted && it.at <= case.now);
    let charge = |it: &crate::model::BadMark| {
        let accused = case.seen(*first.get(&it.version)?).filter(|seen| seen.entry.deployment.service == it.service)?;
        Some(Charge::new(accused.number, Signal::Explicit, Witness::Mark(it.version.clone())))
    };
    holds.filter_map(charge).collect()
}

/// S2: a rollback or switch took away what they brought.
fn rollbacks(case: &Case<'_>, removals: &Removals, all: &mut Vec<Charge>) {
    for (number, removed) in removals.iter() {
        let Some(later) = case.seen(number) else { continue };
        let soon = |owner: &usize| {
            case.seen(*owner).is_some_and(|it| case.is_counted(&it) && case.is_within_horizon(&it, &later))
        };
        let mut taken = removed.from.iter().copied().filter(soon);
        let charge = |accused| Charge::by(accused, Signal::Rollback, &later);
        match case.policy.blame {
            Blame::Earliest => all.extend(taken.next().map(charge)),
            Blame::Latest => all.extend(taken.next_back().map(charge)),
            Blame::All => all.extend(taken.map(charge)),
        }
    }
}

/// S4: a hotfix that names no target, right after the counted deployment before it. A rollback says itself what it
/// took back, and a hotfix that is put up again is none for itself.
fn hotfixes(case: &Case<'_>, all: &mut Vec<Charge>) {
    if !case.deployments().any(|it| case.is_hotfix(&it)) {
        return;
    }
    let mut last: Option<Seen<'_>> = None;
    for it in case.deployments() {
        let blames = match it.entry.kind {
            Kind::Rollback | Kind::Switch | Kind::Rollforward => false,
            Kind::Redeploy => last.is_some_and(|last| !case.is_hotfix(&last)),
            _ => true,
        };
        let counted = case.is_counted(&it);
        let empty = it.entry.kind.is_new() && !counted;
        if blames && !empty && it.entry.deployment.fixes.is_none() && case.is_hotfix(&it) {
            all.extend(last.map(|last| Charge::by(last.number, Signal::Hotfix, &it)));
        }
        if counted {
            last = Some(it);
        }
    }
}

/// S5: an incident without a cause was opened soon after the last counted deployment.
fn inferred(case: &Case<'_>) -> Vec<Charge> {
    let Some(within) = case.policy.infer_within else { return Vec::new() };
    let all: Vec<Seen<'_>> = case.deployments().collect();
    let charge = |it: &&crate::model::Incident| {
        let before = all.get(..all.partition_point(|seen| seen.at <= it.opened_at))?;
        let soon = before.iter().rev().take_while(|seen| it.opened_at.signed_duration_since(seen.at) <= within);
        let accused = soon.into_iter().find(|seen| case.is_counted(seen))?;
        Some(Charge::new(accused.number, Signal::Inferred, Witness::Incident(it.id.clone())))
    };
    case.incidents.iter().filter(|it| it.caused_by.is_none()).filter_map(charge).collect()
}

/// S6: it failed after it had taken traffic; the next success repaired that.
fn traffic(case: &Case<'_>, all: &mut Vec<Charge>) {
    let mut next = None;
    for it in case.deployments().rev() {
        if it.failed_with_traffic() {
            all.push(Charge { repair: next, ..Charge::new(it.number, Signal::Traffic, Witness::Itself) });
        }
        if it.is_success() {
            next = Some(it.number);
        }
    }
}
