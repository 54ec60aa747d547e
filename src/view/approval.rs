//! What waits for a yes or no, in lines.

use super::plan::{weight_status, word};
use super::{Line, Present, Role, Span, format};
use crate::backend::approver::Waiting;
use crate::model::Status;
use crate::operation::{ApprovalPlan, Weight};

/// How it stands, a fragment each: `1 of 2 approvals`, `3m`, `run 812`, `you may not: …`, its page.
pub fn standing(waiting: &Waiting, present: &Present) -> Vec<String> {
    let counted = match waiting.needed {
        0 => "no approval".to_owned(),
        needed => format!("{} of {}", yes(waiting), format::counted(needed.into(), "approval")),
    };
    let mut all = vec![counted];
    all.extend(waiting.since.map(|since| present.so_long(since)));
    all.extend(waiting.until.map(|until| format!("goes on at {}", present.moment_in_zone(until))));
    all.extend(waiting.run.as_ref().map(|run| format!("run {run}")));
    all.extend(waiting.refused.as_ref().map(|why| format!("you may not: {why}")));
    all.extend(waiting.url.as_ref().map(ToString::to_string));
    all
}

/// What is known of how it waits: in which run, since when, until when, for whom, and its page.
fn surroundings(waiting: &Waiting, present: &Present) -> Vec<Line> {
    let mut facts = Vec::new();
    facts.extend(waiting.run.as_ref().map(|run| format!("in run {run}")));
    facts.extend(waiting.since.map(|since| present.so_long(since)));
    facts.extend(waiting.until.map(|until| format!("goes on by itself at {}", present.moment_in_zone(until))));
    if !waiting.reviewers.is_empty() {
        let all: Vec<&str> = waiting.reviewers.iter().map(crate::model::Text::as_str).collect();
        facts.push(format!("for {}", all.join(", ")));
    }
    let mut lines = Vec::new();
    if !facts.is_empty() {
        lines.push(Line::of(Role::Muted, format!("  waits {}", facts.join(", "))));
    }
    lines.extend(waiting.url.as_ref().map(|url| Line::of(Role::Muted, format!("  {url}"))));
    lines
}

fn yes(waiting: &Waiting) -> usize {
    waiting.given.iter().filter(|it| it.approved).count()
}

/// What waits, who said what, what has to be known, and what the answer writes that is meant.
pub fn lines(plan: &ApprovalPlan, approved: bool, present: &Present) -> Vec<Line> {
    let waiting = &plan.waiting;
    let bytes = match (&waiting.digest, waiting.commit) {
        (None, commit @ Some(_)) => format::short_commit(commit),
        (digest, _) => format::short_digest(digest.as_ref()),
    };
    let head = Line::of(Role::Strong, waiting.version.to_string()).with(Role::Muted, format!("  {bytes}"));
    let mut lines = vec![match waiting.needed {
        0 => head.with(Role::Text, "  waits for time to pass"),
        needed => {
            head.with(Role::Text, format!("  has {} of {}", yes(waiting), format::counted(needed.into(), "approval")))
        }
    }];
    lines.extend(surroundings(waiting, present));
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
    let write = if approved { &plan.write } else { &plan.rejection };
    lines.push(Line::of(Role::Muted, "writes: ").with(Role::Text, write.verbatim.as_str()));
    lines.extend(write.precondition.iter().map(|it| Line::of(Role::Muted, format!("  only if {it}"))));
    lines.push(Line::of(Role::Muted, format!("you answer as {}", plan.who)));
    lines
}
