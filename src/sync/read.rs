//! Reading one backend to its end: facts into the store, then commits into the commit store.

use tokio::sync::mpsc;

use crate::backend::{Backend, BackendError, Changes, CommitBatch, Reading};
use crate::fact::Fact;
use crate::model::{CommitId, RepositoryId, Restricted, Text};
use crate::store::commits::{CommitStore, RepositoryCommits};
use crate::store::{Store, StoreError};

/// Something that reading brought, as soon as it is stored.
#[derive(Debug)]
pub enum News {
    /// Facts that are new or different.
    Facts(Vec<Fact>),
    /// A repository has new commits.
    Commits(RepositoryId, RepositoryCommits),
}

/// What came of reading one backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What could not be read, each a fragment; empty when everything was.
    pub problems: Vec<Text>,
    /// The errors behind some of them: what decides an exit code.
    pub errors: Vec<BackendError>,
    /// What may not be read, each with where.
    pub restricted: Vec<Restricted>,
}

/// Reading stopped because what was read could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody waits for news any more.
    #[error("reading was given up")]
    GivenUp,
}

/// Where facts and commits are kept.
#[derive(Clone)]
pub struct Shelves {
    /// Facts and cursors.
    pub store: Store,
    /// Commit graphs and texts.
    pub commits: CommitStore,
}

/// Reads everything that is new in `backend` and tells `news` as it comes. What cannot be read is in the outcome; the
/// rest is read all the same.
///
/// # Errors
/// When the store cannot keep what was read, or nobody takes the news.
pub async fn read(backend: &dyn Backend, shelves: &Shelves, news: &mpsc::Sender<News>) -> Result<Outcome, SyncError> {
    let mut outcome = Outcome::default();
    let last = read_facts(backend, shelves, news, &mut outcome).await?;
    // Commits are read when every reference is: a fact never tells of a commit that came after them. Facts need not be
    // on the disk for that.
    let facts = keep_facts(backend, shelves, news, last);
    let commits = async {
        match backend.changes() {
            Some(changes) => read_commits(changes, shelves, news, &mut outcome).await,
            None => Ok(()),
        }
    };
    futures::try_join!(facts, commits)?;
    Ok(outcome)
}

/// Reads facts to their end, and keeps all but the last reading, which it returns.
async fn read_facts(
    backend: &dyn Backend,
    shelves: &Shelves,
    news: &mpsc::Sender<News>,
    outcome: &mut Outcome,
) -> Result<Option<Reading>, SyncError> {
    let Some(reader) = backend.reader() else { return Ok(None) };
    loop {
        let source = backend.id().clone();
        let store = shelves.store.clone();
        let cursor = keep(move || store.cursor(&source)).await?;
        let reading = match reader.read(cursor.as_ref()).await {
            Ok(reading) => reading,
            Err(error) => {
                outcome.failed(error);
                return Ok(None);
            }
        };
        outcome.problems.extend(reading.problems.iter().cloned());
        outcome.restricted.extend(reading.restricted.iter().cloned());
        if !reading.more {
            return Ok(Some(reading));
        }
        keep_facts(backend, shelves, news, Some(reading)).await?;
    }
}

async fn keep_facts(
    backend: &dyn Backend,
    shelves: &Shelves,
    news: &mpsc::Sender<News>,
    reading: Option<Reading>,
) -> Result<(), SyncError> {
    let Some(reading) = reading else { return Ok(()) };
    let (store, source) = (shelves.store.clone(), backend.id().clone());
    let applied = keep(move || store.apply(&source, &reading)).await?;
    if !applied.changed.is_empty() {
        news.send(News::Facts(applied.changed)).await.map_err(|_| SyncError::GivenUp)?;
    }
    Ok(())
}

async fn read_commits(
    changes: &dyn Changes,
    shelves: &Shelves,
    news: &mpsc::Sender<News>,
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    for repository in changes.repositories() {
        let known = known(shelves, &repository).await?;
        let batch = changes.commits(&repository, known.graph.clone()).await;
        keep_commits(repository, batch, &known, shelves, news, outcome).await?;
    }
    Ok(())
}

/// Reads commits that no reference leads to, and what they hold, if the repository still has them.
///
/// # Errors
/// When the store cannot keep what was read, or nobody takes the news.
pub async fn read_beyond(
    changes: &dyn Changes,
    repository: RepositoryId,
    wanted: &[CommitId],
    shelves: &Shelves,
    news: &mpsc::Sender<News>,
) -> Result<Outcome, SyncError> {
    let mut outcome = Outcome::default();
    let known = known(shelves, &repository).await?;
    let batch = changes.beyond(&repository, known.graph.clone(), wanted).await;
    keep_commits(repository, batch, &known, shelves, news, &mut outcome).await?;
    Ok(outcome)
}

async fn known(shelves: &Shelves, repository: &RepositoryId) -> Result<RepositoryCommits, SyncError> {
    let (store, repository) = (shelves.commits.clone(), repository.clone());
    keep(move || store.repository(&repository)).await
}

async fn keep_commits(
    repository: RepositoryId,
    batch: Result<CommitBatch, BackendError>,
    known: &RepositoryCommits,
    shelves: &Shelves,
    news: &mpsc::Sender<News>,
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let batch = match batch {
        Ok(batch) if is_nothing(&batch, known) => return Ok(()),
        Ok(batch) => batch,
        Err(error) => {
            outcome.failed(error);
            return Ok(());
        }
    };
    let store = shelves.commits.clone();
    let (kept, batch) = keep({
        let repository = repository.clone();
        move || store.append(&repository, &batch).map(|kept| (kept, batch))
    })
    .await?;
    // Freeing a hundred thousand commits takes a while that nobody has to wait for.
    tokio::task::spawn_blocking(move || drop(batch));
    news.send(News::Commits(repository, kept)).await.map_err(|_| SyncError::GivenUp)
}

fn is_nothing(batch: &CommitBatch, known: &RepositoryCommits) -> bool {
    let same_boundary =
        || batch.boundary.iter().all(|id| known.graph.position(id).is_some_and(|at| known.graph.is_boundary(at)));
    batch.commits.is_empty() && !batch.restart && same_boundary()
}

/// The store blocks: it is asked beside the tasks that must not wait.
async fn keep<T: Send + 'static>(ask: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, SyncError> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(SyncError::GivenUp),
    }
}

impl Outcome {
    /// Facts and commits of one place fail alike; that is one problem.
    fn failed(&mut self, error: BackendError) {
        if !self.problems.contains(&error.what) {
            self.problems.push(error.what.clone());
        }
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::ErrorKind;

    #[test]
    fn what_fails_for_facts_and_for_commits_is_told_once() {
        let error = || BackendError::new(&"code".into(), ErrorKind::Forbidden, "app: permission denied");
        let mut outcome = Outcome { problems: vec![error().what], ..Outcome::default() };
        outcome.failed(error());
        outcome.failed(error());
        assert_eq!((outcome.problems.len(), outcome.errors.len()), (1, 1));
    }
}
