//! Pausing, resuming, starting anew and giving up.

use super::fixture::*;
use crate::backend::{RollbackCode, SameBinary, Verb, Verdict};
use crate::config::{Freeze, Period};
use crate::fact::Fact;
use crate::model::{BadMark, Gate, GateKind, Holds, Outcome, Override, Progress, Scope, Text};
use crate::operation::{Confirmation, Done, Ending, Intent, OperationError, Plan, Weight};

fn of(verb: Verb) -> Intent {
    intent(verb, None)
}

/// 1.4 is on its way into production, where 1.3 is live.
fn under_way() -> World {
    let world = World::new();
    let mut script = world.backend.script();
    script.desired = Some(installed("1.4"));
    script.progress = Some(Progress { what: "1 of 3 updated".into(), done: 1, total: 3 });
    drop(script);
    world
}

async fn run(world: &World, intent: &Intent) -> Done {
    let plan = world.plan(intent).await;
    let held = plan.overrides().map(|it| it.guard.clone()).collect();
    let confirmation = Confirmation { overrides: held, reason: Some("users are hurt".into()), ..yes() };
    world.engine().run(&plan, &confirmation, &world.snapshot(), &sink()).await.expect("done")
}

fn weight(plan: &Plan, guard: &str) -> Option<Weight> {
    plan.findings.iter().find(|it| it.guard.as_str() == guard).map(|it| it.weight)
}

fn versions(plan: &Plan) -> (Option<&str>, &str) {
    (plan.coming.as_ref().map(|it| it.version.as_str()), plan.order.to.version.as_str())
}

#[tokio::test]
async fn a_verb_that_is_not_declared_is_refused_in_words() {
    let world = World::new();
    world.backend.script().declared = vec![Verb::Promote, Verb::RollBack];
    let refused = world.engine().plan(&of(Verb::Pause), &actor(), &world.snapshot()).await.expect_err("refused");
    assert!(matches!(refused, OperationError::Undeclared { verb: Verb::Pause, .. }));
    assert_eq!(refused.to_string(), "checkout in production cannot be paused: its backend can promote and roll back");
}

#[tokio::test]
async fn they_are_about_what_should_be_live_and_an_abort_about_what_is() {
    let world = under_way();
    for (verb, to) in [(Verb::Pause, "1.4"), (Verb::Restart, "1.4"), (Verb::Abort, "1.3")] {
        let plan = world.plan(&of(verb)).await;
        assert_eq!(versions(&plan), (Some("1.4"), to), "{verb:?}");
        assert!(plan.candidates.is_empty() && plan.order.source.is_none(), "{verb:?}");
        assert_eq!(plan.order.from.as_ref().map(|it| it.version.as_str()), Some("1.3"), "{verb:?}");
    }
    let abort = world.plan(&of(Verb::Abort)).await;
    assert_eq!(abort.takes_back(), Some(RollbackCode::Abort));
    let lost = abort.removed.as_ref().map(|it| it.count);
    assert_eq!(lost, Some(1), "what came with 1.4 is taken away");
    let quiet = World::new();
    assert_eq!(versions(&quiet.plan(&of(Verb::Restart)).await), (None, "1.3"));
    assert_eq!(quiet.plan(&of(Verb::Restart)).await.kind, crate::model::Kind::Redeploy);
}

