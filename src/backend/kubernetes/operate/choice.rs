//! Which revision an order means.

use super::revision::{self, Revision, before_the_newest};
use super::scene::Scene;
use super::template;
use crate::backend::Order;
use crate::backend::kubernetes::view::{Side, View};
use crate::model::{Text, Version};

/// How many versions are named in a refusal.
const NAMED: usize = 8;

/// The version and the number of a revision that is named by its number, `1.4.2#3`; `#3` names any version, and `#0` the
/// one before the newest.
pub fn numbered(version: &Version) -> Option<(&str, i64)> {
    let (version, number) = version.as_str().rsplit_once('#')?;
    Some((version, number.parse().ok().filter(|it| *it >= 0)?))
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
    let found = match numbered(&order.to.version) {
        Some((version, number)) => by_number(scene, view, version, number)?,
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

fn by_number<'a>(scene: &'a Scene, view: &View<'_>, version: &str, number: i64) -> Result<&'a Revision, Text> {
    let all = &scene.revisions;
    let found = if number == 0 { before_the_newest(all) } else { revision::numbered(all, number) };
    let found = found.ok_or_else(|| {
        let mut numbers: Vec<i64> = scene.revisions.iter().map(|it| it.number).collect();
        numbers.sort_unstable();
        let known: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let what =
            if number == 0 { "no revision before the newest".to_owned() } else { format!("no revision {number}") };
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Text::from(format!("there is {what} of {}: {known} are kept", scene.name.short()))
    })?;
    let runs = view.revisions.iter().find(|side| side.revision.number == found.number);
    let runs = runs.and_then(|side| Some(side.carried.as_ref()?.version.as_str()));
    match runs {
        Some(runs) if !version.is_empty() && runs != version => {
            Err(format!("revision {} runs {runs}, not {version}", found.number).into())
        }
        _ => Ok(found),
    }
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
