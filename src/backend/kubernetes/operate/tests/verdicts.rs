//! What became of an order, from what is found.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fixture::{Made, order, rules};
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::operate::send::token_of;
use crate::backend::kubernetes::operate::verify::judge;
use crate::backend::{Order, Receipt, Verb, Verdict};
use crate::model::Time;

/// Seconds after the pods were made.
fn after(seconds: i64) -> Time {
    "2026-11-21T12:00:00Z".parse::<Time>().expect("a time") + TimeDelta::seconds(seconds)
}

/// What becomes of a promotion to version 2 that was written.
fn promoted(made: Made, seconds: i64) -> Verdict {
    judged(made, &order(Verb::Promote, "2"), seconds)
}

fn judged(made: Made, order: &Order, seconds: i64) -> Verdict {
    let scene = made.scene();
    let receipt = Receipt { token: Some(token_of(&scene.object)), done: Vec::new() };
    judge(&scene, &rules(), order, Some(&receipt), after(seconds))
}

fn made() -> Made {
    Made::of(Kind::Deployment, &["shop:1", "shop:2"])
}

fn rolling() -> Made {
    made().set("/status/updatedReplicas", json!(1)).set("/status/replicas", json!(3)).pod(1, true, Value::Null)
}

fn whole() -> Value {
    json!({ "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2 })
}

fn waits(reason: &str, restarts: i64) -> Value {
    json!({ "restartCount": restarts, "state": { "waiting": { "reason": reason, "message": "" } } })
}

#[test]
fn it_is_healthy_once_all_of_it_is_available() {
    let done = made().set("/status", whole()).pod(2, true, Value::Null);
    assert_eq!(promoted(done, 0), Verdict::Healthy("2 is live: 2 of 2 pods are available".into()));
    let status = json!({ "observedGeneration": 1 });
    let nothing = made().set("/spec/replicas", json!(0)).set("/status", status);
    assert_eq!(promoted(nothing, 0), Verdict::Healthy("2 is set; it is scaled to 0, so that nothing runs".into()));
    let unseen = made().set("/status", whole()).set("/metadata/generation", json!(2));
    assert!(matches!(promoted(unseen, 0), Verdict::Pending(_)), "its status is about what was before");
}

#[test]
fn what_will_not_start_is_given_up_when_that_is_certain() {
    let cases = [
        ("InvalidImageName", 0, 0, true),
        ("ErrImageNeverPull", 0, 0, true),
        ("ImagePullBackOff", 0, 60, false),
        ("ImagePullBackOff", 0, 90, true),
        ("ErrImagePull", 0, 90, true),
        ("CreateContainerConfigError", 0, 30, false),
        ("CreateContainerConfigError", 0, 100, true),
        ("CrashLoopBackOff", 2, 900, false),
        ("CrashLoopBackOff", 3, 0, true),
        ("ContainerCreating", 0, 900, false),
    ];
    for (reason, restarts, seconds, given_up) in cases {
        let verdict = promoted(rolling().pod(2, false, waits(reason, restarts)), seconds);
        match verdict {
            Verdict::Failed(why) if given_up => {
                assert!(why.as_str().contains(reason) && why.as_str().ends_with("; 1 is live"), "{why}");
            }
            Verdict::Pending(_) if !given_up => {}
            other => panic!("{reason} {restarts} {seconds}: {other:?}"),
        }
    }
    // One of two that starts is hope.
    let hope = rolling().pod(2, false, waits("CrashLoopBackOff", 9)).pod(2, true, Value::Null);
    assert!(matches!(promoted(hope, 900), Verdict::Pending(_)));
}

#[test]
fn a_deadline_that_is_over_is_a_failure_with_its_cause() {
    let over = json!([{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out" }]);
    let late = rolling().pod(2, false, waits("ImagePullBackOff", 0)).set("/status/conditions", over);
    let Verdict::Failed(why) = promoted(late, 0) else { panic!("not failed") };
    assert!(why.as_str().starts_with("its progress deadline is over: timed out; cannot pull image shop:2"), "{why}");
}

#[test]
fn a_deadline_of_another_replica_set_says_nothing_of_ours() {
    // The fixture calls the ReplicaSets shop-1 and shop-2.
    let judged = |named: &str| {
        let message = format!("ReplicaSet \"{named}\" has timed out progressing.");
        let over = json!([{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": message }]);
        promoted(rolling().pod(2, false, Value::Null).set("/status/conditions", over), 0)
    };
    for other in ["shop-1", "shop-gone"] {
        let Verdict::Pending(why) = judged(other) else { panic!("{other}") };
        assert!(why.as_str().starts_with("the controller has not begun yet"), "{other}: {why}");
    }
    assert!(matches!(judged("shop-2"), Verdict::Failed(_)));
}

#[test]
fn a_pause_holds_once_the_controller_has_seen_it() {
    let paused = || made().set("/status", whole()).pod(2, true, Value::Null).set("/spec/paused", json!(true));
    let seen = judged(paused(), &order(Verb::Pause, "2"), 0);
    assert_eq!(seen, Verdict::Healthy("it is paused; nothing is on its way".into()));
    let unseen = judged(paused().set("/metadata/generation", json!(2)), &order(Verb::Pause, "2"), 0);
    assert_eq!(unseen, Verdict::Pending("waiting for the controller to see the change".into()));
}

#[test]
fn what_nobody_wrote_had_no_effect_and_what_somebody_else_wrote_is_told() {
    let scene = made().scene();
    let mut unsent = order(Verb::RollBack, "1");
    unsent.expected = Some(token_of(&scene.object));
    let verdict = judge(&scene, &rules(), &unsent, None, after(0));
    assert!(matches!(&verdict, Verdict::NoEffect(why) if why.as_str().ends_with("as before")), "{verdict:?}");
    let Verdict::Failed(why) = judge(&scene, &rules(), &order(Verb::RollBack, "1"), None, after(0)) else {
        panic!("not failed")
    };
    assert!(why.as_str().contains("it is set to shop:2, mesh:1 now"), "{why}");
}

#[test]
fn without_an_answer_an_order_is_known_by_what_is_there() {
    let lost = |made: Made, order: &Order| judge(&made.scene(), &rules(), order, None, after(0));
    let cause = json!("because (ann, flightdeck op-1)");
    let annotated = || made().set("/status", whole()).pod(2, true, Value::Null);
    assert!(matches!(lost(annotated(), &order(Verb::Promote, "2")), Verdict::Healthy(_)));
    assert!(matches!(lost(annotated(), &order(Verb::Restart, "2")), Verdict::Failed(_)));
    let mut restarted = annotated();
    restarted.object["metadata"]["annotations"]["kubernetes.io/change-cause"] = cause;
    assert!(matches!(lost(restarted, &order(Verb::Restart, "2")), Verdict::Healthy(_)));
    let paused = || annotated().set("/spec/paused", json!(true));
    assert!(matches!(lost(paused(), &order(Verb::Pause, "2")), Verdict::Healthy(_)));
    assert!(matches!(lost(paused(), &order(Verb::Resume, "2")), Verdict::Failed(_)));
    assert!(matches!(lost(annotated(), &order(Verb::Resume, "2")), Verdict::Healthy(_)));
}

#[test]
fn a_rollout_that_was_paused_or_waits_for_hands_says_so() {
    let paused = rolling().set("/spec/paused", json!(true));
    let verdict = judged(paused, &order(Verb::Promote, "2"), 0);
    assert_eq!(verdict, Verdict::Failed("it was paused half-way: 1 of 2 pods updated; 1 is live".into()));
    let by_hand = Made::of(Kind::DaemonSet, &["shop:1", "shop:2"])
        .set("/spec/updateStrategy/type", json!("OnDelete"))
        .pod(1, true, Value::Null)
        .pod(1, true, Value::Null);
    let Verdict::Pending(why) = promoted(by_hand, 900) else { panic!("not pending") };
    assert_eq!(why.as_str(), "0 of 2 pods updated: pods take it when somebody deletes them (OnDelete)");
}
