//! Facts in JSON lines, for history from any system. `FORMAT.md` beside this file describes every field.
//!
//! Files are followed as they grow: a cursor says of each file how far it was read, and only what was appended is read
//! next time. A file that was replaced, shortened, edited in place or taken away starts a *full pass* over all files, at
//! whose end what no line says any more is withdrawn, unless something could not be read that could be read before. Both
//! come in batches, so that memory does not grow with the files.
//!
//! The time of an observation is the time of the pass plus one nanosecond a line: so a later line holds over an earlier
//! one with the same key, and a later pass over an earlier one, whatever times the lines themselves tell.

mod cursor;
mod files;
mod line;
mod lines;
mod log;
mod normal;
mod pass;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::port::{Backend, Cursor, LogCursor, LogPart, Logs, Reader, Reading};
use super::registry::{Opening, SettingsProblem};
use super::{BackendError, Result};
use crate::fact::FactKind;
use crate::model::{Clock, RunId, SourceId, Text};
use files::Place;
use line::Defaults;

/// The sorts of facts that lines can tell.
const REPORTED: &[FactKind] = &[
    FactKind::PullRequest,
    FactKind::Run,
    FactKind::Artifact,
    FactKind::Deployment,
    FactKind::State,
    FactKind::Incident,
    FactKind::Lock,
    FactKind::BadMark,
];

/// Facts in JSON lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// A file, a directory of which every `.jsonl` file is read, or a glob (`facts/**/*.jsonl`), relative to the
    /// configuration file.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The service of lines that name none.
    #[serde(default)]
    pub service: Option<String>,
    /// The environment of lines that name none.
    #[serde(default)]
    pub environment: Option<String>,
    /// The repository of pull requests that name none.
    #[serde(default)]
    pub repository: Option<String>,
}

/// A backend over files of JSON lines.
pub struct FileBackend {
    inner: Arc<Inner>,
}

/// What the work on other threads shares.
struct Inner {
    id: SourceId,
    clock: Clock,
    place: Place,
    defaults: Defaults,
}

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// Makes the backend from its settings.
///
/// # Errors
/// When the path is empty or no glob, or the environment is none of the project's.
pub fn open(opening: &Opening<'_>) -> std::result::Result<Arc<dyn Backend>, SettingsProblem> {
    Ok(Arc::new(FileBackend::open(opening)?))
}

impl FileBackend {
    fn open(opening: &Opening<'_>) -> std::result::Result<Self, SettingsProblem> {
        let settings: Settings = opening.settings()?;
        let problem = |key: &str, what: String| SettingsProblem { key: key.to_owned(), what: Text::from(what) };
        let place = Place::new(opening.base, &settings.path).map_err(|what| problem("path", what))?;
        if let Some(name) = &settings.environment
            && !opening.environments.is_empty()
            && !opening.environments.iter().any(|it| it.as_str() == name)
        {
            return Err(problem("environment", format!("there is no environment `{name}`")));
        }
        let Settings { service, environment, repository, .. } = settings;
        let location = opening.id.as_str().to_owned();
        let defaults = Defaults { service, environment, repository, location };
        let inner = Inner { id: opening.id.clone(), clock: opening.clock.clone(), place, defaults };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` where it may block.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(died) => Err(BackendError::died(&self.inner.id, &died).await),
        }
    }
}

impl Backend for FileBackend {
    fn id(&self) -> &SourceId {
        &self.inner.id
    }

    fn kind(&self) -> &'static str {
        "file"
    }

    fn reports(&self) -> &'static [FactKind] {
        REPORTED
    }

    fn watched_paths(&self) -> Vec<PathBuf> {
        self.inner.place.watched().into_iter().collect()
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn logs(&self) -> Option<&dyn Logs> {
        Some(self)
    }
}

#[async_trait]
impl Reader for FileBackend {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let position = cursor.map(cursor::Position::of).unwrap_or_default();
        self.blocking(move |inner| pass::read(inner, position)).await
    }
}

#[async_trait]
impl Logs for FileBackend {
    async fn log(&self, run: &RunId, job: &str, after: Option<&LogCursor>, lines: usize) -> Result<LogPart> {
        let (run, job, after) = (run.clone(), job.to_owned(), after.cloned());
        self.blocking(move |inner| log::part(inner, &run, &job, after.as_ref(), lines)).await
    }
}
