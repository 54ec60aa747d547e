//! What other systems write, in our words: numbers as identifiers, other names for a status, null for absent.

use serde_json::{Map, Value};

/// Fields that are texts and that people write as numbers.
const NAMES: &[&str] = &["id", "number", "version", "run", "fixes", "caused_by", "ticket"];

/// Other words: what is written, the status, the outcome.
const WORDS: &[(&[&str], &str, &str)] = &[
    (&["ok", "success", "succeeded", "successful", "passed"], "ok", "success"),
    (&["failed", "failure", "error", "errored", "timed_out"], "failed", "failed"),
    (&["cancelled", "canceled", "aborted"], "cancelled", "cancelled"),
    (&["waiting", "queued", "pending", "scheduled"], "waiting", "running"),
    (&["running", "in_progress", "started"], "running", "running"),
];

/// Rewrites an object and everything in it.
pub fn normalize(object: &mut Map<String, Value>) {
    object.retain(|_, value| !value.is_null());
    for (key, value) in object.iter_mut() {
        match (key.as_str(), &mut *value) {
            (name, Value::Number(number)) if NAMES.contains(&name) => *value = Value::String(number.to_string()),
            ("status", Value::String(word)) => *word = translated(word, |(_, status, _)| status),
            ("outcome", Value::String(word)) => *word = translated(word, |(_, _, outcome)| outcome),
            (_, Value::Object(inner)) => normalize(inner),
            (_, Value::Array(items)) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(normalize);
            }
            _ => {}
        }
    }
}

type Row = (&'static [&'static str], &'static str, &'static str);

fn translated(word: &str, column: fn(&Row) -> &'static str) -> String {
    let lower = word.to_lowercase();
    let row = WORDS.iter().find(|(words, _, _)| words.contains(&lower.as_str()));
    row.map_or(lower, |row| column(row).to_owned())
}
