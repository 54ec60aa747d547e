//! Dying in the middle, a full disk, two at once.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::AtomicU64;

use rstest::rstest;

use super::world::{DiesAfter, Pauses, Room, World, execute, names, order};
use crate::backend::package::Step;
use crate::backend::{ErrorKind, Operator as _, Verb, Verdict};

const CHECKED: &str = "smoke = [\"true\"]\nhealth = [\"true\"]";

#[rstest]
#[tokio::test]
async fn killed_after_any_step_the_old_or_the_new_version_is_live_and_recovery_tells_which(
    #[values(
        Step::Lock,
        Step::Check,
        Step::Copy,
        Step::Smoke,
        Step::Place,
        Step::Announce,
        Step::Switch,
        Step::Health,
        Step::Record,
        Step::Prune
    )]
    step: Step,
) {
    let world = World::live(CHECKED).await;
    let killed = world.watched(Box::new(DiesAfter(step)));
    let it = order(&killed, Verb::Promote, "op-1", "1.1").await;
    assert!(execute(&killed, &it).await.unwrap_err().what.as_str().contains("died"));
    let switched = step >= Step::Switch;
    assert_eq!(world.current().as_deref(), Some(if switched { "releases/1.1" } else { "releases/1.0" }));

    let backend = world.backend();
    let verdict = backend.recover(&it).await.unwrap();
    match (&verdict, switched) {
        (Verdict::Healthy(told), true) => assert!(told.as_str().contains("1.1 is live"), "{told}"),
        (Verdict::NoEffect(told), false) => assert!(told.as_str().contains("1.0 is live, as before"), "{told}"),
        _ => panic!("{verdict:?} after {step:?}"),
    }
    assert!(names(&world.root("releases")).iter().all(|name| !name.starts_with('.')), "no litter");
    assert!(names(&world.root("")).iter().all(|name| !name.starts_with(".current")), "no litter");
    assert!(world.records().await.iter().all(|record| record.2 != "running"), "nothing stays open");

    let (verb, version) = if switched { (Verb::RollBack, "1.0") } else { (Verb::Promote, "1.1") };
    let next = order(&backend, verb, "op-2", version).await;
    assert_eq!(backend.propose(&next).await.unwrap().refused, None);
    execute(&backend, &next).await.unwrap();
    assert_eq!(world.current(), Some(format!("releases/{version}")));
}

#[rstest]
#[tokio::test]
async fn the_next_promotion_works_even_when_nobody_recovered(
    #[values(Step::Copy, Step::Smoke, Step::Place, Step::Announce, Step::Switch, Step::Record)] step: Step,
) {
    let world = World::live(CHECKED).await;
    world.put("1.2", b"three");
    let killed = world.watched(Box::new(DiesAfter(step)));
    let it = order(&killed, Verb::Promote, "op-1", "1.1").await;
    execute(&killed, &it).await.unwrap_err();
    let backend = world.backend();
    let next = order(&backend, Verb::Promote, "op-2", "1.2").await;
    execute(&backend, &next).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.2"));
    assert!(names(&world.root("releases")).iter().all(|name| !name.starts_with('.')), "no litter");
    let records = world.records().await;
    let first = records.iter().find(|record| record.0 == "op-1").map(|record| record.2.as_str());
    let expected = (step >= Step::Announce).then_some(if step >= Step::Switch { "success" } else { "failed" });
    assert_eq!(first, expected);
}

#[rstest]
#[tokio::test]
async fn a_rollback_that_is_killed_is_told_as_well(
    #[values(Step::Lock, Step::Check, Step::Announce, Step::Switch, Step::Record)] step: Step,
) {
    let world = World::live("").await;
    let backend = world.backend();
    let there = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &there).await.unwrap();
    let killed = world.watched(Box::new(DiesAfter(step)));
    let back = order(&killed, Verb::RollBack, "op-2", "1.0").await;
    execute(&killed, &back).await.unwrap_err();
    let switched = step >= Step::Switch;
    assert_eq!(world.current().as_deref(), Some(if switched { "releases/1.0" } else { "releases/1.1" }));
    let verdict = backend.recover(&back).await.unwrap();
    assert_eq!(matches!(verdict, Verdict::Healthy(_)), switched, "{verdict:?}");
    assert_eq!(matches!(verdict, Verdict::NoEffect(_)), !switched, "{verdict:?}");
}

/// Killed between the switch and its health check, a release that does not serve is told, and left to the person.
#[tokio::test]
async fn a_killed_promotion_whose_target_is_not_healthy_is_told_as_that() {
    let world = World::live("health = [\"false\"]").await;
    let killed = world.watched(Box::new(DiesAfter(Step::Switch)));
    let it = order(&killed, Verb::Promote, "op-1", "1.1").await;
    execute(&killed, &it).await.unwrap_err();
    let verdict = world.backend().recover(&it).await.unwrap();
    assert!(matches!(&verdict, Verdict::Failed(why) if why.as_str().starts_with("1.1 is live, but")), "{verdict:?}");
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
}

