//! The JSON schema of the whole configuration, with the settings of each kind of backend folded in.

use serde_json::{Map, Value, json};

use super::model::Config;

/// A kind of backend: its name and the schema of its settings.
pub type Kind<'a> = (&'a str, schemars::Schema);

/// The schema of `flightdeck.toml`, for editors and for the check.
pub fn schema(kinds: &[Kind<'_>]) -> Value {
    let mut whole = schemars::schema_for!(Config).to_value();
    let entry = whole.pointer("/$defs/BackendEntry").cloned().unwrap_or_default();
    let mut definitions = Map::new();
    let branches: Vec<Value> = kinds
        .iter()
        .map(|(name, settings)| {
            let mut settings = settings.clone().to_value();
            qualify(&mut settings, name);
            if let Some(Value::Object(own)) = settings.as_object_mut().and_then(|it| it.remove("$defs")) {
                definitions.extend(own.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            branch(&entry, name, settings)
        })
        .collect();
    if let Some(all) = whole.pointer_mut("/$defs").and_then(Value::as_object_mut) {
        all.extend(definitions);
        let description = entry.get("description").cloned().unwrap_or_default();
        if !branches.is_empty() {
            all.insert("BackendEntry".to_owned(), json!({ "description": description, "oneOf": branches }));
        } else if let Some(entry) = all.get_mut("BackendEntry").and_then(Value::as_object_mut) {
            // Without kinds every backend is taken as it is.
            entry.insert("additionalProperties".to_owned(), json!(true));
        }
    }
    if let Some(all) = whole.as_object_mut() {
        all.insert("title".to_owned(), json!("flightdeck.toml"));
    }
    whole
}

/// The entry of one kind: name and kind, with the kind's own settings.
fn branch(entry: &Value, name: &str, mut settings: Value) -> Value {
    let mut properties = entry.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.insert("kind".to_owned(), json!({ "const": name }));
    let mut required = vec![json!("name"), json!("kind")];
    if let Some(own) = settings.get_mut("properties").and_then(Value::as_object_mut) {
        properties.append(own);
    }
    if let Some(own) = settings.get_mut("required").and_then(Value::as_array_mut) {
        required.append(own);
    }
    let description = settings.get("description").cloned().unwrap_or_else(|| json!(name));
    json!({ "type": "object", "description": description, "properties": properties, "required": required })
}

/// Lets references within a kind's schema point at the names that its definitions get in the whole.
fn qualify(schema: &mut Value, kind: &str) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("$ref", Value::String(target)) => {
                        if let Some(name) = target.strip_prefix("#/$defs/") {
                            *target = format!("#/$defs/{kind}.{name}");
                        }
                    }
                    _ => qualify(value, kind),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| qualify(item, kind)),
        _ => {}
    }
}
