//! A plan and its end as lines.

use super::failure::Failure;
use super::output::Output;
use crate::backend::Verb;
use crate::model::{Status, Time, text};
use crate::operation::{Done, Intent, Plan};
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
    for (at, way) in done.ways_out.iter().enumerate() {
        let lead = if at == 0 { "way out:" } else { "     or:" };
        out.line(&Line::of(Role::Warning, lead).with(Role::Text, format!(" {}", command_line(way))))?;
    }
    if done.undo.is_some() && done.ways_out.is_empty() {
        out.line(&Line::of(Role::Muted, format!("undo: {}", plan.undo)))?;
    }
    out.line(&Line::of(Role::Muted, format!("journal: {}", summary.operation)))?;
    Ok(())
}

/// What has to be typed for an intent: `flightdeck rollback checkout --in production --to 1.4.2`.
fn command_line(intent: &Intent) -> String {
    let track = &intent.track;
    let (place, version) = match intent.verb {
        Verb::Promote => ("--to", "--version"),
        _ => ("--in", "--to"),
    };
    let (service, environment) = (word(track.service.as_str()), word(track.environment.as_str()));
    let version = intent.version.as_ref().map(|it| format!(" {version} {}", word(it.as_str())));
    format!("flightdeck {} {service} {place} {environment}{}", intent.verb.command(), version.unwrap_or_default())
}

/// A word as a shell takes it for one.
fn word(raw: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+%=,".contains(c);
    if !raw.is_empty() && !raw.starts_with('-') && raw.chars().all(plain) {
        return raw.to_owned();
    }
    format!("'{}'", text::clean(raw).replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TrackId;

    #[test]
    fn what_is_to_be_typed_is_what_a_shell_takes() {
        let way = |verb, service: &str, version: Option<&str>| Intent {
            verb,
            track: TrackId::new(service, "production"),
            version: version.map(Into::into),
            source: None,
            reason: None,
        };
        for (intent, expected) in [
            (way(Verb::RollBack, "checkout", Some("1.4.2")), "flightdeck rollback checkout --in production --to 1.4.2"),
            (way(Verb::Abort, "checkout", None), "flightdeck abort checkout --in production"),
            (
                way(Verb::Promote, "it's $(all)", Some("1.5")),
                "flightdeck promote 'it'\\''s $(all)' --to production --version 1.5",
            ),
        ] {
            assert_eq!(command_line(&intent), expected);
        }
    }
}
