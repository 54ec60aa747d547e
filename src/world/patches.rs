//! Commits that make the same patch, where the policy asks for them: compared once while this world is open.

use super::{World, WorldError};
use crate::model::{CommitId, RepositoryId};
use crate::query;

impl World {
    /// Compares the commits of divergent deployments with what may be the same change.
    pub(super) async fn read_patches(&self) -> Result<(), WorldError> {
        if !self.0.measures.equivalence.patch {
            return Ok(());
        }
        for (repository, pairs) in query::counterparts(&self.snapshot()) {
            self.compare_patches(&repository, pairs).await;
        }
        Ok(())
    }

    /// Compares pairs of a repository's commits; the picture knows those that make the same patch. A repository that
    /// cannot be read tells of none.
    pub async fn compare_patches(&self, repository: &RepositoryId, mut pairs: Vec<(CommitId, CommitId)>) {
        {
            let mut compared = self.compared();
            pairs.retain(|(a, b)| compared.insert((repository.clone(), *a, *b)));
        }
        let Some(changes) = self.changes_of(repository).filter(|_| !pairs.is_empty()) else { return };
        match changes.same_patches(repository, &pairs).await {
            Ok(same) => self.paint(|painter| painter.add_same(repository, same)),
            Err(error) => tracing::warn!(%error, "patches cannot be compared"),
        }
    }
}
