use crate::backend::{SameBinary, Verb};
use crate::config::{Freeze, Period};
use crate::model::{
    Gate, GateKind, Holds, Incident, Job, Outcome, Override, Progress, Replicas, Run, Scope, Status, TrackId,
};
use crate::operation::tests::fixture::*;
use crate::operation::{Intent, Plan, Weight};

/// What the guard of that name says, with its weight.
fn said<'a>(plan: &'a Plan, guard: &str) -> Vec<(Weight, &'a str)> {
    let of_guard = plan.findings.iter().filter(|it| it.guard.as_str() == guard);
    of_guard.map(|it| (it.weight, it.why.as_str())).collect()
}

fn gate(kind: GateKind, holds: Holds, overridden_by: Override) -> Gate {
    let scope = Scope::default();
    let (who, why) = ("argo".into(), "rules".into());
    Gate { kind, scope, holds, who, why, since: None, until: None, overridden_by, verbs: Vec::new(), url: None }
}

fn run(id: &str, status: Status, minutes: i64) -> Run {
    let job = Job {
        name: "unit".into(),
        status,
        queued_at: None,
        started_at: None,
        finished_at: None,
        phases: Vec::new(),
        steps: Vec::new(),
        url: None,
        log_tail: Vec::new(),
    };
    Run {
        id: id.into(),
        number: None,
        attempt: None,
        pipeline: "build".into(),
        service: Some("checkout".into()),
        commit: Some(commit(4)),
        branch: None,
        trigger: None,
        status,
        queued_at: Some(at(minutes)),
        started_at: None,
        finished_at: None,
        version: None,
        jobs: vec![job],
        url: None,
    }
}

#[tokio::test]
async fn a_good_promotion_is_allowed_with_what_was_looked_at() {
    let plan = World::new().plan(&promote()).await;
    assert!(plan.findings.iter().all(|it| it.weight == Weight::Allow), "{:?}", plan.findings);
    assert_eq!(said(&plan, "promotion-order"), [(Weight::Allow, "1.4 is live and healthy in testing")]);
    assert_eq!(said(&plan, "protected").len(), 1);
}

#[tokio::test]
async fn findings_come_heaviest_first() {
    let world = World::new();
    world.backend.script().proposal.refused = Some("no room".into());
    world.backend.script().problems = vec!["odd".into()];
    let weights: Vec<Weight> = world.plan(&promote()).await.findings.iter().map(|it| it.weight).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
    assert_eq!(weights[0], Weight::Deny);
}

#[tokio::test]
async fn freeze_holds_or_forbids_and_a_broken_window_is_told() {
    let mut world = World::new();
    let window = |from: &str, with_reason| Freeze {
        name: "quiet".to_owned(),
        override_with_reason: with_reason,
        period: Period { from: Some(from.to_owned()), ..Period::default() },
        ..Freeze::default()
    };
    world.freezes = vec![window("2020-01-01", None), window("2020-01-01", Some(false)), window("soon", None)];
    let plan = world.plan(&promote()).await;
    let weights: Vec<Weight> = said(&plan, "freeze").into_iter().map(|(weight, _)| weight).collect();
    assert_eq!(weights, [Weight::Deny, Weight::Override, Weight::Warn]);
    assert!(!plan.is_allowed(), "the most restrictive holds");
    world.freezes = vec![window("2100-01-01", None)];
    assert_eq!(said(&world.plan(&promote()).await, "freeze"), []);
}

#[tokio::test]
async fn a_freeze_in_the_picture_is_not_told_twice() {
    let mut world = World::new();
    world.freezes = vec![Freeze {
        name: "quiet".to_owned(),
        period: Period { from: Some("2020-01-01".to_owned()), ..Period::default() },
        ..Freeze::default()
    }];
    let engine = world.engine();
    let gates = engine.deps().freezes.gates_around(at(60), std::iter::empty());
    let plan = engine.plan(&promote(), &actor(), &world.snapshot_with(gates)).await.expect("a plan");
    assert_eq!(said(&plan, "freeze").len(), 1);
}

