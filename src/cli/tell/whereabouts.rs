//! Where something is, in words.

use super::ago;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::model::{Status, Text, Time};
use crate::query::{Answer, Arrived, Found, Names, Place, ServiceFacts, Standing, Unplaced, WaitsFor};
use crate::view::fit::{pad, width};
use crate::view::{Align, Line, Role, format};

/// Says where everything is that was found.
pub fn whereabouts(answer: &Answer, now: Time, out: &mut Output) -> Result<(), Failure> {
    for (at, found) in answer.found.iter().enumerate() {
        if at > 0 {
            out.text("")?;
        }
        commit(found, now, out)?;
        for service in &found.services {
            of_service(service, now, out)?;
        }
    }
    for it in &answer.unplaced {
        out.line(&unplaced(it))?;
    }
    if answer.more {
        out.line(&Line::of(Role::Muted, "more fits than is shown: ask with more words"))?;
    }
    Ok(())
}

fn commit(found: &Found, now: Time, out: &mut Output) -> Result<(), Failure> {
    let Found { commit, is_asked_as, first_tag, tags, branches, .. } = found;
    let meanings: Vec<String> = is_asked_as.iter().map(|it| format!("{} {}", it.kind.word(), it.name)).collect();
    out.line(
        &Line::of(Role::Strong, commit.id.short())
            .with(Role::Text, format!("  {}", commit.subject))
            .with(Role::Muted, format!("  ({})", meanings.join(", "))),
    )?;
    let request = commit.pull_request.as_ref().map(|number| format!(", #{number}")).unwrap_or_default();
    let merge = if commit.merge { ", a merge" } else { "" };
    let written = format!("{}, {}", commit.author, ago(now, commit.authored_at));
    out.line(&Line::of(Role::Muted, format!("written by {written}{request}{merge}")))?;
    if let Some(release) = first_tag {
        let others = tags.count.saturating_sub(1);
        let others =
            if others > 0 { format!(", then in {} more", format::count(others.into())) } else { String::new() };
        out.text(format!("first tag: {}{others}", release.name))?;
    }
    if branches.count > 0 {
        out.text(format!("branches: {}", listed(branches)))?;
    }
    for (what, commits) in [("reverted by", &commit.reverted_by), ("picked as", &commit.picked_as)] {
        if !commits.is_empty() {
            let all: Vec<String> = commits.iter().map(|id| id.short()).collect();
            out.line(&Line::of(Role::Warning, format!("{what} {}", all.join(", "))))?;
        }
    }
    Ok(())
}

const FEW: usize = 6;

/// As many names as people read; JSON has more.
fn listed(names: &Names) -> String {
    let all: Vec<&str> = names.names.iter().take(FEW).map(Text::as_str).collect();
    let left = (names.count as usize).saturating_sub(all.len());
    let more = if left > 0 { format!(" and {} more", format::count(left as u64)) } else { String::new() };
    format!("{}{more}", all.join(", "))
}

fn of_service(service: &ServiceFacts, now: Time, out: &mut Output) -> Result<(), Failure> {
    let not_touched = if service.touches { "" } else { "  (it changes nothing of this service)" };
    out.line(&Line::of(Role::Heading, service.service.to_string()).with(Role::Muted, not_touched))?;
    let widest = service.environments.iter().map(|it| width(&it.environment.to_string())).max().unwrap_or_default();
    for place in &service.environments {
        out.line(&standing(place, widest, now))?;
    }
    if service.versions.count > 0 {
        out.line(&Line::of(Role::Text, format!("  versions: {}", listed(&service.versions))))?;
    }
    for run in &service.runs {
        let ended = run.finished_at.map(|at| format!(", {}", ago(now, at))).unwrap_or_default();
        out.line(
            &Line::of(Role::Text, format!("  run {} of {}: ", run.id, run.pipeline))
                .with(Role::Status(run.status), run.status.word())
                .with(Role::Muted, ended),
        )?;
    }
    Ok(())
}

fn standing(place: &Place, widest: usize, now: Time) -> Line {
    let (status, says) = words(&place.standing, now);
    let name = pad(&place.environment.to_string(), widest, Align::Left);
    let role = Role::Environment(place.environment.clone(), place.production);
    let word = pad(word(&place.standing), 8, Align::Left);
    Line::of(Role::Text, "  ")
        .with(role, name)
        .with(Role::Text, "  ")
        .with(Role::Status(status), word)
        .with(Role::Text, format!("  {says}"))
}

fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Live { .. } => "live",
        Standing::Removed { .. } => "gone",
        Standing::Waiting { held_by, .. } if held_by.is_empty() => "waiting",
        Standing::Waiting { .. } => "held",
        Standing::Unknown { .. } => "unknown",
    }
}

fn words(standing: &Standing, now: Time) -> (Status, String) {
    match standing {
        Standing::Live { version, arrived } => {
            (Status::Ok, format!("{version}{}", arrived.as_ref().map(|it| came(it, now)).unwrap_or_default()))
        }
        Standing::Removed { version, by, .. } => {
            let when = by.as_ref().and_then(|by| by.at).map(|at| format!(", {}", ago(now, at)));
            (Status::Drift, format!("it was there; {version} without it came{}", when.unwrap_or_default()))
        }
        Standing::Waiting { waits_for, held_by } => {
            let held: Vec<String> =
                held_by.iter().map(|gate| format!("; {} by {}: {}", gate.kind.word(), gate.who, gate.why)).collect();
            let status = if held.is_empty() { Status::Waiting } else { Status::Held };
            (status, format!("{}{}", next(waits_for), held.concat()))
        }
        Standing::Unknown { why } => (Status::Unknown, why.to_string()),
    }
}

fn came(arrived: &Arrived, now: Time) -> String {
    let with = arrived.version.as_ref().map(|version| format!(" with {version}")).unwrap_or_default();
    match (arrived.baseline, arrived.at) {
        (true, _) => ", there before anything was recorded".to_owned(),
        (false, Some(at)) => format!(", came {}{with}", ago(now, at)),
        (false, None) => format!(", came{with}"),
    }
}

fn next(waits_for: &WaitsFor) -> String {
    match waits_for {
        WaitsFor::Merge { branch } => format!("has to come into {branch}"),
        WaitsFor::Build => "has to be built".to_owned(),
        WaitsFor::Deployment { version, location } => format!("{version} lies in {location} and has to be deployed"),
        WaitsFor::Promotion { from, version } => format!("{version} has to be promoted from {from}"),
        WaitsFor::Running { version: Some(version) } => format!("{version} is being deployed"),
        WaitsFor::Running { version: None } => "it is being deployed".to_owned(),
        WaitsFor::Environment { before } => format!("has to come to {before} first"),
    }
}

fn unplaced(it: &Unplaced) -> Line {
    let live: Vec<String> = it.live_in.iter().map(ToString::to_string).collect();
    let live = if live.is_empty() { String::new() } else { format!("; live in {}", live.join(", ")) };
    Line::of(Role::Strong, format!("{} of {}", it.version, it.service))
        .with(Role::Text, format!(": the commit it was built from is not known{live}"))
}
