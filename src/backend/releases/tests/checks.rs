//! Smoke tests and health checks that say no.

use std::fs;

use rstest::rstest;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::{World, execute, names, order};
use crate::backend::{ErrorKind, Operator as _, Reader as _, Verb, Verdict};
use crate::model::Health;

#[rstest]
#[case::says_no("[\"sh\", \"-c\", \"echo migration missing >&2; exit 3\"]", "exit code 3; it said: migration missing")]
#[case::is_not_there("[\"./no-such-test\"]", "could not be started")]
#[case::takes_too_long("[\"sleep\", \"600\"]\nsmoke_timeout_seconds = 0", "did not end within 0 s")]
#[tokio::test]
async fn a_smoke_test_that_says_no_leaves_the_old_version_live(#[case] smoke: &str, #[case] says: &str) {
    let world = World::live(&format!("smoke = {smoke}")).await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Check);
    let told = error.what.as_str();
    assert!(told.starts_with("the smoke test said no: ") && told.contains(says), "{told}");
    assert!(told.ends_with("; 1.0 is live, as before"), "{told}");
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    assert_eq!(names(&world.root("releases")), ["1.0"], "what was installed is gone");
    assert_eq!(world.records().await[1], ("op-1".into(), "1.1".into(), "failed".into(), Some(false)));
    assert!(matches!(backend.verify(&it, None).await.unwrap(), Verdict::NoEffect(_)));
}

#[tokio::test]
async fn the_smoke_test_runs_in_the_new_release_and_knows_what_it_tests() {
    let script = "test \\\"$(cat bin/app)\\\" = two && test $FLIGHTDECK_VERSION = 1.1 && test $FLIGHTDECK_SERVICE = checkout && test -L {current} && test {release} = \\\"$PWD\\\" && test -z \\\"$CARGO_PKG_NAME\\\"";
    let world = World::live(&format!("smoke = [\"sh\", \"-c\", \"{script}\"]")).await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &it).await.unwrap();
}

#[tokio::test]
async fn a_health_check_that_says_no_switches_back_and_the_record_says_that_users_felt_it() {
    let world = World::live("health = [\"sh\", \"-c\", \"echo down; test {version} = 1.0\"]").await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Check);
    let told = error.what.as_str();
    assert!(told.contains("the health check of 1.1 said no") && told.contains("it said: down"), "{told}");
    assert!(told.ends_with("; 1.0 is live again"), "{told}");
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    assert_eq!(world.records().await[1], ("op-1".into(), "1.1".into(), "failed".into(), Some(true)));
    let verdict = backend.verify(&it, None).await.unwrap();
    assert!(matches!(&verdict, Verdict::Failed(why) if why.as_str().contains("1.0 is live again")), "{verdict:?}");
    assert!(!fs::read_to_string(world.root("revisions.log")).unwrap().contains("1.1"));
}

#[tokio::test]
async fn a_first_deployment_that_is_not_healthy_leaves_nothing_live() {
    let world = World::with("health = [\"false\"]");
    world.put("1.0", b"one");
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    let error = execute(&backend, &it).await.unwrap_err();
    assert!(error.what.as_str().ends_with("; nothing is live, as before"), "{error}");
    assert_eq!(world.current(), None);
    assert!(fs::symlink_metadata(world.root("current")).is_err());
}

#[tokio::test]
async fn a_rollback_that_is_not_healthy_stays_and_is_called_degraded() {
    let world = World::live("").await;
    let backend = world.backend();
    let there = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &there).await.unwrap();
    let world = World { more: "health = [\"false\"]".to_owned(), place: world.place };
    let backend = world.backend();
    let back = order(&backend, Verb::RollBack, "op-2", "1.0").await;
    let receipt = execute(&backend, &back).await.unwrap();
    assert!(receipt.done.iter().any(|it| it.as_str().contains("its health check said no")), "{:?}", receipt.done);
    assert_eq!(world.current().as_deref(), Some("releases/1.0"));
    let verdict = backend.verify(&back, Some(&receipt)).await.unwrap();
    assert!(matches!(&verdict, Verdict::Failed(why) if why.as_str().starts_with("1.0 is live, but")), "{verdict:?}");
    let reading = backend.read(None).await.unwrap();
    assert!(matches!(super::world::states(&reading)[0].health, Health::Degraded(_)));
}

#[tokio::test]
async fn an_address_is_asked_until_it_says_yes() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).up_to_n_times(2).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let more = format!(
        "health_url = \"{}/{{service}}/health\"\nhealth_timeout_seconds = 30\nhealth_interval_seconds = 0",
        server.uri()
    );
    let world = World::live(&more).await;
    let backend = world.backend();
    let it = order(&backend, Verb::Promote, "op-1", "1.1").await;
    execute(&backend, &it).await.unwrap();
    assert_eq!(world.current().as_deref(), Some("releases/1.1"));
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|request| request.url.path() == "/checkout/health"));
}
