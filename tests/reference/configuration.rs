//! `docs/configuration.md`: every field of the schema that checks it, with its default.

use flightdeck::backend::KINDS;
use flightdeck::config::{Config, schema};
use serde_json::{Map, Value};

use super::markdown::{WRITTEN, cell, code, head, row};

const INTRODUCTION: &str = "\
# Configuration

`flightdeck.toml` is looked for where you are and above, up to the root of the repository. Your own
`$XDG_CONFIG_HOME/flightdeck/config.toml` lies under it: what the project says holds, except that rows of keys and views add
up. Without either, the git repository that you stand in is shown.

- `flightdeck init` writes a file from what it finds.
- `flightdeck config check` names file, line and column of what is wrong; unknown keys are warnings with the nearest one.
- `flightdeck config print --origin` says of every value where it comes from.
- `flightdeck config schema` prints the JSON schema, for completion in editors: `#:schema flightdeck.schema.json` on the
  first line.

A dash as default means that nothing is there until you write it.
";

/// The page.
pub fn page() -> String {
    let kinds: Vec<_> = KINDS.iter().map(|kind| (kind.name, (kind.schema)())).collect();
    let whole = schema(&kinds);
    let defaults = serde_json::to_value(Config::default()).expect("defaults are data");
    let mut page = format!("{WRITTEN}{INTRODUCTION}");
    let Some(tables) = whole.get("properties").and_then(Value::as_object) else { return page };
    for name in order(tables) {
        let Some(field) = tables.get(&name) else { continue };
        let list = field.get("type").and_then(Value::as_str) == Some("array");
        let title = if list { format!("[[{name}]]") } else { format!("[{name}]") };
        page.push_str(&format!("\n## `{title}`\n\n{}\n", about(field)));
        let inner = if list { field.get("items").unwrap_or(field) } else { field };
        let inner = follow(&whole, inner);
        if let Some(branches) = inner.get("oneOf").and_then(Value::as_array).filter(|_| name == "backend") {
            branches.iter().for_each(|branch| kind(&mut page, &whole, branch));
            continue;
        }
        page.push('\n');
        fields(&mut page, &whole, inner, defaults.get(&name), "");
    }
    page
}

/// The order in which people write them.
fn order(tables: &Map<String, Value>) -> Vec<String> {
    const FIRST: [&str; 9] =
        ["project", "environment", "service", "backend", "freeze", "policy", "metrics", "ui", "view"];
    let rest = tables.keys().filter(|name| !FIRST.contains(&name.as_str())).cloned();
    FIRST.into_iter().map(str::to_owned).chain(rest).collect()
}

fn kind(page: &mut String, whole: &Value, branch: &Value) {
    let name = branch.pointer("/properties/kind/const").and_then(Value::as_str).unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.name == name).map_or("", |kind| kind.about);
    page.push_str(&format!("\n### `kind = \"{name}\"`\n\n{kind}\n\n"));
    fields(page, whole, branch, None, "");
}

/// A table of the fields of a table; tables in it are told with their path.
fn fields(page: &mut String, whole: &Value, table: &Value, defaults: Option<&Value>, path: &str) {
    if path.is_empty() {
        page.push_str(&head(&["key", "type", "default", "what it means"]));
    }
    let Some(properties) = table.get("properties").and_then(Value::as_object) else { return };
    let required: Vec<&str> =
        table.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in properties {
        let key = format!("{path}{name}");
        let inner = follow(whole, field);
        let default = defaults.and_then(|it| it.get(name)).or_else(|| field.get("default"));
        let default = match default {
            _ if required.contains(&name.as_str()) => "required".to_owned(),
            Some(Value::Null) | None => "—".to_owned(),
            Some(Value::Array(items)) if items.iter().any(Value::is_object) => "some".to_owned(),
            Some(Value::Object(_)) => "—".to_owned(),
            Some(value) => code(&value.to_string()),
        };
        let says = if about(field).is_empty() { about(inner) } else { about(field) };
        page.push_str(&row(&[code(&key), of_type(whole, field), default, cell(&says)]));
        let items = inner.get("items").map(|items| follow(whole, items));
        if inner.get("properties").is_some() {
            fields(page, whole, inner, defaults.and_then(|it| it.get(name)), &format!("{key}."));
        } else if let Some(items) = items.filter(|items| items.get("properties").is_some()) {
            fields(page, whole, items, None, &format!("{key}[]."));
        }
    }
}

fn about(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

fn follow<'a>(whole: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
    target.and_then(|pointer| whole.pointer(pointer)).unwrap_or(schema)
}

/// The type of a field in words.
fn of_type(whole: &Value, field: &Value) -> String {
    let schema = follow(whole, field);
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).map(code).collect::<Vec<_>>().join(" ");
    }
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return code(word);
    }
    if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        let mut all: Vec<String> = branches.iter().map(|branch| of_type(whole, branch)).collect();
        all.retain(|it| it != "nothing");
        all.dedup();
        return all.join(" or ");
    }
    let word = |word: &str| match word {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => {
            let items = schema.get("items").map(|items| of_type(whole, items)).unwrap_or_default();
            format!("list of {items}")
        }
        "object" => "table".to_owned(),
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    };
    match schema.get("type") {
        Some(Value::String(one)) => word(one),
        Some(Value::Array(several)) => {
            let all = several.iter().filter_map(Value::as_str).filter(|it| *it != "null").map(word);
            all.collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}
