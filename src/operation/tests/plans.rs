//! What a plan says.

use super::fixture::*;
use crate::backend::{SameBinary, Verb};
use crate::model::{Kind, Outcome, Run, Status, Text};
use crate::operation::{Confirm, Intent, OperationError, Plan, Weight};

#[tokio::test]
async fn a_promotion_takes_what_the_environment_before_runs() {
    let mut world = World::new();
    world.artifact("1.4", "testing", 33);
    let plan = world.plan(&promote()).await;
    assert!(plan.is_allowed(), "{:?}", plan.findings);
    assert_eq!(plan.order.to, installed("1.4"));
    assert_eq!(plan.order.source.as_ref().map(|it| it.as_str()), Some("testing"));
    assert_eq!(plan.order.expected.as_deref(), Some("1"));
    assert_eq!(plan.order.reason.as_str(), "promote 1.4 from testing");
    assert_eq!(plan.kind, Kind::Forward);
    let added = plan.added.as_ref().expect("the graph tells");
    assert_eq!((added.count, added.merges, added.list.len()), (1, 0, 1));
    assert_eq!(added.list[0].subject.as_str(), "change 4");
    assert_eq!(added.list[0].risks, [Text::from("schema migration")]);
    assert_eq!(plan.removed.as_ref().map(|removed| removed.count), Some(0));
    assert_eq!(plan.risks[0].says.as_str(), "1 schema migration would come with it");
    assert_eq!(plan.same_binary, SameBinary::Yes("digests are equal".into()));
    assert_eq!(plan.confirm, Confirm::Environment("production".into()));
    assert_eq!(plan.expected_seconds, Some(120.0));
    assert_eq!(plan.downstream, []);
    assert_eq!(plan.to.since, Some(at(35)));
    assert_eq!(plan.to.built_at, Some(at(33)));
    let from = plan.from.expect("something is live");
    assert_eq!((from.version.as_str(), from.since, from.by), ("1.3", Some(at(30)), Some("lena".into())));
    assert!(plan.roll_forward.is_none());
}

#[tokio::test]
async fn a_rollback_takes_the_last_good_version_and_says_what_stays() {
    let mut world = World::new();
    world.fact(Run {
        id: "812".into(),
        number: None,
        attempt: None,
        pipeline: "build".into(),
        service: Some("checkout".into()),
        commit: Some(commit(6)),
        branch: None,
        trigger: None,
        status: Status::Running,
        queued_at: Some(at(50)),
        started_at: None,
        finished_at: None,
        version: None,
        jobs: Vec::new(),
        url: None,
    });
    world.artifact("1.5", "dev", 36);
    let plan = world.plan(&roll_back()).await;
    assert!(plan.is_allowed(), "{:?}", plan.findings);
    assert_eq!(plan.order.to.version.as_str(), "1.2");
    assert_eq!(plan.order.source, None);
    assert_eq!(plan.kind, Kind::Rollback);
    assert_eq!(plan.removed.as_ref().map(|removed| removed.count), Some(1));
    assert_eq!(plan.risks[0].says.as_str(), "1 schema migration would not be undone");
    let fix = plan.roll_forward.expect("a fix is under way");
    assert_eq!((fix.commit, fix.progress.as_str()), (commit(6), "run 812 is under way"));
}

#[tokio::test]
async fn a_plan_survives_its_json() {
    let world = World::new();
    for intent in [promote(), roll_back()] {
        let plan = world.plan(&intent).await;
        let text = serde_json::to_string(&plan).expect("encoded");
        assert_eq!(serde_json::from_str::<Plan>(&text).expect("decoded"), plan);
    }
}

#[tokio::test]
async fn a_hotfix_from_an_older_base_is_divergent_and_loud() {
    let world = World::new();
    let fix = installed("1.9");
    world.backend.script().installed.entry(testing()).or_default().push(fix);
    let plan = world.plan(&intent(Verb::Promote, Some("1.9"))).await;
    assert_eq!(plan.kind, Kind::Divergent);
    assert_eq!((plan.added.map(|it| it.count), plan.removed.map(|it| it.count)), (Some(1), Some(1)));
    assert!(
        plan.findings.iter().any(|it| it.guard.as_str() == "divergent" && it.why.as_str().starts_with("DIVERGENT"))
    );
}

#[tokio::test]
async fn what_is_built_from_an_unknown_commit_is_compared_with_nothing() {
    let world = World::new();
    let mut stranger = installed("1.3");
    stranger.commit = Some(commit(200));
    world.backend.script().live.insert(production(), Some(stranger));
    let plan = world.plan(&promote()).await;
    assert_eq!((plan.kind, plan.added, plan.removed), (Kind::Unknown, None, None));
}

#[tokio::test]
async fn nothing_live_is_an_initial_deployment_with_a_warning() {
    let mut world = World::new();
    world.facts.retain(|fact| !matches!(&fact.body, crate::fact::Body::Deployment(it) if it.track() == production()));
    world.backend.script().live.insert(production(), None);
    let plan = world.plan(&promote()).await;
    assert_eq!((plan.kind, plan.from.is_none()), (Kind::Initial, true));
    assert!(
        plan.findings.iter().any(|it| it.weight == Weight::Warn && it.why.as_str() == "nothing is live in production")
    );
}

#[tokio::test]
async fn what_cannot_be_planned_is_an_error_that_says_why() {
    let mut world = World::new();
    world.fact(deployment(&crate::model::TrackId::new("search", "testing"), "1.1", 10, Outcome::Success));
    let snapshot = world.snapshot();
    let engine = world.engine();
    let elsewhere = |service: &str, environment: &str| Intent {
        track: crate::model::TrackId::new(service, environment),
        ..intent(Verb::Promote, Some("1.4"))
    };
    for (intent, expected) in [
        (elsewhere("checkout", "mars"), "there is no environment `mars`"),
        (elsewhere("nobody", "production"), "nobody in production is not known"),
        (
            elsewhere("search", "production"),
            "search in production cannot be changed from here: no backend that can write owns it",
        ),
        (
            elsewhere("checkout", "releases"),
            "checkout in releases cannot be changed from here: its deployments are the release tags of a repository",
        ),
    ] {
        let error = engine.plan(&intent, &actor(), &snapshot).await.expect_err(expected);
        assert_eq!(error.to_string(), expected);
        assert!(error.hint().is_some());
    }
    world.backend.script().live.insert(testing(), None);
    let error = engine.plan(&promote(), &actor(), &snapshot).await.expect_err("nothing there");
    assert_eq!(error.to_string(), "nothing is live in testing, where it would come from");
    assert!(matches!(error, OperationError::NoTarget { candidates, .. } if !candidates.is_empty()));
    world.backend.script().dark = true;
    let error = engine.plan(&promote(), &actor(), &snapshot).await.expect_err("dark");
    assert_eq!(error.to_string(), "places: no way to look");
}

#[tokio::test]
async fn a_version_marked_bad_is_no_default_but_can_be_named() {
    let mut world = World::new();
    let mark = |version: &str| {
        crate::operation::lock::mark_bad("checkout".into(), version.into(), "ida".into(), "loses carts".into(), at(41))
            .expect("a mark")
    };
    world.fact(mark("1.4"));
    let error = world.engine().plan(&promote(), &actor(), &world.snapshot()).await.expect_err("no default");
    assert_eq!(error.to_string(), "1.4, which testing runs, is marked bad: loses carts");
    let plan = world.plan(&intent(Verb::Promote, Some("1.4"))).await;
    assert_eq!(plan.overrides().map(|it| it.guard.as_str()).collect::<Vec<_>>(), ["marked-bad"]);
}
