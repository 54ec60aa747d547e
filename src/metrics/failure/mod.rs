//! Which deployments failed their users, when users were hurt, and what was unplanned repair (metrics documentation,
//! "Frequency, failure, recovery, rework").
//!
//! Only counted deployments can fail: successful, with something of the service that users never had; besides those,
//! deployments that failed after they had taken traffic. What a declared baseline holds came with nobody; an undeclared
//! first deployment owns what it holds. What is dated after now is not known.

mod case;
mod charge;
mod episodes;
mod remedy;
mod removal;
mod reverts;

use std::sync::Arc;

pub(super) use self::case::is_noop;
use self::case::{Case, Seen};
use self::removal::Removals;
use super::code::Scope;
use super::ledger::Ledger;
use super::policy::Policy;
use super::verdict::{Evidence, Signal, Verdict, Verdicts};
use crate::model::{BadMark, Incident, Time};

/// Judges every deployment of a track by everything that is known of it at `now`. `scopes` are the code of the service
/// in each repository of the ledger. Incidents that name another track are left aside.
///
/// Costs about as much as there are deployments, reverts and commits that rollbacks took away.
pub fn judge(
    ledger: &Ledger,
    scopes: &[Scope<'_>],
    incidents: &[Arc<Incident>],
    bad: &[BadMark],
    policy: &Policy,
    now: Time,
) -> Verdicts {
    let case = Case::new(ledger, scopes, incidents, bad, policy, now);
    let removals = Removals::of(&case);
    let charges = charge::all(&case, &removals);
    let mut verdicts = Verdicts { entries: vec![Verdict::default(); ledger.entries().len()], episodes: Vec::new() };
    let mut accepted = Vec::new();
    for charge in charges {
        let Some((accused, verdict)) = case.seen(charge.accused).zip(verdicts.entries.get_mut(charge.accused)) else {
            continue;
        };
        if charge.evidence.signal != Signal::Inferred && can_fail(&case, &accused) {
            add(&mut verdict.failed_by, charge.evidence.clone());
            accepted.push(charge);
        } else if matches!(charge.evidence.signal, Signal::Explicit | Signal::Inferred) {
            add(&mut verdict.possible, charge.evidence);
        }
    }
    for verdict in &mut verdicts.entries {
        verdict.failed_by.sort_by_key(|it| it.signal);
    }
    for (number, remedy) in remedy::all(&case, &removals, &accepted) {
        verdicts.entries.get_mut(number).into_iter().for_each(|it| it.remedy = Some(remedy.clone()));
    }
    for number in removals.races() {
        verdicts.entries.get_mut(number).into_iter().for_each(|it| it.overwrote_newer = true);
    }
    verdicts.episodes = episodes::all(&case, &removals, &accepted);
    verdicts
}

fn can_fail(case: &Case<'_>, it: &Seen<'_>) -> bool {
    it.failed_with_traffic() || case.is_counted(it)
}

fn add(all: &mut Vec<Evidence>, one: Evidence) {
    if !all.contains(&one) {
        all.push(one);
    }
}
