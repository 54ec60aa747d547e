//! The versions of a service.

use crate::model::Version;
use crate::picture::ServicePicture;

/// The versions of a service that were ever seen, newest first, each once.
pub fn versions(service: &ServicePicture) -> Vec<Version> {
    let built = service.artifacts.iter().map(|artifact| artifact.version.clone());
    let deployed = service.tracks.iter().flat_map(|track| &track.history);
    let deployed = deployed.filter_map(|it| it.deployment.version.clone());
    let states = service.tracks.iter().filter_map(|track| track.state.as_ref());
    let installed = states.flat_map(|(_, state)| &state.installed).map(|it| it.version.clone());
    let mut all: Vec<Version> = built.chain(deployed).chain(installed).collect();
    all.sort_by(|a, b| b.natural_cmp(a));
    all.dedup();
    all
}
