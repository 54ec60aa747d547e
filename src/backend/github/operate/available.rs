//! The versions that could be put into a track without building anything.

use super::ground::Ground;
use super::rerun;
use super::scene::{Depth, Scene};
use crate::backend::github::settings::Rollback;
use crate::backend::{Available, ErrorKind, Place, Result};
use crate::model::{Text, TrackId};

/// What ran in the track, and what the nearest environment before it runs.
///
/// # Errors
/// When the track cannot be read.
pub async fn available(ground: &Ground<'_>) -> Result<Vec<Available>> {
    let scene = Scene::read(ground, Depth::Earlier).await?;
    let state = scene.state(ground);
    let here = state.live.map(|it| it.version);
    let mut all: Vec<Available> = Vec::new();
    for installed in state.installed {
        let refused = refusal(ground, &scene, &installed.version).await?;
        all.push(Available { version: installed.version, digest: None, place: Place::Installed, refused });
    }
    for before in ground.before() {
        let track = TrackId { service: ground.track.service.clone(), environment: before.clone() };
        let there = match Ground::of(ground.inner, &track) {
            Ok(there) => Scene::read(&there, Depth::Live).await.map(|scene| scene.state(&there)),
            Err(error) => Err(error),
        };
        match there {
            Ok(state) => {
                all.extend(state.live.map(|live| Available {
                    refused: (Some(&live.version) == here.as_ref()).then(|| "it is live here already".into()),
                    version: live.version,
                    digest: None,
                    place: Place::Environment(before),
                }));
                break;
            }
            // The environment before may be elsewhere.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            // What ran here can be put back all the same.
            Err(_) => break,
        }
    }
    Ok(all)
}

/// Why a version that ran cannot be put back, where its job has to run again.
async fn refusal(ground: &Ground<'_>, scene: &Scene, version: &crate::model::Version) -> Result<Option<Text>> {
    if ground.settings().rollback != Some(Rollback::RerunJob) {
        return Ok(None);
    }
    let Some((deployed, _)) = scene.earlier(ground, version) else { return Ok(None) };
    let Some(run) = deployed.run() else {
        return Ok(Some("no run of GitHub's deployed it, so that none can run again".into()));
    };
    match ground.place.run(run).await {
        Ok(run) => Ok(rerun::too_old(&run, ground.place.api.now())),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Some("its run is not kept any more".into())),
        Err(error) => Err(error),
    }
}
