//! Reading backends into the picture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::painter::Read;
use super::{World, WorldError};
use crate::backend::{Backend, BackendError};
use crate::model::{SourceId, Text};
use crate::sync::{self, Outcome, SyncError};

/// How many pieces of news may wait for the picture before reading waits too.
const NEWS_AHEAD: usize = 64;

/// What a refresh could not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// What could not be read, by source; empty when everything was.
    pub problems: BTreeMap<SourceId, Vec<Text>>,
    /// The errors behind some of them: what decides an exit code.
    pub errors: Vec<BackendError>,
}

impl Refreshed {
    /// Whether some source could not be read whole.
    pub fn is_partial(&self) -> bool {
        !self.problems.is_empty()
    }
}

impl World {
    /// Reads what is new in every backend.
    ///
    /// # Errors
    /// When what was read cannot be kept. What a backend could not tell is in the answer.
    pub async fn refresh(&self) -> Result<Refreshed, WorldError> {
        let all = self.backends().iter().map(|it| it.id().clone()).collect();
        let refreshed = self.refresh_sources(&all).await;
        self.has_read_everything();
        refreshed
    }

    /// Everything has been read once: whoever waits for that goes on, and the next start has something to show.
    pub(super) fn has_read_everything(&self) {
        self.0.read.send_replace(true);
        self.keep_glance();
    }

    /// Waits until everything has been read once, but no longer than `at_most`: a backend that does not answer keeps
    /// nobody from acting. What is counted before that is not quite true: which commits touch a service, and which make
    /// the same patch, is worked out last.
    pub async fn read_once(&self, at_most: Duration) {
        self.whole().await;
        let mut read = self.0.read.subscribe();
        let _ = tokio::time::timeout(at_most, read.wait_for(|read| *read)).await;
    }

    /// Nothing is going to be read: what is stored is all there is, and nobody waits for more.
    pub fn take_as_read(&self) {
        self.0.read.send_replace(true);
    }

    /// Reads what is new in some backends. Backends are read side by side; the picture grows as news comes.
    ///
    /// # Errors
    /// When what was read cannot be kept.
    pub async fn refresh_sources(&self, sources: &BTreeSet<SourceId>) -> Result<Refreshed, WorldError> {
        // Each source one at a time: two readings of it would read the same twice. Always in one order, so that nobody
        // waits in a circle.
        let mut alone = Vec::new();
        for source in sources.iter().filter_map(|it| self.0.reading.get(it)) {
            alone.push(source.lock().await);
        }
        let backends: Vec<&Arc<dyn Backend>> = self.backends().iter().filter(|it| sources.contains(it.id())).collect();
        self.paint(|painter| painter.begin(backends.iter().map(|it| it.id())));
        let (news, mut arrivals) = mpsc::channel(NEWS_AHEAD);
        let reading = async {
            let readings = backends.iter().map(|it| sync::read(&***it, &self.0.shelves, &news));
            let outcomes = futures::future::join_all(readings).await;
            drop(news);
            outcomes
        };
        let painting = async {
            while let Some(first) = arrivals.recv().await {
                self.paint(|painter| {
                    painter.take(first);
                    while let Ok(more) = arrivals.try_recv() {
                        painter.take(more);
                    }
                });
            }
        };
        let (outcomes, ()) = futures::join!(reading, painting);
        let mut refreshed = self.conclude(&backends, outcomes)?;
        let _concluding = self.0.concluding.lock().await;
        self.read_deployed().await?;
        self.read_patches().await?;
        for error in self.refresh_paths().await? {
            refreshed.problems.entry(error.source.clone()).or_default().push(error.what.clone());
            refreshed.errors.push(error);
        }
        Ok(refreshed)
    }

    fn conclude(
        &self,
        backends: &[&Arc<dyn Backend>],
        outcomes: Vec<Result<Outcome, SyncError>>,
    ) -> Result<Refreshed, WorldError> {
        let at = self.now();
        let mut refreshed = Refreshed::default();
        let mut failed = None;
        self.paint(|painter| {
            for (backend, outcome) in backends.iter().zip(outcomes) {
                let outcome = outcome.unwrap_or_else(|error| {
                    let problems = vec![Text::from(error.to_string())];
                    failed = Some(error);
                    Outcome { problems, ..Outcome::default() }
                });
                let whole = outcome.errors.is_empty();
                let read = Read {
                    at,
                    whole,
                    problems: outcome.problems.clone(),
                    restricted: outcome.restricted,
                    requests: backend.requests(),
                };
                painter.end(backend.id(), read);
                refreshed.errors.extend(outcome.errors);
                if !outcome.problems.is_empty() {
                    refreshed.problems.insert(backend.id().clone(), outcome.problems);
                }
            }
            painter.set_freezes(&self.0.freezes, at);
        });
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(refreshed),
        }
    }
}
