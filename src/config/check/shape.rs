//! The shape: types, unknown keys, allowed values. Driven by the JSON schema, so that what is checked is what is
//! documented. What does not fit is taken out, so that the rest can be looked at too.

use regex::Regex;
use serde_json::Value as Schema;

use super::{Found, nearest};
use crate::config::node::{Content, Entry, Node};
use crate::config::problem::Problem;

/// Checks a file's tree against the schema and takes out what does not fit.
pub fn check_shape(root: &mut Node, schema: &Schema, found: &mut Found) {
    Shape { root: schema, found }.fits(root, schema);
}

struct Shape<'a> {
    root: &'a Schema,
    found: &'a mut Found,
}

impl<'a> Shape<'a> {
    /// Whether the node can stay.
    fn fits(&mut self, node: &mut Node, schema: &'a Schema) -> bool {
        let schema = self.follow(schema);
        if let Some(branches) = list(schema, "anyOf").or_else(|| list(schema, "oneOf")) {
            return self.fits_one(node, branches);
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|expected| is_a(&node.content, expected)) {
            let expected = types.iter().filter(|it| **it != "null").map(|it| word(it)).collect::<Vec<_>>().join(" or ");
            self.error(node, format!("expected {expected}, found {}", found_word(&node.content)), None::<String>);
            return false;
        }
        match &mut node.content {
            Content::Leaf(value) => {
                let Some((what, hint)) = wrong_value(value, schema) else { return true };
                self.error(node, what, hint);
                false
            }
            Content::List(items) => {
                if let Some(schema) = schema.get("items") {
                    items.retain_mut(|item| self.fits(item, schema));
                }
                true
            }
            Content::Table(_) => {
                self.fits_table(node, schema);
                true
            }
        }
    }

    fn fits_table(&mut self, node: &mut Node, schema: &'a Schema) {
        let Content::Table(table) = &mut node.content else { return };
        let properties = schema.get("properties").and_then(Schema::as_object);
        let rest = schema.get("additionalProperties").filter(|it| it.is_object() || it.as_bool() == Some(true));
        let required = list(schema, "required").into_iter().flatten().filter_map(Schema::as_str);
        let missing: Vec<String> =
            required.filter(|&name| !table.contains_key(name)).map(|name| format!("`{name}`")).collect();
        table.retain(|name, Entry { key, node }| match (properties.and_then(|it| it.get(name)).or(rest), properties) {
            (Some(schema), _) => self.fits(node, schema),
            (None, None) => true,
            (None, Some(known)) => {
                let hint = nearest(name, known.keys().map(String::as_str));
                self.found.warnings.push(Problem::at(key, format!("unknown key `{name}`")).hint(hint));
                false
            }
        });
        if !missing.is_empty() {
            self.error(node, format!("{} is missing", missing.join(" and ")), None::<String>);
        }
    }

    /// Checks against the branch that is meant: the one whose constants the table names, else the only one of the right
    /// type, else the first that fits.
    fn fits_one(&mut self, node: &mut Node, branches: &'a [Schema]) -> bool {
        let branches: Vec<&Schema> = branches.iter().map(|branch| self.follow(branch)).collect();
        if let Content::Leaf(value) = &node.content {
            let words: Vec<&str> = branches.iter().flat_map(|branch| allowed(branch)).collect();
            if let (toml::Value::String(text), [_, ..]) = (value, words.as_slice()) {
                if words.contains(&text.as_str()) {
                    return true;
                }
                let (what, hint) = (format!("`{text}` is not allowed here"), nearest(text, words.iter().copied()));
                self.error(node, what, hint);
                return false;
            }
        }
        let discriminators: Vec<(&str, &str)> = branches.iter().filter_map(|branch| constant(branch)).collect();
        if let (Content::Table(table), [(key, _), ..]) = (&node.content, discriminators.as_slice()) {
            return match table.get(*key).map(|entry| &entry.node) {
                Some(Node { content: Content::Leaf(toml::Value::String(text)), place }) => {
                    let meant = branches.iter().find(|branch| constant(branch).is_some_and(|(_, it)| it == text));
                    if let Some(branch) = meant {
                        return self.fits(node, branch);
                    }
                    let hint = nearest(text, discriminators.iter().map(|(_, word)| *word));
                    self.found.errors.push(Problem::at(place, format!("unknown {key} `{text}`")).hint(hint));
                    true
                }
                Some(other) => {
                    let what = format!("expected a text, found {}", found_word(&other.content));
                    self.found.errors.push(Problem::at(&other.place, what));
                    false
                }
                None => {
                    let hint = nearest("", discriminators.iter().map(|(_, word)| *word));
                    self.error(node, format!("`{key}` is missing"), hint);
                    true
                }
            };
        }
        let of_type: Vec<&Schema> = branches
            .iter()
            .copied()
            .filter(|branch| types(branch).iter().any(|it| is_a(&node.content, it)) || types(branch).is_empty())
            .collect();
        match of_type.as_slice() {
            [only] => self.fits(node, only),
            [] => {
                let names: Vec<&str> = branches.iter().flat_map(|it| types(it)).filter(|it| *it != "null").collect();
                let expected = names.into_iter().map(word).collect::<Vec<_>>().join(" or ");
                self.error(node, format!("expected {expected}, found {}", found_word(&node.content)), None::<String>);
                false
            }
            several => several.iter().any(|branch| {
                let (mut tried, mut found) = (node.clone(), Found::default());
                let good = Shape { root: self.root, found: &mut found }.fits(&mut tried, branch);
                good && found.errors.is_empty()
            }),
        }
    }

