//! Whether an order has taken effect: its run or its deployment is followed until it ends.

use chrono::Duration;

use super::find::{self, Found};
use super::follow;
use super::ground::{Ground, planned_at};
use super::scene::{Depth, Scene};
use super::trace::Trace;
use super::way::called;
use crate::backend::{Order, Receipt, Result, Verdict};
use crate::model::Text;

/// How long after it was sent an order may be on its way to GitHub's lists.
const APPEARS: Duration = Duration::minutes(2);
/// The same after it was planned, where nobody saw it sent: people take their time to confirm.
const CONFIRMED: Duration = Duration::minutes(15);

/// Whether `order` has taken effect.
///
/// # Errors
/// When it cannot be observed.
pub async fn verify(ground: &Ground<'_>, order: &Order, receipt: Option<&Receipt>) -> Result<Verdict> {
    let trace = receipt.and_then(|it| it.token.as_deref()).and_then(|it| it.parse::<Trace>().ok());
    let found = match trace {
        Some(Trace::Dispatched(at)) => find::dispatched(ground, order, at - Duration::seconds(10)).await?,
        Some(trace) => Found::One(trace),
        None => find::find(ground, order).await?,
    };
    match found {
        Found::One(trace) => follow(ground, order, trace).await,
        Found::OneOf(runs) => one_of(ground, order, &runs).await,
        Found::Nothing | Found::Unknown if trace.is_some() => {
            Ok(Verdict::Pending("GitHub took it and does not show its run yet".into()))
        }
        Found::Nothing => nothing(ground, order).await,
        Found::Unknown => {
            let what = "whether it was sent cannot be told from what GitHub shows";
            Ok(Verdict::Pending(with_live(ground, what).await?))
        }
    }
}

async fn follow(ground: &Ground<'_>, order: &Order, trace: Trace) -> Result<Verdict> {
    match trace {
        Trace::Run(run) => follow::run(ground, order, run, None).await,
        Trace::Attempt(run, before) => follow::run(ground, order, run, Some(before)).await,
        Trace::Deployment(id) => follow::deployment(ground, id).await,
        Trace::Cancelled(run) => follow::cancelled(ground, run).await,
        Trace::Dispatched(_) => Ok(Verdict::Pending("GitHub took it and does not show its run yet".into())),
    }
}

/// Several runs may be it: what the environment says decides.
async fn one_of(ground: &Ground<'_>, order: &Order, runs: &[crate::backend::github::wire::Run]) -> Result<Verdict> {
    let scene = Scene::read(ground, Depth::Live).await?;
    let newest = scene.deployments.first().and_then(|it| it.run()).filter(|run| runs.iter().any(|it| it.id == *run));
    let all: Vec<String> = runs.iter().map(called).collect();
    let all = all.join(", ");
    match newest {
        Some(run) => {
            let note = format!("each of {all} may be it, and the newest deployment is of run {run}: ");
            let with = |it: Text| Text::from(format!("{note}{it}"));
            Ok(match follow::run(ground, order, run, None).await? {
                Verdict::Healthy(why) => Verdict::Healthy(with(why)),
                Verdict::Pending(why) => Verdict::Pending(with(why)),
                Verdict::Failed(why) => Verdict::Failed(with(why)),
                Verdict::NoEffect(why) => Verdict::NoEffect(with(why)),
            })
        }
        None => {
            let what = format!("each of {all} may be it; none has begun to deploy to {}", ground.environment);
            Ok(Verdict::Pending(what.into()))
        }
    }
}

/// Nothing came of it, or not yet.
async fn nothing(ground: &Ground<'_>, order: &Order) -> Result<Verdict> {
    let sent = ground.inner.lost.at(&order.operation).map(|it| it + APPEARS);
    let until = sent.or_else(|| Some(planned_at(&order.operation)? + CONFIRMED));
    let is_young = until.is_some_and(|it| ground.place.api.now() < it);
    Ok(match is_young {
        true => Verdict::Pending("GitHub shows nothing of it yet".into()),
        false => Verdict::NoEffect(with_live(ground, "GitHub shows nothing of it").await?),
    })
}

async fn with_live(ground: &Ground<'_>, what: &str) -> Result<Text> {
    let scene = Scene::read(ground, Depth::Live).await?;
    Ok(format!("{what}; {}", scene.live_in_words(ground)).into())
}
