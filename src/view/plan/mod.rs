//! A plan in lines: what decides first, then everything else. The promote and rollback dialogs are this.

mod brief;
pub(super) mod changes;
mod rest;

use chrono_tz::Tz;

use super::{Line, Present, Role, Span, format};
use crate::model::{Status, Time};
use crate::operation::{Candidate, Changes, Plan, Weight};

pub use brief::lines as brief;
pub(super) use brief::word;

/// A titled part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// What it says.
    pub lines: Vec<Line>,
}

/// The whole plan: the short form, then every section under its title.
pub fn lines(plan: &Plan, now: Time) -> Vec<Line> {
    let present = Present::new(now, Tz::UTC);
    let mut lines = brief(plan, &present);
    for section in sections(plan, &present) {
        lines.push(Line::blank());
        lines.push(Line::of(Role::Heading, section.title));
        lines.extend(section.lines);
    }
    lines
}

/// What the short form leaves out, in order of importance. A section that has nothing to say is not there.
pub fn sections(plan: &Plan, present: &Present) -> Vec<Section> {
    let section = |title, lines: Vec<Line>| Section { title, lines };
    let changed = |it: &Option<Changes>, gained| {
        let of_code = it.as_ref().filter(|_| plan.intent.verb.changes_code());
        of_code.map(|it| changes::list(it, gained, present)).unwrap_or_default()
    };
    let mut all = vec![
        section("changes removed", changed(&plan.removed, false)),
        section("changes added", changed(&plan.added, true)),
        section("writes, in this order", rest::writes(plan)),
        section("written down afterwards", rest::records(plan)),
        section("looked at", rest::allowed(plan)),
        section("gates", rest::gates(plan, present)),
        section("versions", rest::versions(plan, present)),
        section("other versions", plan.candidates.iter().map(|it| candidate_line(it, present)).collect()),
        section("how it is done", rest::declaration(plan)),
    ];
    all.retain(|section| !section.lines.is_empty());
    all
}

/// A version that could be chosen, in one line: one that cannot be chosen says why.
pub fn candidate(candidate: &Candidate, now: Time) -> Line {
    candidate_line(candidate, &Present::new(now, Tz::UTC))
}

fn candidate_line(candidate: &Candidate, present: &Present) -> Line {
    let mut line = Line::of(Role::Strong, candidate.version.version.to_string()).with(Role::Text, "  ");
    if let Some(refused) = &candidate.refused {
        let bad = if candidate.bad.is_some() { Status::Failed } else { Status::Skipped };
        return line.with(Role::Status(bad), format!("cannot be chosen: {refused}"));
    }
    if candidate.default {
        line = line.with(Role::Key, "default").with(Role::Muted, " · ");
    }
    line = line.with(Role::Text, ran(candidate, present));
    if !candidate.ran.is_empty() {
        line = line.with(Role::Muted, ", ");
        line.0.push(Span::status(candidate.health));
    }
    if candidate.assumed {
        line = line.with(Role::Muted, " (not watched)");
    }
    let incidents = candidate.incidents.len();
    if incidents > 0 {
        let count = format::counted(u64::try_from(incidents).unwrap_or(u64::MAX), "incident");
        line = line.with(Role::Muted, " · ").with(Role::Status(Status::Failed), count);
    }
    if let Some(why) = &candidate.bad {
        line = line.with(Role::Muted, " · ").with(Role::Status(Status::Failed), format!("marked bad: {why}"));
    }
    line = line.with(Role::Muted, " · ");
    match candidate.changes {
        Some((added, removed)) => line
            .with(Role::Added, format!("+{}", format::count(added.into())))
            .with(Role::Text, " ")
            .with(Role::Removed, format!("-{}", format::count(removed.into()))),
        None => line.with(Role::Muted, "changes not known"),
    }
}

/// When a version ran here, how long, and who deployed it.
fn ran(candidate: &Candidate, present: &Present) -> String {
    let Some(last) = candidate.ran.first() else {
        return candidate
            .failed_at
            .map_or_else(|| "never ran here".to_owned(), |at| format!("failed there {}", present.ago(at)));
    };
    let long = format::duration((last.until.unwrap_or(present.now()) - last.from).num_seconds());
    let times = match candidate.ran.len() {
        1 => String::new(),
        n => format!(", the last of {}", format::counted(u64::try_from(n).unwrap_or(u64::MAX), "time")),
    };
    let by = last.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    match last.until {
        Some(until) => format!("ran {long}{by} until {}{times}", present.ago(until)),
        None => format!("live for {long}{by}{times}"),
    }
}

/// The heaviest thing that the guards say.
pub(crate) fn verdict(plan: &Plan) -> Weight {
    plan.findings.iter().map(|finding| finding.weight).max().unwrap_or(Weight::Allow)
}

/// How a weight looks in the shared vocabulary.
pub(crate) fn weight_status(weight: Weight) -> Status {
    match weight {
        Weight::Allow => Status::Ok,
        Weight::Warn => Status::Held,
        Weight::Override => Status::Frozen,
        Weight::Deny => Status::Failed,
    }
}
