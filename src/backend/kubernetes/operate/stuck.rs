//! Pods that will not start by waiting: told before the deadline of the rollout, once it is certain enough.

use chrono::TimeDelta;
use serde_json::Value;

use super::json::{integer, list, text};
use super::scene::{Scene, is_leaving, is_ready};
use crate::model::Time;

/// Reasons that no waiting mends.
const CERTAIN: [&str; 2] = ["InvalidImageName", "ErrImageNeverPull"];
/// Reasons that waiting may mend: a registry that is away, a Secret that comes later.
const DOUBTFUL: [&str; 5] =
    ["ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
/// After how many starts a container that ends each time is given up.
const STARTS: i64 = 3;
/// After how long a container that cannot be started is given up: the kubelet has tried three times then.
const PATIENCE: TimeDelta = TimeDelta::seconds(90);

/// Why the pods of the newest revision will not start, where all of them have been told so for long enough.
pub fn certainly(scene: &Scene, now: Time) -> Option<String> {
    let current = scene.current()?;
    let pods: Vec<&Value> = scene.pods.iter().filter(|pod| current.made(scene.kind, pod) && !is_leaving(pod)).collect();
    if pods.is_empty() || pods.iter().any(|pod| is_ready(pod)) {
        return None;
    }
    let reasons: Option<Vec<String>> = pods.iter().map(|pod| hopeless(pod, now)).collect();
    let count = pods.len();
    let whose = if count == 1 { "the new pod".to_owned() } else { format!("all {count} new pods") };
    reasons?.into_iter().next().map(|reason| format!("{whose}: {reason}"))
}

/// Why a pod will not start.
fn hopeless(pod: &Value, now: Time) -> Option<String> {
    let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let statuses = statuses.into_iter().flat_map(|at| list(pod, at));
    statuses.filter_map(|status| of_container(pod, status, now)).next()
}

fn of_container(pod: &Value, status: &Value, now: Time) -> Option<String> {
    let reason = text(status, "/state/waiting/reason");
    let restarts = integer(status, "/restartCount").unwrap_or_default();
    let given_up = match reason {
        reason if CERTAIN.contains(&reason) => true,
        "CrashLoopBackOff" => restarts >= STARTS,
        reason if DOUBTFUL.contains(&reason) => is_older(pod, now),
        _ => false,
    };
    let name = text(status, "/name");
    given_up.then(|| match reason {
        "CrashLoopBackOff" => format!("container {name} ended {restarts} times ({reason})"),
        _ => format!("container {name} cannot be started ({reason})"),
    })
}

fn is_older(pod: &Value, now: Time) -> bool {
    let made = text(pod, "/metadata/creationTimestamp").parse::<Time>();
    made.is_ok_and(|made| now - made >= PATIENCE)
}
