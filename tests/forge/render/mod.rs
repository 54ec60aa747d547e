//! How GitHub writes things in JSON.

mod actions;
mod app;
mod code;
mod deployments;
mod issues;
mod pulls;
mod repository;
mod user;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use self::actions::{approval, job, pending, run, workflow};
pub use self::app::{app, installation};
pub use self::code::{branch, check, combined, commit, comparison, job_check, reference};
pub use self::deployments::{deployment, deployment_status, environment};
pub use self::issues::{issue, pull_issue, release};
pub use self::pulls::{pull, pull_simple, review};
pub use self::repository::{full, minimal, usual};
pub use self::user::{public_user, user, user_number};

/// Where things are, in absolute addresses.
#[derive(Debug, Clone)]
pub struct At {
    /// For people.
    pub root: String,
    /// For programs.
    pub api: String,
}

impl At {
    /// The API's address of a repository.
    pub fn repo(&self, full_name: &str) -> String {
        format!("{}/repos/{full_name}", self.api)
    }

    /// The address of a repository for people.
    pub fn html(&self, full_name: &str) -> String {
        format!("{}/{full_name}", self.root)
    }
}

/// A global id, as opaque as GitHub's.
pub fn node(prefix: &str, id: impl std::fmt::Display) -> String {
    format!("{prefix}_{id}")
}

/// A stable number from a text.
pub fn number(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(4).fold(0, |number, byte| number * 256 + u64::from(*byte))
}

/// Adds addresses that stand below another one.
pub fn urls(object: &mut Map<String, Value>, base: &str, table: &[(&str, &str)]) {
    for (name, suffix) in table {
        object.insert((*name).to_owned(), format!("{base}{suffix}").into());
    }
}

/// The members of an object.
pub fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(it) => it,
        other => panic!("no object: {other}"),
    }
}
