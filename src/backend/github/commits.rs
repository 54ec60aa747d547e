//! Commits of the repositories, from their mirrors.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::connection::Repository;
use super::mirror::Mirror;
use super::{Github, Inner};
use crate::backend::repository::{Opened, changes, references};
use crate::backend::{BackendError, Changes, CommitBatch, ErrorKind, Result};
use crate::fact::Body;
use crate::graph::CommitGraph;
use crate::model::{CommitId, ReferenceKind, RepositoryId};

impl Inner {
    /// Whether mirrors are kept.
    pub(super) fn mirrors(&self) -> bool {
        self.settings.mirror.unwrap_or(true)
    }

    /// The mirror of a repository.
    pub(super) fn mirror(&self, repository: &Repository) -> Result<Mirror> {
        let (owner, name) = repository.slug.split_once('/').unwrap_or((&repository.slug, ""));
        let url = match &self.settings.clone_url {
            Some(url) => url.replace("{owner}", owner).replace("{name}", name),
            None => format!("{}/{}.git", self.connection()?.api.host.web, repository.slug),
        };
        let path = self.cache.join(format!("{owner}+{name}.git"));
        let web = self.connection()?.api.host.web.clone();
        let (source, repository) = (self.id.clone(), repository.clone());
        Ok(Mirror { source, repository, path, url, web, beside: self.base.clone() })
    }

    /// The branches and tags that a mirror holds, as facts. What is checked out is not there.
    pub(super) async fn references(&self, repository: &Repository) -> Result<Vec<Body>> {
        let (path, called) = (self.mirror(repository)?.path, repository.called.clone());
        let found = self.reading(path, move |opened| references::read(opened, &called)).await?;
        let all = found.all.into_iter().filter(|it| it.kind != ReferenceKind::Head);
        Ok(all.map(Body::from).collect())
    }

    /// The mirror of a repository by its name, once something was fetched.
    fn mirror_path(&self, repository: &RepositoryId) -> Result<Option<PathBuf>> {
        let connection = self.connection()?;
        let Some(found) = connection.repositories.iter().find(|it| it.called == *repository) else {
            let what = format!("there is no repository {repository}");
            return Err(BackendError::new(&self.id, ErrorKind::NotFound, what));
        };
        let mirror = self.mirror(found)?;
        Ok(mirror.is_there().then_some(mirror.path))
    }

    /// Reads a mirror on a thread made for that.
    async fn reading<T: Send + 'static>(
        &self,
        path: PathBuf,
        read: impl FnOnce(&Opened) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = self.id.clone();
        let done = tokio::task::spawn_blocking(move || read(&Opened::at(&id, &path)?)).await;
        match done {
            Ok(read) => read,
            Err(died) => Err(BackendError::died(&self.id, &died).await),
        }
    }
}

#[async_trait]
impl Changes for Github {
    fn repositories(&self) -> Vec<RepositoryId> {
        let connection = self.inner.connection().ok();
        connection.map(|it| it.repositories.iter().map(|it| it.called.clone()).collect()).unwrap_or_default()
    }

    fn is_wider(&self, repository: &RepositoryId) -> bool {
        self.inner.mirror_path(repository).is_ok_and(|it| it.is_some())
    }

    async fn commits(&self, repository: &RepositoryId, known: Arc<CommitGraph>) -> Result<CommitBatch> {
        let Some(path) = self.inner.mirror_path(repository)? else { return Ok(CommitBatch::default()) };
        self.inner.reading(path, move |opened| changes::commits(opened, &known)).await
    }

    async fn beyond(
        &self,
        repository: &RepositoryId,
        known: Arc<CommitGraph>,
        wanted: &[CommitId],
    ) -> Result<CommitBatch> {
        let Some(path) = self.inner.mirror_path(repository)? else { return Ok(CommitBatch::default()) };
        let wanted = wanted.to_vec();
        self.inner.reading(path, move |opened| changes::beyond(opened, &known, &wanted)).await
    }

    async fn touched(
        &self,
        repository: &RepositoryId,
        commits: &[CommitId],
        filters: &[Vec<String>],
    ) -> Result<Vec<u64>> {
        let path = self.inner.mirror_path(repository)?.ok_or_else(|| self.not_fetched(repository))?;
        let (commits, filters) = (commits.to_vec(), filters.to_vec());
        self.inner.reading(path, move |opened| changes::touched(opened, &commits, &filters)).await
    }

    async fn same_patches(
        &self,
        repository: &RepositoryId,
        pairs: &[(CommitId, CommitId)],
    ) -> Result<Vec<(CommitId, CommitId)>> {
        let path = self.inner.mirror_path(repository)?.ok_or_else(|| self.not_fetched(repository))?;
        let pairs = pairs.to_vec();
        self.inner.reading(path, move |opened| changes::same_patches(opened, &pairs)).await
    }
}

impl Github {
    fn not_fetched(&self, repository: &RepositoryId) -> BackendError {
        BackendError::new(&self.inner.id, ErrorKind::NotFound, format!("{repository} has not been fetched yet"))
    }
}
