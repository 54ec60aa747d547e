//! Carrying an order out: reads, compares with the plan, writes once.

use serde::Deserialize;

use super::gates;
use super::ground::{Ground, planned_at};
use super::rerun;
use super::scene::{Depth, Scene};
use super::trace::Trace;
use super::way::{self, OPERATION, Way, called};
use crate::backend::github::client::Answer;
use crate::backend::github::wire::{Deployment, Run};
use crate::backend::{BackendError, ErrorKind, Order, ProgressSink, Receipt, Result};
use crate::model::{Progress, Text};

/// Carries `order` out.
///
/// # Errors
/// [`ErrorKind::Conflict`] when somebody else was first; otherwise what stopped it.
pub async fn execute(ground: &Ground<'_>, order: &Order, progress: &ProgressSink) -> Result<Receipt> {
    let place = &ground.place;
    let way = decided(ground, order).await.map_err(BackendError::unwritten)?;
    let request = way.request(ground);
    let told = |done| progress.send_replace(Some(Progress { what: request.what.as_str().into(), done, total: 1 }));
    told(0);
    let now = place.api.now();
    let answer = match request.send(place).await {
        // A server that does not know the question for the run refused the whole: nothing has happened yet.
        Err(error) if error.kind == ErrorKind::Check && error.what.as_str().contains(way::RUN_DETAILS) => {
            request.without(way::RUN_DETAILS).send(place).await
        }
        other => other,
    };
    let answer = answer.map_err(|error| {
        if error.may_have_written() {
            ground.inner.lost.note(&order.operation, place.api.now());
        }
        explained(&way, error)
    })?;
    told(1);
    let (trace, done) = match &way {
        Way::Dispatch { file, .. } => match begun(&answer) {
            Some(run) => (Trace::Run(run), format!("{file} was dispatched: run {run}")),
            None => (Trace::Dispatched(now), format!("{file} was dispatched; which run that is was not told")),
        },
        Way::Deploy { .. } => {
            let made = created(ground, &answer)?;
            (Trace::Deployment(made.id), format!("deployment {} to {} was created", made.id, ground.environment))
        }
        Way::Rerun { run, job } => {
            let trace = Trace::Attempt(run.id, run.attempt());
            (trace, format!("job {} of run {} was asked to run again", job.name, called(run)))
        }
        Way::Cancel { run } => (Trace::Cancelled(run.id), format!("run {} was asked to end", called(run))),
    };
    Ok(Receipt { token: Some(trace.to_string()), done: vec![done.into()] })
}

/// What is to be sent, after everything that speaks against it was looked at. Reads only.
async fn decided(ground: &Ground<'_>, order: &Order) -> Result<Way> {
    let place = &ground.place;
    let (about, _) = place.about().await?;
    let scene = Scene::read(ground, Depth::of(ground, order.verb)).await?;
    if let Some(same) = sent_before(&scene, order) {
        let what =
            format!("this operation was sent before, as deployment {}; {}", same.id, scene.live_in_words(ground));
        return Err(place.error(ErrorKind::Check, what));
    }
    let token = scene.state(ground).token;
    if order.expected.is_some() && order.expected != token {
        return Err(overtaken(ground, &scene));
    }
    let refused = |why: Text| place.error(ErrorKind::Check, format!("{why}; {}", scene.live_in_words(ground)));
    let (way, _) = way::decide(ground, &scene, &about, order).await?.map_err(refused)?;
    if let Some(other) = dispatched_since(ground, &way, order).await? {
        let who = other.actor.as_ref().map_or("somebody", |it| it.login.as_str());
        let what = format!("run {} was dispatched by {who} since this was planned", called(&other));
        return Err(place.error(ErrorKind::Conflict, what));
    }
    Ok(way)
}

/// The deployment that this very operation made.
pub fn sent_before<'a>(scene: &'a Scene, order: &Order) -> Option<&'a Deployment> {
    scene.listed.iter().find(|it| is_of(it, order))
}

/// Whether a deployment says that an operation made it.
pub fn is_of(deployment: &Deployment, order: &Order) -> bool {
    let read;
    let payload = match &deployment.payload {
        serde_json::Value::String(text) => {
            read = serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
            &read
        }
        object => object,
    };
    payload.get(OPERATION).and_then(|it| it.as_str()) == Some(order.operation.as_str())
}

