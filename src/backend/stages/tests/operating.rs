//! Promoting and rolling back between stages, when all goes well and when it is refused.

use std::fs;
use std::os::unix::fs::symlink;

use rstest::rstest;

use super::world::{World, deployments, execute, names, order, put_package};
use crate::backend::{ErrorKind, Operator as _, Place, Reader as _, RollbackCode, SameBinary, Verb, Verdict};
use crate::model::{Health, Outcome, TrackId};

#[tokio::test]
async fn a_promotion_copies_the_same_bytes_and_switches_what_is_offered() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("dev", "checkout", "1.1", b"two");
    let backend = world.backend();
    for (operation, version) in [("op-1", "1.0"), ("op-2", "1.1")] {
        let it = order(&backend, Verb::Promote, operation, version).await;
        let proposal = backend.propose(&it).await.unwrap();
        assert_eq!(proposal.refused, None);
        assert!(matches!(proposal.same_binary, SameBinary::Yes(_)));
        let receipt = execute(&backend, &it).await.unwrap();
        let after = backend.observe(&it.track).await.unwrap();
        assert_eq!(receipt.token, after.token);
        assert!(matches!(backend.verify(&it, Some(&receipt)).await.unwrap(), Verdict::Healthy(_)));
    }
    assert_eq!(fs::read_link(world.dir("testing/checkout/current")).unwrap().to_str(), Some("1.1"));
    for file in ["app.bin", "artifact.json"] {
        let read = |stage: &str| fs::read(world.dir(stage).join("checkout/1.1").join(file)).unwrap();
        assert_eq!(read("dev"), read("testing"), "{file}");
    }
    let expected = [".flightdeck.lock", "1.0", "1.1", "current", "history.jsonl"];
    assert_eq!(names(&world.dir("testing/checkout")), expected);
    let state = backend.observe(&TrackId::new("checkout", "testing")).await.unwrap();
    assert_eq!(state.health, Health::Healthy, "its bytes were hashed");
    let reading = backend.read(None).await.unwrap();
    let told: Vec<_> = deployments(&reading)
        .into_iter()
        .map(|it| (it.id.as_str().to_owned(), it.outcome, it.version.unwrap().as_str().to_owned(), it.actor.unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("op-1".to_owned(), Outcome::Success, "1.0".to_owned(), "Ada".into()),
            ("op-2".to_owned(), Outcome::Success, "1.1".to_owned(), "Ada".into()),
        ]
    );
}

#[tokio::test]
async fn the_proposal_says_each_write() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    let proposal = backend.propose(&it).await.unwrap();
    let base = format!("{}/", world.dir("").parent().unwrap().join("packages").display());
    let writes: Vec<String> = proposal.writes.iter().map(|it| it.verbatim.as_str().replace(&base, "")).collect();
    assert_eq!(
        writes,
        [
            "copy dev/checkout/1.0 → testing/checkout/.incoming-op-1",
            "rename testing/checkout/.incoming-op-1 → testing/checkout/1.0",
            "symlink testing/checkout/current → 1.0 (was not there)",
            "append testing/checkout/history.jsonl: promote 1.0",
        ]
    );
    assert!(names(&world.dir("testing")).is_empty(), "a proposal writes nothing");
}

#[tokio::test]
async fn a_rollback_offers_the_older_version_that_lies_there_still() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("dev", "checkout", "1.1", b"two");
    let backend = world.backend();
    assert_eq!(backend.declaration().rollback, RollbackCode::PromoteOlder);
    for (operation, version) in [("op-1", "1.0"), ("op-2", "1.1")] {
        let it = order(&backend, Verb::Promote, operation, version).await;
        execute(&backend, &it).await.unwrap();
    }
    let back = order(&backend, Verb::RollBack, "op-3", "1.0").await;
    let proposal = backend.propose(&back).await.unwrap();
    assert!(matches!(proposal.same_binary, SameBinary::Yes(_)), "{:?}", proposal.same_binary);
    assert_eq!(proposal.writes.len(), 2, "nothing is copied");
    execute(&backend, &back).await.unwrap();
    assert_eq!(fs::read_link(world.dir("testing/checkout/current")).unwrap().to_str(), Some("1.0"));
    assert!(matches!(backend.verify(&back, None).await.unwrap(), Verdict::Healthy(_)));
}

#[tokio::test]
async fn what_could_be_taken_is_listed_with_the_reason_where_it_cannot() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("dev", "checkout", "1.1", b"two");
    world.put("dev", "checkout", "1.2", b"three");
    fs::write(world.dir("dev/checkout/1.2/app.bin"), b"3").unwrap();
    world.put("testing", "checkout", "1.0", b"one");
    world.put("testing", "checkout", "1.1", b"not two");
    symlink("1.0", world.dir("testing/checkout/current")).unwrap();
    let all = world.backend().available(&TrackId::new("checkout", "testing")).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|it| (it.version.as_str(), it.place == Place::Installed, it.refused.as_ref().map(|why| why.as_str())))
        .collect();
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], ("1.1", true, None));
    assert_eq!(told[1], ("1.0", true, Some("it is live already")));
    assert!(told[2].2.unwrap().contains("1 bytes where"), "{told:?}");
    assert!(told[3].2.unwrap().contains("another 1.1 lies in testing already"), "{told:?}");
    assert_eq!(told[4], ("1.0", false, Some("it is live already")));
}

