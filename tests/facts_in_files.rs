//! From lines in files through the store: what the `file` backend and the store make of each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use flightdeck::backend::{Backend, KINDS, Opening};
use flightdeck::config::{self, Sources};
use flightdeck::fact::Body;
use flightdeck::model::{Clock, SourceId, Time};
use flightdeck::store::Store;

fn clock() -> Clock {
    Arc::new(|| Time::from_timestamp(1_800_000_000, 0).unwrap())
}

fn open(kind: &str, base: &Path, settings: &str) -> Arc<dyn Backend> {
    let kind = KINDS.iter().find(|it| it.name == kind).unwrap();
    let settings: BTreeMap<_, _> = settings.parse::<toml::Table>().unwrap().into_iter().collect();
    let id = SourceId::from("history");
    let opening = Opening { id, settings: &settings, base, environments: &[], cache: base, clock: clock() };
    (kind.open)(&opening).map_err(|problem| problem.what).unwrap()
}

/// Reads until there is nothing more; says how many facts changed.
async fn refresh(backend: &Arc<dyn Backend>, store: &Store) -> usize {
    let mut changed = 0;
    loop {
        let cursor = store.cursor(backend.id()).unwrap();
        let reading = backend.reader().unwrap().read(cursor.as_ref()).await.unwrap();
        changed += store.apply(backend.id(), &reading).unwrap().changed.len();
        if !reading.more {
            return changed;
        }
    }
}

fn run(id: usize, status: &str) -> String {
    format!("{{\"type\":\"run\",\"id\":{id},\"status\":\"{status}\",\"queued_at\":\"2026-11-20T10:00:00Z\"}}\n")
}

fn statuses(store: &Store) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for fact in store.facts().unwrap().0 {
        if let Body::Run(run) = fact.body {
            *counts.entry(run.status.word()).or_default() += 1;
        }
    }
    counts
}

#[tokio::test]
async fn lines_are_followed_through_restarts_growth_and_loss() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("runs.jsonl");
    let state = dir.path().join("state");
    let all = |status: &str, range: std::ops::Range<usize>| range.map(|n| run(n, status)).collect::<String>();
    fs::write(&file, all("running", 0..6_000) + "not a line\n").unwrap();

    let backend = open("file", dir.path(), "path = 'runs.jsonl'");
    let store = Store::open(&state, clock()).unwrap().store;
    assert_eq!(refresh(&backend, &store).await, 6_000);
    assert_eq!(statuses(&store), BTreeMap::from([("running", 6_000)]));
    let record = store.sources().unwrap().remove(0);
    assert!(record.problems[0].as_str().starts_with("runs.jsonl:6001: not JSON"), "{record:?}");

    // Another process, later: only what is new is read.
    drop(store);
    let store = Store::open(&state, clock()).unwrap().store;
    let grown = fs::read_to_string(&file).unwrap() + &all("ok", 0..3);
    fs::write(&file, grown).unwrap();
    assert_eq!(refresh(&backend, &store).await, 3);
    assert_eq!(statuses(&store), BTreeMap::from([("ok", 3), ("running", 5_997)]));

    // A file that was written anew: what it no longer says is gone, what it says again is not.
    fs::write(&file, all("ok", 0..5_500)).unwrap();
    refresh(&backend, &store).await;
    assert_eq!(statuses(&store), BTreeMap::from([("ok", 5_500)]));
    assert_eq!(store.sources().unwrap().remove(0).problems, []);
    fs::write(&file, all("ok", 0..5_800)).unwrap();
    assert_eq!(refresh(&backend, &store).await, 300);

    // Forgetting the cursor reads everything again and changes nothing.
    store.forget_cursor(backend.id()).unwrap();
    let before = store.facts().unwrap().1;
    refresh(&backend, &store).await;
    assert_eq!(statuses(&store), BTreeMap::from([("ok", 5_800)]));
    assert_eq!(store.changes_since(before).unwrap().0, []);
}

#[test]
fn a_first_configuration_fits_the_backends_that_it_names() {
    let dir = tempfile::tempdir().unwrap();
    for path in ["repos/shop.git/objects", "repos/shop.git/refs", "packages/dev/shop/1.0", "servers/live/shop/releases"]
    {
        fs::create_dir_all(dir.path().join(path)).unwrap();
    }
    fs::write(dir.path().join("repos/shop.git/HEAD"), "").unwrap();
    fs::write(dir.path().join("packages/dev/shop/1.0/artifact.json"), "{}").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("releases/1.0", dir.path().join("servers/live/shop/current")).unwrap();
    fs::write(dir.path().join(config::FILE_NAME), config::starting_file(dir.path())).unwrap();

    let kinds: Vec<_> = KINDS.iter().map(|kind| (kind.name, (kind.schema)())).collect();
    let loaded = config::load(&Sources { cwd: dir.path(), user: None, project: None, kinds: &kinds });
    let known = |problem: &&config::Problem| !problem.what.starts_with("unknown kind");
    assert_eq!(loaded.errors.iter().filter(known).collect::<Vec<_>>(), Vec::<&config::Problem>::new());
    assert_eq!(loaded.warnings, []);
    let environments: Vec<_> = loaded.config.resolve().environments.into_iter().map(|it| it.id).collect();
    for entry in &loaded.config.backend {
        let Some(kind) = KINDS.iter().find(|kind| kind.name == entry.kind) else { continue };
        let opened = (kind.open)(&Opening {
            id: SourceId::from(entry.name.as_str()),
            settings: &entry.settings,
            base: &loaded.base_dir,
            environments: &environments,
            cache: dir.path(),
            clock: clock(),
        });
        assert!(opened.is_ok(), "{}: {:?}", entry.kind, opened.err());
    }
}
