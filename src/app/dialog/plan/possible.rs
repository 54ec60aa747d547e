//! What can be done to a track before anything is planned: a key that cannot lead anywhere says why at once.

use crate::app::state::State;
use crate::backend::Verb;
use crate::model::{ServiceId, TrackId};
use crate::picture::Snapshot;
use crate::view::Subject;

/// Whether any backend can do it at all: otherwise nobody has to read of it.
pub fn is_offered(state: &State, verb: Verb) -> bool {
    state.sources.snapshot.sources.values().any(|source| source.verbs.contains(&verb))
}

/// Whether it can be done to the selected track.
pub fn can(state: &State, verb: Verb) -> Result<(), String> {
    if !state.place.marks.is_empty() {
        // Each of them says in the list why it cannot.
        return Ok(());
    }
    possible(state, &meant(state, state.place.subject())?, verb)
}

/// The track that a subject means.
pub fn meant(state: &State, subject: Subject) -> Result<TrackId, String> {
    let meant = subject.track().or_else(|| in_production(&state.sources.snapshot, subject.service?));
    meant.ok_or_else(|| "select an environment first: l moves to its column".to_owned())
}

/// Whether some backend can do it to the track, and says that we may.
pub fn possible(state: &State, track: &TrackId, verb: Verb) -> Result<(), String> {
    let snapshot = &state.sources.snapshot;
    if snapshot.environment(&track.environment).is_some_and(|it| it.release_line) {
        return Err(format!("{} is made of release tags: a tag is set in git, not here", track.environment));
    }
    let Some(known) = snapshot.track(track) else {
        // What was not read yet may be there, and a version may come where none was: planning says what is missing.
        return if verb.chooses() { Ok(()) } else { Err(format!("nothing is known of {track}")) };
    };
    let Some(source) = known.owner.as_ref().and_then(|owner| snapshot.sources.get(owner)) else {
        return Err(format!("no backend that can change things owns {track}"));
    };
    if !source.writes() {
        return Err(format!("the backend of {track} only reads"));
    }
    if !source.verbs.contains(&verb) {
        return Err(format!("the backend of {track} cannot {}", verb.word()));
    }
    let gates = known.state.as_ref().map(|(_, state)| state.gates.as_slice()).unwrap_or_default();
    match gates.iter().find(|gate| gate.forbids(verb)) {
        Some(gate) => Err(format!("not permitted by {}: {}", gate.who, gate.why)),
        None => Ok(()),
    }
}

/// What a service without an environment means: production, where there is one. At night that saves a key, and the plan
/// names what it is about before anything can be confirmed.
fn in_production(snapshot: &Snapshot, service: ServiceId) -> Option<TrackId> {
    let mut production = snapshot.environments.iter().filter(|it| it.production);
    let (Some(only), None) = (production.next(), production.next()) else { return None };
    Some(TrackId { service, environment: only.id.clone() })
}
