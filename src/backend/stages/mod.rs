//! Stage repositories: a directory per stage, in each the packages of services (see [`package`](super::package)).
//!
//! ```toml
//! [[backend]]
//! name = "packages"
//! kind = "stages"
//! path = "packages"                              # one directory per stage
//! environments = ["dev", "testing"]              # stages that are environments of the same name …
//! # environments = { dev = "10-dev", testing = "20-testing" }   # … or environment = directory
//! ```
//!
//! What a stage offers is its live version. Promoting copies the *same bytes* from the stage before, proves their digest
//! before and after, gives the directory its name in one step, and switches `current`. Rolling back is *promote-older*:
//! the older immutable version, which lies there still, is offered again; nothing is copied for that.
//!
//! A stage may want approvals before a version comes into it: see [`approvals`].
//!
//! Reading looks at names, sizes, manifests and records, never at the content of packages. Health is therefore unknown
//! until an operation has hashed the live version; the answer is remembered while the files keep size and time.

mod approvals;
mod operate;
mod promote;
mod propose;
mod read;
mod track;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use approvals::Rule;
use approvals::Rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approver::Approver;
use super::package::{Hashes, Observer, Unwatched, name};
use super::{Backend, BackendError, Opening, Operator, Reader, SettingsProblem};
use crate::fact::FactKind;
use crate::model::{Clock, EnvironmentId, SourceId, Text};

/// The name of the history of a service in a stage.
const HISTORY: &str = "history.jsonl";

/// The settings of a `stages` backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The directory that holds a directory per stage, relative to the configuration file.
    pub path: PathBuf,
    /// The environments that are stages here: names, where directory and environment are called alike, or a table from
    /// environment to directory.
    pub environments: Environments,
    /// Which versions need approvals before they come into an environment.
    #[serde(default)]
    pub approvals: Vec<Rule>,
}

/// Which environments are which directories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Environments {
    /// Environments whose directories are called like them.
    Named(Vec<String>),
    /// Environment = directory.
    Mapped(BTreeMap<String, String>),
}

/// A backend over stage directories.
pub struct Stages {
    inner: Arc<Inner>,
}

/// What the work on other threads shares.
struct Inner {
    id: SourceId,
    clock: Clock,
    /// The stages in the order of promotion.
    stages: Vec<Stage>,
    approvals: Rules,
    hashes: Hashes,
    /// The directories of versions that could not be taken when they were read last, by the directory of their service.
    flawed: Mutex<BTreeMap<PathBuf, Vec<PathBuf>>>,
    observer: Box<dyn Observer>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage {
    environment: EnvironmentId,
    directory: PathBuf,
}

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// Makes the backend from its settings.
///
/// # Errors
/// When a setting is missing or makes no sense.
pub fn open(opening: &Opening<'_>) -> Result<Arc<dyn Backend>, SettingsProblem> {
    Ok(Arc::new(Stages::open(opening, Box::new(Unwatched))?))
}

impl Stages {
    fn open(opening: &Opening<'_>, observer: Box<dyn Observer>) -> Result<Self, SettingsProblem> {
        let settings: Settings = opening.settings()?;
        let base = opening.base.join(&settings.path);
        let mut stages = Vec::new();
        for (environment, directory) in settings.environments.pairs() {
            if !name::is_component(&directory) {
                let what = format!("{directory:?} cannot be the name of a directory");
                return Err(SettingsProblem { key: format!("environments.{environment}"), what: what.into() });
            }
            stages.push(Stage { environment: environment.as_str().into(), directory: base.join(directory) });
        }
        if stages.is_empty() {
            return Err(SettingsProblem { key: "environments".to_owned(), what: "name at least one".into() });
        }
        // The project's order of promotion holds; what it does not name keeps its order, at the end.
        let rank = |stage: &Stage| opening.environments.iter().position(|it| *it == stage.environment);
        stages.sort_by_key(|stage| rank(stage).unwrap_or(usize::MAX));
        let inner = Inner {
            id: opening.id.clone(),
            clock: opening.clock.clone(),
            stages,
            approvals: Rules::new(&settings.approvals)?,
            hashes: Hashes::default(),
            flawed: Mutex::default(),
            observer,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` where it may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> super::Result<T> + Send + 'static,
    ) -> super::Result<T> {
        let inner = self.inner.clone();
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(died) => Err(BackendError::died(&self.inner.id, &died).await),
        }
    }
}

impl Environments {
    fn pairs(&self) -> Vec<(String, String)> {
        match self {
            Self::Named(names) => names.iter().map(|name| (name.clone(), name.clone())).collect(),
            Self::Mapped(map) => map.iter().map(|(name, directory)| (name.clone(), directory.clone())).collect(),
        }
    }
}

impl Inner {
    fn stage(&self, environment: &EnvironmentId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.environment == *environment)
    }

    /// The stage before `environment` in the order of promotion.
    fn before(&self, environment: &EnvironmentId) -> Option<&Stage> {
        let at = self.stages.iter().position(|stage| stage.environment == *environment)?;
        self.stages.get(at.checked_sub(1)?)
    }
}

impl Stage {
    fn service(&self, service: &str) -> PathBuf {
        self.directory.join(service)
    }
}

impl Backend for Stages {
    fn id(&self) -> &SourceId {
        &self.inner.id
    }

    fn kind(&self) -> &'static str {
        "stages"
    }

    fn reports(&self) -> &'static [FactKind] {
        &[FactKind::Artifact, FactKind::Deployment, FactKind::State]
    }

    fn watched_paths(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for stage in &self.inner.stages {
            // A version comes or is switched to in the directory of its service.
            let names = services(&stage.directory).map(|(names, _)| names).unwrap_or_default();
            all.extend(names.iter().map(|service| stage.service(service)));
            all.push(stage.directory.clone());
        }
        // What was flawed when it was read may be a version that somebody is still writing, file by file.
        let flawed = self.inner.flawed.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(flawed.values().flatten().cloned());
        all.sort();
        all
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn operator(&self) -> Option<&dyn Operator> {
        Some(self)
    }

    fn approver(&self) -> Option<&dyn Approver> {
        Some(self)
    }
}

/// The services in a stage: its directories that can be names.
fn services(directory: &Path) -> super::package::Result<(Vec<String>, Vec<Text>)> {
    use super::package::error::At as _;
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(directory).at(directory)? {
        let entry = entry.at(directory)?;
        let path = entry.path();
        if !path.is_dir() {
            continue;
        }
        match entry.file_name().to_str() {
            Some(hidden) if hidden.starts_with('.') => {}
            Some(named) if name::is_component(named) => names.push(named.to_owned()),
            _ => problems.push(format!("{}: the name of this directory cannot be a service", path.display()).into()),
        }
    }
    names.sort();
    Ok((names, problems))
}
