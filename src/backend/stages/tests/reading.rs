//! What stages report.

use std::fs;
use std::os::unix::fs::symlink;

use rstest::rstest;

use super::world::{COMMIT, World, artifacts, deployments, put_package, states, try_open};
use crate::backend::package::Unwatched;
use crate::backend::{Backend as _, Cursor, ErrorKind, Reader as _, Reading};
use crate::fact::FactKind;
use crate::model::{Digest, Health, Outcome, Text};

async fn read(world: &World, cursor: Option<&Cursor>) -> Reading {
    world.backend().read(cursor).await.unwrap()
}

fn told(problems: &[Text]) -> String {
    problems.iter().map(Text::as_str).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_stage_reports_its_versions_its_history_and_what_it_offers() {
    let world = World::new();
    world.put("dev", "checkout", "1.4.1", b"one");
    world.put("dev", "checkout", "1.4.2", b"two");
    symlink("1.4.1", world.dir("dev/checkout/current")).unwrap();
    let line = r#"{"id":"d-1","version":"1.4.1","at":"2026-11-20T10:00:00Z","by":"Ada","reason":"release"}"#;
    fs::write(world.dir("dev/checkout/history.jsonl"), format!("{line}\n")).unwrap();

    let reading = read(&world, None).await;
    assert_eq!(told(&reading.problems), "");
    let found = artifacts(&reading);
    assert_eq!(found.len(), 2);
    let first = found.iter().find(|it| it.version.as_str() == "1.4.1").unwrap();
    assert_eq!(first.location.as_str(), "dev");
    assert_eq!(first.commit.unwrap().to_string(), COMMIT);
    assert_eq!(first.run.as_ref().unwrap().as_str(), "77");
    assert_eq!(first.size, Some(3));
    assert_eq!(first.arrived_at.unwrap().to_rfc3339(), "2026-11-20T10:00:00+00:00");
    let deployed = deployments(&reading);
    assert_eq!((deployed[0].id.as_str(), deployed[0].outcome), ("d-1", Outcome::Success));
    let state = &states(&reading)[0];
    assert_eq!(state.live.as_ref().unwrap().version.as_str(), "1.4.1");
    assert_eq!(state.installed.len(), 2);
    assert_eq!(state.health, Health::Unknown, "nobody has hashed anything");
    assert!(state.token.is_some());
    assert!(reading.complete.iter().any(|it| it.kind == FactKind::Artifact && it.within.is_empty()));
}

#[tokio::test]
async fn without_a_pointer_the_newest_by_history_is_live_else_the_one_built_last() {
    let world = World::new();
    world.put("dev", "checkout", "1.9.0", b"one");
    world.put("dev", "checkout", "1.10.0", b"two");
    let live = |reading: &Reading| states(reading)[0].live.as_ref().map(|it| it.version.as_str().to_owned());
    assert_eq!(live(&read(&world, None).await).as_deref(), Some("1.10.0"));
    let history = world.dir("dev/checkout/history.jsonl");
    fs::write(&history, "{\"version\":\"1.9.0\"}\n{\"version\":\"1.10.0\",\"outcome\":\"failed\"}\n").unwrap();
    assert_eq!(live(&read(&world, None).await).as_deref(), Some("1.9.0"));
    fs::write(&history, "{\"version\":\"1.11.0\"}\n").unwrap();
    let reading = read(&world, None).await;
    assert_eq!(live(&reading), None);
    assert!(told(&reading.problems).contains("1.11.0 is not there"), "{:?}", reading.problems);
}

#[tokio::test]
async fn the_digest_of_many_files_is_that_of_their_listing() {
    let world = World::new();
    put_package(&world.dir("dev/checkout/1.0"), "1.0", &[("b", b"bee"), ("a", b"ay")]);
    let digest = artifacts(&read(&world, None).await)[0].digest.clone();
    // printf of the two lines through sha256sum.
    let sha = |bytes: &[u8]| crate::backend::package::hash::hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes).into());
    let listing = format!("{}  a\n{}  b\n", sha(b"ay"), sha(b"bee"));
    assert_eq!(digest, Some(Digest::from(format!("sha256:{}", sha(listing.as_bytes())))));
}

/// Each flaw is a problem that names the file and the reason; the version beside it is read as ever.
#[rstest]
#[case::no_manifest(|world: &World| fs::remove_file(world.dir("dev/checkout/2.0/artifact.json")).unwrap(), "has no artifact.json")]
#[case::broken_manifest(|world: &World| fs::write(world.dir("dev/checkout/2.0/artifact.json"), "{\"version\":").unwrap(), "not a manifest")]
#[case::truncated(|world: &World| fs::write(world.dir("dev/checkout/2.0/app.bin"), "t").unwrap(), "1 bytes where")]
#[case::missing_file(|world: &World| fs::remove_file(world.dir("dev/checkout/2.0/app.bin")).unwrap(), "app.bin")]
#[case::other_version(|world: &World| put_package(&world.dir("dev/checkout/2.0"), "3.0", &[("a", b"x")]), "of version 3.0")]
#[case::wrong_digest(|world: &World| replace(world, "\"files\"", "\"digest\":\"sha256:00\",\"files\""), "states the digest sha256:00")]
#[case::file_elsewhere(|world: &World| replace(world, "app.bin", "../1.0/app.bin"), "cannot be the name of a file")]
#[case::file_is_a_link(|world: &World| link_file(world), "not a file")]
#[tokio::test]
async fn a_flawed_version_is_told_and_the_rest_is_read(#[case] harm: fn(&World), #[case] says: &str) {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("dev", "checkout", "2.0", b"two");
    harm(&world);
    let reading = read(&world, None).await;
    let problems = told(&reading.problems);
    assert!(problems.contains(says) && problems.contains("checkout/2.0"), "{problems}");
    let state = &states(&reading)[0];
    assert_eq!(state.installed.iter().map(|it| it.version.as_str()).collect::<Vec<_>>(), ["1.0"]);
    assert!(artifacts(&reading).iter().filter(|it| it.version.as_str() == "2.0").all(|it| it.digest.is_none()));
    assert_eq!(state.live.as_ref().unwrap().version.as_str(), "1.0", "a flawed version is never taken for live");
}

