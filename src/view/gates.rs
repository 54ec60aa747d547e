//! Which gates hold a track now, and how that is said.

use super::present::Present;
use super::table::{Line, Role};
use crate::model::{Gate, GateKind, Override, Status, TrackId};
use crate::picture::{Snapshot, Track};

/// The gates that hold `track` now. When one of them opens or another closes is remembered as a moment of change. What
/// somebody may not do says nothing of how a track stands: [`permissions`] tells.
pub(crate) fn holding<'a>(snapshot: &'a Snapshot, track: &TrackId, present: &Present) -> Vec<&'a Gate> {
    let covering = snapshot.gates.iter().filter(|gate| gate.scope.covers(track));
    // What the system of the track holds against it itself stands in its state.
    let own = snapshot.track(track).and_then(|track| track.state.as_ref());
    let own = own.into_iter().flat_map(|(_, state)| &state.gates);
    let all = covering.chain(own).filter(|gate| gate.kind != GateKind::Permission);
    all.filter(|gate| holds_now(gate, present)).collect()
}

/// What the system of a track says that we may not do there.
pub(crate) fn permissions(track: &Track) -> impl Iterator<Item = Line> {
    let own = track.state.iter().flat_map(|(_, state)| &state.gates);
    own.filter(|gate| gate.kind == GateKind::Permission).map(|gate| {
        let verbs: Vec<&str> = gate.verbs.iter().map(|verb| verb.word()).collect();
        let what = if verbs.is_empty() { "change it".to_owned() } else { verbs.join(", ") };
        Line::of(Role::Muted, "may not   ")
            .with(Role::Text, what)
            .with(Role::Muted, format!(": {} ({})", gate.why, gate.who))
    })
}

/// The gates that will hold `track` at a known time and do not yet.
pub(crate) fn coming<'a>(snapshot: &'a Snapshot, track: &TrackId, present: &Present) -> Vec<&'a Gate> {
    let covering = snapshot.gates.iter().filter(|gate| gate.scope.covers(track));
    covering.filter(|gate| gate.since.is_some_and(|since| since > present.now())).collect()
}

fn holds_now(gate: &Gate, present: &Present) -> bool {
    let now = present.now();
    [gate.since, gate.until].into_iter().flatten().for_each(|at| present.remember(at));
    gate.since.is_none_or(|since| since <= now) && gate.until.is_none_or(|until| now < until)
}

/// The status of a gate in the shared vocabulary.
pub(crate) fn status(gate: &Gate) -> Status {
    match gate.kind {
        GateKind::Freeze | GateKind::Lock => Status::Frozen,
        _ => Status::Held,
    }
}

/// How a track stands, its gates considered: what is wrong or moving weighs more than what may not move.
pub(crate) fn standing(track: &Track, gates: &[&Gate]) -> Status {
    let held = gates.iter().map(|gate| status(gate)).max_by_key(|status| status.urgency());
    match (track.status, held) {
        (Status::Ok | Status::Waiting | Status::Skipped | Status::Cancelled, Some(held)) => held,
        (status, _) => status,
    }
}

/// What holds, why, who put it there, until when and what passes it: `freeze: weekend (flightdeck.toml:42), until Mon
/// 00:00, a reason passes it`.
pub(crate) fn line(gate: &Gate, present: &Present) -> Line {
    let mut line = Line::of(Role::Status(status(gate)), gate.kind.word()).with(Role::Text, format!(": {}", gate.why));
    let mut facts = vec![format!("by {}", gate.who)];
    match (gate.since, gate.until) {
        (Some(since), _) if since > present.now() => facts.push(format!("from {}", present.moment_in_zone(since))),
        (_, Some(until)) => facts.push(format!("until {}", present.moment_in_zone(until))),
        (Some(since), None) => facts.push(present.so_long(since)),
        (None, None) => {}
    }
    facts.push(overriding(gate.overridden_by).to_owned());
    line = line.with(Role::Muted, format!("  {}", facts.join(" · ")));
    line
}

/// What it takes to pass a gate, in words.
pub(crate) fn overriding(by: Override) -> &'static str {
    match by {
        Override::None => "nothing passes it",
        Override::Reason => "a reason passes it",
        Override::Role => "a role in its system passes it",
    }
}
