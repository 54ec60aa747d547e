//! Stopping a run and running it again: what confirms, what does not, and where it is offered.

use chrono::TimeDelta;
use rstest::rstest;

use super::{can, open};
use crate::app::dialog::Dialog;
use crate::app::fixture::{state, state_of};
use crate::app::gate::Late;
use crate::app::key::chord;
use crate::app::{Effect, Msg, Reply, Request, State, update};
use crate::model::RunAct;
use crate::operation::{Confirm, Finding, RunConfirmation, RunPlan, Weight};
use crate::view::fixture::{run_plan, sources};

fn press_after(state: &mut State, milliseconds: i64, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in chord(keys).unwrap() {
        let at = state.clock + TimeDelta::milliseconds(milliseconds);
        effects.extend(update(state, at, Msg::Key(key)));
    }
    effects
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    press_after(state, 1_000, keys)
}

/// The dialog in which what `change` makes of a plan is shown.
fn shown(mut state: State, change: fn(&mut RunPlan)) -> State {
    press(&mut state, "3");
    let effects = open(&mut state, RunAct::Rerun);
    let ticket = effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::PlanRun(_)) => Some(ticket),
        _ => None,
    });
    let mut plan = run_plan(RunAct::Rerun);
    change(&mut plan);
    let at = state.clock;
    let answer = Reply::RunPlan(Ok(Box::new(plan)));
    update(&mut state, at, Msg::Reply(Late::new(ticket.expect("a question"), answer)));
    state
}

fn protected(plan: &mut RunPlan) {
    plan.confirm = Confirm::Environment("production".into());
}

fn finding(weight: Weight, why: &str) -> Finding {
    Finding { guard: "lock".into(), weight, why: why.into(), gate: None, hint: None }
}

fn held(plan: &mut RunPlan) {
    plan.findings.push(finding(Weight::Override, "stocktaking"));
}

fn denied(plan: &mut RunPlan) {
    plan.findings.push(finding(Weight::Deny, "it is too old"));
}

fn carried_out(effects: Vec<Effect>) -> Vec<RunConfirmation> {
    let questions = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::Steer(_, confirmation)) => Some(confirmation),
        _ => None,
    });
    questions.collect()
}

fn nothing(_: &mut RunPlan) {}

#[rstest]
#[case(nothing, "y", Some(""))]
#[case(nothing, "Enter", None)]
#[case(nothing, "Ctrl-y", None)]
#[case(nothing, "n y", None)]
#[case(nothing, "Esc y", None)]
#[case(nothing, "e f l a k y Enter y", Some("flaky"))]
#[case(protected, "y Enter", None)]
#[case(protected, "p r o d u c t i o n Enter", Some(""))]
#[case(held, "y", None)]
#[case(held, "e o k Enter y", Some("ok"))]
#[case(denied, "y", None)]
#[case(denied, "e o k Enter y", None)]
fn only_what_was_asked_for_confirms(
    #[case] change: fn(&mut RunPlan),
    #[case] keys: &str,
    #[case] expected: Option<&str>,
) {
    let mut state = shown(state(), change);
    let given = carried_out(press(&mut state, keys));
    let given: Vec<&str> = given.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(given, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn keys_right_after_it_appears_and_a_session_that_may_not_write_do_nothing() {
    let mut early = shown(state(), nothing);
    assert!(carried_out(press_after(&mut early, 20, "y")).is_empty());
    let mut read_only = shown(state_of(sources(), Some(false)), nothing);
    assert!(carried_out(press(&mut read_only, "y")).is_empty());
    assert!(matches!(read_only.dialogs.last(), Some(Dialog::Steer(_))));
}

#[test]
fn it_is_offered_where_a_backend_can_and_the_run_is_fit() {
    let mut state = state();
    assert!(can(&state, RunAct::Rerun).is_err(), "no run is selected on the board");
    press(&mut state, "3");
    press(&mut state, "/ s t a t u s : f a i l e d Enter");
    assert_eq!(can(&state, RunAct::Rerun), Ok(()));
    assert_eq!(can(&state, RunAct::RerunFailed), Ok(()));
    assert!(can(&state, RunAct::Cancel).is_err_and(|why| why.contains("nothing to cancel")));
    assert!(can(&state, RunAct::RerunJob).is_err_and(|why| why.contains("no job")));
    press(&mut state, "Enter");
    assert_eq!(can(&state, RunAct::RerunJob), Ok(()));
}

#[test]
fn a_key_of_the_runs_screen_opens_it() {
    let mut state = state();
    press(&mut state, "3 / s t a t u s : f a i l e d Enter");
    let effects = press(&mut state, "x f");
    assert!(
        effects
            .iter()
            .any(|it| matches!(it, Effect::Ask(_, Request::PlanRun(intent)) if intent.act == RunAct::RerunFailed))
    );
}
