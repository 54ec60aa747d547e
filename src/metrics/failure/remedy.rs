//! Which deployments were unplanned repair.

use std::collections::BTreeSet;

use super::case::{Case, Seen};
use super::charge::Charge;
use super::removal::Removals;
use super::reverts;
use crate::metrics::verdict::{Remedy, Signal};
use crate::model::{Incident, Kind, Text, Time};

/// A label of this name says that a deployment was planned, so that it is no rework whatever it did.
const PLANNED: &str = "planned";

/// The deployments that were unplanned repair, and why.
pub(super) fn all(case: &Case<'_>, removals: &Removals, charges: &[Charge]) -> Vec<(usize, Remedy)> {
    let by_rollback = charges.iter().filter(|it| it.evidence.signal == Signal::Rollback);
    let blaming: BTreeSet<usize> = by_rollback.filter_map(|it| it.repair).collect();
    let reverts = reverts::alone(case);
    let open = OpenIncidents::of(&case.incidents);
    let remedy = |it: &Seen<'_>| {
        let number = it.number;
        let back = match it.entry.kind {
            // Who only overtook a deployment that was under way took nothing back.
            Kind::Rollback => removals.get(number).is_some_and(super::removal::Removed::is_meant),
            Kind::Switch => blaming.contains(&number),
            _ => false,
        };
        if back {
            return Some(Remedy::Rollback);
        }
        if let Some(target) = &it.entry.deployment.fixes {
            return Some(Remedy::Fixes(Text::from(target.as_str())));
        }
        if case.is_hotfix(it) {
            return Some(Remedy::Hotfix);
        }
        if reverts.contains(&number) {
            return Some(Remedy::Reverts);
        }
        let incident = open.at(it.at).filter(|_| it.entry.kind == Kind::Redeploy)?;
        Some(Remedy::Restart(incident.id.clone()))
    };
    let unplanned = |it: &Seen<'_>| it.is_success() && !it.is_labelled(|label| label.eq_ignore_ascii_case(PLANNED));
    case.deployments().filter(unplanned).filter_map(|it| Some((it.number, remedy(&it)?))).collect()
}

/// Incidents by when they were opened, each with the one of those so far that lasts longest.
struct OpenIncidents<'a>(Vec<(Time, &'a Incident)>);

impl<'a> OpenIncidents<'a> {
    /// Of incidents in the order in which they were opened.
    fn of(incidents: &[&'a Incident]) -> Self {
        let mut longest: Option<&Incident> = None;
        let with_longest = |it: &&'a Incident| {
            let longer = longest.filter(|longest| lasts(longest) >= lasts(it)).unwrap_or(it);
            longest = Some(longer);
            (it.opened_at, longer)
        };
        Self(incidents.iter().map(with_longest).collect())
    }

    /// An incident that was open at a moment.
    fn at(&self, at: Time) -> Option<&'a Incident> {
        let before = self.0.partition_point(|(opened, _)| *opened <= at).checked_sub(1)?;
        self.0.get(before).map(|(_, it)| *it).filter(|it| lasts(it) >= at)
    }
}

/// When an incident was over; the end of time where that is not known.
fn lasts(incident: &Incident) -> Time {
    incident.resolved_at.unwrap_or(Time::MAX_UTC)
}
