//! One request as a handler sees it, and what a handler says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::render::At;

/// One request.
pub struct Call<'a> {
    pub at: At,
    /// What stands for the braces of the template.
    pub names: Vec<String>,
    pub query: &'a BTreeMap<String, String>,
    pub body: Value,
    /// Who asks.
    pub login: Option<String>,
    /// The place of the repository, where the route has one.
    pub repo: usize,
}

impl Call<'_> {
    /// A parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// What stands for a brace after those of the repository.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The same as a number; 0 for anything else.
    pub fn number(&self, place: usize) -> u64 {
        self.name(place).parse().unwrap_or(0)
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body[name].as_str()
    }

    /// Who asks, or nobody.
    pub fn login(&self) -> &str {
        self.login.as_deref().unwrap_or_default()
    }

    /// The page and its size.
    pub fn page(&self) -> (usize, usize) {
        let number = |name| self.query(name).and_then(|it| it.parse::<usize>().ok());
        (number("page").unwrap_or(1).max(1), number("per_page").unwrap_or(30).clamp(1, 100))
    }

    /// How many to skip and how many to take.
    pub fn span(&self) -> (usize, usize) {
        let (page, size) = self.page();
        ((page - 1) * size, size)
    }

    /// One page of items as the body.
    pub fn list<T>(&self, items: &[T], show: impl FnMut(&T) -> Value) -> Reply {
        Reply { total: Some(items.len()), ..Reply::json(200, self.shown(items, show).into()) }
    }

    /// One page of items under a name, with how many there are.
    pub fn counted<T>(&self, name: &str, items: &[T], show: impl FnMut(&T) -> Value) -> Reply {
        let body = json!({ "total_count": items.len(), name: self.shown(items, show) });
        Reply { total: Some(items.len()), ..Reply::json(200, body) }
    }

    fn shown<T>(&self, items: &[T], show: impl FnMut(&T) -> Value) -> Vec<Value> {
        let (skip, take) = self.span();
        items.iter().skip(skip).take(take).map(show).collect()
    }
}

/// What a handler says.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// `null` for no body.
    pub body: Value,
    /// How many items a list has on all pages.
    pub total: Option<usize>,
    pub location: Option<String>,
}

impl Reply {
    /// A body.
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, body, total: None, location: None }
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self::json(status, Value::Null)
    }

    /// A refusal.
    pub fn error(status: u16, message: &str) -> Self {
        let documentation = "https://docs.github.com/rest";
        let body = json!({ "message": message, "documentation_url": documentation, "status": status.to_string() });
        Self::json(status, body)
    }

    /// There is none, or none that may be seen.
    pub fn not_found() -> Self {
        Self::error(404, "Not Found")
    }
}