fn replace(world: &World, from: &str, to: &str) {
    let path = world.dir("dev/checkout/2.0/artifact.json");
    let text = fs::read_to_string(&path).unwrap().replace(from, to);
    fs::write(path, text).unwrap();
}

fn link_file(world: &World) {
    fs::remove_file(world.dir("dev/checkout/2.0/app.bin")).unwrap();
    symlink("/etc/passwd", world.dir("dev/checkout/2.0/app.bin")).unwrap();
}

#[tokio::test]
async fn two_directories_that_claim_one_version_are_both_refused() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    put_package(&world.dir("dev/checkout/1.0-copy"), "1.0", &[("a", b"other")]);
    let reading = read(&world, None).await;
    assert!(told(&reading.problems).contains("claimed by"), "{:?}", reading.problems);
    assert!(states(&reading)[0].installed.is_empty());
}

#[rstest]
#[case::dangling("9.9", "is not there")]
#[case::outside("../../testing", "none of the versions")]
#[tokio::test]
async fn a_pointer_that_leads_nowhere_is_a_problem_and_nothing_is_live(#[case] target: &str, #[case] says: &str) {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    symlink(target, world.dir("dev/checkout/current")).unwrap();
    let reading = read(&world, None).await;
    assert_eq!(states(&reading)[0].live, None);
    assert!(told(&reading.problems).contains(says), "{:?}", reading.problems);
}

#[tokio::test]
async fn a_second_look_costs_what_is_new() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("dev", "search", "1.0", b"one");
    let first = read(&world, None).await;
    let second = read(&world, first.cursor.as_ref()).await;
    assert!(second.facts.is_empty() && second.complete.is_empty());
    assert_eq!(second.cursor, first.cursor);
    world.put("dev", "search", "1.1", b"two");
    let third = read(&world, second.cursor.as_ref()).await;
    assert!(artifacts(&third).iter().all(|it| it.service.as_str() == "search"));
    assert_eq!(artifacts(&third).len(), 2);
    assert_ne!(third.cursor, second.cursor);
}

#[tokio::test]
async fn what_is_gone_is_withdrawn_and_what_cannot_be_read_is_not() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    world.put("testing", "checkout", "1.0", b"one");
    let first = read(&world, None).await;
    fs::remove_dir_all(world.dir("dev/checkout")).unwrap();
    fs::remove_dir_all(world.dir("testing")).unwrap();
    let second = read(&world, first.cursor.as_ref()).await;
    let within: Vec<&[String]> = second.complete.iter().map(|it| it.within.as_slice()).collect();
    assert!(within.iter().all(|it| *it == ["checkout", "dev"]), "{within:?}");
    assert_eq!(within.len(), 3);
    assert!(told(&second.problems).contains("testing"));
    assert!(told(&second.problems).contains("checkout in dev was there at the last reading and is gone"));
    let third = read(&world, second.cursor.as_ref()).await;
    assert!(third.complete.is_empty(), "told once");
}

#[tokio::test]
async fn problems_are_told_at_every_look() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    fs::write(world.dir("dev/checkout/history.jsonl"), "nonsense\n").unwrap();
    let first = read(&world, None).await;
    let second = read(&world, first.cursor.as_ref()).await;
    assert!(told(&first.problems).contains("history.jsonl:1"));
    assert_eq!(first.problems, second.problems);
}

#[tokio::test]
async fn nothing_there_at_all_is_an_error() {
    let world = World::new();
    fs::remove_dir_all(world.dir("")).unwrap();
    let error = world.backend().read(None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn environments_may_be_other_names_than_directories() {
    let world = World::new();
    world.put("testing", "checkout", "1.0", b"one");
    let settings = "path = \"packages\"\nenvironments = { qa = \"testing\" }";
    let backend = try_open(world.place.path(), settings, Box::new(Unwatched)).unwrap();
    let reading = backend.read(None).await.unwrap();
    assert_eq!(states(&reading)[0].track.environment.as_str(), "qa");
    assert_eq!(backend.watched_paths(), [world.dir("testing"), world.dir("testing/checkout")]);
    fs::create_dir(world.dir("testing/checkout/1.1")).unwrap();
    backend.read(reading.cursor.as_ref()).await.unwrap();
    assert!(backend.watched_paths().contains(&world.dir("testing/checkout/1.1")), "it is still being written");
    put_package(&world.dir("testing/checkout/1.1"), "1.1", &[("a", b"x")]);
    backend.read(reading.cursor.as_ref()).await.unwrap();
    assert!(!backend.watched_paths().contains(&world.dir("testing/checkout/1.1")));
}

#[rstest]
#[case("path = \"packages\"\nenvironments = [\"../x\"]", "cannot be the name")]
#[case("path = \"packages\"\nenvironments = []", "at least one")]
#[case("environments = [\"dev\"]", "path")]
#[case("path = \"packages\"\nenvironments = [\"dev\"]\nenviroment = 1", "unknown field")]
fn settings_that_make_no_sense_are_told(#[case] settings: &str, #[case] says: &str) {
    let world = World::new();
    let problem = try_open(world.place.path(), settings, Box::new(Unwatched)).err().unwrap();
    assert!(problem.what.as_str().contains(says), "{problem:?}");
}
