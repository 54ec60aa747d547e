//! What would be done to a run, in lines.

use super::plan::{weight_status, word};
use super::{Line, Role};
use crate::operation::{RunPlan, Weight};

/// What it does, what has to be known, and what is written.
pub fn lines(plan: &RunPlan) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Text, plan.order.act.sentence())];
    for finding in &plan.findings {
        let line = Line::of(Role::Status(weight_status(finding.weight)), format!("  {}", word(finding.weight)));
        let role = if finding.weight == Weight::Allow { Role::Muted } else { Role::Text };
        lines.push(line.with(role, format!(" {}", finding.why)));
    }
    for write in &plan.draft.writes {
        lines.push(Line::of(Role::Muted, "writes: ").with(Role::Strong, write.verbatim.as_str()));
        lines.extend(write.precondition.iter().map(|it| Line::of(Role::Muted, format!("  only if {it}"))));
    }
    lines.push(Line::of(Role::Muted, format!("by {}, as {}", plan.backend, plan.order.actor)));
    lines
}
