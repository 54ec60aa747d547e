//! From a schema of OpenAPI 3.0 to one of JSON Schema: `nullable`, and no member that is not described.

use std::collections::BTreeSet;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::cut::reachable;

/// A validator for a schema of a description.
pub fn validator(description: &Value, schema: &Value) -> Validator {
    let used = reachable(description, schema);
    let parts: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    let mut whole = json!({ "allOf": [schema.clone()] });
    for pointer in &parts {
        let mut names = pointer.trim_start_matches("#/").split('/');
        let (Some(one), Some(two), Some(three)) = (names.next(), names.next(), names.next()) else { continue };
        whole[one][two][three] = description[one][two][three].clone();
    }
    let mut loose = BTreeSet::new();
    combined(&whole["components"], &mut loose);
    combined(&whole["allOf"][0], &mut loose);
    converted(&mut whole["allOf"][0], true);
    let components = whole["components"].as_object_mut().into_iter().flat_map(|it| it.iter_mut());
    for (kind, all) in components {
        for (name, part) in all.as_object_mut().into_iter().flat_map(|it| it.iter_mut()) {
            converted(part, !loose.contains(&format!("#/components/{kind}/{name}")));
        }
    }
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    options.build(&whole).unwrap_or_else(|why| panic!("a schema of GitHub's is none: {why}"))
}

/// What is part of an `allOf` describes only a part of the members.
fn combined(it: &Value, loose: &mut BTreeSet<String>) {
    match it {
        Value::Array(items) => items.iter().for_each(|it| combined(it, loose)),
        Value::Object(members) => {
            let all = members.get("allOf").and_then(Value::as_array).into_iter().flatten();
            loose.extend(all.filter_map(|it| it["$ref"].as_str()).map(str::to_owned));
            members.values().for_each(|it| combined(it, loose));
        }
        _ => {}
    }
}

fn converted(it: &mut Value, strict: bool) {
    match it {
        Value::Array(items) => items.iter_mut().for_each(|it| converted(it, strict)),
        Value::Object(members) => {
            // Examples are no schemas.
            for name in ["example", "examples", "default"] {
                if !members.get(name).is_some_and(|it| it.get("type").is_some_and(Value::is_string)) {
                    members.remove(name);
                }
            }
            for (name, inner) in members.iter_mut() {
                converted(inner, strict && name != "allOf");
            }
            let open = ["additionalProperties", "allOf", "anyOf", "oneOf"].iter().any(|it| members.contains_key(*it));
            if strict
                && !open
                && members.get("properties").is_some_and(Value::is_object)
                && members.contains_key("type")
            {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            if members.remove("nullable") == Some(Value::Bool(true)) {
                nullable(it);
            }
        }
        _ => {}
    }
}

fn nullable(it: &mut Value) {
    if let Some(list) = it.get_mut("enum").and_then(Value::as_array_mut) {
        list.push(Value::Null);
    }
    let combined = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|name| it.get(name).is_some());
    match it["type"].as_str().map(str::to_owned) {
        Some(plain) if !combined => it["type"] = json!([plain, "null"]),
        _ => *it = json!({ "anyOf": [{ "type": "null" }, it.take()] }),
    }
}
