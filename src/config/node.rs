//! Configuration as a tree in which every value knows where it was written.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml_edit::{Document, Item, TableLike, Value};

use super::file::SourceFile;

/// Where something is written.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub file: Arc<SourceFile>,
    pub span: Range<usize>,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub content: Content,
    pub place: Place,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Leaf(toml::Value),
    List(Vec<Node>),
    Table(BTreeMap<String, Entry>),
}

/// A key of a table with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Where the key is written.
    pub key: Place,
    pub node: Node,
}

/// A syntax error.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub place: Place,
    pub what: String,
}

impl Node {
    /// The tree of a file.
    pub fn parse(file: &Arc<SourceFile>) -> Result<Self, SyntaxError> {
        let document = Document::parse(file.text.as_str()).map_err(|error| SyntaxError {
            place: Place { file: Arc::clone(file), span: error.span().unwrap_or_default() },
            what: error.message().lines().collect::<Vec<_>>().join(", "),
        })?;
        Ok(Self::of_table(document.as_table(), Place { file: Arc::clone(file), span: 0..0 }))
    }

    /// Lays `over` on top: tables are merged, anything else is replaced, but the lists at `added` grow.
    pub fn merge(&mut self, over: Self, added: &[&str]) {
        let (Content::Table(below), Content::Table(above)) = (&mut self.content, over.content.clone()) else {
            *self = over;
            return;
        };
        for (name, entry) in above {
            match (below.get_mut(&name), &entry.node.content) {
                (Some(Entry { node: Self { content: Content::List(rows), .. }, .. }), Content::List(more))
                    if added.contains(&name.as_str()) =>
                {
                    rows.extend(more.iter().cloned());
                }
                (Some(old), _) => old.node.merge(entry.node, &[]),
                (None, _) => {
                    below.insert(name, entry);
                }
            }
        }
    }

    /// The value at a path of keys and indices, `freeze[0].until`.
    pub fn find(&self, path: &str) -> Option<&Self> {
        let Some((step, rest)) = first_step(path) else { return Some(self) };
        let below = match (&self.content, step) {
            (Content::Table(table), Step::Key(key)) => &table.get(&key)?.node,
            (Content::List(list), Step::Index(index)) => list.get(index)?,
            _ => return None,
        };
        below.find(rest)
    }

    /// The value without places.
    pub fn value(&self) -> toml::Value {
        match &self.content {
            Content::Leaf(value) => value.clone(),
            Content::List(list) => toml::Value::Array(list.iter().map(Self::value).collect()),
            Content::Table(table) => {
                toml::Value::Table(table.iter().map(|(name, entry)| (name.clone(), entry.node.value())).collect())
            }
        }
    }

    fn of_table(table: &dyn TableLike, place: Place) -> Self {
        let entries = table.iter().filter_map(|(name, item)| {
            let key = table.key(name).and_then(toml_edit::Key::span).unwrap_or(place.span.clone());
            let key = Place { file: Arc::clone(&place.file), span: key };
            let node = Self::of_item(item, &key)?;
            Some((name.to_owned(), Entry { key, node }))
        });
        let content = Content::Table(entries.collect());
        Self { content, place }
    }

    fn of_item(item: &Item, key: &Place) -> Option<Self> {
        let span = item.span().unwrap_or(key.span.clone());
        let place = Place { file: Arc::clone(&key.file), span };
        match item {
            Item::None => None,
            Item::Table(table) => Some(Self::of_table(table, place)),
            Item::ArrayOfTables(tables) => {
                let rows = tables.iter().map(|table| {
                    let span = table.span().unwrap_or(key.span.clone());
                    Self::of_table(table, Place { file: Arc::clone(&key.file), span })
                });
                Some(Self { content: Content::List(rows.collect()), place })
            }
            Item::Value(value) => Some(Self::of_value(value, place)),
        }
    }

    fn of_value(value: &Value, place: Place) -> Self {
        let content = match value {
            Value::String(it) => Content::Leaf(it.value().clone().into()),
            Value::Integer(it) => Content::Leaf((*it.value()).into()),
            Value::Float(it) => Content::Leaf((*it.value()).into()),
            Value::Boolean(it) => Content::Leaf((*it.value()).into()),
            // A date without quotes is what people write: it is taken as the text that it is.
            Value::Datetime(it) => {
                let written = place.file.text.get(place.span.clone()).map(str::to_owned);
                Content::Leaf(written.unwrap_or_else(|| it.value().to_string()).into())
            }
            Value::Array(array) => {
                let items = array.iter().map(|value| {
                    let span = value.span().unwrap_or(place.span.clone());
                    Self::of_value(value, Place { file: Arc::clone(&place.file), span })
                });
                Content::List(items.collect())
            }
            Value::InlineTable(table) => return Self::of_table(table, place),
        };
        Self { content, place }
    }
}

enum Step {
    Key(String),
    Index(usize),
}

/// Splits the first step off a path; a key that is not bare is written in quotes.
fn first_step(path: &str) -> Option<(Step, &str)> {
    let path = path.strip_prefix('.').unwrap_or(path);
    if path.is_empty() {
        return None;
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (index, rest) = rest.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?), rest));
    }
    if path.starts_with('"') {
        let mut keys = serde_json::Deserializer::from_str(path).into_iter::<String>();
        let key = keys.next()?.ok()?;
        return Some((Step::Key(key), path.get(keys.byte_offset()..)?));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (key, rest) = path.split_at(end);
    Some((Step::Key(key.to_owned()), rest))
}

/// The path of `key` within `parent`, in the form that [`Node::find`] reads.
pub(super) fn joined(parent: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let key = if bare { key.to_owned() } else { serde_json::to_string(key).unwrap_or_default() };
    if parent.is_empty() { key } else { format!("{parent}.{key}") }
}
