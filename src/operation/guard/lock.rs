//! Somebody said stop.

use super::{Case, Said};
use crate::model::GateKind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    case.gates.iter().filter(|gate| gate.kind == GateKind::Lock).map(Said::gate).collect()
}
