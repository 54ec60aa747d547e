//! The versions that could be put into a track: those that a revision keeps, and what the environment before runs.

use super::scene::Scene;
use super::template;
use crate::backend::kubernetes::rules::{Carried, Rules};
use crate::backend::{Available, Place};
use crate::model::{EnvironmentId, Text, Version};

/// The versions that revisions keep, newest first, each once.
pub fn kept(scene: &Scene, rules: &Rules, service: &str) -> Vec<Available> {
    let Some(view) = scene.view(rules, service) else { return Vec::new() };
    let mut all: Vec<Available> = Vec::new();
    for side in &view.revisions {
        let (Some(carried), Some(revision)) = (&side.carried, scene.revision(&side.item.uid)) else { continue };
        let is_set = template::same(&revision.template, scene.subject().template());
        let refused = refusal(scene, is_set);
        match all.iter_mut().find(|it| it.version == carried.version) {
            // An older template of the same version can be gone back to where the newer one cannot.
            Some(known) if known.refused.is_some() && refused.is_none() => known.refused = None,
            Some(_) => {}
            None => all.push(available(carried, Place::Installed, refused)),
        }
    }
    all
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
