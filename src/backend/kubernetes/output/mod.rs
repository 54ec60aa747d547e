//! The output of pods: what there is, the end of it, and what is added to it.
//!
//! Lines are asked for with their times, so that those of several containers come in one order and a reading can be gone
//! on with from the last line of each; on the screen the times are left out.

mod fetch;
mod lines;
mod tail;

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;

use self::fetch::{Line, Stream};
use self::tail::PodTail;
use super::fresh::Target;
use super::item::{Container, Item, Pod};
use super::view::View;
use super::{Inner, Kubernetes, reason};
use crate::backend::{BackendError, ErrorKind, LogCursor, LogPart, Output, Outputs, Result, Tail, Which};
use crate::model::{Status, Text, TrackId};

/// How many containers are read at the same time.
const AT_ONCE: usize = 8;
/// How many containers are read in all.
const MOST: usize = 60;

/// The time of the last line that was read of each container.
type Places = BTreeMap<String, String>;

#[async_trait]
impl Outputs for Kubernetes {
    fn owns(&self, track: &TrackId) -> bool {
        self.inner.places.has(&track.environment)
    }

    async fn outputs(&self, track: &TrackId) -> Result<Vec<Output>> {
        let target = self.inner.locate(track).await?;
        let state = target.watch.state();
        let view = View::new(&state.mirror, &target.uid, &self.inner.rules, track.service.as_str(), None);
        let pods = view.iter().flat_map(|view| view.pods().collect::<Vec<_>>());
        let mut pods: Vec<(&Item, &Pod)> = pods.collect();
        pods.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let describe = |(item, pod): (&Item, &Pod)| -> Vec<Output> {
            pod.containers.iter().map(|container| described(item, pod, container)).collect()
        };
        Ok(pods.into_iter().flat_map(describe).collect())
    }

    async fn output(&self, track: &TrackId, which: &Which, after: Option<&LogCursor>, lines: usize) -> Result<LogPart> {
        let target = self.inner.locate(track).await?;
        let places = places(after);
        let wanted = self.inner.wanted(&target, track, which);
        if wanted.is_empty() {
            let what = format!("{track} has no output of that name: nothing of it runs");
            return Err(BackendError::new(&self.inner.id, ErrorKind::NotFound, what));
        }
        let left_out = wanted.len().saturating_sub(MOST);
        let reads: Vec<_> = wanted
            .iter()
            .take(MOST)
            .map(|stream| {
                let since = places.get(&stream.key()).cloned();
                fetch::end(&target, stream.clone(), which.previous, since, lines)
            })
            .collect();
        let read: Vec<(Stream, Result<Vec<Line>>)> = stream::iter(reads).buffer_unordered(AT_ONCE).collect().await;
        let mut all: Vec<Line> = Vec::new();
        let mut told = places;
        let mut failures = Vec::new();
        for (stream, lines) in read {
            match lines {
                Ok(lines) => {
                    if let Some(last) = lines.iter().rfind(|it| !it.at.is_empty()) {
                        told.insert(stream.key(), last.at.clone());
                    }
                    all.extend(lines);
                }
                Err(error) => failures.push((stream, error)),
            }
        }
        if failures.len() == wanted.len().min(MOST)
            && let Some((_, error)) = failures.into_iter().next()
        {
            return Err(error);
        }
        Ok(part(all, told, lines, left_out, wanted.len() > 1))
    }

    async fn follow(&self, track: &TrackId, which: &Which, after: &LogCursor) -> Result<Box<dyn Tail>> {
        let target = self.inner.locate(track).await?;
        Ok(Box::new(PodTail::new(self.inner.clone(), target, track.clone(), which.clone(), places(Some(after)))))
    }
}

impl Inner {
    /// The containers of a track that are meant.
    fn wanted(&self, target: &Target, track: &TrackId, which: &Which) -> Vec<Stream> {
        let state = target.watch.state();
        let Some(view) = View::new(&state.mirror, &target.uid, &self.rules, track.service.as_str(), None) else {
            return Vec::new();
        };
        let pods: Vec<(&Item, &Pod)> = view.pods().collect();
        let is_meant = |name: &str, wanted: &Option<Text>| wanted.as_ref().is_none_or(|it| it.as_str() == name);
        let mut all: Vec<Stream> = Vec::new();
        for (item, pod) in pods.into_iter().filter(|(item, _)| is_meant(&item.name, &which.pod)) {
            let several = pod.containers.iter().filter(|it| !it.init).count() > 1;
            // What runs before the others is told when somebody asks for it by name, or when it does not end well.
            let says = |it: &&Container| match &which.container {
                Some(name) => name.as_str() == &*it.name,
                None => !it.init || it.waiting.is_some() || it.ended.as_ref().is_some_and(|(code, _, _)| *code != 0),
            };
            let has = |it: &&Container| !which.previous || it.restarts > 0;
            for container in pod.containers.iter().filter(says).filter(has) {
                all.push(Stream {
                    pod: item.name.to_string(),
                    container: container.name.to_string(),
                    several: several || container.init,
                });
            }
        }
        all.sort_by_key(Stream::key);
        all
    }
}

fn described(item: &Item, pod: &Pod, container: &Container) -> Output {
    let (status, state) = match (&container.waiting, container.ended.as_ref().filter(|_| container.is_over)) {
        (Some((reason, message)), _) => {
            let starting = matches!(reason.as_str(), "ContainerCreating" | "PodInitializing");
            let status = if starting { Status::Waiting } else { Status::Failed };
            (status, format!("{reason} {}", reason::bounded(message)).trim().to_owned())
        }
        (None, Some((0, _, _))) => (Status::Ok, "ended well".to_owned()),
        (None, Some((code, why, _))) => (Status::Failed, format!("ended with code {code} {why}").trim().to_owned()),
        (None, None) if pod.leaving => (Status::Cancelled, "is ending".to_owned()),
        (None, None) if container.ready => (Status::Ok, "running".to_owned()),
        (None, None) => (Status::Running, "running, not ready".to_owned()),
    };
    Output {
        pod: Text::from(&*item.name),
        container: Some(Text::from(&*container.name)),
        status,
        state: state.into(),
        restarts: container.restarts,
        previous: container.restarts > 0,
    }
}

/// One part of lines of several containers, in the order of their times.
fn part(mut all: Vec<Line>, told: Places, most: usize, left_out: usize, several: bool) -> LogPart {
    all.sort_by(|a, b| (&a.at, &a.pod).cmp(&(&b.at, &b.pod)));
    let cut = all.len() > most;
    let mut lines: Vec<Text> = all.into_iter().rev().take(most).map(|line| line.shown(several)).collect();
    lines.reverse();
    if left_out > 0 {
        lines.push(format!("({left_out} more containers are not read: choose one)").into());
    }
    LogPart { lines, cut, cursor: serde_json::to_string(&told).ok().map(LogCursor), ..LogPart::default() }
}

fn places(cursor: Option<&LogCursor>) -> Places {
    cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default()
}
