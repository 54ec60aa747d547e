//! Following the files and directories that backends name: a change there means that there is something new to read.
//!
//! Nothing wakes up while nothing changes. Changes that come together are read together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use crate::model::SourceId;

/// How long to wait for more after the first change: a `git fetch` or an upload touches many files.
const SETTLE: Duration = Duration::from_millis(120);

/// Watches paths for sources.
pub struct Follower {
    watcher: RecommendedWatcher,
    shared: Arc<Shared>,
    watched: BTreeMap<PathBuf, BTreeSet<SourceId>>,
}

/// Waits for changes, apart from the one who sets the watches.
#[derive(Clone)]
pub struct Changed(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    owners: BTreeMap<PathBuf, BTreeSet<SourceId>>,
    pending: BTreeSet<SourceId>,
}

impl Follower {
    /// A follower of nothing yet, and the end at which changes are waited for.
    ///
    /// # Errors
    /// When the system gives no way to watch files; then everything is read only when somebody asks.
    pub fn new() -> notify::Result<(Self, Changed)> {
        let shared = Arc::new(Shared::default());
        let told = shared.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| match event {
            Ok(event) if says_something(event.kind) => told.mark(&event.paths),
            Ok(_) => {}
            // Events were lost: anything may have changed.
            Err(_) => told.mark_all(),
        })?;
        let changed = Changed(shared.clone());
        Ok((Self { watcher, shared, watched: BTreeMap::new() }, changed))
    }

    /// Follows exactly these paths for `source`. A path that is not there is stood for by the nearest directory above
    /// it, so that its coming is noticed.
    pub fn follow(&mut self, source: &SourceId, paths: Vec<PathBuf>) {
        let wanted: BTreeSet<PathBuf> = paths.into_iter().filter_map(|path| nearest(&path)).collect();
        let mut gone = Vec::new();
        for (path, owners) in &mut self.watched {
            if !wanted.contains(path) && owners.remove(source) && owners.is_empty() {
                gone.push(path.clone());
            }
        }
        for path in gone {
            self.watched.remove(&path);
            // It may have been deleted, and with it the watch.
            let _ = self.watcher.unwatch(&path);
        }
        for path in wanted {
            // Again for paths that are known: one that was deleted and made anew has lost its watch.
            if self.watcher.watch(&path, RecursiveMode::NonRecursive).is_ok() {
                self.watched.entry(path).or_default().insert(source.clone());
            }
        }
        self.shared.state().owners = self.watched.clone();
    }
}

impl Changed {
    /// Waits until something changed and things have settled; the sources that have something new.
    pub async fn next(&self) -> BTreeSet<SourceId> {
        loop {
            self.0.changed.notified().await;
            tokio::time::sleep(SETTLE).await;
            let pending = std::mem::take(&mut self.0.state().pending);
            if !pending.is_empty() {
                return pending;
            }
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held cannot have left a set half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self, paths: &[PathBuf]) {
        let mut state = self.state();
        let State { owners, pending } = &mut *state;
        for path in paths {
            let own = owners.get(path);
            let above = path.parent().and_then(|parent| owners.get(parent));
            pending.extend(own.into_iter().chain(above).flatten().cloned());
        }
        let any = !pending.is_empty();
        drop(state);
        if any {
            self.changed.notify_one();
        }
    }

    fn mark_all(&self) {
        let mut state = self.state();
        let all: BTreeSet<SourceId> = state.owners.values().flatten().cloned().collect();
        state.pending.extend(all);
        drop(state);
        self.changed.notify_one();
    }
}

/// Reading a file is an event too, and ours: only what writes counts.
fn says_something(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

fn nearest(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|it| it.exists()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_file_is_told_to_who_follows_its_directory_and_to_nobody_else() {
        let directory = tempfile::tempdir().expect("a directory");
        let (here, there) = (directory.path().join("here"), directory.path().join("there"));
        std::fs::create_dir(&here).expect("made");
        std::fs::create_dir(&there).expect("made");
        let (mut follower, changed) = Follower::new().expect("inotify");
        follower.follow(&"one".into(), vec![here.clone()]);
        follower.follow(&"two".into(), vec![there]);
        std::fs::write(here.join("new"), "x").expect("written");
        assert_eq!(changed.next().await, BTreeSet::from(["one".into()]));
    }

    #[tokio::test]
    async fn a_directory_that_comes_later_is_noticed() {
        let directory = tempfile::tempdir().expect("a directory");
        let (mut follower, changed) = Follower::new().expect("inotify");
        follower.follow(&"one".into(), vec![directory.path().join("later")]);
        std::fs::create_dir(directory.path().join("later")).expect("made");
        assert_eq!(changed.next().await, BTreeSet::from(["one".into()]));
    }
}
