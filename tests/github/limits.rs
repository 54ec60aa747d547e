//! Too much was asked: nothing is asked before GitHub says so, what was read stays, and then it goes on by itself.

use std::sync::Arc;

use flightdeck::backend::{BackendError, ErrorKind};
use flightdeck::model::Time;
use rstest::rstest;
use serde_json::json;

use crate::desk::Desk;
use crate::forge::big::Size;
use crate::forge::world::Token;
use crate::forge::{Fault, Forge, TOKEN};

/// A desk over a repository that was looked at once.
async fn desk(directory: &std::path::Path) -> (Arc<Forge>, Desk) {
    let forge = Arc::new(Forge::big(Size::SMALL, directory));
    let mut desk = Desk::over(&forge, "mirror = false\nhistory_budget = 0");
    desk.read().await.expect("a reading");
    forge.forget();
    (forge, desk)
}

fn until(error: &BackendError) -> Time {
    match error.kind {
        ErrorKind::RateLimited { until: Some(until) } => until,
        _ => panic!("{error:?}"),
    }
}

/// Steps through the time until `end` and asserts that nothing is asked before it. What is asked then is answered.
async fn quiet_until(end: Time, forge: &Forge, desk: &mut Desk) {
    forge.forget();
    while forge.now() < end {
        let error = desk.read().await.expect_err("nothing is asked");
        assert_eq!(until(&error), end);
        let quiet = desk.backend.requests().expect("it counts").quiet.expect("it is quiet");
        assert_eq!(quiet.until, end);
        forge.pass(1.max((end - forge.now()).num_seconds() / 20));
    }
    assert_eq!(forge.requests().len(), 0, "before {end}");
}

#[tokio::test]
async fn the_hourly_limit_ends_in_the_middle_of_a_reading() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = desk(directory.path()).await;
    let (facts, began) = (desk.facts.clone(), forge.now());
    forge.pass(2_400);
    forge.fault("GET", "/actions/runs", Fault::exhausted());
    let error = desk.read().await.expect_err("the limit is reached");
    let end = until(&error);
    assert_eq!((end - began).num_seconds(), 3_601, "{error}");
    assert!(error.what.as_str().contains("09:00:01 UTC"), "{error}");
    assert_eq!(desk.facts, facts, "what was read stays");
    let limits = desk.backend.requests().expect("it counts").limits;
    assert_eq!((limits[0].what.as_str(), limits[0].remaining, limits[0].limit), ("core", 0, 5_000));
    quiet_until(end, &forge, &mut desk).await;
    let reading = desk.read().await.expect("it goes on by itself");
    assert_eq!(reading.problems, []);
    assert!(desk.backend.requests().expect("it counts").quiet.is_none());
    assert!(forge.requests().iter().any(|it| it.route.ends_with("/actions/runs")), "what was refused is asked for");
}

#[rstest]
#[case::forbidden_and_told_how_long(403, Some(90), 90)]
#[case::too_many_and_told_how_long(429, Some(1), 1)]
#[case::forbidden(403, None, 60)]
#[case::too_many(429, None, 60)]
#[tokio::test]
async fn the_pace_was_too_fast(#[case] status: u16, #[case] after: Option<u64>, #[case] seconds: i64) {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = desk(directory.path()).await;
    forge.pass(30);
    forge.fault("GET", "/deployments", Fault::secondary(status, after).times(2));
    let began = forge.now();
    let end = until(&desk.read().await.expect_err("too much was asked"));
    assert_eq!((end - began).num_seconds(), seconds);
    quiet_until(end, &forge, &mut desk).await;
    let again = desk.read().await.expect_err("too much was asked");
    assert_eq!((until(&again) - end).num_seconds(), 2 * seconds, "the second time it is twice as long");
    assert_eq!(forge.requests().len(), 1, "{:?}", forge.requests());
    quiet_until(until(&again), &forge, &mut desk).await;
    desk.read().await.expect("it goes on by itself");
}

#[tokio::test]
async fn a_question_of_many_parts_says_in_its_answer_that_the_limit_is_reached() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false");
    forge.fault("POST", "/graphql", Fault::exhausted().after(1));
    let began = forge.now();
    let Err(error) = desk.read().await else {
        // What came before is told; the next reading says why there is no more.
        let error = desk.read().await.expect_err("the limit is reached");
        return go_on(began, until(&error), &forge, &mut desk).await;
    };
    go_on(began, until(&error), &forge, &mut desk).await;
}

async fn go_on(began: Time, end: Time, forge: &Forge, desk: &mut Desk) {
    assert!((3_600..=3_601).contains(&(end - began).num_seconds()), "{end}");
    quiet_until(end, forge, desk).await;
    let reading = desk.read().await.expect("it goes on by itself");
    assert_eq!(reading.problems, []);
    crate::filling::fill(desk, forge).await;
}

#[tokio::test]
async fn a_question_of_many_parts_may_be_too_fast_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false\nhistory_budget = 0");
    let told = json!({ "errors": [{ "message": "You have exceeded a secondary rate limit." }] });
    forge.fault("POST", "/graphql", Fault::answer(200, &[], told.to_string()));
    let error = desk.read().await.expect_err("too much was asked");
    assert!(error.what.as_str().contains("nothing is asked until 08:01:00 UTC"), "{error}");
    quiet_until(until(&error), &forge, &mut desk).await;
    assert_eq!(desk.read().await.expect("it goes on").problems, []);
    assert!(desk.state("production").live.is_some());
}

#[tokio::test]
async fn history_leaves_a_fifth_of_the_limit() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size { pulls: 300, deployments: 40, runs: 600 }, directory.path()));
    forge.token(TOKEN, Token::classic("deployer", &["repo"]).limit("core", 100).limit("graphql", 200));
    let mut desk = Desk::over(&forge, "mirror = false");
    for _ in 0..20 {
        desk.read().await.expect("a reading");
        forge.pass(2);
    }
    let limits = desk.backend.requests().expect("it counts").limits;
    let graphql = limits.iter().find(|it| it.what.as_str() == "graphql").expect("it is told");
    // The question that went below it was still one.
    assert!(graphql.remaining <= 40 && graphql.remaining > 0, "{graphql:?}");
    assert!(desk.cursor.as_ref().expect("a place").0.matches("done").count() < 3, "{:?}", desk.cursor);
    let asked = forge.requests().len();
    assert!(asked < 60, "{asked}");
    forge.token(TOKEN, Token::classic("deployer", &["repo"]));
    forge.pass(3_600);
    crate::filling::fill(&mut desk, &forge).await;
    assert!(forge.requests().len() > asked, "the next hour it goes on");
}
