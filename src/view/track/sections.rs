//! What a track says besides its history.

use super::super::lens::Lens;
use super::super::trouble::trouble;
use super::super::{Line, Role, format, gates, words};
use super::outcome;
use crate::model::Status;
use crate::picture::{Deployed, ServicePicture, Track};

/// Trouble first, then what is live, what should be, what differs, what waits, what will hold, what is installed.
pub fn lines(lens: &Lens, service: &ServicePicture, track: &Track) -> Vec<Line> {
    let mut lines = trouble(lens, service, track);
    lines.push(Line::of(Role::Muted, "live      ").then(words::live(track, &lens.present)));
    if let Some(live) = &track.live {
        lines.push(
            Line::of(Role::Muted, "          digest ")
                .with(Role::Text, format::short_digest(live.digest()))
                .with(Role::Muted, " · commit ")
                .with(Role::Text, format::short_commit(live.installed.commit)),
        );
    }
    lines.extend(desired(track));
    lines.extend(copies(track));
    lines.extend(drift(track));
    if let Some(words) = track.waiting.as_ref().and_then(|it| words::waiting(it, &lens.present)) {
        lines.push(Line::of(Role::Muted, "waiting   ").with(Role::Text, words));
    }
    for gate in gates::coming(lens.snapshot(), &track.id, &lens.present) {
        lines.push(Line::of(Role::Muted, "coming    ").then(gates::line(gate, &lens.present)));
    }
    lines.extend(gates::permissions(track));
    lines.extend(installed(service, track));
    let times = track.lead_time(lens.present.now());
    lines.push(
        Line::of(Role::Muted, "lead time ")
            .with(Role::Text, format!("P50 {}", format::duration_of(times.p50)))
            .with(Role::Muted, format!(" (n {})", format::count(times.n.into())))
            .with(Role::Text, format!(", last 7 days {}", format::duration_of(times.recent_p50)))
            .with(Role::Muted, format!(" (n {})", format::count(times.recent_n.into()))),
    );
    lines.extend(source(lens, track));
    lines
}

fn desired(track: &Track) -> Option<Line> {
    let (_, state) = track.state.as_ref()?;
    let desired = state.desired.as_ref()?;
    let live = state.live.as_ref();
    if live.is_none_or(|live| live.version != desired.version) {
        return Some(Line::of(Role::Muted, "desired   ").with(Role::Warning, desired.version.to_string()));
    }
    // One name, and another build.
    state.coming().map(|coming| {
        let digest = format::short_digest(coming.digest.as_ref());
        Line::of(Role::Muted, "desired   ").with(Role::Warning, format!("{} as {digest}", coming.version))
    })
}

/// How many copies of it there are, and whether somebody holds what is on its way.
fn copies(track: &Track) -> Vec<Line> {
    let Some((_, state)) = &track.state else { return Vec::new() };
    let mut lines = Vec::new();
    if let Some(it) = &state.replicas {
        let role = if it.is_whole() { Role::Text } else { Role::Warning };
        let mut line = Line::of(Role::Muted, "replicas  ").with(role, words::replicas(it));
        if it.restarts > 0 {
            line = line.with(Role::Muted, format!(" · {}", format::counted(it.restarts.into(), "restart")));
        }
        lines.push(line);
    }
    if state.paused {
        let what = state.coming().map_or_else(|| "what comes next".to_owned(), |coming| coming.version.to_string());
        let says = format!("{what} stays where it is until it is resumed");
        lines.push(Line::of(Role::Muted, "paused    ").with(Role::Status(Status::Frozen), says));
    }
    lines
}

fn drift(track: &Track) -> Option<Line> {
    let drift = track.drift.as_ref()?;
    let words = words::drift(drift)?;
    Some(Line::of(Role::Muted, "drift     ").with(Role::Text, format!("{words} {}", drift.before)))
}

fn installed(service: &ServicePicture, track: &Track) -> Option<Line> {
    let (_, state) = track.state.as_ref()?;
    let others = state.installed.iter().filter(|it| state.live.as_ref().is_none_or(|live| live.version != it.version));
    let mut line = Line::of(Role::Muted, "installed ");
    let mut any = false;
    for it in others {
        let bad = service.bad_mark(&it.version).is_some();
        let separator = if any { ", " } else { "" };
        line = line.with(Role::Text, format!("{separator}{}", it.version));
        if bad {
            line = line.with(Role::Warning, " (bad)");
        }
        any = true;
    }
    any.then_some(line)
}

/// Who says so, and as of when.
fn source(lens: &Lens, track: &Track) -> Vec<Line> {
    let owner = track.owner.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let seen = track.state.as_ref().map(|(at, _)| format!(", seen {}", lens.present.ago(*at))).unwrap_or_default();
    let mut lines = vec![Line::of(Role::Muted, format!("owned by  {owner}{seen}"))];
    let problems = track.owner.as_ref().and_then(|owner| lens.snapshot().sources.get(owner));
    let problems = problems.into_iter().flat_map(|source| &source.problems);
    lines.extend(problems.map(|problem| Line::of(Role::Warning, format!("          {problem}"))));
    lines
}

/// One deployment in full.
pub fn deployment(lens: &Lens, service: &ServicePicture, it: &Deployed) -> Vec<Line> {
    let deployment = &it.deployment;
    let (status, _) = outcome(deployment.outcome);
    let version = deployment.version.as_ref().map_or_else(|| format::UNDEFINED.to_owned(), ToString::to_string);
    let mut head = Line::of(Role::Strong, version).with(Role::Text, "  ").and_status(status);
    if let Some(at) = deployment.at() {
        head = head.with(Role::Muted, format!("  {} ({})", lens.present.moment(at), lens.present.ago(at)));
    }
    if let Some(actor) = &deployment.actor {
        head = head.with(Role::Text, format!(" by {actor}"));
    }
    let mut lines = vec![head];
    lines.extend(deployment.reason.as_ref().map(|why| Line::of(Role::Text, format!("\u{201c}{why}\u{201d}"))));
    lines.push(
        Line::of(Role::Muted, format!("{}, ", it.kind.word()))
            .with(Role::Text, changes(it))
            .with(Role::Muted, " · commit ")
            .with(Role::Text, format::short_commit(deployment.commit))
            .with(Role::Muted, " · digest ")
            .with(Role::Text, format::short_digest(deployment.digest.as_ref())),
    );
    if let Some(mark) = deployment.version.as_ref().and_then(|version| service.bad_mark(version)) {
        let when = lens.present.ago(mark.at);
        lines.push(Line::of(Role::Warning, format!("marked bad by {}: {} ({when})", mark.who, mark.why)));
    }
    if !deployment.labels.is_empty() {
        let labels: Vec<String> = deployment.labels.iter().map(ToString::to_string).collect();
        lines.push(Line::of(Role::Muted, format!("labels: {}", labels.join(", "))));
    }
    lines.extend(deployment.url.as_ref().map(|url| Line::of(Role::Link, url.to_string())));
    lines
}

fn changes(it: &Deployed) -> String {
    match it.changes {
        Some(count) => format::counted(count.into(), "new change"),
        None => "changes not counted".to_owned(),
    }
}
