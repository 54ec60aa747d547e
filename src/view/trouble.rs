//! What is wrong with a track, moving in it or holding it: the first thing that several screens say of it.

use super::lens::Lens;
use super::{Line, Role, format, gates, words};
use crate::model::{Status, Text};
use crate::picture::{ServicePicture, Track};

/// What is wrong with, moving in or holding a track.
pub(super) fn trouble(lens: &Lens, service: &ServicePicture, track: &Track) -> Vec<Line> {
    let mut lines = Vec::new();
    let bad = track.live.as_ref().and_then(|live| service.bad_mark(live.version()));
    lines.extend(bad.map(|mark| {
        let when = lens.present.ago(mark.at);
        Line::of(Role::Status(Status::Failed), format!("{} is live and marked bad", mark.version))
            .with(Role::Text, format!(" by {}: {}", mark.who, mark.why))
            .with(Role::Muted, format!("  {when}"))
    }));
    if let Some(incident) = &track.incident {
        let age = lens.present.age(incident.opened_at);
        lines.push(
            Line::of(Role::Status(Status::Failed), format!("incident {}", incident.id))
                .with(Role::Text, format!(" {}", incident.title))
                .with(Role::Muted, format!(" for {age}")),
        );
    }
    let problems = track.state.iter().flat_map(|(_, state)| &state.problems);
    lines.extend(problems.map(|problem| Line::of(Role::Warning, problem.to_string())));
    lines.extend(lens.restricted(&track.id).map(|it| Line::of(Role::Warning, format!("restricted: {}", it.why))));
    lines.extend(warnings(track));
    lines.extend(track.in_flight.as_ref().map(|it| words::in_flight(it, &lens.present)));
    lines.extend(words::failed_last(track).map(|failed| {
        let by = failed.deployment.actor.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let why = failed.deployment.reason.as_ref().map(|why| format!(" (reason: {why})")).unwrap_or_default();
        let when = match failed.deployment.at() {
            Some(at) => format!(" {}", lens.present.ago(at)),
            None => String::new(),
        };
        Line::of(Role::Status(Status::Failed), format!("{} failed", words::deployed(failed)))
            .with(Role::Text, format!("{when}{by}{why}"))
    }));
    let held = gates::holding(lens.snapshot(), &track.id, &lens.present);
    lines.extend(held.into_iter().map(|gate| gates::line(gate, &lens.present)));
    lines
}

/// What the system of the track warns of, the newest first, and how many more there are.
fn warnings(track: &Track) -> Vec<Line> {
    const MOST: usize = 5;
    let all = track.state.as_ref().map(|(_, state)| state.warnings.as_slice()).unwrap_or_default();
    let said = |warning: &Text| Line::of(Role::Status(Status::Held), "warns").with(Role::Text, format!(" {warning}"));
    let more = all.len().saturating_sub(MOST);
    let more =
        (more > 0).then(|| Line::of(Role::Muted, format!("and {} more", format::counted(more as u64, "warning"))));
    all.iter().take(MOST).map(said).chain(more).collect()
}
