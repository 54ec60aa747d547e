//! Which version is offered, and why another one is not.

use super::fixture::*;
use crate::backend::RollbackCode;
use crate::model::{Incident, Outcome, Status};
use crate::operation::Candidate;

async fn rollbacks(world: &World) -> Vec<Candidate> {
    let engine = world.engine();
    match engine.plan(&roll_back(), &actor(), &world.snapshot()).await {
        Ok(plan) => plan.candidates,
        Err(crate::operation::OperationError::NoTarget { candidates, .. }) => candidates,
        Err(error) => panic!("{error}"),
    }
}

fn default(candidates: &[Candidate]) -> Option<&str> {
    candidates.iter().find(|it| it.default).map(|it| it.version.version.as_str())
}

fn named<'a>(candidates: &'a [Candidate], version: &str) -> &'a Candidate {
    candidates.iter().find(|it| it.version.version.as_str() == version).expect("in the list")
}

#[tokio::test]
async fn the_default_is_the_previous_distinct_version_with_its_times() {
    let candidates = rollbacks(&World::new()).await;
    let versions: Vec<&str> = candidates.iter().map(|it| it.version.version.as_str()).collect();
    assert_eq!(versions, ["1.2", "1.1"]);
    assert_eq!(default(&candidates), Some("1.2"));
    let first = &candidates[0];
    assert_eq!((first.ran[0].from, first.ran[0].until), (at(20), Some(at(30))));
    assert_eq!(first.ran[0].by.as_ref().map(|by| by.as_str()), Some("lena"));
    assert_eq!((first.health, first.changes), (Status::Ok, Some((0, 1))));
    assert_eq!(candidates[1].changes, Some((0, 2)));
}

#[tokio::test]
async fn redeploys_and_failed_attempts_are_no_previous_versions() {
    let mut world = World::new();
    world.fact(deployment(&production(), "1.3", 33, Outcome::Success));
    world.fact(deployment(&production(), "1.4", 34, Outcome::Failed));
    world.backend.script().installed.entry(production()).or_default().push(installed("1.4"));
    world.fact(deployment(&production(), "1.5", 35, Outcome::Cancelled));
    let candidates = rollbacks(&world).await;
    assert_eq!(default(&candidates), Some("1.2"));
    assert_eq!(named(&candidates, "1.2").ran[0].until, Some(at(30)));
    let failed = named(&candidates, "1.4");
    assert_eq!(failed.refused.as_ref().map(|it| it.as_str()), Some("its deployment failed: it never was live here"));
    assert!(!candidates.iter().any(|it| it.version.version.as_str() == "1.5"), "it never began to be");
}

/// Guards against offering the version that everybody just fled from.
#[tokio::test]
async fn a_version_that_was_rolled_back_is_not_offered_after_its_rollback() {
    let mut world = World::new();
    world.fact(deployment(&production(), "1.2", 40, Outcome::Success));
    world.backend.put(&production(), "1.2");
    let candidates = rollbacks(&world).await;
    assert_eq!(default(&candidates), Some("1.1"));
    assert_eq!(named(&candidates, "1.3").health, Status::Failed);
    assert_eq!(candidates[0].version.version.as_str(), "1.3", "the list is by time all the same");
}

#[tokio::test]
async fn completion_decides_not_the_beginning() {
    let mut world = World::new();
    let mut late = deployment(&production(), "1.1", 29, Outcome::Success);
    late.id = "late".into();
    late.started_at = Some(at(1));
    world.fact(late);
    assert_eq!(default(&rollbacks(&world).await), Some("1.1"));
}

