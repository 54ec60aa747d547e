//! Why pods do not start or do not serve, in words.

use super::item::{Container, Event, Pod};
use super::mirror::Mirror;

/// The longest message of somebody else's that is passed on, characters.
const LONGEST: usize = 240;

/// Why a pod does not serve.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// Whether time alone does not mend it.
    pub grave: bool,
    /// In words.
    pub words: String,
}

/// Why a pod does not serve, where it does not. `events` are the warnings about it, newest first.
pub fn of_pod(pod: &Pod, events: &[&Event]) -> Option<Reason> {
    if pod.leaving || pod.ready.is_some() || pod.phase == "Succeeded" {
        return None;
    }
    if pod.phase == "Failed" {
        let why = [pod.reason.as_str(), pod.message.as_str()].iter().find(|it| !it.is_empty()).copied();
        return Some(grave(format!("a pod failed{}", colon(why.unwrap_or_default()))));
    }
    if let Some(message) = &pod.unscheduled {
        return Some(grave(format!("no node takes the pod{}", colon(message))));
    }
    // What runs before the others holds them all.
    if let Some(reason) = pod.containers.iter().find_map(|it| of_container(it, events)) {
        return Some(reason);
    }
    let unhealthy = events.iter().find(|it| it.reason == "Unhealthy");
    match pod.containers.iter().find(|it| !it.init && !it.ready) {
        Some(container) => {
            let why = unhealthy.map(|it| colon(&it.message)).unwrap_or_default();
            Some(passing(format!("container {} runs and is not ready{why}", container.name)))
        }
        None => Some(passing(match events.first() {
            Some(event) => format!("a pod does not start{}", colon(&event.message)),
            None if pod.containers.is_empty() => "a pod waits for its node to start it".to_owned(),
            None => "a pod is not ready".to_owned(),
        })),
    }
}

fn of_container(container: &Container, events: &[&Event]) -> Option<Reason> {
    let Container { name, image, .. } = container;
    let told = |reason: &str| events.iter().find(|it| it.reason == reason).map(|it| it.message.clone());
    let Some((reason, message)) = &container.waiting else {
        let (code, why, message) = container.ended.as_ref().filter(|_| container.is_over)?;
        if container.init && *code == 0 {
            return None;
        }
        return Some(grave(format!("container {name} ended with code {code} {}", worded(why, message))));
    };
    let words = match reason.as_str() {
        "ErrImagePull" | "ImagePullBackOff" | "ErrImageNeverPull" | "RegistryUnavailable" | "ImageInspectError" => {
            let why = if message.is_empty() { told("Failed").unwrap_or_default() } else { message.clone() };
            format!("cannot pull image {image}{}", colon(&why))
        }
        "InvalidImageName" => format!("{image} is no name of an image"),
        "CrashLoopBackOff" => {
            let last = container
                .ended
                .as_ref()
                .map(|(code, why, message)| format!(", last with code {code} {}", worded(why, message)));
            let times =
                if container.restarts == 1 { "once".to_owned() } else { format!("{} times", container.restarts) };
            format!("container {name} crashes, {times} so far{}", last.unwrap_or_default().trim_end())
        }
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" | "StartError" => {
            format!("container {name} cannot be started{}", colon(message))
        }
        "ContainerCreating" | "PodInitializing" | "" => {
            let why = ["FailedMount", "FailedCreatePodSandBox", "FailedAttachVolume"].into_iter().find_map(told)?;
            format!("container {name} waits{}", colon(&why))
        }
        other => format!("container {name} waits: {other}{}", colon(message)),
    };
    Some(grave(words))
}

/// Why there are pods that could not even be made: quota, admission.
pub fn of_failure(reason: &str, message: &str) -> String {
    let message = bounded(message);
    if message.contains("exceeded quota") {
        format!("a quota is used up: {message}")
    } else if message.contains("admission webhook") || message.contains("denied the request") {
        format!("admission refused its pods: {message}")
    } else {
        format!("its pods cannot be made: {}", if message.is_empty() { reason } else { &message })
    }
}

