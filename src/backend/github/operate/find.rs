//! What became of an order whose answer was lost, or that GitHub did not answer with a number. Nothing is sent again: what
//! it would have made is looked for.

use chrono::Duration;

use super::execute::is_of;
use super::ground::{Ground, planned_at};
use super::scene::{Depth, Scene};
use super::trace::Trace;
use super::way::{self, Way};
use crate::backend::github::settings::{Promote, Rollback};
use crate::backend::github::wire::Run;
use crate::backend::{Order, Result, Verb};
use crate::model::Time;

/// How far clocks are apart where both are kept.
const SLACK: Duration = Duration::seconds(10);
/// How far clocks may be apart. What lies between the two may be it, and may have been there before.
const APART: Duration = Duration::minutes(5);

/// What is found of an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This is it.
    One(Trace),
    /// One of these runs is it.
    OneOf(Vec<Run>),
    /// Nothing that could be it.
    Nothing,
    /// It cannot be told what would be it.
    Unknown,
}

/// Looks for what an order made.
///
/// # Errors
/// When it cannot be looked for.
pub async fn find(ground: &Ground<'_>, order: &Order) -> Result<Found> {
    let settings = ground.settings();
    let since = planned_at(&order.operation).map(|it| it - SLACK);
    match (order.verb, &settings.promote, &settings.rollback) {
        (Verb::Abort, ..) => aborted(ground, order).await,
        (Verb::RollBack, _, Some(Rollback::RerunJob)) => again(ground, order, since).await,
        (Verb::RollBack, _, Some(Rollback::Workflow(_))) | (_, Some(Promote::Workflow(_)), _) => match since {
            Some(since) => dispatched(ground, order, since).await,
            None => Ok(Found::Unknown),
        },
        _ => {
            // Its task may be another than that of what is listed.
            let (all, _) = ground.place.page(&ground.place.deployments(&ground.environment, None)).await?;
            let own = all.iter().find(|it| is_of(it, order));
            Ok(own.map_or(Found::Nothing, |it| Found::One(Trace::Deployment(it.id))))
        }
    }
}

/// The run that a dispatch since then began.
///
/// # Errors
/// When it cannot be looked for.
pub async fn dispatched(ground: &Ground<'_>, order: &Order, since: Time) -> Result<Found> {
    let (about, _) = ground.place.about().await?;
    let scene = Scene::read(ground, Depth::Live).await?;
    let Ok((Way::Dispatch { file, reference, .. }, _)) = way::decide(ground, &scene, &about, order).await? else {
        return Ok(Found::Unknown);
    };
    let reference = reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/");
    let me = ground.place.me().await;
    let earliest = since - APART;
    let ours = |run: &Run| {
        let actor = run.actor.as_ref().map(|it| it.login.as_str());
        run.created_at.is_none_or(|it| it >= earliest)
            && run.head_branch.as_deref().is_none_or(|it| it == reference)
            && me.as_deref().zip(actor).is_none_or(|(me, actor)| me == actor)
    };
    let mut all: Vec<Run> = ground.place.dispatched(&file, Some(earliest)).await?.into_iter().filter(ours).collect();
    // Where the operation is one of the inputs, it may stand in what the run is called.
    let named = |run: &Run| run.display_title.as_deref().is_some_and(|it| it.contains(order.operation.as_str()));
    if let Some(at) = all.iter().position(named) {
        all = vec![all.swap_remove(at)];
    } else {
        let had_any = !all.is_empty();
        all.retain(|it| it.created_at.is_none_or(|it| it >= since));
        if had_any && all.is_empty() {
            return Ok(Found::Unknown);
        }
    }
    Ok(match all.as_slice() {
        [] => Found::Nothing,
        [run] => Found::One(Trace::Run(run.id)),
        _ => Found::OneOf(all),
    })
}

/// Another attempt of the run that deployed the version, begun since then.
async fn again(ground: &Ground<'_>, order: &Order, since: Option<Time>) -> Result<Found> {
    let Some(since) = since else { return Ok(Found::Unknown) };
    let scene = Scene::read(ground, Depth::Earlier).await?;
    let ours = scene.deployments.iter().filter(|it| scene.version(ground, &it.it).as_ref() == Some(&order.to.version));
    let Some(run) = ours.into_iter().find_map(|it| it.run()) else { return Ok(Found::Unknown) };
    let run = ground.place.run(run).await?;
    let begun = run.run_started_at.filter(|_| run.attempt() > 1);
    Ok(match begun {
        Some(at) if at >= since => Found::One(Trace::Attempt(run.id, run.attempt() - 1)),
        Some(at) if at >= since - APART => Found::Unknown,
        _ => Found::Nothing,
    })
}

/// The run of what was on its way.
async fn aborted(ground: &Ground<'_>, order: &Order) -> Result<Found> {
    let scene = Scene::read(ground, Depth::Live).await?;
    let coming = order.coming.as_ref().map(|it| &it.version);
    let of_it = scene.deployments.iter().find(|it| scene.version(ground, &it.it).as_ref() == coming);
    Ok(of_it.and_then(|it| it.run()).map_or(Found::Unknown, |run| Found::One(Trace::Cancelled(run))))
}
