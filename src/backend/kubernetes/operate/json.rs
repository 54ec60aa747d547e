//! Reading objects that others wrote: a field is there only when it was found.

use serde_json::Value;

/// The text at a place; empty where there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The number at a place.
pub fn integer(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer).and_then(Value::as_i64)
}

/// Whether `true` stands at a place.
pub fn flag(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// The list at a place; empty where there is none.
pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The entries of the map at a place whose values are text.
pub fn entries<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
    let map = value.pointer(pointer).and_then(Value::as_object);
    map.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// The text under a key of the map at a place. Keys hold slashes, which pointers do not take.
pub fn entry<'a>(value: &'a Value, pointer: &str, key: &str) -> Option<&'a str> {
    value.pointer(pointer)?.get(key)?.as_str()
}

/// The annotation of an object.
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    entry(object, "/metadata/annotations", key)
}

/// The label of an object.
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    entry(object, "/metadata/labels", key)
}

/// A key as a step of a JSON pointer.
pub fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Without what says nothing: fields that are null.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let fields = map.iter().filter(|(_, value)| !value.is_null());
            fields.map(|(key, value)| (key.clone(), without_nulls(value))).collect()
        }
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_there_or_of_another_type_is_nothing() {
        let odd = json!({ "metadata": { "name": 7, "labels": ["a"], "annotations": { "a/b": "c", "n": 1 } } });
        assert_eq!(text(&odd, "/metadata/name"), "");
        assert_eq!(label(&odd, "a"), None);
        assert_eq!(annotation(&odd, "a/b"), Some("c"));
        assert_eq!(entries(&odd, "/metadata/annotations").collect::<Vec<_>>(), [("a/b", "c")]);
        assert_eq!(odd.pointer(&format!("/metadata/annotations/{}", escaped("a/b"))), Some(&json!("c")));
        assert!(list(&odd, "/metadata/name").is_empty() && integer(&Value::Null, "/x").is_none());
    }

    #[test]
    fn nulls_go_and_empty_maps_stay() {
        let value = json!({ "a": null, "b": [{ "c": null, "d": {} }] });
        assert_eq!(without_nulls(&value), json!({ "b": [{ "d": {} }] }));
    }
}