/// What is refused in the plan is refused in the deed, and nothing is changed by it.
#[rstest]
#[case::not_there(|_: &World| {}, Verb::Promote, "9.9", "does not lie in", ErrorKind::NotFound)]
#[case::escaping(|_: &World| {}, Verb::Promote, "../../x", "cannot be the name", ErrorKind::Protocol)]
#[case::an_option(|_: &World| {}, Verb::Promote, "-rf", "cannot be the name", ErrorKind::Protocol)]
#[case::live_already(|_: &World| {}, Verb::RollBack, "1.0", "is live in testing already", ErrorKind::Protocol)]
#[case::wrong_bytes(|world: &World| fs::write(world.dir("dev/checkout/1.1/app.bin"), b"owt").unwrap(), Verb::Promote, "1.1", "its bytes have the sha256", ErrorKind::Integrity)]
#[case::truncated(|world: &World| fs::write(world.dir("dev/checkout/1.1/app.bin"), b"t").unwrap(), Verb::Promote, "1.1", "1 bytes where", ErrorKind::Integrity)]
#[case::another_there(|world: &World| { world.put("testing", "checkout", "1.1", b"other"); }, Verb::Promote, "1.1", "another 1.1 lies in testing already", ErrorKind::Integrity)]
#[case::flawed_there(|world: &World| fs::create_dir(world.dir("testing/checkout/1.1")).unwrap(), Verb::Promote, "1.1", "a flawed 1.1", ErrorKind::Integrity)]
#[case::twice(|world: &World| put_package(&world.dir("dev/checkout/x"), "1.1", &[("a", b"x")]), Verb::Promote, "1.1", "is claimed by", ErrorKind::Integrity)]
#[case::outside(|world: &World| repoint(world, "../../dev"), Verb::Promote, "1.1", "none of the versions here", ErrorKind::Protocol)]
#[case::a_directory(|world: &World| own_directory(world), Verb::Promote, "1.1", "not a symbolic link", ErrorKind::Protocol)]
#[tokio::test]
async fn what_cannot_be_done_is_refused_and_nothing_changes(
    #[case] prepare: fn(&World),
    #[case] verb: Verb,
    #[case] version: &str,
    #[case] says: &str,
    #[case] kind: ErrorKind,
) {
    let world = World::new();
    world.put("dev", "checkout", "1.1", b"two");
    world.put("testing", "checkout", "1.0", b"one");
    symlink("1.0", world.dir("testing/checkout/current")).unwrap();
    prepare(&world);
    let backend = world.backend();
    let it = order(&backend, verb, "op-1", version).await;
    let proposal = backend.propose(&it).await.unwrap();
    let refused = proposal.refused.unwrap();
    assert!(refused.as_str().contains(says), "{refused}");
    assert!(proposal.writes.is_empty());
    let before = (names(&world.dir("testing/checkout")), fs::read_link(world.dir("testing/checkout/current")).ok());
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.what.as_str().contains(says), "{error}");
    let mut after = (names(&world.dir("testing/checkout")), fs::read_link(world.dir("testing/checkout/current")).ok());
    after.0.retain(|name| ![".flightdeck.lock", "history.jsonl"].contains(&name.as_str()));
    assert_eq!(after, before);
}

fn repoint(world: &World, target: &str) {
    fs::remove_file(world.dir("testing/checkout/current")).unwrap();
    symlink(target, world.dir("testing/checkout/current")).unwrap();
}

fn own_directory(world: &World) {
    fs::remove_file(world.dir("testing/checkout/current")).unwrap();
    fs::create_dir(world.dir("testing/checkout/current")).unwrap();
}

#[tokio::test]
async fn services_that_are_no_names_are_nobodys() {
    let world = World::new();
    let backend = world.backend();
    for service in ["../dev", "", "-rf", ".hidden"] {
        assert!(!backend.owns(&TrackId::new(service, "testing")), "{service:?}");
        assert!(backend.observe(&TrackId::new(service, "testing")).await.is_err());
    }
    assert!(backend.owns(&TrackId::new("a b", "testing")));
    assert!(!backend.owns(&TrackId::new("checkout", "production")));
}

#[tokio::test]
async fn the_first_stage_has_nowhere_to_promote_from() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = world.backend();
    let mut it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    it.track = TrackId::new("checkout", "dev");
    let refused = backend.propose(&it).await.unwrap().refused.unwrap();
    assert!(refused.as_str().contains("comes before dev"), "{refused}");
}

#[tokio::test]
async fn the_digest_that_was_planned_is_the_one_that_is_promoted() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = world.backend();
    let mut it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    it.to.digest = Some("sha256:1111".into());
    assert!(backend.propose(&it).await.unwrap().refused.unwrap().as_str().contains("was planned as"));
    assert_eq!(execute(&backend, &it).await.unwrap_err().kind, ErrorKind::Integrity);
}

#[tokio::test]
async fn asking_twice_is_harmless() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    let first = execute(&backend, &it).await.unwrap();
    let second = execute(&backend, &it).await.unwrap();
    assert_eq!(first.token, second.token);
    assert!(second.done[0].as_str().contains("it was done before"));
    assert_eq!(deployments(&backend.read(None).await.unwrap()).len(), 1);
}
