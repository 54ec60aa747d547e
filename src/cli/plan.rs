//! A plan and its end as lines.

use super::failure::Failure;
use super::output::Output;
use crate::model::{Status, Time};
use crate::operation::{Done, Plan};
use crate::view::{self, Line, Role, format};

/// Shows the plan.
pub fn show(plan: &Plan, now: Time, out: &mut Output) -> Result<(), Failure> {
    out.line(&title(plan))?;
    for line in view::plan::lines(plan, now) {
        out.line(&line)?;
    }
    Ok(())
}

fn title(plan: &Plan) -> Line {
    let track = &plan.intent.track;
    let verb = plan.intent.verb;
    Line::of(Role::Heading, format!("{} ", verb.word()))
        .with(Role::Strong, track.service.to_string())
        .with(Role::Heading, format!(" {} ", verb.preposition()))
        .with(Role::Environment(track.environment.clone(), false), track.environment.to_string())
}

/// Shows how an operation ended, what is live, and what can be done next.
pub fn show_end(plan: &Plan, done: &Done, out: &mut Output) -> Result<(), Failure> {
    let summary = &done.summary;
    let status = summary.ending.status();
    let word = if status == Status::Ok { "done" } else { status.word() };
    let took =
        summary.ended_at.map(|ended| format!(" ({})", format::duration((ended - summary.began_at).num_seconds())));
    out.line(
        &Line::of(Role::Status(status), word)
            .with(Role::Text, format!(": {}", summary.ending.why()))
            .with(Role::Muted, took.unwrap_or_default()),
    )?;
    let live = done.live.as_ref().map_or_else(|| "nothing".to_owned(), |live| live.version.to_string());
    out.text(format!("live: {live} in {}", plan.intent.track.environment))?;
    if let Some(next) = &done.follow_up {
        out.line(&Line::of(Role::Warning, format!("next: {next}")))?;
    }
    if done.undo.is_some() {
        out.line(&Line::of(Role::Muted, format!("undo: {}", plan.undo)))?;
    }
    out.line(&Line::of(Role::Muted, format!("journal: {}", summary.operation)))?;
    Ok(())
}
