//! Names that people type, looked up in the picture.

use super::failure::Failure;
use super::nearest::{nearest, unknown};
use crate::model::{EnvironmentId, ServiceId, Version, text};
use crate::picture::Snapshot;
use crate::query::{self, QueryError};

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

/// The environment, or the group of environments, that is called `wanted`.
pub fn place(snapshot: &Snapshot, wanted: &str) -> Result<EnvironmentId, Failure> {
    let groups = snapshot.environments.iter().filter_map(|it| it.group.as_ref());
    let group = groups.into_iter().find(|it| it.as_str() == wanted);
    group.map_or_else(|| environment(snapshot, wanted), |group| Ok(group.clone()))
}

/// The versions of a service that were ever seen, newest first, each once.
pub fn versions(snapshot: &Snapshot, service: &ServiceId) -> Vec<Version> {
    snapshot.service(service).map(|picture| query::versions(picture)).unwrap_or_default()
}

/// The version of a service that is called `wanted`.
pub fn version(snapshot: &Snapshot, service: &ServiceId, wanted: &str) -> Result<Version, Failure> {
    let known = versions(snapshot, service);
    match known.iter().find(|version| version.as_str() == wanted) {
        Some(version) => Ok(version.clone()),
        None => Err(unknown(&format!("version of {service}"), wanted, known.iter().map(Version::as_str))),
    }
}

/// The failure of a question about two points of a service, with the nearest version or reference.
pub fn of_query(error: QueryError, snapshot: &Snapshot, service: &ServiceId) -> Failure {
    let failure = Failure::error(error.to_string());
    let near = match &error {
        QueryError::NotFound { asked, .. } => near(snapshot, asked.as_str(), Some(service)),
        _ => None,
    };
    match (near, error.hint()) {
        (Some(name), _) => failure.hint(format!("did you mean `{name}`?")),
        (None, Some(hint)) => failure.hint(hint),
        (None, None) => failure,
    }
}

/// The failure for words that mean nothing anywhere.
pub fn nowhere(snapshot: &Snapshot, wanted: &str) -> Failure {
    let failure = Failure::error(format!("nothing here is called `{}`", text::clean(wanted)));
    match near(snapshot, wanted, None) {
        Some(name) => failure.hint(format!("did you mean `{name}`?")),
        None => failure.hint("it may not have been fetched, or flightdeck sync has not seen it yet"),
    }
}

/// The version, environment, tag or branch that is most like `wanted`.
fn near(snapshot: &Snapshot, wanted: &str, service: Option<&ServiceId>) -> Option<String> {
    let services: Vec<&ServiceId> = service.map_or_else(|| snapshot.services.keys().collect(), |only| vec![only]);
    let versions: Vec<Version> = services.iter().flat_map(|service| versions(snapshot, service)).collect();
    let references = services.iter().filter_map(|service| snapshot.repository_of(service));
    let references = references.flat_map(|repository| &repository.references).map(|reference| reference.name.short());
    let environments = snapshot.environments.iter().map(|it| it.id.as_str()).filter(|_| service.is_some());
    let all = versions.iter().map(Version::as_str).chain(environments).chain(references);
    nearest(wanted, all).map(|name| text::clean(name).into_owned())
}
