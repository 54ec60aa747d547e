//! Guards: what speaks for and against an operation. Each looks at one thing, and never says no without why.

mod already_live;
mod assumed;
mod checks;
mod digest;
mod direction;
mod divergent;
mod freeze;
mod gates;
mod incident;
mod lock;
mod marked_bad;
mod on_its_way;
mod promotion_order;
mod protected;
mod refused;
mod running;
mod skipped;
mod state;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use chrono_tz::Tz;

use crate::backend::{Order, Proposal, Verb};
use crate::model::{Environment, Gate, Kind, Override, Text, Time, TrackState};
use crate::operation::freeze::FreezeProblem;
use crate::operation::source::Source;
use crate::operation::{Candidate, Finding, OperationSummary, Weight};
use crate::picture::{ServicePicture, Snapshot, Track};

/// What the guards look at.
pub struct Case<'a> {
    /// The present.
    pub now: Time,
    /// Environments in the order of promotion.
    pub environments: &'a [Environment],
    /// The one that is to be changed.
    pub environment: &'a Environment,
    /// The picture.
    pub snapshot: &'a Snapshot,
    /// The service in it.
    pub service: Option<&'a ServicePicture>,
    /// The track in it.
    pub track: Option<&'a Track>,
    /// What the backend would be asked.
    pub order: &'a Order,
    /// The track as it was just observed.
    pub state: &'a TrackState,
    /// Where a promotion takes the version from.
    pub source: Option<&'a Source>,
    /// What the backend would do.
    pub proposal: &'a Proposal,
    /// The kind of deployment that it would be.
    pub kind: Kind,
    /// Locks and freezes that hold the track now.
    pub gates: &'a [Gate],
    /// Freeze windows that could not be read from the configuration.
    pub freeze_problems: &'a [FreezeProblem],
    /// Operations on the track that have no outcome.
    pub unsettled: &'a [OperationSummary],
    /// The version among the candidates.
    pub candidate: Option<&'a Candidate>,
    /// What could not be read while planning, each with why.
    pub unread: &'a [Text],
}

impl Case<'_> {
    /// Whether the version is live already.
    fn is_live(&self) -> bool {
        self.state.live.as_ref().is_some_and(|live| live.version == self.order.to.version)
    }

    /// What a freeze or a lock says. It never keeps anybody from stopping what may be hurting users.
    fn holding(&self, gate: &Gate) -> Said {
        let said = Said::gate(gate, self.environment.time_zone);
        if self.order.verb.only_stops() { said.at_most_a_warning() } else { said }
    }

    /// Whether users would get a version that they do not have.
    fn brings(&self) -> bool {
        matches!(self.order.verb, Verb::Promote | Verb::RollBack | Verb::Resume)
    }

    /// Whether the environment runs something else than it is set to.
    fn drifts(&self) -> bool {
        let live = self.state.live.as_ref().map(|live| &live.version);
        self.state.desired.as_ref().is_some_and(|desired| Some(&desired.version) != live)
    }
}

/// A guard.
pub struct Guard {
    /// Its name: what `--override` takes.
    pub name: &'static str,
    /// What it says.
    look: fn(&Case<'_>) -> Vec<Said>,
}

/// All guards.
pub const GUARDS: &[Guard] = &[
    Guard { name: "already-live", look: already_live::look },
    Guard { name: "on-its-way", look: on_its_way::look },
    Guard { name: "refused", look: refused::look },
    Guard { name: "running-operation", look: running::look },
    Guard { name: "freeze", look: freeze::look },
    Guard { name: "lock", look: lock::look },
    Guard { name: "backend", look: gates::look },
    Guard { name: "marked-bad", look: marked_bad::look },
    Guard { name: "assumed", look: assumed::look },
    Guard { name: "digest", look: digest::look },
    Guard { name: "checks", look: checks::look },
    Guard { name: "promotion-order", look: promotion_order::look },
    Guard { name: "skipped-environment", look: skipped::look },
    Guard { name: "divergent", look: divergent::look },
    Guard { name: "direction", look: direction::look },
    Guard { name: "incident", look: incident::look },
    Guard { name: "state", look: state::look },
    Guard { name: "protected", look: protected::look },
];

/// What all guards say, heaviest first, in the order of the table among equals.
pub fn look(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        GUARDS.iter().flat_map(|guard| (guard.look)(case).into_iter().map(|said| said.by(guard.name))).collect();
    findings.sort_by_key(|finding| Reverse(finding.weight));
    findings
}

/// What a guard says, before its name is put to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    weight: Weight,
    why: Text,
    gate: Option<Gate>,
    hint: Option<Text>,
}

impl Said {
    fn new(weight: Weight, why: impl Into<Text>) -> Self {
        Self { weight, why: why.into(), gate: None, hint: None }
    }

    /// Looked at and good.
    pub fn allow(why: impl Into<Text>) -> Self {
        Self::new(Weight::Allow, why)
    }

    /// To be read before saying yes.
    pub fn warn(why: impl Into<Text>) -> Self {
        Self::new(Weight::Warn, why)
    }

    /// Holds until it is overridden with a reason.
    pub fn hold(why: impl Into<Text>) -> Self {
        Self::new(Weight::Override, why)
    }

    /// Forbids.
    pub fn deny(why: impl Into<Text>) -> Self {
        Self::new(Weight::Deny, why)
    }

    /// With advice.
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What a gate says, in the zone of the environment: it weighs what it takes to pass it.
    pub fn gate(gate: &Gate, zone: Tz) -> Self {
        let when = |until: Time| until.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z");
        let until = gate.until.map(|until| format!(", until {}", when(until))).unwrap_or_default();
        let why = format!("{} of {} by {}: {}{until}", gate.kind.word(), gate.scope, gate.who, gate.why);
        let said = match gate.overridden_by {
            Override::Reason => Self::hold(why).hint("override it with a reason"),
            Override::Role => {
                Self::deny(why).hint("somebody with the role for it can pass it in the system that set it")
            }
            Override::None => Self::deny(why).hint("wait until it ends"),
        };
        Self { gate: Some(gate.clone()), ..said }
    }

    /// The same, no heavier than a warning.
    fn at_most_a_warning(self) -> Self {
        if self.weight <= Weight::Warn { self } else { Self { weight: Weight::Warn, hint: None, ..self } }
    }

    fn by(self, guard: &str) -> Finding {
        let Self { weight, why, gate, hint } = self;
        Finding { guard: Text::from(guard), weight, why, gate, hint }
    }
}
