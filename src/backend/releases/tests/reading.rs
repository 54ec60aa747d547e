//! What roots report.

use std::fs;
use std::os::unix::fs::symlink;

use super::world::{COMMIT, SETTINGS, World, deployments, execute, order, states, try_open};
use crate::backend::package::Unwatched;
use crate::backend::{ErrorKind, Operator as _, Reader as _, Verb};
use crate::model::{Outcome, TrackId};

/// A root as Capistrano leaves it.
fn capistrano(world: &World) {
    for (release, commit) in [("20160101120000", "0"), ("20160102120000", COMMIT)] {
        fs::create_dir_all(world.root("releases").join(release)).unwrap();
        fs::write(world.root("releases").join(release).join("REVISION"), format!("{commit}\n")).unwrap();
    }
    fs::create_dir_all(world.root("shared/log")).unwrap();
    symlink(world.root("releases/20160102120000"), world.root("current")).unwrap();
    let log = "Branch main (at 8f3a2b1) deployed as release 20160101120000 by deploy\n\
        Branch main (at 00ff10a) deployed as release 20160102120000 by deploy\n\
        deploy rolled back to release 20160101120000\n\
        Branch main (at 00ff10a) deployed as release 20160102120000 by deploy\n";
    fs::write(world.root("revisions.log"), log).unwrap();
}

#[tokio::test]
async fn what_capistrano_deployed_is_read() {
    let world = World::new();
    capistrano(&world);
    let reading = world.backend().read(None).await.unwrap();
    assert_eq!(reading.problems, []);
    let state = &states(&reading)[0];
    let live = state.live.as_ref().unwrap();
    assert_eq!(live.version.as_str(), "20160102120000");
    assert_eq!(live.commit.unwrap().to_string(), COMMIT);
    assert_eq!(state.installed[0].since.unwrap().to_rfc3339(), "2016-01-01T12:00:00+00:00");
    let told = deployments(&reading);
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|it| it.outcome == Outcome::Success));
    assert_eq!(told[1].commit.unwrap().to_string(), COMMIT);
    assert_eq!(told[1].finished_at.unwrap().to_rfc3339(), "2016-01-02T12:00:00+00:00");
    assert_eq!((told[2].finished_at, told[2].actor.as_ref().unwrap().as_str()), (None, "deploy"));
}

#[tokio::test]
async fn a_root_of_capistranos_can_be_rolled_back_and_its_absolute_link_is_put_back_as_it_was() {
    let world = World::with("health = [\"sh\", \"-c\", \"test {version} = 20160101120000\"]");
    capistrano(&world);
    world.put("1.0", b"one");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    execute(&backend, &it).await.unwrap_err();
    let absolute = world.root("releases/20160102120000");
    assert_eq!(fs::read_link(world.root("current")).unwrap(), absolute, "put back to the letter");
    let back = order(&backend, Verb::RollBack, "op-2", "20160101120000").await;
    execute(&backend, &back).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/20160101120000"));
}

#[tokio::test]
async fn a_second_look_costs_what_is_new() {
    let world = World::live("").await;
    let backend = world.backend();
    let first = backend.read(None).await.unwrap();
    let second = backend.read(first.cursor.as_ref()).await.unwrap();
    assert!(second.facts.is_empty() && second.complete.is_empty());
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &it).await.unwrap();
    let third = backend.read(second.cursor.as_ref()).await.unwrap();
    assert_eq!(states(&third)[0].live.as_ref().unwrap().version.as_str(), "1.1");
    assert_eq!(deployments(&third).len(), 2);
}

#[tokio::test]
async fn flaws_are_told_and_the_rest_is_read() {
    let world = World::live("").await;
    fs::create_dir(world.root("releases/-rf")).unwrap();
    fs::create_dir(world.root("releases/2.0")).unwrap();
    fs::write(world.root("releases/2.0/.flightdeck.json"), "{").unwrap();
    let records = fs::read_to_string(world.root("deployments.jsonl")).unwrap();
    fs::write(world.root("deployments.jsonl"), format!("{records}nonsense\n")).unwrap();
    let reading = world.backend().read(None).await.unwrap();
    let problems: Vec<&str> = reading.problems.iter().map(|it| it.as_str()).collect();
    for says in ["releases/-rf", "releases/2.0", "deployments.jsonl:3"] {
        assert!(problems.iter().any(|it| it.contains(says)), "{says}: {problems:?}");
    }
    assert_eq!(states(&reading)[0].live.as_ref().unwrap().version.as_str(), "1.0");
    assert_eq!(states(&reading)[0].installed.len(), 1);
}

#[tokio::test]
async fn directories_of_others_are_passed_over_and_empty_roots_are_roots() {
    let world = World::new();
    fs::create_dir_all(world.place.path().join("srv/production/html/assets")).unwrap();
    let reading = world.backend().read(None).await.unwrap();
    let tracks: Vec<TrackId> = states(&reading).into_iter().map(|it| it.track).collect();
    assert_eq!(tracks, [TrackId::new("checkout", "production")]);
    assert_eq!(states(&reading)[0].live, None);
}

#[tokio::test]
async fn nothing_there_at_all_is_an_error_and_one_missing_environment_is_a_problem() {
    let world = World::live("").await;
    fs::remove_dir_all(world.place.path().join("srv/staging")).unwrap();
    let reading = world.backend().read(None).await.unwrap();
    assert!(reading.problems[0].as_str().contains("srv/staging"));
    assert_eq!(states(&reading).len(), 1);
    fs::remove_dir_all(world.place.path().join("srv")).unwrap();
    assert_eq!(world.backend().read(None).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn one_service_may_have_a_root_without_its_name_in_the_path() {
    let world = World::live("").await;
    let settings = SETTINGS.replace("{service}\"\n", "checkout\"\nservice = \"shop\"\n");
    let backend = try_open(world.place.path(), &settings, Box::new(Unwatched)).unwrap();
    let reading = backend.read(None).await.unwrap();
    let track = TrackId::new("shop", "production");
    assert!(states(&reading).iter().any(|it| it.track == track && it.live.is_some()));
    assert!(backend.owns(&track));
    assert!(!backend.owns(&TrackId::new("checkout", "production")));
}
