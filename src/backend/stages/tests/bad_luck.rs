//! Dying in the middle, a full disk, two at once.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc;

use rstest::rstest;

use super::world::{DiesAfter, Room, World, deployments, execute, names, order};
use crate::backend::package::{Observer, Step};
use crate::backend::{ErrorKind, Operator as _, Reader as _, Verb, Verdict};
use crate::model::{Outcome, TrackId};

/// A world in which testing offers 1.0 and dev has 1.1.
fn world() -> World {
    let world = World::new();
    world.put("dev", "checkout", "1.1", b"two");
    world.put("testing", "checkout", "1.0", b"one");
    symlink("1.0", world.dir("testing/checkout/current")).unwrap();
    world
}

fn live(world: &World) -> String {
    let target = fs::read_link(world.dir("testing/checkout/current")).unwrap();
    assert!(world.dir("testing/checkout").join(&target).is_dir(), "current leads to nothing");
    target.to_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn killed_after_any_step_the_old_or_the_new_version_is_live_and_recovery_tells_which(
    #[values(Step::Lock, Step::Check, Step::Copy, Step::Place, Step::Announce, Step::Switch, Step::Record)] step: Step,
) {
    let world = world();
    let killed = world.watched(Box::new(DiesAfter(step)));
    let it = order(&killed, Verb::Promote, "op-1", "1.1").await;
    assert!(execute(&killed, &it).await.unwrap_err().what.as_str().contains("died"));
    let switched = step >= Step::Switch;
    assert_eq!(live(&world), if switched { "1.1" } else { "1.0" });

    let backend = world.backend();
    let verdict = backend.recover(&it).await.unwrap();
    match (&verdict, switched) {
        (Verdict::Healthy(told), true) => assert!(told.as_str().contains("1.1 is live"), "{told}"),
        (Verdict::NoEffect(told), false) => assert!(told.as_str().contains("1.0 is live, as before"), "{told}"),
        _ => panic!("{verdict:?} after {step:?}"),
    }
    assert!(!names(&world.dir("testing/checkout")).iter().any(|name| name.starts_with(".incoming-")));
    let reading = backend.read(None).await.unwrap();
    assert!(deployments(&reading).iter().all(|it| it.outcome != Outcome::Running), "nothing stays open");

    let version = if switched { "1.0" } else { "1.1" };
    let verb = if switched { Verb::RollBack } else { Verb::Promote };
    let next = order(&backend, verb, "op-2", version).await;
    execute(&backend, &next).await.unwrap();
    assert_eq!(live(&world), version);
}

#[rstest]
#[tokio::test]
async fn the_next_promotion_works_even_when_nobody_recovered(
    #[values(Step::Copy, Step::Place, Step::Announce, Step::Switch)] step: Step,
) {
    let world = world();
    world.put("dev", "checkout", "1.2", b"three");
    let killed = world.watched(Box::new(DiesAfter(step)));
    let it = order(&killed, Verb::Promote, "op-1", "1.1").await;
    execute(&killed, &it).await.unwrap_err();
    let backend = world.backend();
    let next = order(&backend, Verb::Promote, "op-2", "1.2").await;
    execute(&backend, &next).await.unwrap();
    assert_eq!(live(&world), "1.2");
    let reading = backend.read(None).await.unwrap();
    let first = deployments(&reading).into_iter().find(|it| it.id.as_str() == "op-1");
    let expected =
        (step >= Step::Announce).then_some(if step >= Step::Switch { Outcome::Success } else { Outcome::Failed });
    assert_eq!(first.map(|it| it.outcome), expected);
}

#[rstest]
#[case::before_the_first_byte(0)]
#[case::within_the_artifact(2)]
#[case::within_the_manifest(3)]
#[tokio::test]
async fn a_full_disk_leaves_what_is_live_and_no_litter(#[case] room: u64) {
    let world = world();
    let backend = world.watched(Box::new(Room(AtomicU64::new(room))));
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::StorageFull);
    assert!(error.what.as_str().ends_with("; 1.0 is live, as before"), "{error}");
    assert_eq!(live(&world), "1.0");
    assert_eq!(names(&world.dir("testing/checkout")), [".flightdeck.lock", "1.0", "current", "history.jsonl"]);
    let failed = &deployments(&backend.read(None).await.unwrap())[0];
    assert_eq!((failed.outcome, failed.traffic), (Outcome::Failed, Some(false)));
}

