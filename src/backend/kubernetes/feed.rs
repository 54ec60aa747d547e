//! One watch, from its first list for as long as somebody wants it: it resumes where it was cut off, begins anew where
//! that is too long ago, and waits longer each time it fails.
//!
//! The library's watcher lists in pages, watches, takes bookmarks and resumes. What it leaves to us: when to try again
//! (one feed at a time while a cluster cannot be reached), a watch that is refused as expired before it begins (the
//! watcher would ask for the same again for ever), and to tell that a watch goes on although nothing happens.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Resource};
use tokio::time::Instant;

use super::error::{is_expired, may_pass, of_watch};
use super::kind::Watched;
use super::mirror::Feed;
use super::place::{Namespace, Scope};
use super::raw::Raw;
use super::watch::Watch;
use crate::backend::{BackendError, ErrorKind};

/// Objects a page of the first list.
const PAGE: u32 = 250;
/// Seconds after which a server ends a watch, so that a connection that died silently is noticed.
const WATCH_SECONDS: u32 = 240;
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(60);
/// How often a first list that may pass the next time is asked again before it is told as failed, and how soon.
const AGAIN: u32 = 3;
const SOON: Duration = Duration::from_millis(300);
/// A watch that lasted for less than this failed, whatever was said.
const SHORT: Duration = Duration::from_secs(5);
/// After so many failures in a row the kubeconfig is read anew: it may have changed.
const RENEWED: u32 = 8;
/// The shortest and the longest wait after a failure.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// How long to wait after a refusal that only somebody else can lift.
const REFUSED: Duration = Duration::from_secs(300);

/// Follows one feed until nobody wants it.
pub async fn follow(watch: Arc<Watch>, feed: Feed) {
    let mut failures = 0;
    loop {
        match watch.cluster.client().await {
            Err(error) => {
                watch.fails(&feed, error.clone());
                failures += 1;
                pause(&watch, &error, failures).await;
            }
            Ok(client) => follow_with(&watch, client, &feed, &mut failures).await,
        }
    }
}

/// Follows with one client until the stream has to be made anew.
async fn follow_with(watch: &Arc<Watch>, client: Client, feed: &Feed, failures: &mut u32) {
    if feed.0.namespace == Namespace::OfContext {
        watch.state().default_namespace = client.default_namespace().to_owned();
    }
    let resource = feed.1.resource();
    let path = Raw::url_path(&resource, namespace(&feed.0, &client).as_deref());
    let mut let_in = watch.cluster.listen(&path);
    let mut stream = Box::pin(watcher(api(&feed.0, client, feed.1), config(feed.1, watch.selector.as_deref())));
    let mut since: Option<Instant> = None;
    let mut deadline = Instant::now() + ANSWER;
    loop {
        let next = tokio::select! {
            next = stream.next() => next,
            Ok(()) = let_in.changed() => {
                // A watch that ends at once is asked for again at once, unless somebody waits.
                if since.is_some_and(|since| since.elapsed() < SHORT) {
                    *failures += 1;
                    tokio::time::sleep(jittered(backoff(*failures))).await;
                } else {
                    watch.tries.store(0, Ordering::Relaxed);
                }
                since = Some(Instant::now());
                watch.up.notify_waiters();
                watch.goes_on(feed);
                deadline = Instant::now() + Duration::from_secs(u64::from(WATCH_SECONDS)) + ANSWER;
                continue;
            }
            () = tokio::time::sleep_until(deadline) => {
                watch.fails(feed, watch.cluster.asked(&wanted(feed)).timed_out());
                return;
            }
        };
        let Some(next) = next else { return };
        // What comes in a list or a watch shows that it goes on; a watch may then be silent for as long as it lasts.
        deadline = match since {
            Some(_) => Instant::now() + Duration::from_secs(u64::from(WATCH_SECONDS)) + ANSWER,
            None => Instant::now() + ANSWER,
        };
        match next {
            Ok(Event::Init) => watch.begins(feed),
            Ok(Event::InitApply(raw)) => watch.sees(feed, &raw),
            Ok(Event::Apply(raw)) => {
                *failures = 0;
                watch.sees(feed, &raw);
            }
            Ok(Event::Delete(raw)) => watch.misses(feed, &raw),
            Ok(Event::InitDone) => {
                watch.tries.store(0, Ordering::Relaxed);
                watch.up.notify_waiters();
                watch.has_told(feed);
            }
            Err(error) => {
                let error = of_watch(error);
                *failures += 1;
                if is_expired(&error) {
                    // What it knew is too old: everything is told anew, and nothing was wrong. But not in a circle.
                    tokio::time::sleep(jittered(backoff(*failures))).await;
                    return;
                }
                // A first list that the server could not answer just now is asked for again before anybody is told.
                if *failures <= AGAIN && may_pass(&error) && !watch.has_listed(feed) {
                    tokio::time::sleep(jittered(SOON)).await;
                    continue;
                }
                let told = watch.cluster.asked(&wanted(feed)).failed(&error);
                tracing::debug!(context = %watch.cluster.context, kind = %resource.kind, why = %told, "a watch failed");
                watch.fails(feed, told.clone());
                pause(watch, &told, *failures).await;
                if told.kind == ErrorKind::Auth || (*failures).is_multiple_of(RENEWED) {
                    watch.cluster.log_out().await;
                    return;
                }
                since = None;
                deadline = Instant::now() + ANSWER;
            }
        }
    }
}

