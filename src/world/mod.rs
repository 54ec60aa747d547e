//! The world as one project sees it: configuration, backends, store, picture and operations put together.
//!
//! The cockpit and the command line both stand on [`World`]. Opening one paints the picture from what is stored, before
//! anything outside is asked; [`World::refresh`] reads once, [`World::follow`] keeps it fresh.

mod act;
mod attend;
mod beyond;
mod error;
mod follow;
mod glance;
pub mod handed;
mod logs;
pub mod measuring;
mod open;
mod outputs;
mod painter;
mod patches;
mod paths;
mod refresh;
mod state;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::backend::Backend;
use crate::config::{Loaded, Resolved};
use crate::metrics::Policy;
use crate::model::{Clock, CommitId, RepositoryId, SourceId, Time};
use crate::operation::{Actor, Engine, Freezes, OperationSummary};
use crate::picture::Snapshot;
use crate::store::SetAside;
use crate::sync::Shelves;
use painter::Painter;

pub use beyond::Wanted;
pub use error::WorldError;
pub use open::WorldOptions;
pub use refresh::Refreshed;
pub use state::StateDir;

/// The world as one project sees it. Cheap to clone; clones are the same world.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    loaded: Loaded,
    measures: Arc<Policy>,
    resolved: Resolved,
    state: StateDir,
    clock: Clock,
    actor: Actor,
    backends: Vec<Arc<dyn Backend>>,
    shelves: Shelves,
    set_aside: Option<SetAside>,
    engine: Engine,
    freezes: Freezes,
    painter: Mutex<Painter>,
    /// Where the painter's snapshots come out. Read without waiting for the painter.
    shown: watch::Sender<Arc<Snapshot>>,
    /// Whether everything that is stored is in the picture.
    whole: watch::Sender<bool>,
    /// Whether everything has been read once, with what is worked out from it.
    read: watch::Sender<bool>,
    /// The picture of which a glance was kept last.
    kept: Mutex<u64>,
    /// Held while a source is read.
    reading: BTreeMap<SourceId, tokio::sync::Mutex<()>>,
    /// Held while what readings brought is worked out.
    concluding: tokio::sync::Mutex<()>,
    /// Commits beyond all references that were asked for.
    asked: Mutex<HashSet<(RepositoryId, CommitId)>>,
    /// Pairs of commits whose patches were compared.
    compared: Mutex<HashSet<(RepositoryId, CommitId, CommitId)>>,
    operations: watch::Sender<Arc<[OperationSummary]>>,
    /// The output that is followed.
    tails: outputs::Tails,
}

impl World {
    /// The configuration as it was read.
    pub fn loaded(&self) -> &Loaded {
        &self.0.loaded
    }

    /// What the configuration means.
    pub fn resolved(&self) -> &Resolved {
        &self.0.resolved
    }

    /// What delivery metrics count, and how.
    pub fn measures(&self) -> Arc<Policy> {
        Arc::clone(&self.0.measures)
    }

    /// Where the state of the project is kept.
    pub fn state(&self) -> &StateDir {
        &self.0.state
    }

    /// The store that lay in the place of this one and could not be used.
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.0.set_aside.as_ref()
    }

    /// The backends, in the order of the configuration.
    pub fn backends(&self) -> &[Arc<dyn Backend>] {
        &self.0.backends
    }

    /// The facts and commits that are stored.
    pub fn shelves(&self) -> &Shelves {
        &self.0.shelves
    }

    /// What carries operations out.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Who acts here.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The present.
    pub fn now(&self) -> Time {
        (self.0.clock)()
    }

    /// The picture as it is.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.shown.borrow().clone()
    }

    /// The picture as it comes to be; the latest wins.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.0.shown.subscribe()
    }

    /// What the journal tells, unfinished first, then newest first; the latest wins.
    pub fn operations(&self) -> watch::Receiver<Arc<[OperationSummary]>> {
        self.0.operations.subscribe()
    }

    fn asked(&self) -> MutexGuard<'_, HashSet<(RepositoryId, CommitId)>> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn compared(&self) -> MutexGuard<'_, HashSet<(RepositoryId, CommitId, CommitId)>> {
        self.0.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn painter(&self) -> MutexGuard<'_, Painter> {
        self.0.painter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the picture and lets it come out if it is another one then.
    fn paint(&self, change: impl FnOnce(&mut Painter)) {
        let mut painter = self.painter();
        change(&mut painter);
        painter.publish();
    }
}