#[tokio::test]
async fn where_nothing_is_live_there_is_nothing_to_do() {
    let world = World::new();
    world.backend.script().live.insert(production(), None);
    for (verb, expected) in [
        (Verb::Restart, "nothing is live in production: there is nothing to restart"),
        (Verb::Abort, "nothing is live in production: there is nothing to stay with"),
    ] {
        let error = world.engine().plan(&of(verb), &actor(), &world.snapshot()).await.expect_err("no target");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.hint(), None, "there is no version to name");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_paused_resumed_or_aborted_unless_the_backend_knows_better() {
    let world = World::new();
    world.backend.script().proposal.writes.clear();
    for (verb, paused, why) in [
        (Verb::Abort, false, "nothing is on its way in production: there is nothing to abort"),
        (Verb::Resume, false, "production is not paused: there is nothing to resume"),
        (Verb::Pause, true, "production is paused already: there is nothing to pause"),
    ] {
        world.backend.script().paused = paused;
        let plan = world.plan(&of(verb)).await;
        let denials: Vec<&str> = plan.denials().map(|it| it.why.as_str()).collect();
        assert_eq!(denials, [why]);
    }
    let knows_better = World::new().plan(&of(Verb::Abort)).await;
    assert_eq!((weight(&knows_better, "on-its-way"), knows_better.is_allowed()), (Some(Weight::Warn), true));
    let world = under_way();
    world.backend.script().proposal.refused = Some("a rollout of one step cannot be aborted".into());
    let plan = world.plan(&of(Verb::Abort)).await;
    assert_eq!(weight(&plan, "refused"), Some(Weight::Deny), "the backend has the last word");
}

#[tokio::test]
async fn no_freeze_and_no_lock_keeps_anybody_from_stopping_a_bad_rollout() {
    let mut world = under_way();
    world.freezes = vec![Freeze {
        name: "quiet".to_owned(),
        override_with_reason: Some(false),
        period: Period { from: Some("2020-01-01".to_owned()), ..Period::default() },
        ..Freeze::default()
    }];
    let why: Text = "the database moves".into();
    let set = crate::operation::lock::set;
    let scope = Scope { service: Some("checkout".into()), environment: None };
    world.fact(set("l1".into(), scope, "omar".into(), why, None, at(41), chrono_tz::UTC).expect("a lock"));
    for verb in Verb::ALL {
        world.backend.script().paused = verb == Verb::Resume;
        let plan = world.plan(&of(verb)).await;
        let expected = match verb {
            Verb::Pause | Verb::Abort => (Some(Weight::Warn), Some(Weight::Warn)),
            _ => (Some(Weight::Deny), Some(Weight::Override)),
        };
        assert_eq!((weight(&plan, "freeze"), weight(&plan, "lock")), expected, "{verb:?}");
        assert_eq!(plan.is_allowed(), verb.only_stops(), "{verb:?}");
    }
}

#[tokio::test]
async fn what_is_under_way_is_what_they_are_for() {
    let mut world = under_way();
    world.fact(deployment(&production(), "1.4", 50, Outcome::Running));
    for (verb, expected) in [
        (Verb::Pause, None),
        (Verb::Abort, None),
        (Verb::RollBack, Some(Weight::Override)),
        (Verb::Restart, Some(Weight::Override)),
    ] {
        assert_eq!(weight(&world.plan(&of(verb)).await, "running-operation"), expected, "{verb:?}");
    }
}

#[tokio::test]
async fn guards_of_new_versions_say_nothing_where_none_comes() {
    let mut world = under_way();
    world.fact(BadMark {
        service: "checkout".into(),
        version: "1.4".into(),
        who: "omar".into(),
        why: "loses carts".into(),
        at: at(41),
        lifted: false,
    });
    world.backend.script().proposal.same_binary = SameBinary::No("aa is not bb".into());
    world.backend.script().paused = true;
    let expected = [
        (Verb::Pause, Some(Weight::Allow), None),
        (Verb::Resume, Some(Weight::Override), None),
        (Verb::Restart, Some(Weight::Warn), Some(Weight::Override)),
        (Verb::Abort, None, None),
    ];
    for (verb, bad, digest) in expected {
        let plan = world.plan(&of(verb)).await;
        assert_eq!((weight(&plan, "marked-bad"), weight(&plan, "digest")), (bad, digest), "{verb:?}");
        for silent in ["already-live", "promotion-order", "skipped-environment", "direction"] {
            assert_eq!(weight(&plan, silent), None, "{verb:?}: {silent}");
        }
    }
}

#[tokio::test]
async fn a_permission_is_held_by_what_the_state_says_of_it() {
    let world = under_way();
    let gate = Gate {
        kind: GateKind::Permission,
        scope: Scope::default(),
        holds: Holds::Both,
        who: "cluster".into(),
        why: "may not patch deployments".into(),
        since: None,
        until: None,
        overridden_by: Override::None,
        verbs: vec![Verb::Restart],
        url: None,
    };
    world.backend.script().gates = vec![gate];
    assert_eq!(weight(&world.plan(&of(Verb::Restart)).await, "backend"), Some(Weight::Deny));
    assert_eq!(weight(&world.plan(&of(Verb::Pause)).await, "backend"), None);
}

#[tokio::test]
async fn each_is_taken_back_by_its_own_inverse() {
    for (verb, paused, inverse) in [
        (Verb::Pause, false, Some((Verb::Resume, None))),
        (Verb::Resume, true, Some((Verb::Pause, None))),
        (Verb::Restart, false, None),
        (Verb::Abort, false, Some((Verb::Promote, Some("1.4")))),
    ] {
        let world = under_way();
        world.backend.script().paused = paused;
        let done = run(&world, &of(verb)).await;
        assert!(done.succeeded(), "{verb:?}: {:?}", done.summary.ending);
        let undo = done.undo.as_ref().map(|it| (it.verb, it.version.as_ref().map(|it| it.as_str())));
        assert_eq!(undo, inverse, "{verb:?}");
        assert_eq!(done.follow_up.is_some(), verb == Verb::Abort, "an abort does not last");
    }
}

#[tokio::test]
async fn the_journal_tells_what_was_given_up() {
    let world = under_way();
    let done = run(&world, &of(Verb::Abort)).await;
    let told = (done.summary.from.as_ref().map(|it| it.as_str()), done.summary.to.as_str());
    assert_eq!(told, (Some("1.4"), "1.3"));
    let all = world.journal().summaries(&Default::default()).expect("read");
    assert_eq!(
        (all[0].verb, all[0].from.clone(), all[0].to.clone()),
        (Verb::Abort, done.summary.from, done.summary.to)
    );
    let events = world.journal().cdevents().expect("read");
    assert_eq!(events[0]["context"]["type"], "dev.cdevents.service.rolledback.0.3.0");
    assert_eq!((&events[0]["customData"]["mode"], &events[0]["customData"]["from"]), (&"abort".into(), &"1.4".into()));
    let quiet = World::new();
    run(&quiet, &of(Verb::Restart)).await;
    assert!(quiet.journal().cdevents().expect("read").is_empty(), "CDEvents has no event for it");
}

#[tokio::test]
async fn a_rollout_that_is_watched_can_be_aborted_and_hears_of_it() {
    let world = World::new();
    world.backend.script().stuck = true;
    let promotion = promote();
    let abort = async {
        while world.backend.script().executed.is_empty() {
            tokio::task::yield_now().await;
        }
        let plan = world.plan(&of(Verb::Abort)).await;
        assert_eq!(weight(&plan, "running-operation"), Some(Weight::Warn), "{:?}", plan.findings);
        // Going back is another way out, and one that says what it passes.
        assert_eq!(weight(&world.plan(&roll_back()).await, "running-operation"), Some(Weight::Override));
        run(&world, &of(Verb::Abort)).await
    };
    let (promoted, aborted) = tokio::join!(run(&world, &promotion), abort);
    assert!(aborted.succeeded(), "{:?}", aborted.summary.ending);
    let told = "overtaken: ida aborted it: users are hurt; 1.3 is live";
    assert_eq!(promoted.summary.ending, Ending::Failed(told.into()));
}

#[tokio::test]
async fn there_is_no_way_out_of_what_changed_nothing_and_none_that_the_backend_cannot_go() {
    let world = World::new();
    world.backend.script().verdicts = vec![Ok(Verdict::Failed("1.3 is live still".into()))];
    world.backend.script().stuck = true;
    world.backend.script().declared = vec![Verb::Promote, Verb::RollBack];
    let done = run(&world, &promote()).await;
    let ways: Vec<Verb> = done.ways_out.iter().map(|it| it.verb).collect();
    assert_eq!(ways, [Verb::RollBack]);

    let world = World::new();
    world.backend.script().failure =
        Some(crate::backend::BackendError::new(&"places".into(), crate::backend::ErrorKind::StorageFull, "no room"));
    let done = run(&world, &promote()).await;
    assert!(matches!(done.summary.ending, Ending::Failed(_)) && done.ways_out.is_empty(), "{:?}", done.ways_out);

    let world = under_way();
    world.backend.script().verdicts = vec![Ok(Verdict::Failed("it could not be aborted".into()))];
    assert!(run(&world, &of(Verb::Abort)).await.ways_out.is_empty(), "an abort leads nowhere else");
}

#[tokio::test]
async fn a_version_that_nobody_watched_is_told_before_it_is_put_back() {
    let mut world = World::new();
    let why = "whether 1.2 was healthy was not watched: its rollout ended before it was seen";
    let labels = vec![crate::model::deployment::ASSUMED.into()];
    let unwatched = crate::model::Deployment { labels, ..deployment(&production(), "1.2", 20, Outcome::Success) };
    world.facts.retain(|it| it.key() != Fact::new("history".into(), at(40), unwatched.clone()).key());
    world.fact(unwatched);
    let plan = world.plan(&roll_back()).await;
    let said: Vec<&str> =
        plan.findings.iter().filter(|it| it.guard.as_str() == "assumed").map(|it| it.why.as_str()).collect();
    assert_eq!((plan.to.version.as_str(), said), ("1.2", vec![why]));
    assert!(plan.candidates.iter().any(|it| it.assumed && it.default));
    // It was there once more, and that was seen.
    world.fact(deployment(&production(), "1.2", 21, Outcome::Success));
    assert_eq!(weight(&world.plan(&roll_back()).await, "assumed"), None);
}

#[tokio::test]
async fn a_promotion_that_is_stuck_offers_to_go_back() {
    let world = World::new();
    world.backend.script().verdicts = vec![Ok(Verdict::Failed("1.4 crashes; 1.3 is live still".into()))];
    world.backend.script().stuck = true;
    let done = run(&world, &promote()).await;
    assert!(matches!(done.summary.ending, Ending::Failed(_)));
    let ways: Vec<_> = done.ways_out.iter().map(|it| (it.verb, it.version.as_ref().map(|it| it.as_str()))).collect();
    assert_eq!(ways, [(Verb::Abort, None), (Verb::RollBack, Some("1.3"))], "the fastest first");
    let why = "promote did not work: 1.4 crashes; 1.3 is live still";
    assert_eq!(done.ways_out[0].reason.as_ref().map(|it| it.as_str()), Some(why));
    for way in &done.ways_out {
        assert!(world.plan(way).await.is_allowed(), "{way:?}");
    }
    let undo = done.undo.expect("something to go back from");
    assert_eq!((undo.verb, undo.version.as_ref().map(|it| it.as_str())), (Verb::RollBack, Some("1.3")));
    let back = world.plan(&undo).await;
    assert!(back.is_allowed(), "{:?}", back.findings);
}