fn wanted(feed: &Feed) -> String {
    let what = feed.1.plural();
    match &feed.0.namespace {
        Namespace::All => format!("watch {what} in all namespaces"),
        Namespace::OfContext => format!("watch {what}"),
        Namespace::Named(name) => format!("watch {what} in {name}"),
    }
}

fn config(watched: Watched, selector: Option<&str>) -> watcher::Config {
    let mut config = watcher::Config::default().page_size(PAGE).timeout(WATCH_SECONDS);
    // Pods and revisions need not carry the labels of their workload.
    if let Some(selector) = selector.filter(|_| watched.is_needed()) {
        config = config.labels(selector);
    }
    match watched.fields() {
        Some(fields) => config.fields(fields),
        None => config,
    }
}

fn namespace(scope: &Scope, client: &Client) -> Option<String> {
    match &scope.namespace {
        Namespace::All => None,
        Namespace::OfContext => Some(client.default_namespace().to_owned()),
        Namespace::Named(name) => Some(name.clone()),
    }
}

fn api(scope: &Scope, client: Client, watched: Watched) -> Api<Raw> {
    let resource = watched.resource();
    match namespace(scope, &client) {
        Some(namespace) => Api::namespaced_with(client, &namespace, &resource),
        None => Api::all_with(client, &resource),
    }
}

/// Waits after a failure. While the cluster cannot be reached, one feed at a time tries; when it answers one, all go on.
async fn pause(watch: &Watch, error: &BackendError, failures: u32) {
    match error.kind {
        ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Auth => {
            let turn = async {
                let _mine = watch.turn.lock().await;
                let tries = watch.tries.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                tokio::time::sleep(jittered(backoff(tries))).await;
            };
            tokio::select! {
                () = turn => {}
                () = watch.up.notified() => tokio::time::sleep(jittered(WAITS.0)).await,
            }
        }
        ErrorKind::Forbidden | ErrorKind::NotFound => tokio::time::sleep(jittered(REFUSED)).await,
        _ => tokio::time::sleep(jittered(backoff(failures))).await,
    }
}

fn backoff(failures: u32) -> Duration {
    WAITS.0.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(WAITS.1)
}

/// Half of it, and up to as much again: what failed together does not come back together.
fn jittered(wait: Duration) -> Duration {
    let chance = RandomState::new().build_hasher().finish() % 1_000;
    wait.mul_f64(0.5 + f64::from(u32::try_from(chance).unwrap_or_default()) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<u64> = [1, 2, 5, 7, 40, 4_000_000].map(|n| backoff(n).as_millis() as u64).to_vec();
        assert_eq!(waits, [500, 1_000, 8_000, 30_000, 30_000, 30_000]);
    }
}
