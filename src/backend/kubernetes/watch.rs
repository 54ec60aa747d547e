//! Everything that is watched of one cluster: its mirror, how its watches stand, and when something is new.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::cluster::Cluster;
use super::feed;
use super::item::Item;
use super::kind::Watched;
use super::mirror::{Feed, Mirror};
use super::place::Scope;
use super::raw::Raw;
use crate::backend::{BackendError, ErrorKind};
use crate::model::{Clock, Text, Time};

/// How many objects that make no sense are named.
const FLAWS: usize = 20;

/// Everything that is watched of one cluster.
pub struct Watch {
    /// The cluster.
    pub cluster: Cluster,
    /// Its scopes.
    pub scopes: Vec<Arc<Scope>>,
    /// The label selector that workloads have to meet.
    pub selector: Option<String>,
    clock: Clock,
    state: Mutex<State>,
    /// How many feeds have not said anything yet.
    silent: watch::Sender<usize>,
    /// There is something new to read.
    pub news: Notify,
    /// The same for whoever else wants to know.
    changes: watch::Sender<u64>,
    /// The cluster answered.
    pub up: Notify,
    /// While the cluster cannot be reached, one feed at a time tries.
    pub turn: tokio::sync::Mutex<()>,
    /// How often in a row that was in vain.
    pub tries: AtomicU32,
    tasks: Mutex<JoinSet<()>>,
}

/// What is known of a cluster.
#[derive(Default)]
pub struct State {
    /// Its objects.
    pub mirror: Mirror,
    /// How its watches stand.
    pub feeds: BTreeMap<Feed, Standing>,
    /// The namespace of its context.
    pub default_namespace: String,
    /// Objects that make no sense.
    flaws: BTreeMap<(Feed, String), String>,
}

/// How a watch stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Whether it has told everything once.
    pub listed: bool,
    /// What is wrong, and since when.
    pub failing: Option<(Time, BackendError)>,
    /// When it was heard last before that.
    pub heard: Option<Time>,
}

impl Standing {
    /// Whether nothing came of it yet.
    fn is_silent(&self) -> bool {
        !self.listed && self.failing.is_none()
    }

    /// Whether the cluster answers and says no: that is no matter of reach.
    pub fn is_refused(&self) -> bool {
        let kind = self.failing.as_ref().map(|(_, error)| &error.kind);
        matches!(kind, Some(ErrorKind::Forbidden | ErrorKind::NotFound))
    }

    /// Whether what it told is so now.
    pub fn is_live(&self) -> bool {
        self.listed && self.failing.is_none()
    }
}

impl Watch {
    /// Watches of a cluster. Nothing is asked yet.
    pub fn new(cluster: Cluster, scopes: Vec<Arc<Scope>>, selector: Option<String>, clock: Clock) -> Self {
        Self {
            cluster,
            scopes,
            selector,
            clock,
            state: Mutex::default(),
            silent: watch::Sender::new(0),
            news: Notify::new(),
            changes: watch::Sender::new(0),
            up: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            tries: AtomicU32::new(0),
            tasks: Mutex::default(),
        }
    }

    /// What is known now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of changes from now on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn tell(&self) {
        self.news.notify_one();
        self.changes.send_modify(|it| *it = it.wrapping_add(1));
    }

    /// Begins to watch, unless that was done.
    pub fn start(self: &Arc<Self>, kinds: &[Watched]) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if !tasks.is_empty() {
            return;
        }
        for scope in &self.scopes {
            for &watched in kinds {
                let feed: Feed = (scope.clone(), watched);
                self.state().feeds.insert(feed.clone(), Standing::default());
                self.silent.send_modify(|it| *it += 1);
                tasks.spawn(feed::follow(self.clone(), feed));
            }
        }
    }

    /// Ends every watch.
    pub fn stop(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    /// Waits until every watch has told everything or failed, but no longer than `at_most`.
    pub async fn settled(&self, at_most: Duration) {
        let mut silent = self.silent.subscribe();
        let _ = tokio::time::timeout(at_most, silent.wait_for(|it| *it == 0)).await;
    }

    /// A feed begins to tell everything from the start.
    pub fn begins(&self, feed: &Feed) {
        let mut state = self.state();
        state.mirror.begin(feed);
        state.flaws.retain(|(of, _), _| of != feed);
    }

    /// An object is there.
    pub fn sees(&self, feed: &Feed, raw: &Raw) {
        let read = Item::read(feed.1, raw.json());
        let mut state = self.state();
        match read {
            Ok(item) => {
                state.flaws.remove(&(feed.clone(), raw.name().to_owned()));
                state.mirror.put(feed, item);
            }
            Err(why) if state.flaws.len() < FLAWS => {
                state.flaws.insert((feed.clone(), raw.name().to_owned()), why);
            }
            Err(_) => {}
        }
        let new = state.mirror.has_changed();
        drop(state);
        if new {
            self.tell();
        }
    }

    /// An object is gone.
    pub fn misses(&self, feed: &Feed, raw: &Raw) {
        let mut state = self.state();
        state.flaws.remove(&(feed.clone(), raw.name().to_owned()));
        state.mirror.remove(raw.uid());
        drop(state);
        self.tell();
    }

    /// A feed has told everything.
    pub fn has_told(&self, feed: &Feed) {
        self.state().mirror.end(feed);
        self.stands(feed, |standing, _| {
            standing.listed = true;
            standing.failing = None;
        });
    }

    /// Whether a feed has told everything once.
    pub fn has_listed(&self, feed: &Feed) -> bool {
        self.state().feeds.get(feed).is_some_and(|it| it.listed)
    }

    /// A feed goes on after it failed.
    pub fn goes_on(&self, feed: &Feed) {
        self.stands(feed, |standing, _| {
            if standing.listed {
                standing.failing = None;
            }
        });
    }

    /// A feed cannot tell what is so.
    pub fn fails(&self, feed: &Feed, error: BackendError) {
        self.stands(feed, |standing, now| {
            let since = standing.failing.take().map_or(now, |(since, _)| since);
            standing.failing = Some((since, error));
        });
    }

    fn stands(&self, feed: &Feed, change: impl FnOnce(&mut Standing, Time)) {
        let now = (self.clock)();
        let mut state = self.state();
        let Some(standing) = state.feeds.get_mut(feed) else { return };
        let was_silent = standing.is_silent();
        let before = (standing.listed, standing.failing.as_ref().map(|(_, error)| error.what.clone()));
        change(standing, now);
        if standing.failing.is_none() {
            standing.heard = Some(now);
        }
        let after = (standing.listed, standing.failing.as_ref().map(|(_, error)| error.what.clone()));
        let speaks = was_silent && !standing.is_silent();
        drop(state);
        if speaks {
            self.silent.send_modify(|it| *it = it.saturating_sub(1));
        }
        if before != after {
            self.tell();
        }
    }
}

impl State {
    /// Objects that make no sense, each as a problem.
    pub fn flaws(&self) -> impl Iterator<Item = Text> + '_ {
        self.flaws
            .iter()
            .map(|((feed, name), why)| Text::from(format!("{} {name} makes no sense: {why}", feed.1.resource().kind)))
    }

    /// Whether everything in a scope that a picture needs is so now.
    pub fn is_live(&self, scope: &Scope) -> bool {
        self.feeds.iter().filter(|((of, watched), _)| **of == *scope && watched.is_needed()).all(|(_, it)| it.is_live())
    }
}
