//! What a track is doing, in words that several screens share.

use super::format;
use super::lens::Lens;
use super::present::Present;
use super::table::{Line, Role};
use crate::model::{EnvironmentId, Health, Outcome, Replicas, RepositoryId, Status, Text, Version};
use crate::picture::{Deployed, Drift, InFlight, Live, Track, Waiting};

/// A version for a table: long ones lose their middle.
pub(crate) fn version(version: &Version) -> String {
    super::fit::cut_middle(&version.to_string(), 18)
}

/// The name of an environment at the beginning of a line that says more than that.
pub(crate) fn environment(environment: &EnvironmentId) -> String {
    super::fit::cut_middle(&environment.to_string(), 24)
}

/// How far a thing under way has come: `2/5`, absent where nobody can tell, or where its name tells.
pub(crate) fn progress(in_flight: &InFlight) -> Option<String> {
    let (done, total) = in_flight.progress;
    let told = || in_flight.what.as_str().contains(&format!("{done} of {total} "));
    (total > 0 && !told()).then(|| format!("{}/{}", format::count(done.min(total)), format::count(total)))
}

/// `4 behind`, `2 ahead`, `4 behind, 2 ahead`, `differs`; absent where there is nothing between.
pub(crate) fn drift(drift: &Drift) -> Option<String> {
    let side = |count: Option<u32>, word: &str| {
        count.filter(|count| *count > 0).map(|count| format!("{} {word}", format::count(count.into())))
    };
    if drift.behind.is_none() && drift.ahead.is_none() {
        return Some("differs".to_owned());
    }
    match (side(drift.behind, "behind"), side(drift.ahead, "ahead")) {
        (Some(behind), Some(ahead)) => Some(format!("{behind}, {ahead}")),
        (behind, ahead) => behind.or(ahead),
    }
}

/// `6 wait, oldest 3d`; absent where nothing waits.
pub(crate) fn waiting(waiting: &Waiting, present: &Present) -> Option<String> {
    let count = waiting.changes.len();
    let oldest = waiting.oldest.map(|oldest| format!(", oldest {}", present.age(oldest)));
    (count > 0).then(|| format!("{} wait{}", format::count_of(count), oldest.unwrap_or_default()))
}

/// `3/5 ready`.
pub(crate) fn ready(it: &Replicas) -> String {
    format!("{}/{} ready", format::count(it.ready.into()), format::count(it.wanted.into()))
}

/// `3/5 ready, 2 updated`: as little as tells what is missing.
pub(crate) fn replicas(it: &Replicas) -> String {
    let count = |n: u32| format::count(n.into());
    if it.wanted == 0 && it.ready == 0 {
        return "scaled to 0".to_owned();
    }
    let mut words = ready(it);
    if it.updated < it.wanted {
        words += &format!(", {} updated", count(it.updated));
    }
    if it.available < it.ready {
        words += &format!(", {} available", count(it.available));
    }
    words
}

/// How a live version fares, with its status.
pub(crate) fn health(health: &Health) -> (Status, String) {
    match health {
        Health::Healthy => (Status::Ok, "healthy".to_owned()),
        Health::Progressing => (Status::Running, "progressing".to_owned()),
        Health::Degraded(why) => (Status::Failed, format!("degraded: {why}")),
        Health::Unknown => (Status::Unknown, "health: nobody tells".to_owned()),
    }
}

/// The deployment that made live what is live.
pub(crate) fn deployed_live(track: &Track) -> Option<&Deployed> {
    let live = track.live.as_ref()?;
    let mut succeeded = track.history.iter().filter(|it| it.deployment.outcome == Outcome::Success);
    let first = succeeded.next()?;
    std::iter::once(first).chain(succeeded).find(|it| it.deployment.version.as_ref() == Some(live.version()))
}

/// The newest deployment, where it failed: of what is live it says nothing.
pub(crate) fn failed_last(track: &Track) -> Option<&Deployed> {
    track.history.first().filter(|it| it.deployment.outcome == Outcome::Failed)
}

/// What was deployed: its version, else its commit.
pub(crate) fn deployed(it: &Deployed) -> String {
    let commit = || format::short_commit(it.deployment.commit);
    it.deployment.version.as_ref().map_or_else(commit, self::version)
}

/// `4.3.22 failed 4h`.
pub(crate) fn failure(failed: &Deployed, present: &Present) -> String {
    let age = failed.deployment.at().map(|at| format!(" {}", present.age(at))).unwrap_or_default();
    format!("{} failed{age}", deployed(failed))
}

/// Who made live what is live.
pub(crate) fn by(track: &Track) -> Option<&Text> {
    deployed_live(track)?.deployment.actor.as_ref()
}

/// `1.4.2 for 4d by Ben, healthy`.
pub(crate) fn live(track: &Track, present: &Present) -> Line {
    let Some(live) = &track.live else {
        return Line::of(Role::Muted, "nothing is live");
    };
    let mut line = Line::of(Role::Strong, live.version().to_string());
    if let Some(since) = since(track, live) {
        line = line.with(Role::Text, format!(" {}", present.so_long(since)));
    }
    if let Some(by) = by(track) {
        line = line.with(Role::Text, format!(" by {by}"));
    }
    let (status, words) = health(&live.health);
    line.with(Role::Muted, " · ").with(Role::Status(status), words)
}

/// Since when a version has been live: as observed, else when its deployment ended.
pub(crate) fn since(track: &Track, live: &Live) -> Option<crate::model::Time> {
    live.installed.since.or_else(|| deployed_live(track)?.deployment.at())
}

/// What has to be known before an answer from a repository whose history is cut off is believed.
pub fn cut_off(repository: &RepositoryId) -> String {
    format!("{repository} is a shallow clone: commits before its cut are taken for absent, and counts for whole")
}

/// One line for a track: what is live since when by whom, how it fares, how far behind, what waits.
pub(crate) fn track_line(lens: &Lens, environment: &EnvironmentId, production: bool, track: &Track) -> Line {
    let mut line = Line::of(Role::Environment(environment.clone(), production), self::environment(environment))
        .with(Role::Text, "  ");
    line = line.then(live(track, &lens.present));
    if let Some(words) = track.drift.as_ref().and_then(|it| drift(it).map(|words| (words, &it.before))) {
        line = line.with(Role::Muted, " · ").with(Role::Text, format!("{} {}", words.0, words.1));
    }
    if let Some(words) = track.waiting.as_ref().and_then(|it| waiting(it, &lens.present)) {
        line = line.with(Role::Muted, " · ").with(Role::Text, words);
    }
    if lens.is_stale(track) {
        let age = track.state.as_ref().map(|(at, _)| lens.present.age(*at));
        line = line.with(Role::Muted, " · ");
        line = line.with(Role::Warning, format!("as of {}", age.unwrap_or_else(|| format::UNDEFINED.to_owned())));
    }
    line
}

/// `running  installing 1.6.0, 2/5, 4 m 00 s`.
pub(crate) fn in_flight(it: &InFlight, present: &Present) -> Line {
    let mut line = Line::of(Role::Status(Status::Running), it.what.to_string());
    if let Some(progress) = progress(it) {
        line = line.with(Role::Text, format!(" {progress}"));
    }
    if let Some(since) = it.since {
        line = line.with(Role::Muted, format!(" for {}", present.running_for(since)));
    }
    line
}
