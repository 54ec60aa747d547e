//! What cannot be done is refused in the plan, refused in the deed, and changes nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use rstest::rstest;

use super::world::{SETTINGS, World, execute, names, order, put_package, tar_gz, try_open};
use crate::backend::package::Unwatched;
use crate::backend::{ErrorKind, Operator as _, Reader as _, Verb};
use crate::model::TrackId;

#[rstest]
#[case::not_there(|_: &World| {}, Verb::Promote, "9.9", "does not lie in")]
#[case::not_installed(|_: &World| {}, Verb::RollBack, "9.9", "does not lie in")]
#[case::escaping(|_: &World| {}, Verb::Promote, "../../x", "cannot be the name")]
#[case::escaping_back(|_: &World| {}, Verb::RollBack, "../1.0", "cannot be the name")]
#[case::an_option(|_: &World| {}, Verb::Promote, "-rf", "cannot be the name")]
#[case::live_already(|_: &World| {}, Verb::Promote, "1.0", "is live in production already")]
#[case::wrong_bytes(|world: &World| fs::write(world.package("1.1").join("notes"), b"owt").unwrap(), Verb::Promote, "1.1", "its bytes have the sha256")]
#[case::truncated(|world: &World| fs::write(world.package("1.1").join("notes"), b"").unwrap(), Verb::Promote, "1.1", "0 bytes where")]
#[case::other_bytes_there(|world: &World| install(world, "1.1", "sha256:00"), Verb::Promote, "1.1", "with other bytes")]
#[case::unknown_bytes_there(|world: &World| fs::create_dir(world.root("releases/1.1")).unwrap(), Verb::Promote, "1.1", "did not record its bytes")]
#[case::flawed_there(|world: &World| { install(world, "1.1", "x"); fs::write(world.root("releases/1.1/.flightdeck.json"), "{").unwrap() }, Verb::RollBack, "1.1", "not a record")]
#[case::other_version_there(|world: &World| { install(world, "1.1", "x"); fs::rename(world.root("releases/1.1"), world.root("releases/1.2")).unwrap() }, Verb::RollBack, "1.2", "of version 1.1")]
#[case::outside(|world: &World| repoint(world, "shared"), Verb::Promote, "1.1", "none of the versions here")]
#[case::a_directory(|world: &World| { fs::remove_file(world.root("current")).unwrap(); fs::create_dir(world.root("current")).unwrap() }, Verb::Promote, "1.1", "not a symbolic link")]
#[tokio::test]
async fn what_cannot_be_done_is_refused_and_nothing_changes(
    #[case] prepare: fn(&World),
    #[case] verb: Verb,
    #[case] version: &str,
    #[case] says: &str,
) {
    let world = World::live("").await;
    fs::create_dir(world.root("shared")).unwrap();
    prepare(&world);
    let backend = world.backend();
    let it = order(&backend, verb, "op-1", version).await;
    let proposal = backend.propose(&it).await.unwrap();
    let refused = proposal.refused.unwrap();
    assert!(refused.as_str().contains(says), "{refused}");
    let look = || (names(&world.root("releases")), fs::read_link(world.root("current")).ok());
    let before = look();
    let error = execute(&backend, &it).await.unwrap_err();
    assert!(error.what.as_str().contains(says), "{error}");
    assert_eq!(look(), before);
}

fn install(world: &World, version: &str, digest: &str) {
    let release = world.root("releases").join(version);
    fs::create_dir(&release).unwrap();
    let record = format!(
        r#"{{"version":"{version}","digest":"{digest}","installed_at":"2026-11-20T10:00:00Z","operation":"op-x"}}"#
    );
    fs::write(release.join(".flightdeck.json"), record).unwrap();
}

fn repoint(world: &World, target: &str) {
    fs::remove_file(world.root("current")).unwrap();
    symlink(target, world.root("current")).unwrap();
}

#[tokio::test]
async fn a_pointer_to_nothing_is_a_risk_that_a_promotion_repairs() {
    let world = World::live("").await;
    repoint(&world, "releases/gone");
    let backend = world.backend();
    let state = backend.observe(&TrackId::new("checkout", "production")).await.unwrap();
    assert_eq!(state.live, None);
    assert!(state.problems[0].as_str().contains("releases/gone, which is not there"));
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let proposal = backend.propose(&it).await.unwrap();
    assert!(proposal.risks[0].as_str().contains("is not there"));
    execute(&backend, &it).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
}

