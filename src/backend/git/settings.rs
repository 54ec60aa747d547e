//! What can be configured of git repositories.

use schemars::JsonSchema;
use serde::Deserialize;

/// Git repositories on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A repository: bare, ordinary or a linked worktree. Or many alike: one part of the path holds `{repository}`, which
    /// stands for the repository's name, or `*`: `repositories/{repository}.git`, `../*`.
    pub path: String,
    /// What the repository is called, where it is one. Default: the name of its directory, without `.git`.
    #[serde(default)]
    pub repository: Option<String>,
}
