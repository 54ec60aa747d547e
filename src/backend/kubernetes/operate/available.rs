//! The versions that could be put into a track: those that a revision keeps, and what the environment before runs.

use super::scene::Scene;
use super::template;
use crate::backend::kubernetes::rules::{Carried, Rules};
use crate::backend::kubernetes::view::Side;
use crate::backend::{Available, Place};
use crate::model::{EnvironmentId, Text, Version};

/// The versions that revisions keep, newest first; those of a version that a newer one has too under their numbers.
pub fn kept(scene: &Scene, rules: &Rules, service: &str) -> Vec<Available> {
    let Some(view) = scene.view(rules, service) else { return Vec::new() };
    let one = |side: &Side<'_>| {
        let (version, revision) = (view.called(side)?, scene.revision(&side.item.uid)?);
        let is_set = template::same(&revision.template, scene.subject().template());
        let carried = Carried { version, ..side.carried.clone()? };
        Some(available(&carried, Place::Installed, refusal(scene, is_set)))
    };
    view.revisions.iter().filter_map(one).collect()
}

/// What another environment runs and has on its way.
pub fn offered(
    scene: &Scene,
    rules: &Rules,
    service: &str,
    from: &EnvironmentId,
    here: Option<&Version>,
) -> Vec<Available> {
    let Some(view) = scene.view(rules, service) else { return Vec::new() };
    let live = view.serving().and_then(|side| side.carried.clone());
    let coming = view.desired();
    let mut all: Vec<Available> = Vec::new();
    for carried in live.iter().chain(&coming) {
        if all.iter().any(|it| it.version == carried.version) {
            continue;
        }
        let same = here == Some(&carried.version);
        let refused = same.then(|| Text::from("it is set already"));
        all.push(available(carried, Place::Environment(from.clone()), refused));
    }
    all
}

fn refusal(scene: &Scene, is_set: bool) -> Option<Text> {
    if scene.subject().is_paused() {
        return Some("it is paused: resume it first".into());
    }
    is_set.then(|| "it is set already".into())
}

fn available(carried: &Carried, place: Place, refused: Option<Text>) -> Available {
    Available { version: carried.version.clone(), digest: carried.digest.clone(), place, refused }
}
