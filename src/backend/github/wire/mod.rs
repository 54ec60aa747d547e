//! What GitHub answers, as far as it is used: every field may be missing or null, and words may be new ones.
//!
//! The client's own types are strict: one run without a field fails a page of a hundred.

/// A type of an answer: what is in brackets has to be there, everything else is read as its default where it is missing,
/// null or not of its kind.
macro_rules! wire {
    (
        $(#[$doc:meta])*
        pub struct $Name:ident $([$key:ident: $Key:ty, $about:literal])? {
            $($(#[$meta:meta])* $field:ident: $Field:ty,)*
        }
    ) => {
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        $(#[$doc])*
        pub struct $Name {
            $(#[doc = $about] pub $key: $Key,)?
            $(
                $(#[$meta])*
                #[serde(default, deserialize_with = "crate::backend::github::wire::or_default")]
                pub $field: $Field,
            )*
        }
    };
}
pub(super) use wire;

pub mod change;
pub mod deployment;
pub mod gate;
pub mod run;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use self::change::{Issue, Pull, Release};
pub use self::deployment::{Deployment, DeploymentStatus};
pub use self::gate::{
    Approval, ChecksPage, CombinedStatus, Environment, EnvironmentsPage, Pending, ProtectionRule, Reviewer,
};
pub use self::run::{Job, JobsPage, Run, RunsPage, Step};

/// A list whose items are read one by one, so that one that makes no sense hides no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Items<T> {
    /// Those that make sense.
    pub all: Vec<T>,
    /// What is wrong with the others.
    pub wrong: Vec<String>,
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Option<Vec<Value>> = Option::deserialize(deserializer)?;
        let mut items = Self::default();
        for raw in raw.unwrap_or_default() {
            match serde_json::from_value(raw) {
                Ok(item) => items.all.push(item),
                Err(error) => items.wrong.push(error.to_string()),
            }
        }
        Ok(items)
    }
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { all: Vec::new(), wrong: Vec::new() }
    }
}

/// Reads a value, and what is not there or not of its kind as the default.
pub fn or_default<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

wire! {
    /// Somebody.
    pub struct User {
        /// Their name.
        login: String,
        /// `User`, `Bot`, `Organization`.
        #[serde(rename = "type", alias = "__typename")]
        kind: String,
    }
}

impl User {
    /// Whether it is a program.
    pub fn is_bot(&self) -> bool {
        self.kind == "Bot" || self.login.ends_with("[bot]")
    }
}

wire! {
    /// A repository.
    pub struct Repository {
        /// `owner/name`.
        full_name: String,
        /// The branch that is checked out by default.
        default_branch: String,
        /// What who asks may do.
        permissions: Option<Permissions>,
    }
}

wire! {
    /// What somebody may do with a repository.
    pub struct Permissions {
        /// Push, deploy, dispatch.
        push: bool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_item_that_makes_no_sense_hides_no_other() {
        let text = r#"{"workflow_runs": [{"id": 1, "status": null, "run_attempt": "x"}, {"id": null}, {"id": 3, "status": "brand_new"}]}"#;
        let page: RunsPage = serde_json::from_str(text).expect("a page");
        let ids: Vec<u64> = page.workflow_runs.all.iter().map(|it| it.id).collect();
        assert_eq!((ids, page.workflow_runs.wrong.len()), (vec![1, 3], 1));
        assert_eq!(page.workflow_runs.all[0].attempt(), 1);
    }

    #[test]
    fn a_list_that_is_null_is_empty() {
        let page: JobsPage = serde_json::from_str(r#"{"jobs": null}"#).expect("a page");
        assert!(page.jobs.all.is_empty());
    }

    #[test]
    fn labels_are_names_or_objects() {
        let issue: Issue = serde_json::from_str(r#"{"number": 1, "labels": ["a", {"name": "b"}, {"name": null}, 3]}"#)
            .expect("an issue");
        assert_eq!(issue.labels().collect::<Vec<_>>(), ["a", "b"]);
    }
}
