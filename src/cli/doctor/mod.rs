//! What `doctor` looks at: each check says what was found and what to do about it.

pub mod clock;
pub mod configuration;
pub mod git;
pub mod looks;
pub mod sources;
pub mod state;
pub mod terminal;
pub mod tmux;

use serde::Serialize;

use super::failure::Failure;
use crate::model::Status;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it belongs to: `terminal`, `configuration` …
    pub area: &'static str,
    /// Ok, held (works, but should be looked at), or failed.
    pub status: Status,
    /// What was found, as a fragment.
    pub says: String,
    /// What the person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Check {
    /// All is well.
    pub fn ok(area: &'static str, says: impl Into<String>) -> Self {
        Self { area, status: Status::Ok, says: says.into(), hint: None }
    }

    /// It works, but should be looked at.
    pub fn warn(area: &'static str, says: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { area, status: Status::Held, says: says.into(), hint: Some(hint.into()) }
    }

    /// It does not work.
    pub fn failed(area: &'static str, says: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { area, status: Status::Failed, says: says.into(), hint: Some(hint.into()) }
    }
}

/// The check for a world that cannot be opened.
pub fn without_world(failure: &Failure) -> Check {
    let hint = match failure {
        Failure::Told { hint, .. } => hint.clone(),
        Failure::Closed => None,
    };
    Check::failed("project", failure.to_string(), hint.unwrap_or_else(|| "flightdeck demo works anywhere".to_owned()))
}
