//! Answers only what a query selects.

use serde_json::{Map, Value, json};

use super::parse::{Document, Field, Selection};

/// What a selection says of an object, its own fields resolved one by one.
pub struct Selector<'d> {
    pub document: &'d Document,
    pub errors: Vec<Value>,
}

impl Selector<'_> {
    /// The selected part of a value that is whole.
    pub fn project(&mut self, value: &Value, selection: &[Selection]) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|it| self.project(it, selection)).collect(),
            Value::Object(object) if !selection.is_empty() => {
                let mut out = Map::new();
                for field in self.fields(selection, object.get("__typename").and_then(Value::as_str)) {
                    let Some(inner) = object.get(&field.name) else {
                        let of = object.get("__typename").and_then(Value::as_str).unwrap_or("?");
                        self.fail("undefinedField", &format!("Field '{}' doesn't exist on type '{of}'", field.name));
                        continue;
                    };
                    let paged = trimmed(inner, &field);
                    let paged = self.project(paged.as_ref().unwrap_or(inner), &field.selection);
                    out.insert(field.key, paged);
                }
                out.into()
            }
            other => other.clone(),
        }
    }

    /// The fields of a selection for one type, fragments opened.
    pub fn fields(&self, selection: &[Selection], of: Option<&str>) -> Vec<Field> {
        let mut all = Vec::new();
        for it in selection {
            match it {
                Selection::Field(field) => all.push(field.clone()),
                Selection::Fragment(on, inner) if on.is_none() || on.as_deref() == of => {
                    all.extend(self.fields(inner, of));
                }
                Selection::Fragment(..) => {}
                Selection::Named(name) => {
                    let found = self.document.fragments.get(name);
                    all.extend(
                        found
                            .filter(|(on, _)| Some(on.as_str()) == of)
                            .into_iter()
                            .flat_map(|(_, it)| self.fields(it, of)),
                    );
                }
            }
        }
        all
    }

    /// One more error.
    pub fn fail(&mut self, kind: &str, message: &str) {
        self.errors.push(json!({ "type": kind, "message": message }));
    }

    /// What a query costs: a hundred connections are one point.
    pub fn connections(&self, selection: &[Selection], times: u64) -> u64 {
        let mut count = 0;
        for it in selection {
            count += match it {
                Selection::Field(field) => {
                    let ids = field.arguments.get("ids").and_then(Value::as_array).map(|it| it.len() as u64);
                    match size(field).or(ids) {
                        Some(size) => times + self.connections(&field.selection, times * size),
                        None => self.connections(&field.selection, times),
                    }
                }
                Selection::Fragment(_, inner) => self.connections(inner, times),
                Selection::Named(name) => {
                    self.document.fragments.get(name).map_or(0, |(_, inner)| self.connections(inner, times))
                }
            };
        }
        count
    }
}

/// How many nodes a connection may hold.
pub fn size(field: &Field) -> Option<u64> {
    ["first", "last"].iter().find_map(|it| field.arguments.get(*it)).and_then(Value::as_u64)
}

/// A connection that is part of something else, cut to what was asked for.
fn trimmed(value: &Value, field: &Field) -> Option<Value> {
    let nodes = value.get("nodes")?.as_array()?;
    let size = usize::try_from(size(field)?).ok()?;
    let after =
        field.arguments.get("after").and_then(Value::as_str).and_then(|it| it.parse::<usize>().ok()).unwrap_or(0);
    let last = field.arguments.contains_key("last");
    let start = if last { nodes.len().saturating_sub(size) } else { after.min(nodes.len()) };
    let end = (start + size).min(nodes.len());
    let mut all = value.clone();
    all["nodes"] = nodes[start..end].to_vec().into();
    all["pageInfo"] = json!({ "__typename": "PageInfo", "hasNextPage": end < nodes.len(), "hasPreviousPage": start > 0,
        "endCursor": (end > start).then(|| end.to_string()), "startCursor": (end > start).then(|| start.to_string()) });
    Some(all)
}
