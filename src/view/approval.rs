//! What waits for a yes or no, in lines.

use super::plan::{weight_status, word};
use super::{Line, Present, Role, Span, format};
use crate::model::Status;
use crate::operation::{ApprovalPlan, Weight};

/// What waits, who said what, what has to be known, and what an answer writes.
pub fn lines(plan: &ApprovalPlan, present: &Present) -> Vec<Line> {
    let waiting = &plan.waiting;
    let counted = waiting.given.iter().filter(|it| it.approved).count();
    let mut lines = vec![
        Line::of(Role::Strong, waiting.version.to_string())
            .with(Role::Muted, format!("  {}", format::short_digest(waiting.digest.as_ref())))
            .with(Role::Text, format!("  has {counted} of {}", format::counted(waiting.needed.into(), "approval"))),
    ];
    for given in &waiting.given {
        let status = if given.approved { Status::Ok } else { Status::Failed };
        let said = if given.approved { "approved" } else { "said no" };
        let comment = if given.comment.is_empty() { String::new() } else { format!(": {}", given.comment) };
        lines.push(
            Line::of(Role::Text, "  ")
                .then(Line(vec![Span::status(status)]))
                .with(Role::Text, format!("  {} {said} {}{comment}", given.who, present.ago(given.at))),
        );
    }
    for finding in &plan.findings {
        let line = Line::of(Role::Status(weight_status(finding.weight)), format!("  {}", word(finding.weight)));
        let role = if finding.weight == Weight::Allow { Role::Muted } else { Role::Text };
        lines.push(line.with(role, format!(" {}", finding.why)));
    }
    lines.push(Line::of(Role::Muted, "writes: ").with(Role::Text, plan.write.verbatim.as_str()));
    lines.extend(plan.write.precondition.iter().map(|it| Line::of(Role::Muted, format!("  only if {it}"))));
    lines.push(Line::of(Role::Muted, format!("you answer as {}", plan.who)));
    lines
}
