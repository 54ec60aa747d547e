//! Which commits touch which service, for services that are some paths of a repository.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{World, WorldError};
use crate::backend::{BackendError, Changes};
use crate::graph::{Pos, Touched};
use crate::model::{CommitId, RepositoryId, ServiceId};
use crate::store::StoreError;
use crate::store::commits::{CommitStore, RepositoryCommits};

/// How many filters a backend takes in one call.
const FILTERS_AT_ONCE: usize = 64;

/// The services of one repository that are some paths of it, with these paths.
type Paths = BTreeMap<ServiceId, Vec<String>>;

impl World {
    /// Brings the path filters of every repository up to its commits and services. Costs what is new: what was looked at
    /// before is kept. Says what could not be read.
    pub(super) async fn refresh_paths(&self) -> Result<Vec<BackendError>, WorldError> {
        let mut failures = Vec::new();
        for (repository, paths) in self.paths_by_repository() {
            let Some(changes) = self.changes_of(&repository) else { continue };
            if let Err(error) = self.refresh_paths_of(&repository, &paths, changes).await? {
                failures.push(error);
            }
        }
        Ok(failures)
    }

    /// Shows what is kept, without asking any backend.
    pub(super) fn show_kept_paths(&self) -> Result<(), WorldError> {
        for (repository, paths) in self.paths_by_repository() {
            let (filters, places) = numbered(&paths);
            let commits = self.kept(|store| store.repository(&repository))?;
            let touched = self.kept(|store| Ok(store.touched(&repository, &commits, &filters)))?;
            self.show_paths(&repository, commits, touched, places);
        }
        Ok(())
    }

    fn paths_by_repository(&self) -> BTreeMap<RepositoryId, Paths> {
        let snapshot = self.snapshot();
        let mut all: BTreeMap<RepositoryId, Paths> = BTreeMap::new();
        for service in snapshot.services.values().map(|it| &it.service).filter(|it| !it.paths.is_empty()) {
            let Some(repository) = &service.repository else { continue };
            all.entry(repository.clone()).or_default().insert(service.id.clone(), service.paths.clone());
        }
        all
    }

    async fn refresh_paths_of(
        &self,
        repository: &RepositoryId,
        paths: &Paths,
        changes: &dyn Changes,
    ) -> Result<Result<(), BackendError>, WorldError> {
        let (filters, places) = numbered(paths);
        let commits = self.kept(|store| store.repository(repository))?;
        let mut touched = self.kept(|store| Ok(store.touched(repository, &commits, &filters)))?;
        let known = touched.len();
        if known < commits.graph.len() {
            let ids: Vec<CommitId> =
                commits.graph.positions().skip(known).map(|pos: Pos| commits.graph.id(pos)).collect();
            let mut columns = Vec::new();
            for some in filters.chunks(FILTERS_AT_ONCE) {
                match changes.touched(repository, &ids, some).await {
                    Ok(column) => columns.push(column),
                    Err(error) => return Ok(Err(error)),
                }
            }
            touched.append(&columns);
            self.kept(|store| store.keep_touched(repository, &commits, &filters, &touched))?;
        }
        self.show_paths(repository, commits, touched, places);
        Ok(Ok(()))
    }

    fn show_paths(
        &self,
        repository: &RepositoryId,
        commits: RepositoryCommits,
        touched: Touched,
        places: BTreeMap<ServiceId, usize>,
    ) {
        self.paint(|painter| {
            let shown = painter.commits(repository);
            let same = shown.is_some_and(|it| {
                it.filters == places && *it.touched == touched && it.graph.len() == commits.graph.len()
            });
            if !same {
                painter.set_commits(repository.clone(), commits, Arc::new(touched), places);
            }
        });
    }

    /// The store blocks, for a few milliseconds and only where a service is some paths of a repository.
    fn kept<T>(&self, ask: impl FnOnce(&CommitStore) -> Result<T, StoreError>) -> Result<T, WorldError> {
        Ok(ask(&self.shelves().commits)?)
    }
}

/// The filters in the order of their services, and the place of each.
fn numbered(paths: &Paths) -> (Vec<Vec<String>>, BTreeMap<ServiceId, usize>) {
    (paths.values().cloned().collect(), paths.keys().cloned().zip(0..).collect())
}
