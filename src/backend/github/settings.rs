//! What can be configured of GitHub.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Repositories on GitHub: pull requests, workflow runs, deployments, environments, releases, incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The repository as `owner/name`, or several. Default: the one that the git remote of the configuration's directory
    /// leads to.
    pub repository: Option<OneOrMany>,
    /// What the repository is called in this project, where it is one. Default: its name without the owner.
    pub called: Option<String>,
    /// The address of the API. Default: `https://api.github.com`, or `https://HOST/api/v3` for the host of the git remote.
    pub api: Option<String>,
    /// The environment variable that holds the token. Default: `GH_TOKEN`, then `GITHUB_TOKEN` (for an Enterprise host
    /// `GH_ENTERPRISE_TOKEN`, then `GITHUB_ENTERPRISE_TOKEN`), then what `gh auth token` says.
    pub token_env: Option<String>,
    /// A command that prints the token: `["pass", "show", "github"]`.
    pub token_command: Vec<String>,
    /// A GitHub App to speak as, instead of a person.
    pub app: Option<App>,
    /// The service that is deployed from the repository. Default: what `environment` or `task` names, else what the
    /// repository is called.
    pub service: Option<String>,
    /// How environments are called on GitHub. `{environment}` and `{service}` stand for names, `*` for anything:
    /// `{service}-{environment}`. Default: `{environment}`.
    pub environment: Option<String>,
    /// The environments that are here: names, or a table from environment to what `{environment}` stands for. Default:
    /// all of the project.
    pub environments: Option<Environments>,
    /// The tasks whose deployments count; `{service}` stands for a service: `deploy:{service}`. Default: `deploy`.
    pub task: Option<String>,
    /// Where the version of a deployment stands, the first that is there holds: `payload KEY`, `ref` (where it is a tag or
    /// looks like a version), `tag` (of a release of that commit), `sha`. Default: `payload version`, `ref`, `sha`.
    pub version: Vec<String>,
    /// The labels of issues that are incidents; an issue needs one of them. Default: `incident`.
    pub incident_labels: Option<Vec<String>>,
    /// How far back history is filled, in days. Default: 365.
    pub history_days: Option<u32>,
    /// How many requests an hour may go into filling history. Default: 1,000. None is made while less than a fifth of the
    /// limit is left.
    pub history_budget: Option<u32>,
    /// Whether a bare mirror of each repository is kept in the cache, for commits, branches and tags. Default: true.
    pub mirror: Option<bool>,
    /// The address that the mirror fetches from, with `{owner}` and `{name}`. Default: the repository's own.
    pub clone_url: Option<String>,
    /// How a version is brought into an environment. Without it nothing can be promoted here: that somebody's automation
    /// acts on deployments is not assumed.
    pub promote: Option<Promote>,
    /// How an older version is put back. Default: as it was promoted.
    pub rollback: Option<Rollback>,
    /// Other backends (by name) whose deployments are recorded here as GitHub deployments.
    pub record: Vec<String>,
}

/// One name or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Which environments are where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Environments {
    /// Environments that `{environment}` names as they are.
    Named(Vec<String>),
    /// Environment = what `{environment}` stands for.
    Mapped(BTreeMap<String, String>),
}

/// A GitHub App.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The id of the app, or its client id.
    pub id: StringOrNumber,
    /// The id of its installation. Default: the one of the repository.
    #[serde(default)]
    pub installation: Option<u64>,
    /// The file with its private key, PEM, relative to the configuration file.
    pub key: PathBuf,
}

/// An id that is written as a number or as text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StringOrNumber {
    /// A number.
    Number(u64),
    /// Text.
    Text(String),
}

/// How a version is brought into an environment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "by")]
pub enum Promote {
    /// A workflow is dispatched.
    Workflow(Dispatch),
    /// A deployment is created, which automation acts on.
    Deployment(Deploying),
}

/// A workflow that is dispatched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// Its file: `deploy.yml`.
    pub workflow: String,
    /// The branch or tag whose workflow runs. `{version}`, `{commit}`, `{service}`, `{operation}` and
    /// `{environment}` (as GitHub calls it) stand for what they say. Default: the default branch.
    #[serde(default, rename = "ref")]
    pub reference: Option<String>,
    /// Its inputs, with the same words: `{ version = "{version}", environment = "{environment}" }`.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
}

/// A deployment that is created.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deploying {
    /// Its task. Default: the task of `task`.
    pub task: Option<String>,
    /// The checks that have to be green, by context. Default: all that GitHub knows; an empty list skips them.
    pub required_contexts: Option<Vec<String>>,
    /// More of its payload, beside `version`; the words of inputs stand for the same.
    pub payload: BTreeMap<String, String>,
}

/// How an older version is put back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "by")]
pub enum Rollback {
    /// As it was promoted.
    Promote,
    /// Another workflow is dispatched.
    Workflow(Dispatch),
    /// The job that deployed it runs again, with what it had then.
    RerunJob,
}
