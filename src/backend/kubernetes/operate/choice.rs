//! Which revision an order means.

use super::revision::{Revision, before_the_newest, numbered};
use super::scene::Scene;
use super::template;
use crate::backend::Order;
use crate::backend::kubernetes::view::{Side, View};
use crate::model::{Text, Version};

/// How a revision is named by its number where a version is asked for; 0 is the one before the newest.
const BY_NUMBER: &str = "revision:";
/// How many versions are named in a refusal.
const NAMED: usize = 8;

/// The number of the revision that a version names, where it names one.
pub fn number(version: &Version) -> Option<i64> {
    version.as_str().strip_prefix(BY_NUMBER)?.parse().ok()
}

/// The revision that a rollback goes back to.
///
/// # Errors
/// Why there is none, or why going there would do nothing.
pub fn of_rollback<'a>(scene: &'a Scene, view: &View<'_>, order: &Order) -> Result<&'a Revision, Text> {
    if scene.subject().is_paused() {
        let what = scene.name.short();
        return Err(format!("{what} is paused, and nothing rolls out while it is: resume it first").into());
    }
    let found = match number(&order.to.version) {
        Some(number) => by_number(scene, number)?,
        None => by_version(scene, view, order)?,
    };
    if template::same(&found.template, scene.subject().template()) {
        return Err(format!("no effect: the template is that of revision {} already", found.number).into());
    }
    Ok(found)
}

/// The revision that an aborted rollout goes back to: the one that serves still.
///
/// # Errors
/// Why there is none.
pub fn of_abort<'a>(scene: &'a Scene, view: &View<'_>, order: &Order) -> Result<&'a Revision, Text> {
    if !view.is_rolling() {
        return Err("no rollout is on its way".into());
    }
    let serving = view.serving().and_then(|side| scene.revision(&side.item.uid));
    let older = serving.filter(|it| !template::same(&it.template, scene.subject().template()));
    let Some(older) = older else {
        return Err("nothing older serves any more: roll back instead".into());
    };
    let version = view.serving().and_then(|side| Some(&side.carried.as_ref()?.version));
    match version {
        Some(version) if *version != order.to.version => {
            Err(format!("{version} serves, not {}", order.to.version).into())
        }
        _ => Ok(older),
    }
}

fn by_number(scene: &Scene, number: i64) -> Result<&Revision, Text> {
    let found = if number == 0 { before_the_newest(&scene.revisions) } else { numbered(&scene.revisions, number) };
    found.ok_or_else(|| {
        let mut numbers: Vec<i64> = scene.revisions.iter().map(|it| it.number).collect();
        numbers.sort_unstable();
        let known: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let what =
            if number == 0 { "no revision before the newest".to_owned() } else { format!("no revision {number}") };
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!("there is {what} of {}: {known} are kept", scene.name.short()).into()
    })
}

/// The newest revision that runs the version and is not what the template is already.
fn by_version<'a>(scene: &'a Scene, view: &View<'_>, order: &Order) -> Result<&'a Revision, Text> {
    let runs = |side: &&Side<'_>| side.carried.as_ref().is_some_and(|it| it.installed(None).is_same(&order.to));
    // Newest first.
    let all: Vec<&Revision> =
        view.revisions.iter().filter(runs).filter_map(|side| scene.revision(&side.item.uid)).collect();
    let other = all.iter().find(|it| !template::same(&it.template, scene.subject().template()));
    other.or(all.first()).copied().ok_or_else(|| {
        let mut kept: Vec<String> = Vec::new();
        for carried in view.revisions.iter().filter_map(|side| side.carried.as_ref()) {
            let version = carried.version.to_string();
            if !kept.contains(&version) {
                kept.push(version);
            }
        }
        kept.truncate(NAMED);
        let kept = if kept.is_empty() { "none".to_owned() } else { kept.join(", ") };
        format!("no revision of {} that is kept runs {}; kept are {kept}", scene.name.short(), order.to.version).into()
    })
}
