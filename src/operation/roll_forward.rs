//! The fix that is on its way: what to wait for instead of rolling back.

use crate::graph::{CommitGraph, Pos};
use crate::model::{CommitId, Run, Status, Text, Version};
use crate::operation::RollForward;
use crate::picture::{Repository, ServicePicture};

/// How many of the newest runs and artifacts are looked at.
const LOOKED_AT: usize = 50;

/// A run or artifact of a commit that follows `live`; one that reverts something goes before others, then the newest.
pub fn find(service: &ServicePicture, repository: &Repository, live: &CommitId) -> Option<RollForward> {
    let graph = &*repository.graph;
    let live = graph.position(live)?;
    let follows = |commit: Option<CommitId>| {
        let pos = graph.position(&commit?)?;
        (pos != live && graph.is_ancestor(live, pos)).then_some(pos)
    };
    let runs = service.runs.iter().take(LOOKED_AT).filter_map(|run| {
        let alive = matches!(run.status, Status::Running | Status::Waiting | Status::Ok);
        let pos = follows(run.commit).filter(|_| alive)?;
        Some((pos, run.version.clone(), progress(run)))
    });
    let artifacts = service.artifacts.iter().take(LOOKED_AT).filter_map(|artifact| {
        let pos = follows(artifact.commit)?;
        Some((pos, Some(artifact.version.clone()), format!("{} is built", artifact.version)))
    });
    let ways: Vec<(Pos, Option<Version>, String)> = runs.chain(artifacts).collect();
    let mends = ways.iter().find(|(pos, ..)| reverts_what_is_live(graph, live, *pos));
    let (pos, version, progress) = mends.or(ways.first())?.clone();
    let bad = version.as_ref().is_some_and(|version| service.bad_mark(version).is_some());
    (!bad).then(|| RollForward {
        progress: Text::from(format!(
            "{progress}{}",
            version.as_ref().map(|it| whereabouts(service, it)).unwrap_or_default()
        )),
        version,
        commit: graph.id(pos),
        subject: repository.texts.text(pos).subject,
    })
}

/// Whether something between the two reverts a commit that is live.
fn reverts_what_is_live(graph: &CommitGraph, live: Pos, fix: Pos) -> bool {
    let added = graph.difference(live, fix).added;
    added
        .into_iter()
        .flat_map(|pos| graph.reverts(pos))
        .any(|reverted| graph.position(&reverted).is_some_and(|reverted| graph.is_ancestor(reverted, live)))
}

fn progress(run: &Run) -> String {
    let done = run.jobs.iter().filter(|job| matches!(job.status, Status::Ok | Status::Skipped)).count();
    let jobs = if run.jobs.is_empty() { String::new() } else { format!(", {done} of {} jobs done", run.jobs.len()) };
    let id = Text::from(run.id.as_str());
    match run.status {
        Status::Running => format!("run {id} is under way{jobs}"),
        Status::Waiting => format!("run {id} has not begun"),
        _ => match &run.version {
            Some(version) => format!("run {id} built {version}"),
            None => format!("run {id} is done"),
        },
    }
}

/// Where the version is live already.
fn whereabouts(service: &ServicePicture, version: &Version) -> String {
    let runs = service.tracks.iter().filter(|track| track.live.as_ref().is_some_and(|live| live.version() == version));
    let names: Vec<String> = runs.map(|track| track.id.environment.to_string()).collect();
    if names.is_empty() { String::new() } else { format!(", live in {}", names.join(" and ")) }
}
