//! Carrying plans out: confirmations, the second look, two at once, and how operations end.

use std::time::Duration;

use super::fixture::*;
use crate::backend::{BackendError, ErrorKind, RollbackCode, Verb, Verdict};
use crate::config::{Freeze, Period};
use crate::model::{Gate, GateKind, Holds, Outcome, Override, Scope, Text};
use crate::operation::journal::{Body, Filter};
use crate::operation::{Confirm, Confirmation, Done, Ending, Plan, Stopped};

async fn run(world: &World, plan: &Plan, confirmation: &Confirmation) -> Result<Done, Stopped> {
    world.engine().run(plan, confirmation, &world.snapshot(), &sink()).await
}

fn kinds(world: &World) -> Vec<&'static str> {
    world.journal().records().expect("read").iter().map(|record| record.body.kind()).collect()
}

#[tokio::test]
async fn a_promotion_goes_all_the_way_and_can_be_undone() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let done = run(&world, &plan, &yes()).await.expect("done");
    assert!(done.succeeded());
    assert_eq!(done.problems, [] as [Text; 0]);
    assert_eq!(world.backend.live(&production()).as_deref(), Some("1.4"));
    assert_eq!(done.live.map(|live| live.version), Some("1.4".into()));
    assert_eq!(kinds(&world), ["intent", "sent", "acknowledged", "outcome"]);
    assert_eq!(world.journal().verify().expect("sound"), 4);
    assert_eq!(world.backend.script().executed.as_slice(), std::slice::from_ref(&plan.order));
    assert_eq!(done.follow_up, None);
    assert_eq!(world.engine().unfinished().expect("read"), []);

    let undo = done.undo.expect("something was live before");
    assert_eq!((undo.verb, undo.version.as_ref().map(|it| it.as_str())), (Verb::RollBack, Some("1.3")));
    let back = world.plan(&undo).await;
    assert!(run(&world, &back, &yes()).await.expect("done").succeeded());
    assert_eq!(world.backend.live(&production()).as_deref(), Some("1.3"));
}

#[tokio::test]
async fn the_reason_can_be_edited_and_is_journalled() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let edited = Confirmation { reason: Some("carts come back".into()), ..yes() };
    let done = run(&world, &plan, &edited).await.expect("done");
    assert_eq!(done.summary.reason.as_str(), "carts come back");
    assert_eq!((done.summary.who.as_str(), done.summary.host.as_str()), ("ida", "desk"));
}

#[tokio::test]
async fn nothing_is_sent_without_the_confirmation_that_the_plan_asks_for() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    for typed in ["", "y", "yes", "Production", "prod"] {
        let stopped = run(&world, &plan, &Confirmation { typed: typed.to_owned(), ..yes() }).await;
        assert!(matches!(stopped, Err(Stopped::Unconfirmed(_))), "{typed}");
    }
    assert!(world.backend.script().executed.is_empty());
    assert_eq!(kinds(&world), [] as [&str; 0]);

    for (confirm, typed, accepted) in [
        (Confirm::Yes, "y", true),
        (Confirm::Yes, "yes\n", true),
        (Confirm::Yes, "", false),
        (Confirm::Environment("a b".into()), "a b", true),
        (Confirm::Count(3), "3", true),
        (Confirm::Count(3), "03", false),
    ] {
        assert_eq!(confirm.accepts(typed), accepted, "{confirm:?} {typed}");
    }
}

#[tokio::test]
async fn guards_that_hold_have_to_be_named_with_a_reason() {
    let mut world = World::new();
    world.freezes.push(Freeze {
        name: "quiet".to_owned(),
        period: Period { from: Some("2020-01-01".to_owned()), ..Period::default() },
        ..Freeze::default()
    });
    let plan = world.plan(&promote()).await;
    let stopped = run(&world, &plan, &yes()).await.expect_err("held");
    assert!(matches!(&stopped, Stopped::Held(findings) if findings.len() == 1), "{stopped}");
    assert_eq!(stopped.to_string(), "held: freeze: freeze of everything in production by flightdeck.toml:41: quiet");
    let named = Confirmation { overrides: vec!["freeze".into()], ..yes() };
    assert!(matches!(run(&world, &plan, &named).await, Err(Stopped::Unconfirmed(_))));
    let blank = Confirmation { reason: Some(" ".into()), ..named.clone() };
    assert!(matches!(run(&world, &plan, &blank).await, Err(Stopped::Unconfirmed(_))));
    let reasoned = Confirmation { reason: Some("users are hurt".into()), ..named };
    assert!(run(&world, &plan, &reasoned).await.expect("done").succeeded());
    let records = world.journal().records().expect("read");
    assert!(matches!(&records[0].body, Body::Intent(it) if it.overrides == [Text::from("freeze")]));

    world.freezes[0].override_with_reason = Some(false);
    let plan = world.plan(&intent(Verb::RollBack, Some("1.2"))).await;
    assert!(matches!(run(&world, &plan, &reasoned).await, Err(Stopped::Denied(_))));
}

