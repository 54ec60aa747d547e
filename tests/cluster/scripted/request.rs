//! What was asked, and what it asked for.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded.
    pub query: BTreeMap<String, String>,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it came.
    pub body: Vec<u8>,
    /// When it came.
    pub at: Instant,
}

/// What requests are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Whether it watches.
    pub watch: bool,
}

/// What a path of the API names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Empty for the core group.
    pub group: String,
    /// `v1`.
    pub version: String,
    /// All namespaces, where none is named.
    pub namespace: Option<String>,
    /// `deployments`.
    pub plural: String,
    /// One object, or the whole list.
    pub name: Option<String>,
    /// `status`, `log`.
    pub subresource: Option<String>,
}

impl Request {
    /// Whether it watches.
    pub fn is_watch(&self) -> bool {
        self.query("watch").is_some_and(|it| it == "true" || it == "1")
    }

    /// A parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body, `null` where it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether only metadata is asked for.
    pub fn is_partial(&self) -> bool {
        self.header("accept").is_some_and(|it| it.contains("as=PartialObjectMetadata"))
    }

    /// Whether it lists a kind (`pods`), in one namespace or all.
    pub fn lists(&self, plural: &str) -> bool {
        !self.is_watch() && self.reads_many(plural)
    }

    /// Whether it watches a kind (`pods`), in one namespace or all.
    pub fn watches(&self, plural: &str) -> bool {
        self.is_watch() && self.reads_many(plural)
    }

    fn reads_many(&self, plural: &str) -> bool {
        self.method == "GET" && self.target().is_some_and(|it| it.plural == plural && it.name.is_none())
    }

    /// What the path names, if it is one of the API.
    pub fn target(&self) -> Option<Target> {
        let mut parts = self.path.trim_matches('/').split('/');
        let group = match parts.next()? {
            "api" => String::new(),
            "apis" => parts.next()?.to_owned(),
            _ => return None,
        };
        let version = parts.next()?.to_owned();
        let mut rest: Vec<&str> = parts.collect();
        let mut namespace = None;
        if rest.len() > 2 && rest.first() == Some(&"namespaces") {
            namespace = rest.get(1).map(|it| (*it).to_owned());
            rest.drain(..2);
        }
        let mut rest = rest.into_iter().map(str::to_owned);
        let plural = rest.next()?;
        Some(Target { group, version, namespace, plural, name: rest.next(), subresource: rest.next() })
    }

    /// What it is counted by.
    pub fn counted(&self) -> Counted {
        Counted { method: self.method.clone(), path: self.path.clone(), watch: self.is_watch() }
    }
}

/// The parameters of a query, decoded.
pub fn parameters(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter(|it| !it.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap_or(b'0'), bytes.next().unwrap_or(b'0')];
                std::str::from_utf8(&digits).ok().and_then(|it| u8::from_str_radix(it, 16).ok()).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}