    fn follow(&self, mut schema: &'a Schema) -> &'a Schema {
        // A reference to a reference is as far as schemas go; the bound is against one that bites its tail.
        for _ in 0..8 {
            let target = schema.get("$ref").and_then(Schema::as_str).and_then(|it| it.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(found) => schema = found,
                None => break,
            }
        }
        schema
    }

    fn error(&mut self, node: &Node, what: String, hint: Option<String>) {
        self.found.errors.push(Problem::at(&node.place, what).hint(hint));
    }
}

fn list<'a>(schema: &'a Schema, key: &str) -> Option<&'a [Schema]> {
    schema.get(key).and_then(Schema::as_array).map(Vec::as_slice)
}

fn types(schema: &Schema) -> Vec<&str> {
    match schema.get("type") {
        Some(Schema::String(one)) => vec![one],
        Some(Schema::Array(several)) => several.iter().filter_map(Schema::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The words that a schema allows.
fn allowed(schema: &Schema) -> Vec<&str> {
    let words = list(schema, "enum").into_iter().flatten().chain(schema.get("const"));
    words.filter_map(Schema::as_str).collect()
}

/// The key of a table that has to have one value, with that value.
fn constant(schema: &Schema) -> Option<(&str, &str)> {
    let properties = schema.get("properties")?.as_object()?;
    properties.iter().find_map(|(key, it)| Some((key.as_str(), it.get("const")?.as_str()?)))
}

fn is_a(content: &Content, expected: &str) -> bool {
    match content {
        Content::List(_) => expected == "array",
        Content::Table(_) => expected == "object",
        Content::Leaf(toml::Value::String(_)) => expected == "string",
        Content::Leaf(toml::Value::Integer(_)) => matches!(expected, "integer" | "number"),
        Content::Leaf(toml::Value::Float(_)) => expected == "number",
        Content::Leaf(toml::Value::Boolean(_)) => expected == "boolean",
        Content::Leaf(_) => false,
    }
}

/// What a type of the schema is called.
fn word(expected: &str) -> &str {
    match expected {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

fn found_word(content: &Content) -> &'static str {
    match content {
        Content::List(_) => "a list",
        Content::Table(_) => "a table",
        Content::Leaf(toml::Value::String(_)) => "a text",
        Content::Leaf(toml::Value::Integer(_)) => "a whole number",
        Content::Leaf(toml::Value::Float(_)) => "a number",
        Content::Leaf(toml::Value::Boolean(true)) => "`true`",
        Content::Leaf(toml::Value::Boolean(false)) => "`false`",
        Content::Leaf(_) => "something else",
    }
}

/// What is wrong with a value of the right type, and a hint.
fn wrong_value(value: &toml::Value, schema: &Schema) -> Option<(String, Option<String>)> {
    match value {
        toml::Value::String(text) => wrong_text(text, schema),
        toml::Value::Integer(number) => {
            let bound = |key| schema.get(key).and_then(Schema::as_i64);
            match (bound("minimum"), bound("maximum")) {
                (Some(least), _) if *number < least => Some((format!("is less than {least}"), None)),
                (_, Some(most)) if *number > most => Some((format!("is more than {most}"), None)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn wrong_text(text: &str, schema: &Schema) -> Option<(String, Option<String>)> {
    let words = allowed(schema);
    if !words.is_empty() && !words.contains(&text) {
        return Some((format!("`{text}` is not allowed here"), nearest(text, words)));
    }
    if text.is_empty() && schema.get("minLength").and_then(Schema::as_u64).is_some_and(|least| least > 0) {
        return Some(("must not be empty".to_owned(), None));
    }
    let pattern = schema.get("pattern").and_then(Schema::as_str)?;
    let fits = Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    let examples = list(schema, "examples").into_iter().flatten().filter_map(Schema::as_str);
    let examples: Vec<String> = examples.map(|example| format!("`{example}`")).collect();
    (!fits).then(|| {
        let hint = (!examples.is_empty()).then(|| format!("write it like {}", examples.join(" or ")));
        (format!("`{text}` does not have the right form"), hint)
    })
}
