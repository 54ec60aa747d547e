//! A window of time in which nothing is deployed.

use super::{Case, Said};
use crate::model::GateKind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let holding = case.gates.iter().filter(|gate| gate.kind == GateKind::Freeze && gate.is_about(case.order.verb));
    let holding = holding.map(|gate| case.holding(gate));
    let unread = case.freeze_problems.iter().map(|problem| {
        let name = if problem.name.as_str().is_empty() {
            format!("number {}", problem.entry + 1)
        } else {
            format!("`{}`", problem.name)
        };
        Said::warn(format!(
            "the freeze window {name} cannot be read ({}: {}) and holds nothing",
            problem.key, problem.what
        ))
        .hint("`flightdeck config check` shows where it is")
    });
    holding.chain(unread).collect()
}
