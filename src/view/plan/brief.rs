//! What decides, in few enough lines for a small terminal.

use super::super::{Line, Present, Role, format};
use super::{changes, verdict, weight_status};
use crate::backend::{RollbackCode, SameBinary, Verb};
use crate::model::{Kind, Status};
use crate::operation::{Confirm, Plan, VersionFacts, Weight};

/// From what to what, what the guards say, what users gain and lose, whether the bytes are proved, how to take it back.
pub fn lines(plan: &Plan, present: &Present) -> Vec<Line> {
    let mut lines = vec![headline(plan, present)];
    let verb = plan.intent.verb;
    if live_already(plan) {
        lines.push(Line::of(Role::Warning, format!("{} is live here already", plan.to.version)));
    }
    lines.extend(plan.risks.iter().map(|risk| Line::of(Role::Warning, format!("risk: {}", risk.says))));
    lines.push(judgement(plan));
    lines.extend(findings(plan));
    if !verb.acts_on_what_is_coming() {
        lines.push(same_binary(&plan.same_binary));
    }
    if verb.changes_code() {
        lines.extend(plan.removed.as_ref().and_then(|it| changes::sentence(it, false)));
        lines.extend(plan.added.as_ref().and_then(|it| changes::sentence(it, true)));
    }
    if verb.changes_code() && (plan.added.is_none() || plan.removed.is_none()) {
        lines.push(Line::of(Role::Warning, "which changes this adds and removes is not known"));
    }
    if let Some(code) = plan.takes_back() {
        lines.extend(meaning(code, plan.lasts(), if verb == Verb::Abort { "abort: " } else { "rollback: " }));
        lines.extend(roll_forward(plan));
    }
    lines.push(after(plan));
    lines.push(confirmation(&plan.confirm));
    lines
}

/// Whether what is to be put there is there.
fn live_already(plan: &Plan) -> bool {
    plan.intent.verb.chooses() && plan.from.as_ref().is_some_and(|from| from.version == plan.to.version)
}

/// `1.4.2 → 1.5.0  forward  was live 4d by Ben`.
fn headline(plan: &Plan, present: &Present) -> Line {
    let line = match plan.intent.verb {
        Verb::Promote | Verb::RollBack => from_to(plan),
        verb => on_the_way(verb, plan),
    };
    match &plan.from {
        Some(from) if plan.intent.verb.chooses() => {
            line.with(Role::Muted, format!("  now live {}", stands(from, present)))
        }
        Some(from) => line.with(Role::Muted, format!("  {} is live {}", from.version, stands(from, present))),
        None => line,
    }
}

fn from_to(plan: &Plan) -> Line {
    let from = plan.from.as_ref().map_or_else(|| "nothing".to_owned(), |from| from.version.to_string());
    let line = Line::of(Role::Strong, from)
        .with(Role::Muted, " → ")
        .with(Role::Strong, plan.to.version.to_string())
        .with(Role::Text, "  ");
    let loud = matches!(plan.kind, Kind::Divergent | Kind::Unknown);
    let line = line.with(if loud { Role::Warning } else { Role::Text }, kind(plan.kind));
    match &plan.coming {
        Some(coming) => line.with(Role::Warning, format!("  {} is on its way", coming.version)),
        None => line,
    }
}

/// What is done to what is on its way, or to what is live where nothing is.
fn on_the_way(verb: Verb, plan: &Plan) -> Line {
    let what = plan.coming.as_ref().unwrap_or(&plan.to).version.to_string();
    let says = match (verb, &plan.coming) {
        (Verb::Restart, _) => " starts anew",
        (Verb::Pause, Some(_)) => " is held where it is",
        (Verb::Pause, None) => " stays, and what comes next is held",
        (Verb::Resume, Some(_)) => " goes on",
        (Verb::Resume, None) => " stays, and what comes next is let through",
        (_, Some(_)) => " is given up",
        (_, None) => " stays",
    };
    Line::of(Role::Strong, what).with(Role::Text, says)
}

/// The kind of deployment, with what it means where that has to be known.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Divergent => "divergent: new code, and some that is live disappears".to_owned(),
        Kind::Unknown => "of unknown kind: the commits cannot be compared".to_owned(),
        Kind::Switch => "switch to another line, all of it seen here before".to_owned(),
        Kind::Redeploy => "redeploy: the same code again".to_owned(),
        other => other.word().to_owned(),
    }
}

/// `for 4d by Ben`.
pub fn stands(facts: &VersionFacts, present: &Present) -> String {
    let since = facts.since.map(|since| present.so_long(since));
    let by = facts.by.as_ref().map(|by| format!("by {by}"));
    let parts: Vec<String> = since.into_iter().chain(by).collect();
    if parts.is_empty() { format::UNDEFINED.to_owned() } else { parts.join(" ") }
}

