//! The rest of a plan: what is written, what was looked at, what the two versions are.

use super::super::{Line, Present, Role, format, gates as gate_words};
use super::brief::{stands, word};
use super::weight_status;
use crate::backend::{Idempotency, PreconditionKind, ProgressSource};
use crate::operation::{Plan, VersionFacts, Weight};

/// The writes, verbatim, each with its precondition.
pub fn writes(plan: &Plan) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, write) in (1_u32..).zip(&plan.writes) {
        lines.push(Line::of(Role::Muted, format!("{number}. ")).with(Role::Text, write.what.to_string()));
        lines.push(Line::of(Role::Strong, format!("   {}", write.verbatim)));
        if let Some(holds) = &write.precondition {
            lines.push(Line::of(Role::Muted, format!("   only if {holds}")));
        }
    }
    lines
}

/// What other systems will write down once it has settled.
pub fn records(plan: &Plan) -> Vec<Line> {
    let mut lines = Vec::new();
    for record in &plan.records {
        if let Some(why) = &record.refused {
            let says = format!("not in {}: {why}", record.by);
            lines.push(
                Line::of(Role::Status(weight_status(Weight::Warn)), word(Weight::Warn))
                    .with(Role::Text, format!(" {says}")),
            );
        }
        for write in &record.writes {
            lines.push(Line::of(Role::Muted, format!("in {}: ", record.by)).with(Role::Text, write.what.to_string()));
            lines.push(Line::of(Role::Strong, format!("   {}", write.verbatim)));
        }
    }
    lines
}

/// What the guards looked at and found good.
pub fn allowed(plan: &Plan) -> Vec<Line> {
    let good = plan.findings.iter().filter(|finding| finding.weight == Weight::Allow);
    good.map(|finding| {
        Line::of(Role::Status(weight_status(finding.weight)), word(finding.weight))
            .with(Role::Text, format!(" {}: {}", finding.guard, finding.why))
    })
    .collect()
}

/// The gates behind the findings.
pub fn gates(plan: &Plan, present: &Present) -> Vec<Line> {
    let gates = plan.findings.iter().filter_map(|finding| finding.gate.as_ref());
    gates.map(|gate| gate_words::line(gate, present)).collect()
}

/// The version that is live, the one that is on its way and the one that will be.
pub fn versions(plan: &Plan, present: &Present) -> Vec<Line> {
    let from = plan.from.as_ref().map(|from| version("live now", from, present));
    let coming = plan.coming.as_ref().map(|coming| version("on its way", coming, present));
    from.into_iter().chain(coming).chain([version("will be", &plan.to, present)]).collect()
}

fn version(label: &str, facts: &VersionFacts, present: &Present) -> Line {
    let built = facts.built_at.map(|at| format!(" · built {}", present.ago(at))).unwrap_or_default();
    Line::of(Role::Muted, format!("{label} "))
        .with(Role::Strong, facts.version.to_string())
        .with(Role::Muted, " · digest ")
        .with(Role::Text, format::short_digest(facts.digest.as_ref()))
        .with(Role::Muted, " · commit ")
        .with(Role::Text, format::short_commit(facts.commit))
        .with(Role::Muted, format!(" · {}{built}", stands(facts, present)))
}

/// What the backend declares about its writes.
pub fn declaration(plan: &Plan) -> Vec<Line> {
    let it = &plan.declaration;
    let apart = match it.precondition {
        PreconditionKind::ResourceVersion => "the resource version must be unchanged",
        PreconditionKind::ExpectedCurrent => "what is current must be what this plan saw",
        PreconditionKind::OneShotToken => "a token that can be used once",
        PreconditionKind::StepIndex => "the index of the step must be unchanged",
        PreconditionKind::None => "nothing keeps two operators apart",
    };
    let twice = match it.idempotency {
        Idempotency::ClientToken => "a repeated order is told by its token",
        Idempotency::RequestAnnotation => "a repeated order is told by its annotation",
        Idempotency::Natural => "doing it twice is doing it once",
        Idempotency::None => "an equal operation in flight is looked for first",
    };
    let progress = match it.progress {
        ProgressSource::InProcess => "progress comes with each step",
        ProgressSource::Watch => "progress is watched",
        ProgressSource::Stream => "progress is streamed",
        ProgressSource::ConditionalPoll | ProgressSource::Poll => "progress is asked for",
    };
    let others: Vec<String> = plan.not_asked.iter().map(ToString::to_string).collect();
    let others = match others.is_empty() {
        true => String::new(),
        false => format!(" and not by {} (`operator` of the environment decides)", others.join(", ")),
    };
    vec![
        Line::of(Role::Muted, "by ")
            .with(Role::Text, plan.backend.to_string())
            .with(Role::Muted, others)
            .with(Role::Muted, format!(", operation {} of {} on {}", plan.operation, plan.actor.who, plan.actor.host)),
        Line::of(Role::Muted, format!("{apart}; {twice}; {progress}")),
        Line::of(Role::Muted, format!("its own history goes back {}", it.history)),
    ]
}
