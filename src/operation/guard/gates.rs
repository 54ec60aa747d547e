//! What the backend itself, or another system, holds against it: permission, approval, soak, automation.

use chrono_tz::Tz;

use super::{Case, Said};
use crate::model::{Gate, GateKind, Holds};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let known = case.gates.iter().filter(|gate| !matches!(gate.kind, GateKind::Freeze | GateKind::Lock));
    case.proposal.gates.iter().chain(known).map(|gate| weigh(gate, case.environment.time_zone)).collect()
}

fn weigh(gate: &Gate, zone: Tz) -> Said {
    let mut said = Said::gate(gate, zone);
    if gate.kind == GateKind::Approval {
        said = said.hint("`a` answers it; where the own yes does not count, somebody else has to");
    } else if gate.kind == GateKind::Automation {
        said = Said { gate: said.gate, ..Said::warn(said.why) }.hint("the durable way is the automation's own source");
    } else if gate.holds == Holds::Automation {
        said = Said { gate: said.gate, ..Said::allow(said.why) };
    }
    said
}