fn judgement(plan: &Plan) -> Line {
    let weight = verdict(plan);
    let status = Role::Status(weight_status(weight));
    let count = plan.findings.iter().filter(|finding| finding.weight == weight).count();
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    match weight {
        Weight::Allow if !plan.risks.is_empty() => Line::of(status, "allowed: no guard speaks against it"),
        Weight::Allow => Line::of(status, "allowed: nothing speaks against it"),
        Weight::Warn => Line::of(status, format!("allowed, with {}", format::counted(count, "warning"))),
        Weight::Override => {
            Line::of(status, format!("held by {}, which a reason passes", format::counted(count, "gate")))
        }
        Weight::Deny => Line::of(status, format!("denied for {}", format::counted(count, "reason"))),
    }
}

/// What has to be read, each with what the person can do about it.
fn findings(plan: &Plan) -> impl Iterator<Item = Line> {
    let heavy = plan.findings.iter().filter(|finding| finding.weight != Weight::Allow);
    heavy.map(|finding| {
        let line = Line::of(Role::Status(weight_status(finding.weight)), format!("  {}", word(finding.weight)))
            .with(Role::Text, format!(" {}: {}", finding.guard, finding.why));
        match &finding.hint {
            Some(hint) => line.with(Role::Muted, format!("  hint: {hint}")),
            None => line,
        }
    })
}

/// The word for a weight.
pub fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Allow => "good",
        Weight::Warn => "warning",
        Weight::Override => "holds",
        Weight::Deny => "denies",
    }
}

fn same_binary(same: &SameBinary) -> Line {
    let label = Line::of(Role::Muted, "same binary: ");
    match same {
        SameBinary::Yes(proof) => label.with(Role::Status(Status::Ok), "yes").with(Role::Text, format!(", {proof}")),
        SameBinary::No(proof) => label.with(Role::Status(Status::Failed), "no").with(Role::Text, format!(", {proof}")),
        SameBinary::Unknown(why) => {
            label.with(Role::Status(Status::Unknown), "not known").with(Role::Text, format!(", {why}"))
        }
    }
}

/// What rolling back means with this backend.
fn meaning(code: RollbackCode, lasts: bool, label: &'static str) -> Vec<Line> {
    let it = code.meaning();
    let mut lines = vec![
        Line::of(Role::Muted, label).with(Role::Text, it.does).with(Role::Muted, format!(" ({})", it.code)),
        Line::of(Role::Muted, "  comes back: ")
            .with(Role::Text, it.restores)
            .with(Role::Muted, " · does not: ")
            .with(Role::Warning, it.leaves)
            .with(Role::Muted, " · survives the next reconcile: ")
            .with(Role::Text, it.survives),
    ];
    if !lasts {
        lines.push(Line::of(Role::Warning, "  it does not last by itself: a second step has to make it durable"));
    }
    lines
}

fn roll_forward(plan: &Plan) -> Option<Line> {
    let fix = plan.roll_forward.as_ref()?;
    let version = fix.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
    Some(
        Line::of(Role::Key, "or roll forward: ")
            .with(Role::Muted, format!("{} ", fix.commit.short()))
            .with(Role::Text, format!("{}{version}", fix.subject))
            .with(Role::Muted, format!("  {}", fix.progress)),
    )
}

/// How long it takes, how it is taken back, what comes after it.
fn after(plan: &Plan) -> Line {
    let takes = match plan.expected_seconds {
        Some(_) => format!("about {}", format::duration_of(plan.expected_seconds)),
        None if plan.intent.verb.only_stops() => "a moment".to_owned(),
        None => format!("{} (no history)", format::UNDEFINED),
    };
    let line = Line::of(Role::Muted, "takes ").with(Role::Text, takes);
    let line = if live_already(plan) || plan.undo.as_str().is_empty() {
        line
    } else {
        line.with(Role::Muted, " · undo: ").with(Role::Text, plan.undo.to_string())
    };
    if plan.downstream.is_empty() {
        return line;
    }
    let after: Vec<String> = plan.downstream.iter().map(ToString::to_string).collect();
    line.with(Role::Muted, " · feeds ").with(Role::Text, after.join(", "))
}

fn confirmation(confirm: &Confirm) -> Line {
    let line = Line::of(Role::Muted, "confirm: ");
    match confirm {
        Confirm::Yes => line.with(Role::Key, "y"),
        Confirm::Environment(name) => line.with(Role::Text, "type ").with(Role::Key, name.to_string()),
        Confirm::Count(count) => line.with(Role::Text, "type the count, ").with(Role::Key, count.to_string()),
    }
}
