//! Keeping the picture fresh while a cockpit is open: directories are followed and notices awaited, nothing is polled.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future;

use super::{World, WorldError};
use crate::backend::Backend;
use crate::model::{SourceId, Time};
use crate::store::{OWN_SOURCE, Retention};
use crate::sync::{Changed, Follower};

/// How long to wait for more after the first notice: a rollout changes many objects.
const SETTLE: Duration = Duration::from_millis(100);

impl World {
    /// Reads everything once, then follows what the backends, other Flightdecks and the calendar change. Ends only with
    /// an error; drop it to stop.
    ///
    /// A backend that gives notice is followed by itself, so that a cluster that does not answer delays nobody else.
    ///
    /// # Errors
    /// When what was read cannot be kept, or files cannot be watched.
    pub async fn follow(&self) -> Result<(), WorldError> {
        let (telling, quiet): (Vec<_>, Vec<_>) = self.backends().iter().partition(|it| it.notices().is_some());
        let quiet: BTreeSet<SourceId> = quiet.into_iter().map(|it| it.id().clone()).collect();
        let unread = AtomicUsize::new(telling.len() + 1);
        let notices = telling.into_iter().map(|backend| self.follow_notices(backend, &unread));
        future::try_join(self.follow_directories(&quiet, &unread), future::try_join_all(notices)).await?;
        Ok(())
    }

    /// Follows what lies in directories, and the calendar.
    async fn follow_directories(&self, quiet: &BTreeSet<SourceId>, unread: &AtomicUsize) -> Result<(), WorldError> {
        let (mut follower, changed) = Follower::new().map_err(|error| WorldError::Watch(error.to_string()))?;
        self.watch_all(&mut follower);
        self.refresh_sources(quiet).await?;
        self.was_read(unread);
        self.let_go_of_what_is_old().await?;
        loop {
            self.watch_all(&mut follower);
            let sources = self.next(&changed).await;
            if sources.contains(&SourceId::from(OWN_SOURCE)) {
                self.take_in_what_others_wrote()?;
            }
            let backends: BTreeSet<SourceId> = sources.into_iter().filter(|it| it.as_str() != OWN_SOURCE).collect();
            if !backends.is_empty() {
                self.refresh_sources(&backends).await?;
            }
            self.paint(|painter| painter.set_freezes(&self.0.freezes, self.now()));
        }
    }

    /// Follows a backend that gives notice.
    async fn follow_notices(&self, backend: &Arc<dyn Backend>, unread: &AtomicUsize) -> Result<(), WorldError> {
        let Some(notices) = backend.notices() else { return Ok(()) };
        let it = BTreeSet::from([backend.id().clone()]);
        self.refresh_sources(&it).await?;
        self.was_read(unread);
        loop {
            notices.next().await;
            tokio::time::sleep(SETTLE).await;
            self.refresh_sources(&it).await?;
        }
    }

    /// One of those that are followed has been read; the last of them makes the picture the first that is whole.
    fn was_read(&self, unread: &AtomicUsize) {
        if unread.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.has_read_everything();
        }
    }

    /// Old runs and tombstones leave the store, so that it does not grow for ever. The picture keeps them until it is
    /// opened again.
    async fn let_go_of_what_is_old(&self) -> Result<(), WorldError> {
        let store = self.shelves().store.clone();
        let done = tokio::task::spawn_blocking(move || store.retain(Retention::default())).await;
        // A thread that did not come back let go of nothing, which is no harm.
        done.unwrap_or(Ok(0))?;
        Ok(())
    }

    /// What comes first: a change outside, or the end of a freeze.
    async fn next(&self, changed: &Changed) -> BTreeSet<SourceId> {
        match self.next_boundary() {
            None => changed.next().await,
            Some(at) => {
                let wait = (at - self.now()).to_std().unwrap_or_default();
                tokio::time::timeout(wait, changed.next()).await.unwrap_or_default()
            }
        }
    }

    /// The next moment at which a freeze begins or ends.
    fn next_boundary(&self) -> Option<Time> {
        let now = self.now();
        let snapshot = self.snapshot();
        snapshot.gates.iter().flat_map(|gate| [gate.since, gate.until]).flatten().filter(|at| *at > now).min()
    }

    fn watch_all(&self, follower: &mut Follower) {
        for backend in self.backends() {
            follower.follow(backend.id(), backend.watched_paths());
        }
        follower.follow(&SourceId::from(OWN_SOURCE), vec![self.0.state.root().to_path_buf()]);
    }

    /// Facts that other processes stored, and operations that they journalled.
    fn take_in_what_others_wrote(&self) -> Result<(), WorldError> {
        let since = self.painter().revision;
        let (facts, revision) = self.0.shelves.store.changes_since(since)?;
        if revision != since {
            let mut painter = self.painter();
            painter.revision = revision;
            if painter.fold(facts) {
                painter.publish();
            }
        }
        self.publish_operations();
        Ok(())
    }
}