#[rstest]
#[case::before_the_first_byte(0)]
#[case::within_a_file(4)]
#[case::within_our_own_records(20)]
#[case::within_the_list_of_files(200)]
#[tokio::test]
async fn a_full_disk_leaves_what_is_live_and_no_litter(#[case] room: u64) {
    let world = World::live("").await;
    let backend = world.watched(Box::new(Room(AtomicU64::new(room))));
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::StorageFull, "{error}");
    assert!(error.what.as_str().ends_with("; 1.0 is live, as before"), "{error}");
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    assert_eq!(names(&world.root("releases")), ["1.0"]);
    assert_eq!(world.records().await[1], ("op-1".into(), "1.1".into(), "failed".into(), Some(false)));
}

/// The same on a disk that is really full: `FLIGHTDECK_SMALL_DISK` names a mounted file system of about a megabyte.
#[tokio::test]
#[ignore = "needs a small file system"]
async fn a_disk_that_is_really_full_leaves_what_is_live_and_no_litter() {
    let small = std::env::var("FLIGHTDECK_SMALL_DISK").unwrap();
    let world = World::new();
    fs::remove_dir(world.root("")).unwrap();
    let root = std::path::Path::new(&small).join("checkout");
    fs::create_dir_all(&root).unwrap();
    symlink(&root, world.root("")).unwrap();
    world.put("1.0", b"one");
    let backend = world.backend();
    let first = order(&backend, Verb::Promote, "op-0", "1.0").await;
    execute(&backend, &first).await.unwrap();
    world.put("1.1", &vec![7; 4 << 20]);
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::StorageFull, "{error}");
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    assert_eq!(names(&world.root("releases")), ["1.0"]);
    let verdict = backend.verify(&it, None).await.unwrap();
    assert!(matches!(&verdict, Verdict::NoEffect(why) if why.as_str().contains("No space left")), "{verdict:?}");
}

#[tokio::test]
async fn of_two_at_once_one_wins_and_the_other_learns_who() {
    let world = World::live("").await;
    let (pauses, reached, go) = Pauses::new(Step::Copy);
    let (first, second) = (world.watched(pauses), world.backend());
    let winner = order(&first, Verb::Promote, "op-1", "1.1").await;
    let mut loser = order(&second, Verb::Promote, "op-2", "1.1").await;
    loser.actor = "Bo".into();
    let asked = winner.clone();
    let running = tokio::spawn(async move { execute(&first, &asked).await });
    tokio::task::spawn_blocking(move || reached.recv().unwrap()).await.unwrap();
    let error = execute(&second, &loser).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.what.as_str().contains("Ada (operation op-1"), "{error}");
    let seen = second.recover(&winner).await.unwrap();
    assert!(matches!(&seen, Verdict::Pending(who) if who.as_str().contains("Ada")), "{seen:?}");
    assert!(world.root("releases/.incoming-op-1").is_dir(), "recovery left it alone");
    go.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
    let late = execute(&second, &loser).await.unwrap_err();
    assert_eq!(late.kind, ErrorKind::Conflict);
    assert!(late.what.as_str().contains("Ada promoted 1.1"), "{late}");
}

#[tokio::test]
async fn somebody_who_switches_by_hand_in_the_middle_is_not_overwritten() {
    let world = World::live("").await;
    fs::create_dir(world.root("releases/0.9")).unwrap();
    let (pauses, reached, go) = Pauses::new(Step::Place);
    let backend = world.watched(pauses);
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let running = tokio::spawn(async move { execute(&backend, &it).await });
    tokio::task::spawn_blocking(move || reached.recv().unwrap()).await.unwrap();
    fs::remove_file(world.root("current")).unwrap();
    symlink("releases/0.9", world.root("current")).unwrap();
    go.send(()).unwrap();
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.what.as_str().ends_with("; 0.9 is live now"), "{error}");
    assert_eq!(world.current().as_deref(), Some("releases/0.9"));
}

#[tokio::test]
async fn somebody_who_switches_by_hand_during_the_health_check_is_not_overwritten() {
    let world = World::live("health = [\"false\"]").await;
    fs::create_dir(world.root("releases/0.9")).unwrap();
    let (pauses, reached, go) = Pauses::new(Step::Health);
    let backend = world.watched(pauses);
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let running = tokio::spawn(async move { execute(&backend, &it).await });
    tokio::task::spawn_blocking(move || reached.recv().unwrap()).await.unwrap();
    fs::remove_file(world.root("current")).unwrap();
    symlink("releases/0.9", world.root("current")).unwrap();
    go.send(()).unwrap();
    let error = running.await.unwrap().unwrap_err();
    assert!(error.what.as_str().contains("somebody switched it meanwhile; 0.9 is live"), "{error}");
    assert_eq!(world.current().as_deref(), Some("releases/0.9"));
}
