//! What waits for a yes or no: what answers, what does not, and which answer it is.

use chrono::TimeDelta;
use rstest::rstest;

use super::show;
use crate::app::dialog::Dialog;
use crate::app::fixture::{state, state_of};
use crate::app::gate::Late;
use crate::app::key::chord;
use crate::app::update::pointing::{self, Did, Pointer};
use crate::app::{Effect, Msg, Reply, Request, State, update};
use crate::model::{Text, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{ApprovalPlan, Confirm, Finding, Weight};
use crate::view::fixture::{approval, sources};

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

/// The dialog in which what `change` makes of a plan waits.
fn shown(mut state: State, change: fn(&mut ApprovalPlan)) -> State {
    let track = TrackId::new("checkout", "production");
    let effects = show(&mut state, track.clone());
    let ticket = effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::Approvals(_)) => Some(ticket),
        _ => None,
    });
    let mut plan = approval(&track, "1.5.0".into());
    change(&mut plan);
    let answer = Reply::Approvals(Ok(vec![plan]));
    let at = state.clock;
    update(&mut state, at, Msg::Reply(Late::new(ticket.expect("a question"), answer)));
    state
}

fn protected(plan: &mut ApprovalPlan) {
    plan.confirm = Confirm::Environment("production".into());
}

fn answers(effects: Vec<Effect>) -> Vec<Verdict> {
    let questions = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::Answer(_, verdict)) => Some(verdict),
        _ => None,
    });
    questions.collect()
}

#[rstest]
#[case("y", Some((true, "")))]
#[case("Enter", None)]
#[case("Ctrl-y", None)]
#[case("n y", None)]
#[case("Esc y", None)]
#[case("x y", None)]
#[case("x e n o t Space y e t Enter y", Some((false, "not yet")))]
#[case("e f i n e Enter y", Some((true, "fine")))]
#[case("e y", None)]
fn in_an_ordinary_environment_y_answers(#[case] keys: &str, #[case] expected: Option<(bool, &str)>) {
    let mut state = shown(state(), |_| {});
    let given = answers(press(&mut state, keys));
    let given: Vec<(bool, String)> = given.iter().map(|it| (it.approved, it.comment.to_string())).collect();
    let expected: Vec<(bool, String)> = expected.iter().map(|it| (it.0, it.1.to_owned())).collect();
    assert_eq!(given, expected);
}

#[rstest]
#[case("y Enter", &[])]
#[case("Enter", &[])]
#[case("p r o d u c t i o n", &[])]
#[case("p r o d u c t i o n Enter", &[true])]
#[case("p r o d u c t i o n Up Enter", &[])]
#[case("Up Tab n o Enter p r o d u c t i o n Enter", &[false])]
#[case("Up Tab n o Enter p r o d u c t i o n Down Enter", &[])]
fn in_a_protected_one_its_name_is_typed_for_the_answer_that_is_shown(#[case] keys: &str, #[case] expected: &[bool]) {
    let mut state = shown(state(), protected);
    let given: Vec<bool> = answers(press(&mut state, keys)).iter().map(|it| it.approved).collect();
    assert_eq!(given, expected);
}

#[test]
fn the_wheel_does_not_turn_a_no_into_a_yes() {
    let mut state = shown(state(), protected);
    pointing::toggle(&mut state);
    press(&mut state, "Up Tab n o Enter p r o d u c t i o n");
    for what in [Did::Down, Did::Up, Did::Press, Did::Down] {
        let at = state.clock;
        update(&mut state, at, Msg::Mouse(Pointer { at: (40, 12), what, on: None }));
    }
    let given = answers(press(&mut state, "Enter"));
    assert!(matches!(given.as_slice(), [verdict] if !verdict.approved), "{given:?}");
}

#[test]
fn keys_that_come_too_soon_are_ignored() {
    let mut state = shown(state(), |_| {});
    assert!(answers(press_after(&mut state, 100, "y")).is_empty());
    assert_eq!(answers(press(&mut state, "y")).len(), 1);
}

#[test]
fn what_is_forbidden_and_a_read_only_session_answer_nothing() {
    let mut denied = shown(state(), |plan| {
        let (guard, why) = (Text::from("approval"), Text::from("its digest is not known"));
        plan.findings.push(Finding { guard, weight: Weight::Deny, why, gate: None, hint: None });
    });
    assert!(answers(press(&mut denied, "y")).is_empty());
    let mut read_only = shown(state_of(sources(), Some(false)), |_| {});
    assert!(answers(press(&mut read_only, "y")).is_empty());
    assert!(matches!(read_only.dialogs.last(), Some(Dialog::Approve(_))));
}
