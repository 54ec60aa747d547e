//! Somebody said stop.

use super::{Case, Said};
use crate::model::GateKind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let holding = case.gates.iter().filter(|gate| gate.kind == GateKind::Lock);
    holding.map(|gate| Said::gate(gate, case.environment.time_zone)).collect()
}
