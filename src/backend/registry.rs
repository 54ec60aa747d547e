//! The kinds of backends that are built in, as a table: from a configuration entry to a backend.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::port::Backend;
use super::{file, git, github, kubernetes, releases, stages};
use crate::model::{Clock, EnvironmentId, SourceId, Text};

/// A kind of backend.
pub struct BackendKind {
    /// The word that the configuration uses.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// The JSON schema of its settings.
    pub schema: fn() -> schemars::Schema,
    /// Makes one from its settings. Touches nothing outside: a directory that is missing is found when it is read.
    pub open: fn(&Opening<'_>) -> Result<Arc<dyn Backend>, SettingsProblem>,
}

/// What a backend is made from.
pub struct Opening<'a> {
    /// The name that the configuration gave it.
    pub id: SourceId,
    /// The settings of its kind.
    pub settings: &'a BTreeMap<String, toml::Value>,
    /// What relative paths in the settings are relative to: the directory of the configuration file.
    pub base: &'a Path,
    /// The environments of the project, in the order of promotion.
    pub environments: &'a [EnvironmentId],
    /// A directory of Flightdeck's own where the backend may keep what makes it fast.
    pub cache: &'a Path,
    /// Where the present comes from.
    pub clock: Clock,
}

/// Settings that make no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The setting, as a path of keys; empty when it is about all of them.
    pub key: String,
    /// What is wrong with it, as a fragment.
    pub what: Text,
}

impl Opening<'_> {
    /// The settings as the kind's own type.
    ///
    /// # Errors
    /// When a setting is missing or of another type.
    pub fn settings<T: serde::de::DeserializeOwned>(&self) -> Result<T, SettingsProblem> {
        let table: toml::Table = self.settings.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        table
            .try_into()
            .map_err(|error: toml::de::Error| SettingsProblem { key: String::new(), what: Text::from(error.message()) })
    }
}

/// The kinds that are built in.
pub const KINDS: &[BackendKind] = &[
    BackendKind {
        name: "git",
        about: "git repositories on this machine: commits, branches and tags",
        schema: git::schema,
        open: git::open,
    },
    BackendKind {
        name: "file",
        about: "facts in JSON lines, for history from any system: pull requests, runs, deployments, incidents",
        schema: file::schema,
        open: file::open,
    },
    BackendKind {
        name: "github",
        about: "repositories on GitHub: pull requests, workflow runs, deployments, environments, releases, incidents",
        schema: github::schema,
        open: github::open,
    },
    BackendKind {
        name: "kubernetes",
        about: "workloads in Kubernetes clusters: Deployments, StatefulSets and DaemonSets",
        schema: kubernetes::schema,
        open: kubernetes::open,
    },
    BackendKind {
        name: "releases",
        about: "release directories: versions side by side, and a pointer to the live one that is switched",
        schema: releases::schema,
        open: releases::open,
    },
    BackendKind {
        name: "stages",
        about: "stage repositories: a directory per stage with versioned packages; promoting copies the same bytes on",
        schema: stages::schema,
        open: stages::open,
    },
];
