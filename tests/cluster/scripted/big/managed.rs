//! Who wrote which field, as an API server keeps it: often the largest part of an object.

use serde_json::{Map, Value, json};

/// The entries of the one who applied the object and of the controller that keeps its status.
pub fn managed(api_version: &str, metadata: &Value, spec: &Value, status: &Value, at: &str) -> Value {
    let entry = |manager: &str, fields: Value| {
        json!({ "manager": manager, "operation": "Update", "apiVersion": api_version, "time": at,
            "fieldsType": "FieldsV1", "fieldsV1": fields })
    };
    let named = json!({ "f:labels": fields(&metadata["labels"]), "f:annotations": fields(&metadata["annotations"]) });
    json!([
        entry("kubectl-client-side-apply", json!({ "f:metadata": named, "f:spec": fields(spec) })),
        entry("kube-controller-manager", json!({ "f:status": fields(status) })),
    ])
}

/// The set of the fields of a value.
fn fields(value: &Value) -> Value {
    let mut set = Map::new();
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| drop(set.insert(format!("f:{key}"), fields(value)))),
        Value::Array(items) => {
            for item in items {
                let key = ["name", "type", "key", "mountPath"].iter().find(|key| item[**key].is_string());
                let key = key.map_or_else(|| format!("v:{item}"), |key| format!("k:{}", json!({ *key: item[*key] })));
                set.insert(key, fields(item));
            }
        }
        _ => {}
    }
    Value::Object(set)
}