#[tokio::test]
async fn a_lock_holds_its_scope_until_it_ends() {
    let mut world = World::new();
    let lock = |service: &str, until: Option<&str>| {
        let scope = Scope { service: Some(service.into()), environment: None };
        let set = crate::operation::lock::set;
        set(service.into(), scope, "omar".into(), "moving".into(), until, at(41), chrono_tz::UTC).expect("a lock")
    };
    world.fact(lock("search", None));
    assert_eq!(said(&world.plan(&promote()).await, "lock"), []);
    world.fact(lock("checkout", Some("2h")));
    let plan = world.plan(&promote()).await;
    assert_eq!(said(&plan, "lock")[0].0, Weight::Override);
    assert!(said(&plan, "lock")[0].1.starts_with("lock of checkout everywhere by omar: moving, until "));
    world.minutes.store(200, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(said(&world.plan(&promote()).await, "lock"), []);
}

#[tokio::test]
async fn something_under_way_holds() {
    let world = World::new();
    world.backend.script().progress = Some(Progress { what: "installing 1.4".into(), done: 1, total: 3 });
    let expected = [(Weight::Override, "the environment is busy: installing 1.4")];
    assert_eq!(said(&world.plan(&promote()).await, "running-operation"), expected);

    let mut world = World::new();
    world.fact(deployment(&production(), "1.4", 50, Outcome::Running));
    let expected = [(Weight::Override, "a deployment of 1.4 by lena is under way")];
    assert_eq!(said(&world.plan(&promote()).await, "running-operation"), expected);
}

#[tokio::test]
async fn what_came_since_the_history_was_read_is_not_under_way() {
    let replicas =
        |updated: u32, available: u32| Some(Replicas { wanted: 2, updated, available, ready: 2, restarts: 0 });
    let cases = [
        (replicas(2, 2), None, false),
        (replicas(1, 2), None, true),
        (replicas(2, 1), None, true),
        (replicas(2, 2), Some("1.5"), true),
        // Who counts nothing does not say that it has come.
        (None, None, true),
    ];
    for (replicas, coming, under_way) in cases {
        let mut world = World::new();
        let live = world.backend.script().live[&production()].clone().expect("something is live").version;
        world.fact(deployment(&production(), live.as_str(), 50, Outcome::Running));
        world.backend.script().replicas = replicas;
        world.backend.script().desired = coming.map(installed);
        let found = said(&world.plan(&promote()).await, "running-operation").len();
        assert_eq!(found > 0, under_way, "{replicas:?} {coming:?}");
    }
}

#[tokio::test]
async fn failed_checks_hold_a_promotion_and_the_newest_run_counts() {
    let mut world = World::new();
    world.fact(run("811", Status::Failed, 31));
    let expected = [(Weight::Warn, "checks failed for its commit: run 811 of build: unit")];
    assert_eq!(said(&world.plan(&promote()).await, "checks"), expected, "it did not build the version");
    world.fact(Run { version: Some("1.4".into()), ..run("811", Status::Failed, 31) });
    world.fact(Run { version: Some("1.4".into()), ..run("809", Status::Ok, 20) });
    let expected = [(Weight::Override, "checks failed: run 811 of build: unit")];
    assert_eq!(said(&world.plan(&promote()).await, "checks"), expected);
    world.fact(run("812", Status::Ok, 32));
    assert_eq!(said(&world.plan(&promote()).await, "checks"), [(Weight::Allow, "checks are green: run 812 of build")]);
    world.fact(run("813", Status::Running, 33));
    assert_eq!(said(&world.plan(&promote()).await, "checks")[0].0, Weight::Warn);

    let mut world = World::new();
    world.fact(Run { commit: Some(commit(2)), version: Some("1.2".into()), ..run("700", Status::Failed, 15) });
    let plan = world.plan(&roll_back()).await;
    assert_eq!(said(&plan, "checks")[0].0, Weight::Warn, "users had it already");
}

#[tokio::test]
async fn another_binary_is_forbidden_and_an_unknown_one_is_told() {
    let world = World::new();
    world.backend.script().proposal.same_binary = SameBinary::No("aa is not bb".into());
    let expected = [(Weight::Deny, "not the binary that ran before: aa is not bb")];
    assert_eq!(said(&world.plan(&promote()).await, "digest"), expected);
    world.backend.script().proposal.same_binary = SameBinary::Unknown("no digest in testing".into());
    assert_eq!(said(&world.plan(&promote()).await, "digest")[0].0, Weight::Warn);

    // Two builds under one name.
    let mut other = installed("1.3");
    other.digest = Some(digest("other"));
    world.backend.script().live.insert(testing(), Some(other));
    let plan = world.plan(&promote()).await;
    assert_eq!(said(&plan, "digest"), [(Weight::Deny, "two builds are called 1.3: 1.3 is live, other would be")]);
    assert_eq!(said(&plan, "already-live"), []);
}

#[tokio::test]
async fn what_is_live_already_is_nothing_to_do_unless_it_drifted() {
    let world = World::new();
    world.backend.put(&production(), "1.4");
    let expected = [(Weight::Deny, "1.4 is live in production already: there is nothing to do")];
    let plan = world.plan(&promote()).await;
    assert_eq!(said(&plan, "already-live"), expected);
    assert_eq!(said(&plan, "refused"), [], "said once");
    world.backend.script().desired = Some(installed("1.2"));
    assert_eq!(said(&world.plan(&promote()).await, "already-live")[0].0, Weight::Warn);
}

#[tokio::test]
async fn the_backend_refuses_and_holds_in_its_own_words() {
    let world = World::new();
    let gates = [
        (gate(GateKind::Permission, Holds::Both, Override::None), Weight::Deny),
        (gate(GateKind::Approval, Holds::Humans, Override::Role), Weight::Deny),
        (gate(GateKind::Soak, Holds::Both, Override::Reason), Weight::Override),
        (gate(GateKind::Automation, Holds::Both, Override::None), Weight::Warn),
        (gate(GateKind::Soak, Holds::Automation, Override::None), Weight::Allow),
    ];
    for (gate, weight) in gates {
        world.backend.script().proposal.gates = vec![gate];
        let plan = world.plan(&promote()).await;
        assert_eq!(said(&plan, "backend")[0].0, weight);
        assert!(plan.findings.iter().any(|it| it.gate.is_some()));
    }
    world.backend.script().proposal.refused = Some("the package is truncated".into());
    assert_eq!(said(&world.plan(&promote()).await, "refused"), [(Weight::Deny, "the package is truncated")]);
    world.backend.script().proposal.refused = None;
    world.backend.script().refused.insert("1.4".into(), "no longer kept".into());
    assert_eq!(said(&world.plan(&promote()).await, "refused"), [(Weight::Deny, "1.4: no longer kept")]);
}

#[tokio::test]
async fn the_order_of_promotion_is_kept() {
    let world = World::new();
    let plan = world.plan(&intent(Verb::Promote, Some("1.5"))).await;
    let expected = [(Weight::Deny, "1.5 is not in testing, where it would come from")];
    assert_eq!(said(&plan, "promotion-order"), expected);

    let from_dev = Intent { source: Some("dev".into()), ..intent(Verb::Promote, Some("1.5")) };
    let plan = world.plan(&from_dev).await;
    assert_eq!(
        said(&plan, "skipped-environment"),
        [(Weight::Warn, "1.5 never was in testing, which it would pass by")]
    );

    let plan = world.plan(&intent(Verb::Promote, Some("1.3"))).await;
    assert_eq!(said(&plan, "promotion-order"), [(Weight::Warn, "1.3 is not what testing runs now")]);
    world.backend.script().health = crate::model::Health::Degraded("503".into());
    let plan = world.plan(&promote()).await;
    assert_eq!(said(&plan, "promotion-order"), [(Weight::Warn, "1.4 is degraded: 503 in testing")]);
}

#[tokio::test]
async fn a_promotion_backwards_and_a_rollback_forwards_are_told() {
    let world = World::new();
    world.backend.put(&testing(), "1.2");
    let expected = [(Weight::Warn, "1.2 is older than 1.3: this is a rollback")];
    assert_eq!(said(&world.plan(&promote()).await, "direction"), expected);

    let world = World::new();
    world.backend.script().installed.entry(production()).or_default().push(installed("1.4"));
    let plan = world.plan(&intent(Verb::RollBack, Some("1.4"))).await;
    assert_eq!(said(&plan, "direction"), [(Weight::Warn, "1.4 is not known to have been live in production")]);
}

#[tokio::test]
async fn an_open_incident_warns_before_a_promotion_and_not_before_a_rollback() {
    let mut world = World::new();
    world.fact(Incident {
        id: "i1".into(),
        service: Some("checkout".into()),
        environment: Some("production".into()),
        title: "carts are lost".into(),
        opened_at: at(45),
        detected_at: None,
        resolved_at: None,
        caused_by: None,
        url: None,
    });
    let why = "an incident is open: carts are lost";
    assert_eq!(said(&world.plan(&promote()).await, "incident"), [(Weight::Warn, why)]);
    assert_eq!(said(&world.plan(&roll_back()).await, "incident"), [(Weight::Allow, why)]);
}

#[tokio::test]
async fn what_is_wrong_with_the_environment_or_old_in_the_picture_is_told() {
    let world = World::new();
    world.backend.script().problems = vec!["`current` points at nothing".into()];
    world.backend.script().live.insert(production(), None);
    let plan = world.plan(&promote()).await;
    let expected = [(Weight::Warn, "`current` points at nothing"), (Weight::Warn, "nothing is live in production")];
    assert_eq!(said(&plan, "state"), expected);

    // An environment that no operator owns is known from the picture only, with its age.
    let mut world = World::new();
    world.backend.script().live.remove(&testing());
    world.fact(crate::model::TrackState {
        live: Some(installed("1.4")),
        health: crate::model::Health::Healthy,
        ..crate::model::TrackState::new(TrackId::new("checkout", "testing"))
    });
    world.minutes.store(400, std::sync::atomic::Ordering::Relaxed);
    let plan = world.plan(&promote()).await;
    assert!(said(&plan, "state")[0].1.starts_with("testing was last looked at "), "{:?}", said(&plan, "state"));
}

#[test]
fn every_guard_has_a_name_of_its_own() {
    let mut names: Vec<&str> = super::GUARDS.iter().map(|guard| guard.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), super::GUARDS.len());
}
