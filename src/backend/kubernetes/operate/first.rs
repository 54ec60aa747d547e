//! Who was first: what an object says of who wrote to it last.

use std::cmp::Reverse;

use serde_json::Value;

use super::json::{list, text};
use super::request::MANAGER;
use super::template;

/// The fields that a write of ours would overwrite.
const OURS: [&str; 4] = ["f:template", "f:paused", "f:strategy", "f:updateStrategy"];

/// Who changed it, when, and what is there now.
pub fn words(object: &Value) -> String {
    let who = match writer(object) {
        Some((manager, "")) => format!("{manager} changed it"),
        Some((manager, time)) => format!("{manager} changed it at {time}"),
        None => "it was changed".to_owned(),
    };
    format!("{who}; it is set to {} now", images(object))
}

/// Who wrote last what a write of ours would overwrite, and when. The server writes the time in UTC.
pub fn writer(object: &Value) -> Option<(&str, &str)> {
    let all = list(object, "/metadata/managedFields");
    let wrote = |entry: &&Value| {
        let spec = entry.pointer("/fieldsV1/f:spec").and_then(Value::as_object);
        spec.is_some_and(|spec| OURS.iter().any(|field| spec.contains_key(*field)))
    };
    // Times are whole seconds: of two in one, who owns less wrote into what the other had made.
    let size = |entry: &Value| entry.pointer("/fieldsV1").map_or(0, |fields| fields.to_string().len());
    let last = all.iter().filter(wrote).max_by_key(|entry| (text(entry, "/time"), Reverse(size(entry))))?;
    Some((text(last, "/manager"), text(last, "/time")))
}

/// Whether the last one was this program.
pub fn was_us(object: &Value) -> bool {
    writer(object).is_some_and(|(manager, _)| manager == MANAGER)
}

/// The images that it is set to, in words.
pub fn images(object: &Value) -> String {
    let template = object.pointer(template::AT).unwrap_or(&Value::Null);
    let all = template::containers(template);
    let images: Vec<&str> = all.iter().map(|it| it.image).filter(|it| !it.is_empty()).take(4).collect();
    let paused = if super::json::flag(object, "/spec/paused") { ", paused" } else { "" };
    if images.is_empty() { format!("no image{paused}") } else { format!("{}{paused}", images.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_who_wrote_what_we_would_write_is_named() {
        let entry = |manager: &str, time: &str, spec: Value| json!({ "manager": manager, "time": time, "fieldsV1": { "f:spec": spec } });
        let object = json!({
            "metadata": { "managedFields": [
                entry("kubectl-edit", "2026-11-21T12:03:10Z", json!({ "f:template": {} })),
                entry("helm", "2026-11-20T12:03:10Z", json!({ "f:template": {} })),
                entry("kube-controller-manager", "2026-11-21T13:00:00Z", json!({ "f:replicas": {} })),
                { "manager": "kubelet", "time": "2026-11-21T14:00:00Z", "fieldsV1": { "f:status": {} } },
            ] },
            "spec": { "paused": true, "template": { "spec": { "containers": [{ "name": "a", "image": "shop:1" }] } } },
        });
        assert_eq!(words(&object), "kubectl-edit changed it at 2026-11-21T12:03:10Z; it is set to shop:1, paused now");
        assert_eq!(words(&json!({})), "it was changed; it is set to no image now");
        assert!(!was_us(&object));
    }
}