#[tokio::test]
async fn a_root_that_is_not_there_is_said_so() {
    let world = World::new();
    world.put("1.0", b"one");
    fs::remove_dir_all(world.root("")).unwrap();
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    let refused = backend.propose(&it).await.unwrap().refused.unwrap();
    assert!(refused.as_str().contains("make the directory first"), "{refused}");
    assert_eq!(execute(&backend, &it).await.unwrap_err().kind, ErrorKind::NotFound);
    assert!(!world.root("").exists(), "nothing is made in passing");
}

#[tokio::test]
async fn what_may_not_be_written_is_forbidden_and_what_may_not_be_read_is_told() {
    let world = World::live("").await;
    let lock = |mode| fs::set_permissions(world.root(""), fs::Permissions::from_mode(mode)).unwrap();
    fs::remove_file(world.root(".flightdeck.lock")).unwrap();
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    lock(0o555);
    // Who may do everything is stopped by no mode: then there is nothing to see here.
    let all_powerful = fs::write(world.root("probe"), "").is_ok();
    if !all_powerful {
        assert_eq!(execute(&backend, &it).await.unwrap_err().kind, ErrorKind::Forbidden);
        lock(0o000);
        let reading = backend.read(None).await.unwrap();
        assert!(reading.problems.iter().any(|it| it.as_str().contains("denied")), "{:?}", reading.problems);
        assert_eq!(backend.observe(&it.track).await.unwrap_err().kind, ErrorKind::Forbidden);
    }
    lock(0o755);
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
}

#[tokio::test]
async fn a_hostile_archive_is_refused_and_leaves_nothing() {
    let world = World::live("unpacked_limit_mb = 1").await;
    let bomb = vec![0; 2 << 20];
    put_package(&world.package("1.2"), "1.2", &[("app.tgz", &tar_gz(&[("zeros", &bomb, 0o644)]))]);
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.2").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integrity);
    assert!(error.what.as_str().contains("unpacked_limit_mb"), "{error}");
    assert_eq!(names(&world.root("releases")), ["1.0"]);
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
}

#[tokio::test]
async fn without_packages_only_a_rollback_is_possible() {
    let world = World::live("").await;
    let settings = SETTINGS.replace("packages =", "# packages =");
    let backend = try_open(world.place.path(), &settings, Box::new(Unwatched)).unwrap();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let refused = backend.propose(&it).await.unwrap().refused.unwrap();
    assert!(refused.as_str().contains("no packages to install from"), "{refused}");
    let fixed = SETTINGS.replace("{source}", "staging");
    let backend = try_open(world.place.path(), &fixed, Box::new(Unwatched)).unwrap();
    assert_eq!(backend.propose(&it).await.unwrap().refused, None);
}

#[tokio::test]
async fn tracks_of_others_are_nobodys_here() {
    let world = World::with("services = [\"check*\"]");
    let backend = world.backend();
    for (service, environment, owned) in [
        ("checkout", "production", true),
        ("search", "production", false),
        ("checkout", "dev", false),
        ("../checkout", "production", false),
        ("check/../../x", "production", false),
        ("-check", "production", false),
    ] {
        assert_eq!(backend.owns(&TrackId::new(service, environment)), owned, "{service} {environment}");
    }
}

#[rstest]
#[case("environments = []", "at least one")]
#[case("path = \"srv/{service}\"", "{environment}")]
#[case("path = \"srv/{environment}\"", "{service}")]
#[case("keep = 0", "at least 1")]
#[case("health = [\"true\"]\nhealth_url = \"http://localhost\"", "either")]
#[case("smoke = [\"\"]", "no name")]
#[case("packages = \"packages/{stage}/{service}\"", "{stage} stands for nothing")]
#[case("smok = [\"x\"]", "unknown field")]
#[case("services = [\"[\"]", "unclosed")]
fn settings_that_make_no_sense_are_told(#[case] more: &str, #[case] says: &str) {
    let world = World::new();
    let problem = try_open(world.place.path(), &format!("{SETTINGS}\n{more}"), Box::new(Unwatched)).err().unwrap();
    assert!(problem.what.as_str().contains(says), "{problem:?}");
}
