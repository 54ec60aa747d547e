//! What a promotion takes: the image as the environment before runs it.

use serde_json::Value;

use super::json::{label, list, text};
use super::revision::pods_label;
use super::scene::{Scene, is_leaving};
use crate::backend::Order;
use crate::backend::kubernetes::image::Reference;
use crate::backend::kubernetes::rules::{Carried, Rules};
use crate::model::{Digest, EnvironmentId, Text, Version};

/// The image that a promotion takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The environment that runs it; absent where none was asked.
    pub from: Option<EnvironmentId>,
    /// As it is written there.
    pub image: Reference,
    /// Its digest: as it is written, else as all pods there tell it.
    pub digest: Option<Digest>,
    /// Why the digest is not known, where it is not.
    pub undigested: Option<Text>,
}

/// Finds the image of `version` in the environment before.
///
/// # Errors
/// That it does not run there.
pub fn taken(
    scene: &Scene,
    rules: &Rules,
    service: &str,
    from: &EnvironmentId,
    version: &Version,
) -> Result<Taken, Text> {
    let view = scene.view(rules, service);
    let view = view.ok_or_else(|| Text::from(format!("{} in {from} cannot be read", scene.name.short())))?;
    // What serves goes before what is on its way, and that before what did.
    let sides = view.serving().into_iter().chain(view.newest()).chain(&view.revisions);
    let carried = |it: &&Carried| it.version == *version;
    let found = sides.filter_map(|side| Some((side.carried.as_ref().filter(carried)?, Some(&*side.item.uid)))).next();
    let desired = view.desired();
    let found = found.or_else(|| Some((desired.as_ref().filter(carried)?, None)));
    let Some((carried, uid)) = found else {
        let live = view.serving().and_then(|side| Some(side.carried.as_ref()?.version.to_string()));
        let live = live.unwrap_or_else(|| "nothing".to_owned());
        return Err(format!("{from} does not run {version}: it runs {live}").into());
    };
    let hash = uid.and_then(|uid| scene.revision(uid)).map(|it| it.hash.as_str());
    let pods = scene.pods.iter().filter(|pod| hash.is_some() && label(pod, pods_label(scene.kind)) == hash);
    let told = digests(pods, &carried.container);
    let (digest, undigested) = match (&carried.image.digest, told.as_slice()) {
        (Some(written), _) => (Some(written.clone()), None),
        (None, [one]) => (Some(one.clone()), None),
        (None, []) => (None, Some(format!("no pod in {from} tells the digest of {}", carried.image.written()))),
        (None, several) => {
            let several: Vec<&str> = several.iter().map(Digest::short).collect();
            let several = several.join(", ");
            (None, Some(format!("pods in {from} run several builds as {}: {several}", carried.image.written())))
        }
    };
    let undigested = undigested.map(Text::from);
    Ok(Taken { from: Some(from.clone()), image: carried.image.clone(), digest, undigested })
}

/// The image where no environment of this backend can be asked: the own repository, with the version as its tag.
///
/// # Errors
/// That versions are no tags here.
pub fn by_tag(own: &Carried, order: &Order) -> Result<Taken, Text> {
    let version = order.to.version.as_str();
    let is_tag = own.image.tag.as_deref() == Some(own.version.as_str());
    if !is_tag || version.is_empty() || version.contains(['@', ':', '/']) {
        return Err(format!("no environment tells which image {version} is").into());
    }
    let image = Reference { repository: own.image.repository.clone(), tag: Some(version.to_owned()), digest: None };
    let undigested = Some(format!("nobody was seen to run {}", image.written()).into());
    Ok(Taken { from: None, image, digest: order.to.digest.clone(), undigested })
}

/// The digests that pods tell of a container, each once.
fn digests<'a>(pods: impl Iterator<Item = &'a Value>, container: &str) -> Vec<Digest> {
    let mut all: Vec<Digest> = Vec::new();
    for pod in pods.filter(|pod| !is_leaving(pod)) {
        let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"];
        let statuses = statuses.into_iter().flat_map(|at| list(pod, at));
        let id = statuses.filter(|it| text(it, "/name") == container).map(|it| text(it, "/imageID"));
        for digest in id.filter_map(Reference::digest_of_running) {
            if !all.contains(&digest) {
                all.push(digest);
            }
        }
    }
    all
}