/// Who was first.
fn overtaken(ground: &Ground<'_>, scene: &Scene) -> BackendError {
    let newest = scene.deployments.first();
    let by = newest.and_then(|it| it.it.creator.as_ref()).map(|it| format!(" by {}", it.login)).unwrap_or_default();
    let what = match newest {
        Some(newest) => {
            let state = newest.statuses.first().map_or("just created", |it| it.state.as_str());
            format!("deployment {}{by} is {state} now", newest.it.id)
        }
        None => "its deployments are gone".to_owned(),
    };
    ground.place.error(ErrorKind::Conflict, format!("{what}; {}", scene.live_in_words(ground)))
}

/// A run of the same workflow that somebody else dispatched since the plan was made and that goes on: where it deploys to
/// is not told before it does, so that it is taken for one that deploys here. Our own ones are known to the journal.
async fn dispatched_since(ground: &Ground<'_>, way: &Way, order: &Order) -> Result<Option<Run>> {
    let (Way::Dispatch { file, .. }, Some(since)) = (way, planned_at(&order.operation)) else { return Ok(None) };
    let all = ground.place.dispatched(file, Some(since)).await?;
    let mut open = all.into_iter().filter(|it| !it.is_over() && it.created_at.is_none_or(|at| at > since)).peekable();
    if open.peek().is_none() {
        return Ok(None);
    }
    let me = ground.place.me().await;
    let is_ours = |run: &Run| match (&me, &run.actor) {
        (Some(me), Some(actor)) => actor.login == *me,
        // Who asks without being a person is a program.
        (None, Some(actor)) => actor.is_bot(),
        (_, None) => false,
    };
    for run in open.filter(|it| !is_ours(it)) {
        if !gates::goes_elsewhere(ground, &run).await? {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// The run that a dispatch began, where GitHub tells: older servers do not.
fn begun(answer: &Answer) -> Option<u64> {
    #[derive(Deserialize)]
    struct Begun {
        workflow_run_id: u64,
    }
    serde_json::from_slice::<Begun>(&answer.body).ok().map(|it| it.workflow_run_id)
}

/// The deployment that was created.
fn created(ground: &Ground<'_>, answer: &Answer) -> Result<Deployment> {
    if answer.status == 202 {
        let what = "GitHub merged a branch instead of deploying, although it was asked not to: nothing is deployed";
        return Err(ground.place.error(ErrorKind::Check, what));
    }
    let unread = |error: serde_json::Error| {
        let what = format!("the deployment was created, and what GitHub says of it makes no sense: {error}");
        ground.place.error(ErrorKind::Protocol, what)
    };
    serde_json::from_slice(&answer.body).map_err(unread)
}

/// What a refusal means. Only a lost answer keeps its kind: it is looked up then whether it happened.
fn explained(way: &Way, error: BackendError) -> BackendError {
    let said = error.what.as_str().to_owned();
    let says = |word: &str| said.to_lowercase().contains(word);
    let check = |what: String| BackendError { kind: ErrorKind::Check, what: what.into(), ..error.clone() };
    match (way, &error.kind) {
        (Way::Deploy { .. }, ErrorKind::Conflict) if says("merging") => {
            check(format!("{said}; nothing is deployed")).hint("the branch has to be merged by hand first")
        }
        (Way::Deploy { .. }, ErrorKind::Conflict) => check(format!("{said}; nothing is deployed"))
            .hint("GitHub wants every check of the commit green, unless `required_contexts` says which"),
        (Way::Dispatch { file, .. }, ErrorKind::Check) if says("unexpected inputs") => {
            check(said.clone()).hint(format!("`inputs` has what {file} does not declare under workflow_dispatch"))
        }
        (Way::Dispatch { .. }, ErrorKind::Check) if says("no ref found") => {
            check(said.clone()).hint("`ref` names a branch or a tag; where versions are commits, `inputs` names them")
        }
        (Way::Dispatch { file, .. }, ErrorKind::Check) if says("required input") => {
            check(said.clone()).hint(format!("{file} wants more under `inputs`"))
        }
        (Way::Dispatch { file, .. }, ErrorKind::Check) if says("workflow_dispatch") => {
            check(said.clone()).hint(format!("{file} needs `on: workflow_dispatch` on the branch or tag of `ref`"))
        }
        (Way::Dispatch { file, .. }, ErrorKind::Check) if says("disabled") => {
            check(said.clone()).hint(format!("somebody disabled it: `gh workflow enable {file}`"))
        }
        (Way::Dispatch { file, .. }, ErrorKind::NotFound) => check(format!("{said}: is {file} on the default branch?"))
            .hint("a token that may not write actions is answered the same"),
        (Way::Rerun { .. }, _) if rerun::is_refused(&error) => check(said.clone()),
        // The run ended or began meanwhile: nobody else changed what this is about.
        (Way::Rerun { .. } | Way::Cancel { .. }, ErrorKind::Conflict) => check(said.clone()),
        _ => error,
    }
}
