//! Operations on a real cluster, each compared with what `kubectl` makes of a twin, and on a scripted one.

mod desk;
mod forced;
mod guarded;
mod promote;
mod rollback;
pub mod sent_once;
mod switches;
mod verdicts;

use serde_json::Value;

/// What is compared of an object: all but what tells it from its twin or changes by itself.
fn comparable(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    for field in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "selfLink", "name", "ownerReferences"]
    {
        metadata.remove(field);
    }
    object.as_object_mut().expect("an object").remove("status");
    let text = object.to_string().replace(name, "NAME");
    serde_json::from_str(&text).expect("JSON")
}
