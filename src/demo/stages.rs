//! The stages of the demo company: what lies in `packages/<stage>/<service>/`, in the layout of `backend::package`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::DemoError;
use super::archive;
use super::story::{Arrival, Built, ServiceStory, Stage};
use crate::backend::package::{CURRENT, Entry, FileEntry, MANIFEST, Manifest, hash};
use crate::model::{CommitId, DeploymentId, Digest, Outcome, Text};

/// The name of the records of a stage.
pub const HISTORY: &str = "history.jsonl";

/// How many versions each stage keeps.
fn kept(stage: Stage) -> usize {
    match stage {
        Stage::Dev => 10,
        Stage::Testing => 7,
    }
}

/// Writes both stages of one service.
///
/// # Errors
/// When a file cannot be written.
pub fn write(packages: &Path, service: &ServiceStory, ids: &[CommitId]) -> Result<(), DemoError> {
    for stage in Stage::ALL {
        let directory = packages.join(stage.name()).join(&service.name);
        fs::create_dir_all(&directory).map_err(|error| DemoError::write(&directory, error))?;
        let arrivals: Vec<&Arrival> = service.arrivals.iter().filter(|it| it.stage == stage).collect();
        let mut records = String::new();
        let mut before = None;
        for arrival in &arrivals {
            let Some(built) = service.built.get(arrival.built) else { continue };
            let commit = commit(ids, built)?;
            let entry = entry(service, built, arrival, commit, before);
            records.push_str(&line(&directory, &entry)?);
            before = Some(built);
        }
        let path = directory.join(HISTORY);
        fs::write(&path, records).map_err(|error| DemoError::write(&path, error))?;
        for built in recent(service, &arrivals, kept(stage)) {
            put_into(&directory.join(built.version.as_str()), &service.name, built, commit(ids, built)?)?;
        }
        if let Some(live) = before {
            let link = directory.join(CURRENT);
            symlink(live.version.as_str(), &link).map_err(|error| DemoError::write(&link, error))?;
        }
    }
    Ok(())
}

/// The builds that arrived last, each once.
fn recent<'a>(service: &'a ServiceStory, arrivals: &[&Arrival], most: usize) -> Vec<&'a Built> {
    let mut seen = BTreeSet::new();
    let newest_first = arrivals.iter().rev().map(|it| it.built).filter(|built| seen.insert(*built));
    newest_first.take(most).filter_map(|built| service.built.get(built)).collect()
}

/// Puts the package of a build into the directory at `path`.
///
/// # Errors
/// When a file cannot be written.
pub fn put_into(path: &Path, service: &str, built: &Built, commit: CommitId) -> Result<(), DemoError> {
    fs::create_dir_all(path).map_err(|error| DemoError::write(path, error))?;
    let bytes = archive::pack(service, built, commit).map_err(|error| DemoError::write(path, error))?;
    let file = FileEntry {
        name: archive::name(service, built),
        sha256: hash::hex(&Sha256::digest(&bytes).into()),
        size: bytes.len() as u64,
    };
    let archive = path.join(&file.name);
    fs::write(&archive, &bytes).map_err(|error| DemoError::write(&archive, error))?;
    let manifest = manifest(built, commit, file);
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| DemoError::write(path, error.into()))?;
    let file = path.join(MANIFEST);
    fs::write(&file, text + "\n").map_err(|error| DemoError::write(&file, error))
}

fn manifest(built: &Built, commit: CommitId, file: FileEntry) -> Manifest {
    let mut manifest = Manifest {
        version: built.version.clone(),
        commit: Some(commit),
        digest: None,
        built_at: Some(built.at),
        run: Some(built.run.clone()),
        files: vec![file],
    };
    manifest.digest = Some(manifest.computed_digest());
    manifest
}

/// The digest that a build's package has.
///
/// # Errors
/// When it cannot be packed.
pub fn digest(service: &str, built: &Built, commit: CommitId) -> Result<Digest, DemoError> {
    let bytes = archive::pack(service, built, commit).map_err(|error| DemoError::write(Path::new(service), error))?;
    Ok(Digest::sha256(&Sha256::digest(&bytes).into()))
}

/// The record of an arrival.
pub fn entry(
    service: &ServiceStory,
    built: &Built,
    arrival: &Arrival,
    commit: CommitId,
    before: Option<&Built>,
) -> Entry {
    Entry {
        id: Some(DeploymentId::from(format!("{}-{}-{}", service.name, arrival.stage.name(), arrival.built + 1))),
        version: built.version.clone(),
        digest: None,
        commit: Some(commit),
        started_at: Some(arrival.at),
        at: Some(arrival.at),
        by: Some(Text::from(arrival.actor)),
        reason: None,
        from: before.map(|it| it.version.clone()),
        verb: Some(Text::from("promote")),
        operation: None,
        outcome: Outcome::Success,
        traffic: None,
        labels: Vec::new(),
        fixes: None,
        note: None,
        degraded: None,
    }
}

/// A record as a line.
///
/// # Errors
/// When it cannot be encoded; it always can.
pub fn line(path: &Path, entry: &Entry) -> Result<String, DemoError> {
    let text = serde_json::to_string(entry).map_err(|error| DemoError::write(path, error.into()))?;
    Ok(text + "\n")
}

/// Appends a line to a file of records.
///
/// # Errors
/// When it cannot be written.
pub fn append(path: &Path, line: &str) -> Result<(), DemoError> {
    let opened = fs::OpenOptions::new().create(true).append(true).open(path);
    opened.and_then(|mut file| file.write_all(line.as_bytes())).map_err(|error| DemoError::write(path, error))
}

/// The commit of a build.
///
/// # Errors
/// When the repository has not got it, which a whole story does not allow.
pub fn commit(ids: &[CommitId], built: &Built) -> Result<CommitId, DemoError> {
    ids.get(built.mark).copied().ok_or_else(|| DemoError::Story(format!("{} has no commit", built.version)))
}
