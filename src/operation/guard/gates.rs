//! What the backend itself, or another system, holds against it: permission, approval, soak, automation.

use chrono_tz::Tz;

use super::{Case, Said};
use crate::model::{Gate, GateKind, Holds};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let verb = case.order.verb;
    let known = case.gates.iter().filter(|gate| !matches!(gate.kind, GateKind::Freeze | GateKind::Lock));
    let known = known.filter(|gate| gate.is_about(verb) && (case.brings() || !is_about_a_version(gate)));
    // What a state says of its track is about what would come next there; that we may not is about everything.
    let denied = case.state.gates.iter().filter(|gate| gate.forbids(verb) && !case.proposal.gates.contains(gate));
    let all = case.proposal.gates.iter().chain(known).chain(denied);
    all.map(|gate| weigh(gate, case.environment.time_zone)).collect()
}

/// Whether it holds a version that is new there, unless it names what it holds.
fn is_about_a_version(gate: &Gate) -> bool {
    gate.verbs.is_empty() && matches!(gate.kind, GateKind::Approval | GateKind::Soak | GateKind::Checks)
}

fn weigh(gate: &Gate, zone: Tz) -> Said {
    let mut said = Said::gate(gate, zone);
    if gate.kind == GateKind::Approval {
        said = said.hint("`a` answers it; where the own yes does not count, somebody else has to");
    } else if gate.kind == GateKind::Automation {
        said = Said { gate: said.gate, ..Said::warn(said.why) }.hint("the durable way is the automation's own source");
    } else if gate.kind == GateKind::Permission {
        said.hint = None;
    } else if gate.holds == Holds::Automation {
        said = Said { gate: said.gate, ..Said::allow(said.why) };
    }
    said
}