#[tokio::test]
async fn incidents_marks_and_missing_artifacts_pass_a_candidate_over_and_say_so() {
    let incident = |caused_by: Option<&str>| Incident {
        id: "i1".into(),
        service: Some("checkout".into()),
        environment: None,
        title: "carts are lost".into(),
        opened_at: at(22),
        detected_at: None,
        resolved_at: Some(at(29)),
        caused_by: caused_by.map(Into::into),
        url: None,
    };
    for (caused_by, health) in [(Some("production-20"), Status::Failed), (None, Status::Unknown)] {
        let mut world = World::new();
        world.fact(incident(caused_by));
        let candidates = rollbacks(&world).await;
        assert_eq!(default(&candidates), Some("1.1"));
        assert_eq!((named(&candidates, "1.2").health, named(&candidates, "1.2").incidents.len()), (health, 1));
    }

    let mut world = World::new();
    let mark = crate::operation::lock::mark_bad("checkout".into(), "1.2".into(), "ida".into(), "slow".into(), at(41));
    world.fact(mark.expect("a mark"));
    let candidates = rollbacks(&world).await;
    assert_eq!(default(&candidates), Some("1.1"));
    assert_eq!(named(&candidates, "1.2").bad.as_ref().map(|it| it.as_str()), Some("slow"));

    let world = World::new();
    world.backend.script().installed.insert(production(), vec![installed("1.1"), installed("1.3")]);
    let candidates = rollbacks(&world).await;
    assert_eq!(default(&candidates), Some("1.1"));
    let gone = named(&candidates, "1.2");
    assert_eq!(gone.refused.as_ref().map(|it| it.as_str()), Some("its artifact is not there any more"));

    // What a rollback cannot reach may still be promoted.
    world.backend.script().installed.entry(testing()).or_default().push(installed("1.2"));
    let why = "it does not lie here any more; promote it from testing instead";
    assert_eq!(named(&rollbacks(&world).await, "1.2").refused.as_ref().map(|it| it.as_str()), Some(why));

    // A store feeds a promotion of an older version, and no pointer.
    for (code, refused) in [(RollbackCode::Pointer, true), (RollbackCode::PromoteOlder, false)] {
        let world = World::new();
        world.backend.script().code = code;
        world.backend.script().installed.insert(production(), vec![installed("1.1"), installed("1.3")]);
        world.backend.script().store = vec![installed("1.2")];
        let candidates = rollbacks(&world).await;
        assert_eq!(named(&candidates, "1.2").refused.is_some(), refused, "{code:?}");
        assert_eq!(default(&candidates), Some(if refused { "1.1" } else { "1.2" }), "{code:?}");
    }

    let world = World::new();
    world.backend.script().refused.insert("1.2".into(), "truncated".into());
    assert_eq!(named(&rollbacks(&world).await, "1.2").refused.as_ref().map(|it| it.as_str()), Some("truncated"));
}

#[tokio::test]
async fn what_lies_there_and_never_ran_can_be_named_but_is_no_default() {
    let mut world = World::new();
    world.facts.retain(|fact| !matches!(fact.body, crate::fact::Body::Deployment(_)));
    let candidates = rollbacks(&world).await;
    assert_eq!(default(&candidates), None);
    assert_eq!(candidates.len(), 2);
    assert!(candidates.iter().all(|it| it.ran.is_empty() && it.refused.is_none()));
}

#[tokio::test]
async fn after_a_lost_pointer_what_was_live_last_comes_first() {
    let world = World::new();
    world.backend.script().live.insert(production(), None);
    assert_eq!(default(&rollbacks(&world).await), Some("1.3"));
}

#[tokio::test]
async fn promotions_offer_what_runs_before_first_and_what_is_live_with_its_reason() {
    let mut world = World::new();
    world.backend.script().installed.entry(testing()).or_default().push(installed("1.5"));
    world.artifact("1.5", "testing", 50);
    let plan = world.plan(&promote()).await;
    let seen: Vec<_> = plan
        .candidates
        .iter()
        .map(|it| (it.version.version.as_str(), it.default, it.refused.as_ref().map(|why| why.as_str())))
        .collect();
    assert_eq!(seen, [("1.4", true, None), ("1.5", false, None), ("1.3", false, Some("live here already"))]);
}
