//! What differs between two states of an object.

use std::collections::BTreeSet;

use serde_json::Value;

/// What the server counts and controllers report; nobody writes it.
const ITS_OWN: [&str; 4] = ["/metadata/generation", "/metadata/resourceVersion", "/metadata/managedFields", "/status"];

/// Where an image and the revision's annotations stand.
pub const IMAGE: &str = "/spec/template/spec/containers/0/image";
/// Why it was changed, for `kubectl rollout history`.
pub const CAUSE: &str = "/metadata/annotations/kubernetes.io~1change-cause";
/// The number that the controller gives.
pub const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";

/// The JSON pointers of all values that one has and the other has not, or has otherwise, beside [`ITS_OWN`].
pub fn between(before: &Value, after: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    compare(before, after, "", &mut found);
    found
}

fn compare(before: &Value, after: &Value, at: &str, found: &mut BTreeSet<String>) {
    if before == after || ITS_OWN.contains(&at) {
        return;
    }
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys()) {
                compare(&before[key], &after[key], &below(key), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(one, other, &below(&index.to_string()), found);
            }
        }
        _ => drop(found.insert(at.to_owned())),
    }
}
