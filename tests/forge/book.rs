//! What was asked, as it was asked and what it was answered with.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::scripted::Request;
use super::world::Time;

/// Stands where a token stood.
const HIDDEN: &str = "<token>";

/// One request. Prints as one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub method: String,
    /// Without the base path and the query.
    pub path: String,
    /// The template of the path in GitHub's description; empty where there is none.
    pub route: &'static str,
    /// Decoded.
    pub query: BTreeMap<String, String>,
    /// By name in lower case, without the value of a token.
    pub headers: BTreeMap<String, String>,
    /// `null` where there was none.
    pub body: Value,
    /// When, by the forge's clock.
    pub at: Time,
    /// What was answered; 0 for a connection that broke.
    pub status: u16,
}

impl Seen {
    /// Of a request that is not answered yet.
    pub fn new(request: &Request, path: &str, route: &'static str, at: Time) -> Self {
        let hide = |name: &str, value: &str| match name {
            "authorization" => value.split_once(' ').map_or(HIDDEN.to_owned(), |(kind, _)| format!("{kind} {HIDDEN}")),
            _ => value.to_owned(),
        };
        Self {
            method: request.method.clone(),
            path: path.to_owned(),
            route,
            query: request.query.clone(),
            headers: request.headers.iter().map(|(name, value)| (name.clone(), hide(name, value))).collect(),
            body: request.json(),
            at,
            status: 0,
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (place, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if place == 0 { '?' } else { '&' })?;
        }
        if self.path == "/graphql" {
            write!(f, " {} {}", self.body["operationName"].as_str().unwrap_or("?"), self.body["variables"])?;
        } else if !self.body.is_null() {
            write!(f, " {}", self.body)?;
        }
        write!(f, " -> {}", self.status)
    }
}

/// A GraphQL request with its answer, for the judge.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Recorded {
    pub query: String,
    pub operation: String,
    pub variables: Value,
    pub answer: Value,
}

/// All of it, in the order of arrival.
#[derive(Default)]
pub struct Book {
    pub seen: Vec<Seen>,
    pub graphql: Vec<Recorded>,
    /// What the judge found wrong, and what nobody may do.
    pub violations: Vec<String>,
}

impl Book {
    /// How many requests there were, by method and status.
    pub fn counts(&self) -> BTreeMap<(String, u16), usize> {
        let mut counts = BTreeMap::new();
        for it in &self.seen {
            *counts.entry((it.method.clone(), it.status)).or_default() += 1;
        }
        counts
    }
}
