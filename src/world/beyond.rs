//! Commits that were deployed and that no reference leads to any more: read while the repository still has them, and kept
//! for ever. A force push or a deleted branch takes nothing from history that was deployed.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::mpsc;

use super::{World, WorldError};
use crate::backend::{self, Changes};
use crate::model::{CommitId, RepositoryId};
use crate::picture::Snapshot;
use crate::sync;

/// Commits by the repository that should hold them.
pub type Wanted = BTreeMap<RepositoryId, BTreeSet<CommitId>>;

impl World {
    /// Reads what was deployed and is not known, once for each commit.
    pub(super) async fn read_deployed(&self) -> Result<(), WorldError> {
        let wanted = deployed_and_unknown(&self.snapshot());
        self.read_beyond(wanted).await
    }

    /// Reads commits that no reference leads to, each once while this world is open. What is not there stays unknown.
    ///
    /// # Errors
    /// When what was read cannot be kept.
    pub async fn read_beyond(&self, mut wanted: Wanted) -> Result<(), WorldError> {
        {
            let mut asked = self.asked();
            for (repository, commits) in &mut wanted {
                commits.retain(|commit| asked.insert((repository.clone(), *commit)));
            }
        }
        wanted.retain(|_, commits| !commits.is_empty());
        for (repository, commits) in wanted {
            let Some(changes) = self.changes_of(&repository) else { continue };
            let commits: Vec<CommitId> = commits.into_iter().collect();
            let (news, mut arrivals) = mpsc::channel(1);
            let reading = async {
                let outcome = sync::read_beyond(changes, repository, &commits, self.shelves(), &news).await;
                drop(news);
                outcome
            };
            let painting = async {
                while let Some(one) = arrivals.recv().await {
                    self.paint(|painter| {
                        painter.take(one);
                    });
                }
            };
            // A repository that cannot be read said so when it was read for its references.
            let (outcome, ()) = futures::join!(reading, painting);
            outcome?;
        }
        Ok(())
    }

    pub(super) fn changes_of(&self, repository: &RepositoryId) -> Option<&dyn Changes> {
        backend::changes_of(self.backends(), repository)
    }
}

/// The commits of deployments that the graph of the service's repository does not hold.
fn deployed_and_unknown(snapshot: &Snapshot) -> Wanted {
    let mut wanted = Wanted::new();
    for service in snapshot.services.values() {
        let Some(repository) = snapshot.repository_of(&service.service.id) else { continue };
        let deployed = service.tracks.iter().flat_map(|it| &it.history).filter_map(|it| it.deployment.commit);
        let live = service.tracks.iter().filter_map(|it| it.live.as_ref()?.installed.commit);
        let unknown = deployed.chain(live).filter(|commit| repository.graph.position(commit).is_none());
        let unknown: BTreeSet<CommitId> = unknown.collect();
        if !unknown.is_empty() {
            wanted.entry(repository.id.clone()).or_default().extend(unknown);
        }
    }
    wanted
}
