//! The status of a whole pod from what its containers do.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::NODES;
use super::behaviour::{Behaviour, initializing, now};

/// Name and image of each container, init containers first.
pub fn containers(pod: &Pod) -> impl Iterator<Item = (&str, &str)> {
    let spec = pod.spec.as_ref();
    let init = spec.and_then(|it| it.init_containers.as_deref()).unwrap_or_default();
    let main = spec.map(|it| it.containers.as_slice()).unwrap_or_default();
    init.iter().chain(main).map(|it| (it.name.as_str(), it.image.as_deref().unwrap_or_default()))
}

/// The whole status. `behaviours` has one entry per container, init containers first.
pub fn of(pod: &Pod, behaviours: &[Behaviour]) -> Value {
    if let Some(message) = behaviours.iter().find_map(|it| match it {
        Behaviour::Unschedulable(message) => Some(message),
        _ => None,
    }) {
        let mut condition = condition("PodScheduled", false, "Unschedulable");
        condition["message"] = message.as_str().into();
        return json!({ "phase": "Pending", "conditions": [condition] });
    }
    let init = pod.spec.as_ref().and_then(|it| it.init_containers.as_ref()).map_or(0, Vec::len);
    let initialized = behaviours.iter().take(init).all(Behaviour::is_ready);
    let ready = behaviours.iter().all(Behaviour::is_ready);
    let (mut before, mut main) = (Vec::new(), Vec::new());
    let mut held = false;
    for (index, ((name, image), behaviour)) in containers(pod).zip(behaviours).enumerate() {
        if index < init {
            before.push(if held { initializing(name, image) } else { behaviour.init_status(name, image) });
            held |= !behaviour.is_ready();
        } else {
            main.push(if held { initializing(name, image) } else { behaviour.container_status(name, image) });
        }
    }
    let waits = main.iter().all(|it| it["state"]["waiting"].is_object() && it["restartCount"] == 0);
    let address = address(pod);
    json!({
        "phase": if held || waits { "Pending" } else { "Running" },
        "startTime": now(),
        "hostIP": "127.0.0.1", "podIP": address, "podIPs": [{ "ip": address }],
        "conditions": [
            condition("Initialized", initialized, if initialized { "" } else { "ContainersNotInitialized" }),
            condition("Ready", ready, if ready { "" } else { "ContainersNotReady" }),
            condition("ContainersReady", ready, if ready { "" } else { "ContainersNotReady" }),
            condition("PodScheduled", true, ""),
        ],
        "initContainerStatuses": before,
        "containerStatuses": main,
    })
}

fn condition(kind: &str, holds: bool, reason: &str) -> Value {
    let status = if holds { "True" } else { "False" };
    let mut it = json!({ "type": kind, "status": status, "lastTransitionTime": now() });
    if !reason.is_empty() {
        it["reason"] = reason.into();
    }
    it
}

/// The node of a pod: the one that its DaemonSet chose for it, or any, always the same.
pub fn node(pod: &Pod) -> String {
    chosen(pod).unwrap_or_else(|| NODES[usize::from(sum(pod)) % NODES.len()].to_owned())
}

/// A DaemonSet names the node in a required affinity by field.
fn chosen(pod: &Pod) -> Option<String> {
    let affinity = pod.spec.as_ref()?.affinity.as_ref()?.node_affinity.as_ref()?;
    let terms = &affinity.required_during_scheduling_ignored_during_execution.as_ref()?.node_selector_terms;
    terms.iter().find_map(|term| term.match_fields.as_ref()?.first()?.values.as_ref()?.first().cloned())
}

fn address(pod: &Pod) -> String {
    let [low, high] = sum(pod).to_be_bytes();
    format!("10.1.{low}.{high}")
}

fn sum(pod: &Pod) -> u16 {
    pod.name_any().bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte)))
}

/// A warning about a pod, as a kubelet or a scheduler records it.
pub fn event(pod: &Pod, reason: &str, message: &str) -> Value {
    let namespace = pod.namespace().unwrap_or_default();
    let source = if reason == "FailedScheduling" { "default-scheduler" } else { "kubelet" };
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": { "generateName": format!("{}.", pod.name_any()), "namespace": namespace },
        "involvedObject": {
            "apiVersion": "v1", "kind": "Pod", "name": pod.name_any(), "namespace": namespace, "uid": pod.uid() },
        "reason": reason, "message": message, "type": "Warning", "source": { "component": source },
        "count": 1, "firstTimestamp": now(), "lastTimestamp": now(),
    })
}
