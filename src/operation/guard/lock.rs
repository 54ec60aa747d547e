//! Somebody said stop.

use super::{Case, Said};
use crate::model::GateKind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let holding = case.gates.iter().filter(|gate| gate.kind == GateKind::Lock && gate.is_about(case.order.verb));
    holding.map(|gate| case.holding(gate)).collect()
}
