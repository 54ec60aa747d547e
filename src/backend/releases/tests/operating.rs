//! Promoting and rolling back when all goes well.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::world::{COMMIT, World, execute, names, order, put_package};
use crate::backend::{Backend as _, Operator as _, Place, ProgressSink, RollbackCode, SameBinary, Verb, Verdict};
use crate::model::{Health, TrackId};

#[tokio::test]
async fn the_first_deployment_of_all_installs_and_switches() {
    let world = World::new();
    world.put("1.0", b"one");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    assert_eq!(it.from, None);
    assert_eq!(backend.propose(&it).await.unwrap().refused, None);
    let receipt = execute(&backend, &it).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    let release = world.root("releases/1.0");
    assert_eq!(fs::read(release.join("bin/app")).unwrap(), b"one");
    assert_eq!(fs::metadata(release.join("bin/app")).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(fs::read(release.join("notes")).unwrap(), b"one");
    assert_eq!(fs::read_to_string(release.join("REVISION")).unwrap().trim(), COMMIT);
    assert_eq!(names(&release), [".flightdeck.json", ".flightdeck.tree", "REVISION", "bin", "etc", "notes"]);
    assert_eq!(
        fs::read_to_string(world.root("revisions.log")).unwrap(),
        format!("Branch 1.0 (at {COMMIT}) deployed as release 1.0 by Ada (flightdeck op-1)\n")
    );
    let state = backend.observe(&it.track).await.unwrap();
    assert_eq!(state.token, receipt.token);
    assert_eq!(state.problems, []);
    assert_eq!(state.health, Health::Unknown);
    let live = state.live.unwrap();
    assert_eq!(live.commit.unwrap().to_string(), COMMIT);
    assert!(live.digest.unwrap().as_str().starts_with("sha256:"));
    assert!(matches!(backend.verify(&it, Some(&receipt)).await.unwrap(), Verdict::Healthy(_)));
    assert_eq!(world.records().await, [("op-1".into(), "1.0".into(), "success".into(), None)]);
}

#[tokio::test]
async fn a_promotion_and_a_rollback_switch_there_and_back() {
    let world = World::live("").await;
    let backend = world.backend();
    assert_eq!(backend.declaration().rollback, RollbackCode::Pointer);
    let there = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &there).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
    let back = order(&backend, Verb::RollBack, "op-2", "1.0").await;
    let proposal = backend.propose(&back).await.unwrap();
    assert!(matches!(&proposal.same_binary, SameBinary::Yes(how) if how.as_str().contains("every file is as it was")));
    execute(&backend, &back).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    let log = fs::read_to_string(world.root("revisions.log")).unwrap();
    assert!(log.ends_with("Ada rolled back to release 1.0 (flightdeck op-2)\n"), "{log}");
    assert!(matches!(backend.verify(&back, None).await.unwrap(), Verdict::Healthy(_)));
    assert!(world.records().await.iter().all(|record| record.2 == "success"));
    assert_eq!(world.records().await.len(), 3, "nothing is told twice");
    assert_eq!(names(&world.root("releases")), ["1.0", "1.1"]);
}

#[tokio::test]
async fn the_proposal_says_each_write_and_writes_nothing() {
    let more = "smoke = [\"./bin/app\", \"--self-test\", \"{version}\"]\nhealth_url = \"http://u:p@localhost:1/{service}\"\nkeep = 1";
    let world = World::live(more).await;
    let backend = world.backend();
    let before = names(&world.root(""));
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let proposal = backend.propose(&it).await.unwrap();
    assert_eq!(proposal.refused, None);
    assert_eq!(names(&world.root("")), before);
    let base = format!("{}/", world.place.path().display());
    let writes: Vec<String> = proposal.writes.iter().map(|it| it.verbatim.as_str().replace(&base, "")).collect();
    let root = "srv/production/checkout";
    assert_eq!(
        writes,
        [
            format!("unpack packages/staging/checkout/1.1/app.tar.gz → {root}/releases/.incoming-op-1"),
            format!("copy packages/staging/checkout/1.1/notes → {root}/releases/.incoming-op-1"),
            format!("run [\"./bin/app\", \"--self-test\", \"1.1\"] in {root}/releases/.incoming-op-1, at most 30 s"),
            format!("rename {root}/releases/.incoming-op-1 → {root}/releases/1.1"),
            format!("symlink {root}/current → releases/1.1 (was releases/1.0)"),
            "GET http://localhost:1/checkout, until it says yes, at most 0 s".to_owned(),
            format!("append {root}/deployments.jsonl: promote 1.1"),
            format!("append {root}/revisions.log: promote 1.1"),
        ]
    );
    assert!(
        proposal.writes.iter().any(|it| it.precondition.as_ref().is_some_and(|it| it.as_str().contains("1.0 is live")))
    );
    assert!(proposal.undo.as_str().contains("current → releases/1.0 again"));
}

