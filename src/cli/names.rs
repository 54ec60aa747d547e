//! Names that people type, looked up in the picture.

use super::failure::Failure;
use super::nearest::unknown;
use crate::model::{EnvironmentId, ServiceId, Version};
use crate::picture::Snapshot;

/// The service that is called `wanted`.
pub fn service(snapshot: &Snapshot, wanted: &str) -> Result<ServiceId, Failure> {
    let known = snapshot.services.keys();
    match known.clone().find(|id| id.as_str() == wanted) {
        Some(id) => Ok(id.clone()),
        None => Err(unknown("service", wanted, known.map(ServiceId::as_str))),
    }
}

/// The environment that is called `wanted`.
pub fn environment(snapshot: &Snapshot, wanted: &str) -> Result<EnvironmentId, Failure> {
    let known = snapshot.environments.iter().map(|environment| &environment.id);
    match known.clone().find(|id| id.as_str() == wanted) {
        Some(id) => Ok(id.clone()),
        None => Err(unknown("environment", wanted, known.map(EnvironmentId::as_str))),
    }
}

/// The versions of a service that were ever seen, newest first, each once.
pub fn versions(snapshot: &Snapshot, service: &ServiceId) -> Vec<Version> {
    let Some(picture) = snapshot.service(service) else { return Vec::new() };
    let built = picture.artifacts.iter().map(|artifact| artifact.version.clone());
    let deployed = picture.tracks.iter().flat_map(|track| &track.history);
    let mut all: Vec<Version> = built.chain(deployed.filter_map(|it| it.deployment.version.clone())).collect();
    all.sort_by(|a, b| b.natural_cmp(a));
    all.dedup();
    all
}

/// The version of a service that is called `wanted`.
pub fn version(snapshot: &Snapshot, service: &ServiceId, wanted: &str) -> Result<Version, Failure> {
    let known = versions(snapshot, service);
    match known.iter().find(|version| version.as_str() == wanted) {
        Some(version) => Ok(version.clone()),
        None => Err(unknown(&format!("version of {service}"), wanted, known.iter().map(Version::as_str))),
    }
}