#[tokio::test]
async fn a_world_that_changed_since_the_plan_stops_it_with_the_new_plan() {
    type Change = fn(&World);
    let cases: [(&str, Change, &str); 4] = [
        ("another version is live", |world| world.backend.put(&production(), "1.2"), "1.2 is live now"),
        (
            "the token moved",
            |world| world.backend.put(&production(), "1.3"),
            "checkout in production was changed by somebody else",
        ),
        (
            "the target is another build",
            |world| {
                let mut other = installed("1.4");
                other.digest = Some(digest("other"));
                world.backend.script().live.insert(testing(), Some(other));
            },
            "1.4 is not the same build any more",
        ),
        (
            "a guard speaks that did not",
            |world| world.backend.script().proposal.refused = Some("no room".into()),
            "refused: no room",
        ),
    ];
    for (what, change, expected) in cases {
        let world = World::new();
        let plan = world.plan(&promote()).await;
        change(&world);
        let Err(Stopped::Changed { why, plan: fresh }) = run(&world, &plan, &yes()).await else {
            panic!("{what}: was not stopped");
        };
        assert_eq!(why.as_str(), expected, "{what}");
        assert_ne!(fresh.operation, plan.operation);
        assert_eq!(fresh.order.to.version, plan.order.to.version, "the version that was confirmed is meant");
        assert!(world.backend.script().executed.is_empty(), "{what}");
        assert_eq!(kinds(&world), [] as [&str; 0], "{what}");
    }
}

#[tokio::test]
async fn a_lock_that_was_set_meanwhile_stops_it() {
    let mut world = World::new();
    let plan = world.plan(&promote()).await;
    let scope = crate::model::Scope::default();
    let why = "the database moves".into();
    let lock = crate::operation::lock::set("l1".into(), scope, "omar".into(), why, None, at(41), chrono_tz::UTC);
    world.fact(lock.expect("a lock"));
    let Err(Stopped::Changed { why, .. }) = run(&world, &plan, &yes()).await else { panic!("was not stopped") };
    assert_eq!(why.as_str(), "lock: lock of everything by omar: the database moves");
}

#[tokio::test]
async fn two_operators_on_one_machine_exclude_each_other() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    world.backend.script().hang = Some(Hang::BeforeTheWrite);
    let (snapshot, engine, confirmation, sink) = (world.snapshot(), world.engine(), yes(), sink());
    let first = engine.run(&plan, &confirmation, &snapshot, &sink);
    tokio::pin!(first);
    tokio::select! {
        _ = &mut first => panic!("it hangs"),
        () = world.backend.reached.notified() => {}
    }
    let second = world.engine().run(&plan, &confirmation, &snapshot, &sink).await.expect_err("busy");
    let Stopped::Busy { by: Some(by), .. } = second else { panic!("{second}") };
    assert_eq!((by.operation.clone(), by.who.as_str()), (plan.operation.clone(), "ida"));
    assert!(matches!(by.ending, Ending::Running(_)));
    let other = world.plan(&roll_back()).await;
    let denied: Vec<_> = other.denials().map(|it| it.guard.as_str()).collect();
    assert_eq!(denied, ["running-operation"]);
    assert!(matches!(
        world.engine().settle(&plan.operation).await,
        Err(crate::operation::OperationError::CarriedOut(_))
    ));
    assert_eq!(world.engine().unfinished().expect("read"), [], "it lives");
}