/// Why the pods of a revision do not serve: the reason that most of them have, gravest first.
pub fn of_pods(mirror: &Mirror, pods: &[(&super::item::Item, &Pod)]) -> Option<Reason> {
    let mut all: Vec<(Reason, usize)> = Vec::new();
    for (item, pod) in pods {
        let Some(reason) = of_pod(pod, &mirror.events(&item.uid)) else { continue };
        match all.iter_mut().find(|(known, _)| known.words == reason.words) {
            Some((_, count)) => *count += 1,
            None => all.push((reason, 1)),
        }
    }
    all.sort_by(|(a, m), (b, n)| (b.grave, n, &a.words).cmp(&(a.grave, m, &b.words)));
    all.into_iter().next().map(|(reason, _)| reason)
}

fn grave(words: String) -> Reason {
    Reason { grave: true, words }
}

fn passing(words: String) -> Reason {
    Reason { grave: false, words }
}

fn worded(reason: &str, message: &str) -> String {
    let named = if reason.is_empty() || reason == "Error" { String::new() } else { format!("({reason})") };
    let message = message.trim();
    if message.is_empty() {
        named
    } else {
        format!("{named}: {}", bounded(message)).trim_start_matches(": ").to_owned()
    }
}

fn colon(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!(": {}", bounded(text)) }
}

/// One line of bounded length.
pub fn bounded(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::kubernetes::item::{Body, Item};
    use crate::backend::kubernetes::kind::Watched;

    fn said(status: &str, events: &[(&str, &str)]) -> Option<String> {
        let text = format!(
            r#"{{"metadata":{{"name":"a","uid":"1"}},"spec":{{"containers":[{{"name":"web","image":"shop/web:2"}}]}},"status":{status}}}"#
        );
        let Body::Pod(pod) = Item::read(Watched::Pod, &text).expect("a pod").body else { panic!("a pod") };
        let events: Vec<Event> = events
            .iter()
            .map(|(reason, message)| Event {
                reason: (*reason).into(),
                message: (*message).into(),
                count: 1,
                last: None,
            })
            .collect();
        of_pod(&pod, &events.iter().collect::<Vec<_>>()).map(|it| it.words)
    }

    #[test]
    fn pods_that_do_not_start_say_why() {
        let waiting = |reason: &str, message: &str| {
            format!(
                r#"{{"phase":"Pending","containerStatuses":[{{"name":"web","restartCount":4,"state":{{"waiting":{{"reason":"{reason}","message":"{message}"}}}},"lastState":{{"terminated":{{"exitCode":1,"reason":"Error","message":"no database"}}}}}}]}}"#
            )
        };
        let cases = [
            (waiting("ImagePullBackOff", "Back-off pulling"), "cannot pull image shop/web:2: Back-off pulling"),
            (waiting("CrashLoopBackOff", ""), "container web crashes, 4 times so far, last with code 1 no database"),
            (
                waiting("CreateContainerConfigError", "secret x not found"),
                "container web cannot be started: secret x not found",
            ),
            (waiting("InvalidImageName", ""), "shop/web:2 is no name of an image"),
            (r#"{"phase":"Failed","reason":"Evicted","message":"disk"}"#.into(), "a pod failed: Evicted"),
            (
                r#"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes"}]}"#
                    .into(),
                "no node takes the pod: 0/3 nodes",
            ),
            (
                r#"{"phase":"Running","containerStatuses":[{"name":"web","ready":false,"state":{"running":{}}}]}"#
                    .into(),
                "container web runs and is not ready: probe failed",
            ),
            (r#"{"phase":"Pending"}"#.into(), "a pod does not start: probe failed"),
        ];
        for (status, expected) in cases {
            assert_eq!(said(&status, &[("Unhealthy", "probe failed")]).as_deref(), Some(expected), "{status}");
        }
    }

    #[test]
    fn a_pod_that_serves_or_goes_says_nothing() {
        let ready = r#"{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"}]}"#;
        assert_eq!(said(ready, &[]), None);
        assert_eq!(said(r#"{"phase":"Succeeded"}"#, &[]), None);
    }

    #[test]
    fn pods_that_cannot_be_made_say_why() {
        let quota = r#"pods "a" is forbidden: exceeded quota: small, requested: pods=1"#;
        assert!(of_failure("FailedCreate", quota).starts_with("a quota is used up: "));
        let webhook = r#"admission webhook "policy" denied the request: no tag"#;
        assert!(of_failure("FailedCreate", webhook).starts_with("admission refused its pods: "));
        assert_eq!(of_failure("FailedCreate", ""), "its pods cannot be made: FailedCreate");
    }
}
