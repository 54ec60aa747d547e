//! Git repositories on this machine: branches and tags as facts, commits, and the paths that commits touch.
//!
//! How a repository is read is in [`super::repository`]. Nothing is ever written: not to the repository, not to its index,
//! not even a commit-graph file that would make the next reading faster.

mod places;
mod reader;
mod settings;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use self::places::Places;
use self::settings::Settings;
pub use super::repository::discover;
use super::repository::{Directories, Opened, changes};
use super::{
    Backend, BackendError, Changes, CommitBatch, Cursor, ErrorKind, Opening, Reader, Reading, Result, SettingsProblem,
};
use crate::fact::FactKind;
use crate::graph::CommitGraph;
use crate::model::{Clock, CommitId, RepositoryId, SourceId};

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// The backend for an entry of the configuration.
///
/// # Errors
/// When the settings make no sense.
pub fn open(opening: &Opening<'_>) -> std::result::Result<Arc<dyn Backend>, SettingsProblem> {
    let settings: Settings = opening.settings()?;
    let places = Places::of(&settings, opening.base)?;
    Ok(Arc::new(Git { id: opening.id.clone(), places, clock: opening.clock.clone() }))
}

/// The backend.
struct Git {
    id: SourceId,
    places: Places,
    clock: Clock,
}

impl Git {
    /// Runs something that waits for files on a thread made for that.
    async fn blocking<T: Send + 'static>(&self, run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let failed = |error| BackendError::new(&self.id, ErrorKind::Protocol, format!("reading failed: {error}"));
        tokio::task::spawn_blocking(run).await.map_err(failed)?
    }

    /// Where a repository lies.
    fn path_of(&self, repository: &RepositoryId) -> Result<PathBuf> {
        let places = self.places.list().unwrap_or_default();
        let place = places.into_iter().find(|place| place.id == *repository);
        place.map(|place| place.path).ok_or_else(|| {
            BackendError::new(&self.id, ErrorKind::NotFound, format!("there is no repository {repository}"))
        })
    }
}

impl Backend for Git {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn kind(&self) -> &'static str {
        "git"
    }

    fn reports(&self) -> &'static [FactKind] {
        &[FactKind::Reference]
    }

    fn watched_paths(&self) -> Vec<PathBuf> {
        let places = self.places.list().unwrap_or_default();
        let directories = places.iter().filter_map(|place| Directories::of(&place.path));
        let mut all: Vec<PathBuf> = directories.flat_map(|it| it.watched()).collect();
        all.extend(self.places.parent().filter(|parent| parent.is_dir()).map(Path::to_owned));
        all
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }
}

#[async_trait]
impl Reader for Git {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let (id, places, cursor, now) = (self.id.clone(), self.places.clone(), cursor.cloned(), (self.clock)());
        self.blocking(move || reader::read(&id, &places, cursor.as_ref(), now)).await
    }
}

#[async_trait]
impl Changes for Git {
    fn repositories(&self) -> Vec<RepositoryId> {
        self.places.list().unwrap_or_default().into_iter().map(|place| place.id).collect()
    }

    async fn commits(&self, repository: &RepositoryId, known: Arc<CommitGraph>) -> Result<CommitBatch> {
        let (id, path) = (self.id.clone(), self.path_of(repository)?);
        self.blocking(move || changes::commits(&Opened::at(&id, &path)?, &known)).await
    }

    async fn beyond(
        &self,
        repository: &RepositoryId,
        known: Arc<CommitGraph>,
        wanted: &[CommitId],
    ) -> Result<CommitBatch> {
        let (id, path, wanted) = (self.id.clone(), self.path_of(repository)?, wanted.to_vec());
        self.blocking(move || changes::beyond(&Opened::at(&id, &path)?, &known, &wanted)).await
    }

    async fn touched(
        &self,
        repository: &RepositoryId,
        commits: &[CommitId],
        filters: &[Vec<String>],
    ) -> Result<Vec<u64>> {
        let (id, path) = (self.id.clone(), self.path_of(repository)?);
        let (commits, filters) = (commits.to_vec(), filters.to_vec());
        self.blocking(move || changes::touched(&Opened::at(&id, &path)?, &commits, &filters)).await
    }

    async fn same_patches(
        &self,
        repository: &RepositoryId,
        pairs: &[(CommitId, CommitId)],
    ) -> Result<Vec<(CommitId, CommitId)>> {
        let (id, path, pairs) = (self.id.clone(), self.path_of(repository)?, pairs.to_vec());
        self.blocking(move || changes::same_patches(&Opened::at(&id, &path)?, &pairs)).await
    }
}