/// The precondition decides between two machines: the loser learns who was first and gets the new plan.
#[tokio::test]
async fn two_operators_on_two_machines_one_wins_and_the_other_learns_why() {
    let world = World::new();
    let elsewhere = tempfile::tempdir().expect("a directory");
    let plan = world.plan(&promote()).await;
    world.backend.script().rival = Some(installed("1.2"));
    let (engine, snapshot) = (world.engine_in(elsewhere.path()), world.snapshot());
    let Err(Stopped::Conflict { first, lost, plan: anew }) = engine.run(&plan, &yes(), &snapshot, &sink()).await else {
        panic!("it should have lost");
    };
    assert_eq!(first.as_str(), "omar promoted 1.2", "the backend's own words");
    assert_eq!(lost.ending, Ending::NoEffect("somebody else was first: omar promoted 1.2".into()));
    let anew = anew.expect("a new plan");
    assert_eq!(anew.order.from.as_ref().map(|from| from.version.as_str()), Some("1.2"));
    assert_eq!(world.backend.live(&production()).as_deref(), Some("1.2"));
    assert_eq!(world.journal_in(elsewhere.path()).verify().expect("sound"), 3);
}

#[tokio::test]
async fn the_loser_is_told_who_won_where_the_journal_is_shared() {
    let world = World::new();
    let back = world.plan(&roll_back()).await;
    let done = run(&world, &back, &yes()).await.expect("done");
    assert!(done.succeeded());
    let plan = world.plan(&promote()).await;
    world.backend.script().rival = Some(installed("1.2"));
    let Err(Stopped::Conflict { first, .. }) = run(&world, &plan, &yes()).await else { panic!("it should have lost") };
    assert_eq!(first.as_str(), "ida put 1.2 there: roll back from 1.3 to 1.2");
}

#[tokio::test]
async fn a_failure_says_what_is_live() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let smoke = BackendError::new(&"places".into(), ErrorKind::Check, "the smoke test failed");
    world.backend.script().failure = Some(smoke);
    let done = run(&world, &plan, &yes()).await.expect("done, badly");
    assert_eq!(done.summary.ending, Ending::Failed("the smoke test failed; 1.3 is live".into()));
    assert_eq!(done.live.as_ref().map(|live| live.version.as_str()), Some("1.3"));
    assert!(!done.succeeded());
    assert_eq!((done.undo, done.verdict), (None, None));
    assert_eq!(kinds(&world), ["intent", "sent", "outcome"]);
}

#[tokio::test]
async fn verification_waits_until_it_settles() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let away = BackendError::new(&"places".into(), ErrorKind::Network, "no way there");
    world.backend.script().verdicts =
        vec![Ok(Verdict::Pending("2 of 3".into())), Err(away), Ok(Verdict::Pending("1 of 3".into()))];
    let done = run(&world, &plan, &yes()).await.expect("done");
    assert_eq!(done.summary.ending, Ending::Succeeded("1.4 is live and healthy".into()));
}

#[tokio::test]
async fn verification_ends_with_what_it_saw() {
    type Say = fn() -> Vec<crate::backend::Result<Verdict>>;
    let away = || BackendError::new(&"places".into(), ErrorKind::Forbidden, "may not look");
    let cases: [(Say, Duration, Ending); 3] = [
        (|| vec![Ok(Verdict::Failed("1.3 is live".into()))], Duration::MAX, Ending::Failed("1.3 is live".into())),
        (|| vec![Ok(Verdict::NoEffect("1.3 still".into()))], Duration::MAX, Ending::NoEffect("1.3 still".into())),
        (|| vec![Ok(Verdict::Pending("1 of 3".into()))], Duration::ZERO, Ending::TimedOut("1 of 3".into())),
    ];
    for (say, whole, expected) in cases {
        let mut world = World::new();
        world.patience.whole = whole;
        let plan = world.plan(&promote()).await;
        world.backend.script().verdicts = say();
        let done = run(&world, &plan, &yes()).await.expect("done");
        assert_eq!(done.summary.ending, expected);
        assert!(done.undo.is_some(), "1.4 is live, whatever became of it");
    }
    let world = World::new();
    let plan = world.plan(&promote()).await;
    world.backend.script().verdicts = vec![Err(away()), Err(away()), Err(away())];
    let done = run(&world, &plan, &yes()).await.expect("done");
    assert_eq!(done.summary.ending, Ending::TimedOut("it could not be observed: places: may not look".into()));
}

#[tokio::test]
async fn what_was_never_sent_had_no_effect_and_is_not_looked_up() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let away = BackendError::new(&"places".into(), ErrorKind::Network, "no way there");
    world.backend.script().failure = Some(away.unwritten());
    world.backend.script().verdicts = vec![Ok(Verdict::Healthy("it was looked up".into()))];
    let done = world.engine().run(&plan, &yes(), &world.snapshot(), &sink()).await.expect("done");
    assert_eq!(done.summary.ending, Ending::NoEffect("no way there; 1.3 is live".into()));
    assert!(done.undo.is_none() && done.ways_out.is_empty() && done.problems.is_empty());
}

