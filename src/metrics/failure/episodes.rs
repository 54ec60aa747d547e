//! The times in which users were hurt: one for all failed deployments whose damage overlaps or touches.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Seen};
use super::charge::Charge;
use super::removal::{Removals, removed};
use crate::metrics::policy::RecoveryFrom;
use crate::metrics::verdict::{Episode, Witness};
use crate::model::{Incident, Kind};

/// The damage of one failed deployment.
struct Damage<'a> {
    of: Seen<'a>,
    /// Incidents that it caused, or that its repair says it ends: their word is the last.
    incidents: Vec<&'a Incident>,
    /// The first deployment that repaired it, as far as incidents do not say otherwise.
    repair: Option<usize>,
}

/// The episodes, oldest first; they do not overlap.
pub(super) fn all(case: &Case<'_>, removals: &Removals, charges: &[Charge]) -> Vec<Episode> {
    let mut damages = damages(case, charges);
    taken_away(case, removals, &mut damages);
    let mut alone: Vec<Episode> = damages.values().map(|it| episode(case, it)).collect();
    alone.sort_by(|a, b| (a.from, &a.deployments).cmp(&(b.from, &b.deployments)));
    merged(alone)
}

fn damages<'a>(case: &Case<'a>, charges: &[Charge]) -> BTreeMap<usize, Damage<'a>> {
    let mut all: BTreeMap<usize, Damage<'a>> = BTreeMap::new();
    for charge in charges {
        let Some(of) = case.seen(charge.accused) else { continue };
        let damage = all.entry(of.number).or_insert(Damage { of, incidents: Vec::new(), repair: None });
        if let Some(repair) = charge.repair {
            damage.repair = Some(damage.repair.map_or(repair, |first| first.min(repair)));
            damage.incidents.extend(case.incident_fixed_by(repair));
        }
    }
    for incident in &case.incidents {
        let cause = incident.caused_by.as_ref().and_then(|cause| case.named(cause));
        cause.and_then(|cause| all.get_mut(&cause)).into_iter().for_each(|it| it.incidents.push(incident));
    }
    all
}

/// Finds the first deployment that took away what a failed one brought. What new code of another line took away is
/// looked for only while somebody is hurt.
fn taken_away(case: &Case<'_>, removals: &Removals, damages: &mut BTreeMap<usize, Damage<'_>>) {
    let waits = |it: &Damage<'_>| it.incidents.is_empty();
    let Some(first) = damages.iter().find(|(_, it)| waits(it)).map(|(number, _)| *number) else { return };
    let (mut hurt, mut repaired_by) = (BTreeSet::new(), BTreeMap::<usize, Vec<usize>>::new());
    for it in case.deployments().skip_while(|it| it.number < first) {
        for repaired in repaired_by.remove(&it.number).unwrap_or_default() {
            hurt.remove(&repaired);
        }
        let took = match it.entry.kind {
            Kind::Divergent if !hurt.is_empty() => removed(case, &it).all().collect(),
            Kind::Rollback | Kind::Switch => removals.get(it.number).map(|it| it.all().collect()).unwrap_or_default(),
            _ => Vec::new(),
        };
        for owner in took.into_iter().filter(|owner| hurt.remove(owner)) {
            damages.get_mut(&owner).into_iter().for_each(|damage| damage.repair = Some(it.number));
        }
        if let Some(damage) = damages.get(&it.number).filter(|it| waits(it)) {
            hurt.insert(it.number);
            damage.repair.into_iter().for_each(|repair| repaired_by.entry(repair).or_default().push(it.number));
        }
    }
}

fn episode(case: &Case<'_>, damage: &Damage<'_>) -> Episode {
    let detected = damage.incidents.iter().filter_map(|it| it.detected_at).min();
    let detected = detected.filter(|_| case.policy.recovery_from == RecoveryFrom::Detection);
    let from = detected.map_or(damage.of.at, |at| at.max(damage.of.at));
    let end = if damage.incidents.is_empty() {
        let repair = damage.repair.and_then(|repair| case.seen(repair));
        repair.map(|repair| (repair.at, Witness::Deployment(repair.id())))
    } else {
        let resolved = |it: &&Incident| it.resolved_at.filter(|at| *at <= case.now);
        let last = damage.incidents.iter().max_by_key(|it| (resolved(it).is_none(), resolved(it), &it.id));
        last.and_then(|it| Some((resolved(it)?, Witness::Incident(it.id.clone()))))
    };
    let (until, ended_by) = end.unzip();
    Episode { from, until: until.map(|until| until.max(from)), deployments: vec![damage.of.number], ended_by }
}

/// Joins what overlaps or touches. What is not over takes in everything after it.
fn merged(all: Vec<Episode>) -> Vec<Episode> {
    let mut merged: Vec<Episode> = Vec::new();
    for next in all {
        match merged.last_mut().filter(|it| it.until.is_none_or(|until| next.from <= until)) {
            None => merged.push(next),
            Some(last) => {
                last.deployments.extend(next.deployments);
                if last.until.is_some_and(|until| next.until.is_none_or(|later| later > until)) {
                    (last.until, last.ended_by) = (next.until, next.ended_by);
                }
            }
        }
    }
    merged.iter_mut().for_each(|it| it.deployments.sort_unstable());
    merged
}
