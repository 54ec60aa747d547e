//! Approvals: what waits, whose yes counts, what a no does, and who is first.

use std::fs;

use rstest::rstest;

use super::world::{World, execute, order, try_open};
use crate::backend::approver::{Answer, Approver as _, Waiting};
use crate::backend::package::Unwatched;
use crate::backend::stages::Stages;
use crate::backend::{ErrorKind, Operator as _, Verb};
use crate::model::{GateKind, TrackId};

const RULE: &str = "environment = \"testing\"\nservices = [\"check*\"]\nneeded = 2\n";

fn open(world: &World, rule: &str) -> Stages {
    let settings = format!("path = \"packages\"\nenvironments = [\"dev\", \"testing\"]\n[[approvals]]\n{rule}");
    try_open(world.place.path(), &settings, Box::new(Unwatched)).unwrap()
}

fn track() -> TrackId {
    TrackId::new("checkout", "testing")
}

async fn waiting(backend: &Stages) -> Option<Waiting> {
    backend.waiting(&track()).await.unwrap().pop()
}

async fn say(backend: &Stages, who: &str, approved: bool) {
    let waiting = waiting(backend).await.unwrap();
    let comment = if approved { "" } else { "it loses carts" };
    let answer = Answer { waiting, who: who.into(), approved, comment: comment.into() };
    backend.answer(&answer).await.unwrap();
}

async fn gate(backend: &Stages) -> Option<String> {
    let it = order(backend, Verb::Promote, "op-1", "1.0").await;
    let proposal = backend.propose(&it).await.unwrap();
    assert!(proposal.gates.iter().all(|gate| gate.kind == GateKind::Approval));
    proposal.gates.first().map(|gate| gate.why.to_string())
}

#[rstest]
#[case(&[], Some("1.0 needs 2 approvals and has 0"))]
#[case(&[("Ben", true)], Some("1.0 needs 2 approvals and has 1"))]
#[case(&[("Ben", true), ("Ben", true)], Some("1.0 needs 2 approvals and has 1"))]
#[case(&[("Ben", true), ("Ada", true)], Some("1.0 needs 2 approvals and has 1"))]
#[case(&[("Ben", true), ("Chloé", true)], None)]
#[case(&[("Ben", true), ("Chloé", true), ("Dmitri", false)], Some("1.0: Dmitri said no: it loses carts"))]
#[case(&[("Ben", false), ("Chloé", true), ("Dmitri", true), ("Ben", true)], None)]
#[tokio::test]
async fn the_last_answer_of_each_counts_and_not_that_of_who_promotes(
    #[case] answers: &[(&str, bool)],
    #[case] expected: Option<&str>,
) {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = open(&world, RULE);
    for (who, approved) in answers {
        say(&backend, who, *approved).await;
    }
    assert_eq!(gate(&backend).await.as_deref(), expected);
    let it = order(&backend, Verb::Promote, "op-1", "1.0").await;
    let done = execute(&backend, &it).await;
    assert_eq!(done.is_ok(), expected.is_none(), "{done:?}");
    let state = backend.observe(&track()).await.unwrap();
    // Ada promotes; for anybody else her own yes would count.
    let for_ada = matches!(answers, [("Ben", true), ("Ada", true)]);
    assert_eq!(state.gates.is_empty(), expected.is_none() || for_ada);
}

#[tokio::test]
async fn an_own_yes_counts_where_the_rule_says_so() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = open(&world, "environment = \"testing\"\nneeded = 1\nown = true\n");
    say(&backend, "Ada", true).await;
    assert_eq!(gate(&backend).await, None);
}

#[tokio::test]
async fn an_approval_is_of_these_bytes() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = open(&world, "environment = \"testing\"\nneeded = 1\n");
    say(&backend, "Ben", true).await;
    assert_eq!(gate(&backend).await, None);
    fs::remove_dir_all(world.dir("dev/checkout/1.0")).unwrap();
    world.put("dev", "checkout", "1.0", b"other");
    assert_eq!(gate(&backend).await.as_deref(), Some("1.0 needs 1 approval and has 0"));
}

#[tokio::test]
async fn who_is_second_is_told_and_writes_nothing() {
    let world = World::new();
    world.put("dev", "checkout", "1.0", b"one");
    let backend = open(&world, RULE);
    let read = waiting(&backend).await.unwrap();
    say(&backend, "Ben", true).await;
    let late = Answer { waiting: read, who: "Chloé".into(), approved: false, comment: "no".into() };
    let error = backend.answer(&late).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    let path = world.dir("testing/checkout/approvals.jsonl");
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
    // A line without its end does not swallow the next one.
    let mut torn = fs::read(&path).unwrap();
    torn.extend(b"{\"version\":\"1.0\",\"who\":\"X\"");
    fs::write(&path, torn).unwrap();
    say(&backend, "Chloé", true).await;
    assert_eq!(gate(&backend).await, None);
}

#[tokio::test]
async fn other_services_and_what_is_live_wait_for_nobody() {
    let world = World::new();
    world.put("dev", "cart", "1.0", b"one");
    world.put("dev", "checkout", "1.0", b"one");
    let backend = open(&world, RULE);
    assert!(!backend.guards(&TrackId::new("cart", "testing")) && backend.guards(&track()));
    say(&backend, "Ben", true).await;
    say(&backend, "Chloé", true).await;
    execute(&backend, &order(&backend, Verb::Promote, "op-1", "1.0").await).await.unwrap();
    assert_eq!(waiting(&backend).await, None);
    assert!(backend.observe(&track()).await.unwrap().gates.is_empty());
}

#[rstest]
#[case("environment = \"testing\"\nneeded = 0\n", "approvals[0].needed")]
#[case("environment = \"testing\"\nneeded = 1\nservices = [\"a{\"]\n", "approvals[0].services")]
fn a_rule_that_makes_no_sense_is_refused(#[case] rule: &str, #[case] key: &str) {
    let world = World::new();
    let settings = format!("path = \"packages\"\nenvironments = [\"dev\"]\n[[approvals]]\n{rule}");
    let problem = try_open(world.place.path(), &settings, Box::new(Unwatched)).map(drop).unwrap_err();
    assert_eq!(problem.key, key);
}