/// Guards against calling a write failed that took effect while its answer was lost.
#[tokio::test]
async fn a_lost_answer_is_looked_up_and_not_sent_again() {
    for (rival, succeeds) in [(Some("1.4"), true), (None, false)] {
        let world = World::new();
        let plan = world.plan(&promote()).await;
        world.backend.script().failure =
            Some(BackendError::new(&"places".into(), ErrorKind::Timeout, "no answer in 30 s"));
        world.backend.script().rival = rival.map(installed);
        let done = run(&world, &plan, &yes()).await.expect("done");
        assert_eq!((done.succeeded(), done.undo.is_some()), (succeeds, succeeds), "{:?}", done.summary.ending);
        assert_eq!(done.problems, [Text::from("the backend's answer was lost: places: no answer in 30 s")]);
        assert_eq!(world.backend.script().executed.len(), 1);
    }
}

#[tokio::test]
async fn a_rollback_that_does_not_last_says_what_makes_it_last() {
    let gate = Gate {
        kind: GateKind::Automation,
        scope: Scope::default(),
        holds: Holds::Humans,
        who: "argo".into(),
        why: "reverts it".into(),
        since: None,
        until: None,
        overridden_by: Override::Reason,
        verbs: Vec::new(),
        url: None,
    };
    // A template lasts where nobody manages what it is put into.
    for (code, gates, lasts) in [
        (RollbackCode::Template, vec![gate], false),
        (RollbackCode::Template, Vec::new(), true),
        (RollbackCode::HistoryEntry, Vec::new(), false),
        (RollbackCode::Pointer, Vec::new(), true),
    ] {
        let world = World::new();
        world.backend.script().code = code;
        world.backend.script().proposal.gates = gates;
        let plan = world.plan(&roll_back()).await;
        let done = run(&world, &plan, &yes()).await.expect("done");
        let told = done.follow_up.is_some_and(|step| step.as_str().starts_with("make it durable"));
        assert_eq!((plan.lasts(), told), (lasts, !lasts), "{code:?}");
    }
}

/// Guards against telling that nothing was sent when it was, and against a second operation under one id.
#[tokio::test]
async fn a_journal_that_is_lost_on_the_way_is_told_beside_the_outcome() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    world.backend.script().no_more_journal = Some(world.journal().path().to_owned());
    let done = run(&world, &plan, &yes()).await.expect("done");
    assert!(done.succeeded());
    let told: Vec<bool> = ["acknowledged", "outcome"]
        .iter()
        .zip(&done.problems)
        .map(|(kind, told)| told.as_str().starts_with(&format!("the record `{kind}` could not be written")))
        .collect();
    assert_eq!(told, [true, true], "{:?}", done.problems);
}

#[tokio::test]
async fn one_plan_is_carried_out_once() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let smoke = BackendError::new(&"places".into(), ErrorKind::Check, "the smoke test failed");
    world.backend.script().failure = Some(smoke);
    assert!(!run(&world, &plan, &yes()).await.expect("done, badly").succeeded());
    let again = run(&world, &plan, &yes()).await.expect_err("the same plan");
    assert_eq!(again.to_string(), "not confirmed: this plan was carried out before: make a new one");
}

#[tokio::test]
async fn without_a_journal_nothing_is_sent() {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    // A directory stands where the journal belongs.
    let nowhere = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(nowhere.path().join("journal.jsonl")).expect("made");
    let stopped = world.engine_in(nowhere.path()).run(&plan, &yes(), &world.snapshot(), &sink()).await;
    assert!(matches!(stopped, Err(Stopped::Error(_))), "{stopped:?}");
    assert!(world.backend.script().executed.is_empty());
}

#[tokio::test]
async fn the_newest_operation_stands_first_and_a_new_deployment_fact_does_not_matter() {
    let mut world = World::new();
    let plan = world.plan(&roll_back()).await;
    world.fact(deployment(&production(), "1.3", 34, Outcome::Success));
    assert!(run(&world, &plan, &yes()).await.expect("done").succeeded());
    world.minutes.store(70, std::sync::atomic::Ordering::Relaxed);
    let plan = world.plan(&promote()).await;
    assert!(run(&world, &plan, &yes()).await.expect("done").succeeded());
    let all = world.journal().summaries(&Filter::default()).expect("read");
    assert_eq!(all.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), ["1.4", "1.2"]);
}