#[tokio::test]
async fn old_releases_go_but_never_the_live_one_or_the_one_before() {
    let world = World::live("keep = 2").await;
    let backend = world.backend();
    for version in ["1.1", "1.2", "1.3"] {
        world.put(version, version.as_bytes());
        let it = order(&backend, Verb::Promote, &format!("op-{version}"), version).await;
        let told: Vec<_> = backend.propose(&it).await.unwrap().writes;
        let receipt = execute(&backend, &it).await.unwrap();
        let planned = told.iter().filter(|it| it.verbatim.as_str().starts_with("remove ")).count();
        let done = receipt.done.iter().filter(|it| it.as_str().starts_with("removed ")).count();
        assert_eq!(planned, done, "what was said was done");
    }
    assert_eq!(names(&world.root("releases")), ["1.2", "1.3"]);
    let back = order(&backend, Verb::RollBack, "op-back", "1.2").await;
    execute(&backend, &back).await.unwrap();
    world.put("1.4", b"four");
    let tight = World { more: "keep = 1".to_owned(), place: world.place };
    let backend = tight.backend();
    let it = order(&backend, Verb::Promote, "op-1.4", "1.4").await;
    execute(&backend, &it).await.unwrap();
    assert_eq!(names(&tight.root("releases")), ["1.2", "1.4"]);
}

#[tokio::test]
async fn a_release_that_lies_there_with_the_same_bytes_is_used_again() {
    let world = World::live("").await;
    let backend = world.backend();
    for (operation, verb, version) in
        [("op-1", Verb::Promote, "1.1"), ("op-2", Verb::RollBack, "1.0"), ("op-3", Verb::Promote, "1.1")]
    {
        let it = order(&backend, verb, operation, version).await;
        execute(&backend, &it).await.unwrap();
    }
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
    let record = fs::read_to_string(world.root("releases/1.1/.flightdeck.json")).unwrap();
    assert!(record.contains("op-1"), "installed once: {record}");
}

#[tokio::test]
async fn a_release_that_somebody_changed_is_noticed_before_a_rollback() {
    let world = World::live("").await;
    let backend = world.backend();
    let there = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &there).await.unwrap();
    let back = order(&backend, Verb::RollBack, "op-2", "1.0").await;

    fs::write(world.root("releases/1.0/bin/cache"), "by the program").unwrap();
    let proposal = backend.propose(&back).await.unwrap();
    assert!(matches!(proposal.same_binary, SameBinary::Yes(_)));
    assert!(proposal.risks[0].as_str().contains("1 files came"), "{:?}", proposal.risks);

    fs::write(world.root("releases/1.0/bin/app"), "owned").unwrap();
    let proposal = backend.propose(&back).await.unwrap();
    assert!(matches!(&proposal.same_binary, SameBinary::No(why) if why.as_str() == "bin/app was changed"));
    assert_eq!(proposal.refused, None, "the person decides");

    fs::write(world.root("releases/1.0/.flightdeck.tree"), "0755 x bin/app\n").unwrap();
    let proposal = backend.propose(&back).await.unwrap();
    assert!(matches!(&proposal.same_binary, SameBinary::No(why) if why.as_str().contains("not the list")));
}

#[tokio::test]
async fn what_could_be_taken_is_listed_with_the_reason_where_it_cannot() {
    let world = World::live("").await;
    world.put("1.2", b"three");
    fs::write(world.package("1.2").join("notes"), b"torn").unwrap();
    fs::create_dir(world.root("releases/20160101120000")).unwrap();
    put_package(&world.package("20160101120000"), "20160101120000", &[("a", b"x")]);
    let all = world.backend().available(&TrackId::new("checkout", "production")).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|it| {
            (it.version.as_str(), it.place == Place::Installed, it.refused.as_ref().map_or("", |why| why.as_str()))
        })
        .collect();
    let find = |version: &str, installed: bool| told.iter().find(|it| (it.0, it.1) == (version, installed)).unwrap().2;
    assert_eq!(find("1.0", true), "it is live already");
    assert_eq!(find("20160101120000", true), "");
    assert_eq!(find("1.1", false), "");
    assert!(find("1.2", false).contains("bytes where"));
    assert!(find("20160101120000", false).contains("did not record its bytes"));
    assert!(all.iter().any(|it| it.place == Place::Environment("staging".into())));
}

#[tokio::test]
async fn asking_twice_is_harmless() {
    let world = World::live("").await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let first = execute(&backend, &it).await.unwrap();
    let second = execute(&backend, &it).await.unwrap();
    assert_eq!(first.token, second.token);
    assert!(second.done[0].as_str().contains("it was done before"));
}

#[tokio::test]
async fn a_version_with_a_space_is_a_name_like_any_other() {
    let world = World::live("smoke = [\"test\", \"{version}\", \"=\", \"a b\"]").await;
    world.put("a b", b"x");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "a b").await;
    execute(&backend, &it).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/a b"));
}

#[tokio::test]
async fn shared_files_and_what_is_watched_are_told_apart() {
    let world = World::live("").await;
    fs::create_dir(world.root("shared")).unwrap();
    fs::write(world.root("shared/log"), "x").unwrap();
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &it).await.unwrap();
    assert_eq!(fs::read(world.root("shared/log")).unwrap(), b"x");
    let watched = backend.watched_paths();
    assert!(watched.contains(&world.root("")) && watched.contains(&world.root("releases")));
    assert!(!watched.iter().any(|path| path.ends_with("shared")));
}

#[tokio::test]
async fn progress_names_each_step() {
    let world = World::live("smoke = [\"true\"]").await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let sink = ProgressSink::new(None);
    let seen = sink.subscribe();
    backend.execute(&it, &sink).await.unwrap();
    let last = seen.borrow().clone().unwrap();
    assert_eq!((last.what.as_str(), last.done, last.total), ("removing old versions", 8, 9));
}
