//! The production servers of the demo company: `servers/production/<service>/`, in the layout of release directories.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::DemoError;
use super::archive;
use super::records::attempt_id;
use super::stages::{commit, digest, line};
use super::story::{Attempt, Built, ServiceStory};
use crate::backend::package::{CURRENT, Entry};
use crate::model::{CommitId, Outcome, Text};

/// How many releases the servers keep beside each other.
const KEPT: usize = 5;

/// Writes the release directories and records of one service.
///
/// # Errors
/// When a file cannot be written.
pub fn write(servers: &Path, service: &ServiceStory, ids: &[CommitId]) -> Result<(), DemoError> {
    let directory = servers.join(&service.name);
    let releases = directory.join("releases");
    fs::create_dir_all(&releases).map_err(|error| DemoError::write(&releases, error))?;
    let mut records = String::new();
    let mut live: Option<&Built> = None;
    for (number, attempt) in service.attempts.iter().enumerate() {
        let Some(built) = service.built.get(attempt.built) else { continue };
        let record = entry(service, number, attempt, built, commit(ids, built)?, live)?;
        records.push_str(&line(&directory, &record)?);
        if attempt.outcome == Outcome::Success {
            live = Some(built);
        }
    }
    let path = directory.join("deployments.jsonl");
    fs::write(&path, records).map_err(|error| DemoError::write(&path, error))?;
    for built in kept(service) {
        install(&releases, &service.name, built, commit(ids, built)?)?;
    }
    if let Some(live) = live {
        let link = directory.join(CURRENT);
        let target = Path::new("releases").join(live.version.as_str());
        symlink(target, &link).map_err(|error| DemoError::write(&link, error))?;
    }
    Ok(())
}

/// The builds that were live last, each once.
fn kept(service: &ServiceStory) -> Vec<&Built> {
    let mut seen = BTreeSet::new();
    let newest_first = service.attempts.iter().rev().filter(|it| it.outcome == Outcome::Success);
    let distinct = newest_first.map(|it| it.built).filter(|built| seen.insert(*built));
    distinct.take(KEPT).filter_map(|built| service.built.get(built)).collect()
}

/// Unpacks a build where a promotion would have unpacked it.
fn install(releases: &Path, service: &str, built: &Built, commit: CommitId) -> Result<(), DemoError> {
    let release = releases.join(built.version.as_str());
    for (path, mode, content) in archive::contents(service, built, commit) {
        let file = release.join(path);
        let parent = file.parent().unwrap_or(&release);
        let written = fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, content))
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(mode)));
        written.map_err(|error| DemoError::write(&file, error))?;
    }
    let revision = release.join("REVISION");
    fs::write(&revision, format!("{commit}\n")).map_err(|error| DemoError::write(&revision, error))
}

fn entry(
    service: &ServiceStory,
    number: usize,
    attempt: &Attempt,
    built: &Built,
    commit: CommitId,
    live: Option<&Built>,
) -> Result<Entry, DemoError> {
    let failed = attempt.outcome == Outcome::Failed;
    Ok(Entry {
        id: Some(attempt_id(service, number)),
        version: built.version.clone(),
        digest: Some(digest(&service.name, built, commit)?),
        commit: Some(commit),
        started_at: Some(attempt.started),
        at: Some(attempt.finished),
        by: Some(Text::from(attempt.actor)),
        reason: Some(Text::from(attempt.reason.as_str())),
        from: live.map(|it| it.version.clone()),
        verb: Some(Text::from(if attempt.rollback { "rollback" } else { "promote" })),
        operation: None,
        outcome: attempt.outcome,
        traffic: failed.then_some(false),
        labels: attempt.label.map(Text::from).into_iter().collect(),
        fixes: None,
        note: failed.then(|| Text::from("the smoke test failed: connection refused; what was live stays live")),
        degraded: None,
    })
}
