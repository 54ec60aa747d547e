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
use crate::backend::releases::record::{RECORD, REVISION, Record, TREE};
use crate::backend::releases::root::DEPLOYMENTS;
use crate::backend::releases::tree::{self, Tree};
use crate::model::{CommitId, DeploymentId, OperationId, Outcome, Text};

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
    put(&directory.join(DEPLOYMENTS), &records)?;
    for installation in kept(service, ids)? {
        install(&releases, &service.name, &installation)?;
    }
    if let Some(live) = live {
        let link = directory.join(CURRENT);
        let target = Path::new("releases").join(live.version.as_str());
        symlink(target, &link).map_err(|error| DemoError::write(&link, error))?;
    }
    Ok(())
}

/// The first time that a build came to the servers.
struct Installation<'a> {
    id: DeploymentId,
    attempt: &'a Attempt,
    built: &'a Built,
    commit: CommitId,
}

/// What was live last, each build once, newest first.
fn kept<'a>(service: &'a ServiceStory, ids: &[CommitId]) -> Result<Vec<Installation<'a>>, DemoError> {
    let successes = || service.attempts.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Success);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (_, last) in successes().rev().filter(|(_, it)| seen.insert(it.built)).take(KEPT) {
        let first = successes().find(|(_, it)| it.built == last.built);
        let (Some((number, attempt)), Some(built)) = (first, service.built.get(last.built)) else { continue };
        all.push(Installation { id: attempt_id(service, number), attempt, built, commit: commit(ids, built)? });
    }
    Ok(all)
}

/// Installs a build as a promotion would have installed it.
fn install(releases: &Path, service: &str, first: &Installation<'_>) -> Result<(), DemoError> {
    let Installation { built, attempt, commit, .. } = first;
    let release = releases.join(built.version.as_str());
    for (path, mode, content) in archive::contents(service, built, *commit) {
        let file = release.join(path);
        let parent = file.parent().unwrap_or(&release);
        let written = fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, content))
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(mode)));
        written.map_err(|error| DemoError::write(&file, error))?;
    }
    put(&release.join(REVISION), &format!("{commit}\n"))?;
    let listing = Tree::read(&release).map_err(|error| DemoError::Story(error.what.to_string()))?.text();
    put(&release.join(TREE), &listing)?;
    let record = Record {
        version: built.version.clone(),
        digest: digest(service, built, *commit)?,
        commit: Some(*commit),
        installed_at: attempt.finished,
        operation: OperationId::from(first.id.as_str()),
        tree: Some(tree::digest(&listing)),
    };
    let path = release.join(RECORD);
    let text = serde_json::to_string(&record).map_err(|error| DemoError::write(&path, error.into()))?;
    put(&path, &format!("{text}\n"))
}

fn put(path: &Path, text: &str) -> Result<(), DemoError> {
    fs::write(path, text).map_err(|error| DemoError::write(path, error))
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
