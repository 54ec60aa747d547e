//! Carrying an order out.

use tokio::time::Instant;

use super::action::{Action, Means, decide};
use super::ground::Ground;
use super::json::text;
use super::request::ObjectName;
use super::scene::{Scene, is_leaving, is_ready};
use super::send::{self, changed, token_of};
use super::source::Taken;
use super::subject::Subject;
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
    let written = send::send(&ground.api, &ground.name, expected, |object| {
        action.request(Subject { kind: ground.kind, name: &ground.name, object })
    })
    .await?;
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
    let found = match ground.api.get(&object).await {
        Ok(found) => found,
        Err(error) if error.kind == ErrorKind::NotFound => return format!("pods/{name}: gone already").into(),
        Err(error) => return format!("pods/{name}: not deleted: {}", error.what).into(),
    };
    let before = scene.pods.iter().find(|pod| text(pod, "/metadata/name") == name);
    let uid = |pod| text(pod, "/metadata/uid");
    if before.map(uid) != Some(uid(&found)) || is_leaving(&found) {
        return format!("pods/{name}: replaced already").into();
    }
    if is_ready(&found) {
        return format!("pods/{name}: ready meanwhile, so that it was left alone").into();
    }
    let request = rollback::delete(&scene.name.namespace, &found);
    match ground.api.send(&request, false).await {
        Ok(_) => format!("pods/{name}: deleted, for it was not ready").into(),
        Err(failure) => {
            format!("pods/{name}: not deleted: {}", ground.api.failed(&request, &failure).await.what).into()
        }
    }
}