#[tokio::test]
async fn a_plan_that_is_older_than_somebody_elses_deed_is_refused_by_name() {
    let world = world();
    world.put("dev", "checkout", "1.2", b"three");
    let backend = world.backend();
    let late = order(&backend, Verb::Promote, "op-late", "1.1").await;
    let mut early = order(&backend, Verb::Promote, "op-early", "1.2").await;
    early.actor = "Bo".into();
    execute(&backend, &early).await.unwrap();
    let error = execute(&backend, &late).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.what.as_str().contains("Bo promoted 1.2"), "{error}");
    assert_eq!(live(&world), "1.2");
    let mut tokenless = late.clone();
    tokenless.expected = None;
    assert_eq!(execute(&backend, &tokenless).await.unwrap_err().kind, ErrorKind::Conflict);
}

/// Waits within a step until it is told to go on.
struct Pauses {
    at: Step,
    reached: mpsc::Sender<()>,
    go: std::sync::Mutex<mpsc::Receiver<()>>,
}

impl Observer for Pauses {
    fn after(&self, step: Step) {
        if step == self.at {
            self.reached.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
    }
}

#[tokio::test]
async fn of_two_at_once_one_wins_and_the_other_learns_who() {
    let world = world();
    let (reached, is_reached) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let first = world.watched(Box::new(Pauses { at: Step::Copy, reached, go: may_go.into() }));
    let second = world.backend();
    let winner = order(&first, Verb::Promote, "op-1", "1.1").await;
    let mut loser = order(&second, Verb::Promote, "op-2", "1.1").await;
    loser.actor = "Bo".into();
    let asked = winner.clone();
    let running = tokio::spawn(async move { execute(&first, &asked).await });
    tokio::task::spawn_blocking(move || is_reached.recv().unwrap()).await.unwrap();
    let error = execute(&second, &loser).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.what.as_str().contains("Ada (operation op-1"), "{error}");
    let seen = second.recover(&winner).await.unwrap();
    assert!(matches!(&seen, Verdict::Pending(who) if who.as_str().contains("Ada")), "{seen:?}");
    assert!(names(&world.dir("testing/checkout")).contains(&".incoming-op-1".to_owned()), "recovery left it alone");
    go.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(live(&world), "1.1");
}

#[tokio::test]
async fn somebody_who_switches_by_hand_in_the_middle_is_not_overwritten() {
    let world = world();
    world.put("testing", "checkout", "0.9", b"zero");
    let (reached, is_reached) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let backend = world.watched(Box::new(Pauses { at: Step::Copy, reached, go: may_go.into() }));
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let running = tokio::spawn(async move { execute(&backend, &it).await });
    tokio::task::spawn_blocking(move || is_reached.recv().unwrap()).await.unwrap();
    fs::remove_file(world.dir("testing/checkout/current")).unwrap();
    symlink("0.9", world.dir("testing/checkout/current")).unwrap();
    go.send(()).unwrap();
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.what.as_str().ends_with("; 0.9 is live now"), "{error}");
    assert_eq!(live(&world), "0.9");
    let state = world.backend().observe(&TrackId::new("checkout", "testing")).await.unwrap();
    assert_eq!(state.live.unwrap().version.as_str(), "0.9");
}

#[tokio::test]
async fn what_somebody_else_is_still_writing_is_left_alone() {
    let world = world();
    let upload = world.dir("testing/checkout/.incoming-1.2");
    fs::create_dir(&upload).unwrap();
    let killed = world.watched(Box::new(DiesAfter(Step::Copy)));
    let first = order(&killed, Verb::Promote, "op-1", "1.1").await;
    execute(&killed, &first).await.unwrap_err();
    let backend = world.backend();
    let next = order(&backend, Verb::Promote, "op-2", "1.1").await;
    execute(&backend, &next).await.unwrap();
    assert!(upload.is_dir());
    assert!(!world.dir("testing/checkout/.incoming-op-1").exists());
}

#[tokio::test]
async fn progress_names_each_step() {
    let world = world();
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let sink = crate::backend::ProgressSink::new(None);
    let seen = sink.subscribe();
    backend.execute(&it, &sink).await.unwrap();
    let last = seen.borrow().clone().unwrap();
    assert_eq!((last.what.as_str(), last.done, last.total), ("recording how it ended", 6, 7));
}
