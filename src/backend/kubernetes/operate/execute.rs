//! Carrying an order out.

use serde_json::Value;
use tokio::time::Instant;

use super::action::{Action, Means, decide};
use super::ground::Ground;
use super::json::text;
use super::request::ObjectName;
use super::scene::{Scene, is_leaving, is_ready};
use super::send::{Run, changed, send, token_of};
use super::source::Taken;
use super::{first, rollback};
use crate::backend::kubernetes::kind::Watched;
use crate::backend::{BackendError, ErrorKind, Order, ProgressSink, Receipt, Result};
use crate::model::{Progress, Text};

/// Carries `order` out: reads, compares with the plan, writes once.
///
/// # Errors
/// [`ErrorKind::Conflict`] when somebody changed the workload since it was planned; otherwise what stopped it.
pub async fn execute(
    ground: &Ground<'_>,
    order: &Order,
    taken: Option<std::result::Result<Taken, Text>>,
    progress: &ProgressSink,
) -> Result<Receipt> {
    let told = |what: &str, done: u64, total: u64| {
        progress.send_replace(Some(Progress { what: what.into(), done, total }));
    };
    let refused = |why: Text| BackendError::new(ground.api.source, ErrorKind::Check, why);
    let scene = ground.scene().await?;
    let expected = order.expected.as_deref();
    if expected.is_some_and(|expected| expected != token_of(&scene.object)) {
        return Err(changed(&ground.api, &ground.name, &scene.object));
    }
    let taken = taken.transpose().map_err(refused)?;
    let means = Means { rules: ground.rules, repository: ground.repository, taken: taken.as_ref(), now: ground.now };
    let action = decide(&scene, order, &means).map_err(refused)?;
    let what = action.request(scene.subject()).map_err(refused)?.what;
    told(&what, 0, 1);
    let began = Instant::now();
    let draft = |object: &Value| action.request(ground.subject(object));
    let written = match send(&ground.api, Run::Real, &ground.name, expected, draft).await {
        Ok((_, written)) => written,
        Err(why) => return Err(why.error(&ground.api).await),
    };
    tracing::debug!(context = ground.api.cluster.context.as_str(), object = %ground.name.short(), took = ?began.elapsed(), "written");
    let by = first::images(&written);
    let mut done = vec![format!("{}: {what}; it is set to {by}", ground.name.short()).into()];
    if let Action::PutBack { revision, .. } = &action {
        let pods: Vec<String> = rollback::in_the_way(&scene, revision)
            .into_iter()
            .map(|pod| text(pod, "/metadata/name").to_owned())
            .collect();
        for (n, pod) in pods.iter().enumerate() {
            told(&format!("delete {pod}"), n as u64 + 1, pods.len() as u64 + 1);
            done.push(unblock(ground, &scene, pod).await);
        }
    }
    told(&what, 1, 1);
    Ok(Receipt { token: Some(token_of(&written)), done })
}

/// Deletes a pod that a StatefulSet waits for in vain, if it still is that pod and not ready. The rollback is made
/// already: what goes wrong here is told, and shows as a rollout that waits.
async fn unblock(ground: &Ground<'_>, scene: &Scene, name: &str) -> Text {
    let namespace = scene.name.namespace.clone();
    let object = ObjectName { resource: Watched::Pod.resource(), namespace, name: name.to_owned() };
    let before = scene.pods.iter().find(|pod| text(pod, "/metadata/name") == name);
    let same = |found: &Value| before.map(uid) == Some(uid(found));
    let draft = |found: &Value| {
        if !same(found) || is_leaving(found) {
            return Err(Text::from("replaced already"));
        }
        if is_ready(found) {
            return Err("ready meanwhile, so that it was left alone".into());
        }
        Ok(rollback::delete(&scene.name.namespace, found))
    };
    let error = match send(&ground.api, Run::Real, &object, None, draft).await {
        Ok(_) => return format!("pods/{name}: deleted, for it was not ready").into(),
        Err(why) => why.error(&ground.api).await,
    };
    match error.kind {
        ErrorKind::NotFound => format!("pods/{name}: gone already").into(),
        ErrorKind::Check => format!("pods/{name}: {}", error.what).into(),
        _ => format!("pods/{name}: not deleted: {}", error.what).into(),
    }
}

fn uid(pod: &Value) -> &str {
    text(pod, "/metadata/uid")
}
