//! Which object a track is, and answers about it within time.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Inner;
use super::item::Uid;
use super::kind::Kind;
use super::watch::Watch;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::TrackId;

/// How long one request may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How long the first lists may take before a track is said to be unknown.
const FIRST: Duration = Duration::from_secs(30);

/// Which object a track is.
#[derive(Clone)]
pub struct Target {
    /// Its cluster.
    pub watch: Arc<Watch>,
    /// Its namespace.
    pub namespace: String,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What tells it from one that has its name later.
    pub uid: Uid,
}

impl Inner {
    /// The object that a track is, as the watches know it.
    ///
    /// # Errors
    /// When no workload is that track, or its cluster cannot be read.
    pub async fn locate(&self, track: &TrackId) -> Result<Target> {
        self.start();
        let context = self.places.context_of(&track.environment);
        let Some(watch) = self.watches.iter().find(|it| Some(it.cluster.context.as_str()) == context) else {
            let what = format!("{} is no environment of {}", track.environment, self.id);
            return Err(BackendError::new(&self.id, ErrorKind::NotFound, what));
        };
        watch.settled(FIRST).await;
        let state = watch.state();
        if let Some(uid) = self.meant_by(watch, &state, track)
            && let Some((item, workload)) = state.mirror.workload(&uid)
        {
            return Ok(Target {
                watch: watch.clone(),
                namespace: item.namespace.to_string(),
                kind: workload.kind,
                name: item.name.to_string(),
                uid: item.uid.clone(),
            });
        }
        let failing = state.feeds.iter().filter(|((_, watched), _)| watched.is_needed());
        match failing.filter_map(|(_, it)| it.failing.as_ref()).map(|(_, error)| error.clone()).next() {
            Some(error) => Err(error),
            None => Err(BackendError::new(&self.id, ErrorKind::NotFound, format!("no workload is {track}"))),
        }
    }
}

impl Target {
    /// An answer within time.
    ///
    /// # Errors
    /// When it is refused or nobody answers.
    pub async fn within<T>(&self, what: &str, answer: impl Future<Output = kube::Result<T>>) -> Result<T> {
        let asked = self.watch.cluster.asked(what);
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let told = asked.failed(&error);
                if told.kind == ErrorKind::Auth {
                    self.watch.cluster.log_out().await;
                }
                Err(told)
            }
            Err(_) => Err(asked.timed_out()),
        }
    }
}
