//! The output of several containers as it is written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::fetch::{self, Line, Stream};
use super::{MOST, Places, part};
use crate::backend::kubernetes::Inner;
use crate::backend::kubernetes::fresh::Target;
use crate::backend::{ErrorKind, LogPart, Result, Tail, Which};
use crate::model::TrackId;

/// How many lines wait for whoever reads: a container that writes faster waits too.
const AHEAD: usize = 1_000;
/// How many lines are given at once.
const AT_ONCE: usize = 2_000;
/// How long to wait for lines that come together.
const GATHER: Duration = Duration::from_millis(50);
/// How long to wait at first and at most before an output that broke off is read again.
const AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// A line with the key of its container.
type Keyed = (String, Line);

/// The output of several containers as it is written.
pub struct PodTail {
    inner: Arc<Inner>,
    target: Target,
    track: TrackId,
    which: Which,
    places: Places,
    several: bool,
    running: BTreeMap<String, AbortHandle>,
    tasks: JoinSet<()>,
    changes: watch::Receiver<u64>,
    lines: (mpsc::Sender<Keyed>, mpsc::Receiver<Keyed>),
}

impl PodTail {
    /// A tail that goes on after `places`.
    pub fn new(inner: Arc<Inner>, target: Target, track: TrackId, which: Which, places: Places) -> Self {
        let changes = target.watch.changes();
        Self {
            inner,
            target,
            track,
            which,
            places,
            several: false,
            running: BTreeMap::new(),
            tasks: JoinSet::new(),
            changes,
            lines: mpsc::channel(AHEAD),
        }
    }

    /// Begins to read containers that came; those that went end by themselves.
    fn join(&mut self) {
        let wanted = self.inner.wanted(&self.target, &self.track, &self.which);
        self.several = self.several || wanted.len() > 1;
        let gone = |key: &String| !wanted.iter().any(|it| it.key() == *key);
        let left: Vec<String> = self.running.keys().filter(|key| gone(key)).cloned().collect();
        for key in left {
            if let Some(task) = self.running.remove(&key) {
                task.abort();
            }
        }
        for stream in wanted.into_iter().take(MOST) {
            if self.running.contains_key(&stream.key()) {
                continue;
            }
            let (target, lines) = (self.target.clone(), self.lines.0.clone());
            let since = self.places.get(&stream.key()).cloned();
            let key = stream.key();
            let task = self.tasks.spawn(read(target, stream, since, lines));
            self.running.insert(key, task);
        }
    }

    fn take(&mut self, first: Keyed) -> LogPart {
        let mut all = vec![first];
        while all.len() < AT_ONCE
            && let Ok(more) = self.lines.1.try_recv()
        {
            all.push(more);
        }
        for (key, line) in &all {
            if !line.at.is_empty() {
                self.places.insert(key.clone(), line.at.clone());
            }
        }
        let lines = all.into_iter().map(|(_, line)| line).collect();
        part(lines, self.places.clone(), AT_ONCE, 0, self.several)
    }
}

#[async_trait]
impl Tail for PodTail {
    async fn next(&mut self) -> Result<Option<LogPart>> {
        loop {
            self.join();
            // What ended, ended for good: nothing more comes of it, and nothing else was asked for.
            if self.which.previous || (self.which.pod.is_some() && self.running.is_empty() && self.lines.1.is_empty()) {
                return Ok(None);
            }
            tokio::select! {
                first = self.lines.1.recv() => {
                    let Some(first) = first else { return Ok(None) };
                    tokio::time::sleep(GATHER).await;
                    return Ok(Some(self.take(first)));
                }
                changed = self.changes.changed() => {
                    if changed.is_err() {
                        return Ok(None);
                    }
                }
                Some(_) = self.tasks.join_next() => {}
            }
        }
    }
}

/// Reads one container until it is gone; an output that breaks off is gone on with.
async fn read(target: Target, stream: Stream, mut since: Option<String>, lines: mpsc::Sender<Keyed>) {
    let mut wait = AGAIN.0;
    loop {
        let opened = fetch::follow(&target, &stream, since.clone()).await;
        match opened {
            Ok(mut bytes) => {
                while let Ok(Some(written)) = fetch::next(&mut bytes).await {
                    let line = stream.line(&written);
                    if !line.at.is_empty() {
                        // Asked by seconds, so what was read of that second comes again.
                        if since.as_ref().is_some_and(|since| line.at <= *since) {
                            continue;
                        }
                        since = Some(line.at.clone());
                    }
                    wait = AGAIN.0;
                    if lines.send((stream.key(), line)).await.is_err() {
                        return;
                    }
                }
            }
            // It is starting, the credentials are fetched anew, or the network comes back.
            Err(error) if error.is_transient() || matches!(error.kind, ErrorKind::Check | ErrorKind::Auth) => {}
            Err(error) => {
                let line = Line { text: format!("({})", error.what), ..stream.line("") };
                let _ = lines.send((stream.key(), line)).await;
                return;
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(AGAIN.1);
    }
}
