//! A package arrives in a stage while others look: under the stage's lock, whole or not at all.

use std::fs;
use std::path::Path;

use super::DemoError;
use super::names::PIPELINE;
use super::stages::{HISTORY, append, commit, entry, line, put_into};
use super::story::{Arrival, ServiceStory, Stage};
use crate::backend::ErrorKind;
use crate::backend::package::lock::Holder;
use crate::backend::package::{Guard, INCOMING, PackageError, Pointer, pointer};
use crate::model::{CommitId, OperationId, Text, Time};

/// What arrives where.
#[derive(Clone, Copy, Debug)]
pub struct Arriving {
    /// The stage.
    pub stage: Stage,
    /// The build, by its number.
    pub built: usize,
    /// When.
    pub at: Time,
}

/// Puts a build into a stage, records it and points `current` at it. False when somebody holds the stage's lock or the
/// version is there already.
///
/// # Errors
/// When something cannot be read or written.
pub fn bring(packages: &Path, service: &ServiceStory, ids: &[CommitId], arriving: Arriving) -> Result<bool, DemoError> {
    let Some(built) = service.built.get(arriving.built) else { return Ok(false) };
    let commit = commit(ids, built)?;
    let directory = packages.join(arriving.stage.name()).join(&service.name);
    let version = directory.join(built.version.as_str());
    let operation = format!("demo {} {}", service.name, built.version.as_str());
    let holder = Holder::new(Text::from(PIPELINE), OperationId::from(operation), arriving.at);
    let _guard = match Guard::take(&directory, &holder) {
        Err(error) if error.kind == ErrorKind::Conflict => return Ok(false),
        taken => taken.map_err(|error| broken(&error))?,
    };
    if version.exists() {
        return Ok(false);
    }
    let before = Pointer::read(&directory, "").map_err(|error| broken(&error))?;
    let incoming = directory.join(format!("{INCOMING}{}", built.version.as_str()));
    put_into(&incoming, &service.name, built, commit)?;
    fs::rename(&incoming, &version).map_err(|error| DemoError::write(&version, error))?;
    let Arriving { stage, built: number, at } = arriving;
    let arrival = Arrival { stage, built: number, at, actor: PIPELINE };
    let mut record = entry(service, built, &arrival, commit, None);
    record.from = before.version().cloned();
    append(&directory.join(HISTORY), &line(&directory, &record)?)?;
    pointer::switch(&directory, Path::new(built.version.as_str()), "demo").map_err(|error| broken(&error))?;
    Ok(true)
}

fn broken(error: &PackageError) -> DemoError {
    DemoError::Story(error.what.as_str().to_owned())
}
