//! A world on real repositories: what is stored is shown first, what changes is noticed, and the user's repository is
//! only read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use flightdeck::model::{Kind, Scope, ServiceId, Text, TrackId};
use flightdeck::view::metrics::Known;
use flightdeck::view::{self, Screen, Sources, Wish};
use flightdeck::world::{World, WorldError, WorldOptions};

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().expect("a directory") };
        fs::create_dir(place.repository()).expect("made");
        place.git(&["init", "--quiet", "--initial-branch=main"]);
        place
    }

    fn repository(&self) -> PathBuf {
        self.root.path().join("shop")
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(self.repository())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .envs([("GIT_AUTHOR_NAME", "Ann"), ("GIT_AUTHOR_EMAIL", "ann@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Ann"), ("GIT_COMMITTER_EMAIL", "ann@example.org")])
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn commit(&self, subject: &str) {
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
    }

    fn open(&self) -> Result<World, WorldError> {
        self.open_in(&self.repository())
    }

    fn open_in(&self, dir: &Path) -> Result<World, WorldError> {
        World::open(&self.options(dir))
    }

    fn options(&self, dir: &Path) -> WorldOptions {
        WorldOptions {
            repository: false,
            dir: dir.to_path_buf(),
            config: None,
            state: Some(self.root.path().join("state")),
            clock: Arc::new(chrono::Utc::now),
            origin: Text::from("command line"),
            at_a_glance: false,
        }
    }

    fn glance(&self) -> World {
        World::open(&WorldOptions { at_a_glance: true, ..self.options(&self.repository()) }).expect("opened")
    }
}

/// Every file below a directory with its content.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("listed") {
        let path = entry.expect("listed").path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).expect("read"));
        }
    }
    all
}

#[tokio::test]
async fn a_repository_without_configuration_is_a_world_with_a_release_line() {
    let place = Place::new();
    place.commit("first");
    place.git(&["tag", "v1.0"]);
    place.commit("second");
    place.git(&["tag", "-a", "v1.1", "-m", "release"]);
    place.commit("third");
    let before = contents(&place.repository());

    let world = place.open().expect("opened");
    let refreshed = world.refresh().await.expect("read");
    assert!(!refreshed.is_partial(), "{refreshed:?}");

    let snapshot = world.snapshot();
    let track = snapshot.track(&TrackId::new("shop", "release")).expect("the release line");
    assert_eq!(track.live.as_ref().map(|live| live.version().as_str()), Some("v1.1"));
    assert_eq!(track.history.iter().map(|it| it.kind).collect::<Vec<_>>(), [Kind::Forward, Kind::Initial]);
    assert_eq!(track.waiting.as_ref().map(|it| it.changes.len()), Some(1));
    assert_eq!(contents(&place.repository()), before, "the repository is only read");
}

#[tokio::test]
async fn what_is_stored_is_there_before_anything_is_read() {
    let place = Place::new();
    place.commit("first");
    place.git(&["tag", "v1.0"]);
    place.open().expect("opened").refresh().await.expect("read");
    fs::rename(place.repository().join(".git/refs"), place.repository().join(".git/gone")).expect("moved");

    let world = place.open().expect("opened");
    assert!(world.snapshot().sources.contains_key(&"git".into()), "who told it is known before it is asked again");
    let track = TrackId::new("shop", "release");
    let live = |world: &World| world.snapshot().track(&track).and_then(|it| it.live.clone());
    assert_eq!(live(&world).map(|it| it.version().to_string()), Some("v1.0".to_owned()));
    let refreshed = world.refresh().await.expect("the store is fine");
    assert!(refreshed.is_partial(), "a repository that cannot be read is told");
    assert!(live(&world).is_some(), "what cannot be read is stale, not gone");
}

/// What the board says of a world: all that a person can read there.
fn board(world: &World) -> Vec<String> {
    let sources = Sources {
        snapshot: world.snapshot(),
        operations: Arc::from([]),
        metrics: Known::default(),
        me: Arc::default(),
        now: "2026-11-20T12:00:00Z".parse().expect("a time"),
    };
    let board = view::open(&Wish::of(Screen::Board), &sources);
    let rows = (0..board.len()).flat_map(|at| board.row(at).cells.into_iter().map(|cell| cell.line.plain()));
    rows.chain([board.summary().plain()]).collect()
}

#[tokio::test]
async fn a_glance_says_on_the_board_what_the_whole_picture_says() {
    let place = Place::new();
    place.commit("first");
    place.git(&["tag", "v1.0"]);
    place.commit("second");
    place.git(&["tag", "v1.1"]);
    place.commit("third");
    place.open().expect("opened").refresh().await.expect("read");

    let world = place.glance();
    assert!(world.snapshot().glance && !world.is_whole());
    let first = board(&world);
    assert!(first.iter().any(|text| text.contains("v1.1")), "{first:?}");
    world.complete().await.expect("the store is fine");
    assert!(!world.snapshot().glance && world.is_whole());
    assert_eq!(board(&world), first);
    assert_eq!(board(&place.open().expect("opened")), first);
}

#[tokio::test]
async fn a_damaged_glance_is_as_none() {
    let place = Place::new();
    place.commit("first");
    place.git(&["tag", "v1.0"]);
    place.open().expect("opened").refresh().await.expect("read");
    fs::write(place.root.path().join("state/glance.json"), "{\"version\":1,").expect("written");
    let world = place.glance();
    assert!(world.is_whole() && !world.snapshot().glance);
}

#[tokio::test]
async fn a_repository_with_nothing_in_it_is_a_world_too() {
    let place = Place::new();
    let world = place.open().expect("opened");
    let refreshed = world.refresh().await.expect("read");
    assert!(!refreshed.is_partial(), "{refreshed:?}");
    assert!(world.snapshot().services.contains_key(&ServiceId::from("shop")));
}

#[tokio::test]
async fn where_there_is_nothing_it_says_what_to_do() {
    let place = Place::new();
    let error = place.open_in(place.root.path()).err().expect("there is no world");
    assert!(matches!(error, WorldError::Nothing), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.as_str().contains("init")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_and_another_process_are_noticed() {
    let place = Place::new();
    place.commit("first");
    place.git(&["tag", "v1.0"]);
    let (world, other) = (place.open().expect("opened"), place.open().expect("opened twice"));
    let follower = tokio::spawn({
        let world = world.clone();
        async move { world.follow().await }
    });
    let mut snapshots = world.snapshots();
    let track = TrackId::new("shop", "release");

    // Read once: from here on only the watching tells.
    let read =
        |it: &Arc<flightdeck::picture::Snapshot>| it.sources.values().all(|it| it.read_at.is_some() && !it.reading);
    let once = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(read)).await;
    assert!(once.is_ok_and(|it| it.is_ok()), "nothing was read");
    place.commit("second");
    let waits = |it: &Arc<flightdeck::picture::Snapshot>| {
        it.track(&track).and_then(|it| it.waiting.as_ref()).is_some_and(|it| it.changes.len() == 1)
    };
    let seen = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(waits)).await;
    assert!(seen.is_ok_and(|it| it.is_ok()), "the commit was not noticed");

    other.lock(Scope::default(), Text::from("the database is moving"), None).expect("locked");
    let locked = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(|it| it.gates.len() == 1)).await;
    assert!(locked.is_ok_and(|it| it.is_ok()), "the other's lock was not noticed");
    assert_eq!(world.unlock(&Scope::default()).expect("unlocked").len(), 1);
    assert!(world.snapshot().gates.is_empty());
    follower.abort();
}
