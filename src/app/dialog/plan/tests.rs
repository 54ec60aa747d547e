//! The dialog of a plan: what confirms, what does not, and what becomes of it.

use std::sync::Arc;

use chrono::TimeDelta;
use rstest::rstest;

use crate::app::dialog::Dialog;
use crate::app::fixture::{on, state};
use crate::app::gate::{Late, Ticket};
use crate::app::key::chord;
use crate::app::world::{Failure, Outcome};
use crate::app::{Effect, Msg, Reply, Request, State, commands, update};
use crate::backend::Verb;
use crate::model::{EnvironmentId, Text, Version};
use crate::operation::{Confirm, Done, Ending, Finding, Intent, OperationSummary, Plan, Weight};
use crate::view::fixture::{promotion, rollback, small};

fn press_after(state: &mut State, milliseconds: i64, keys: &str) -> Vec<Effect> {
    let keys = chord(keys).unwrap();
    let mut effects = Vec::new();
    for key in keys {
        let at = state.clock + TimeDelta::milliseconds(milliseconds);
        effects.extend(update(state, at, Msg::Key(key)));
    }
    effects
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    press_after(state, 1_000, keys)
}

/// The questions among effects.
fn asked(effects: Vec<Effect>) -> Vec<(Ticket, Request)> {
    let questions = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(ticket, request) => Some((ticket, request)),
        _ => None,
    });
    questions.collect()
}

/// The one question among effects.
fn only(effects: Vec<Effect>) -> (Ticket, Request) {
    let mut asked = asked(effects);
    assert_eq!(asked.len(), 1, "{asked:?}");
    asked.remove(0)
}

fn reply(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let at = state.clock + TimeDelta::milliseconds(20);
    update(state, at, Msg::Reply(Late::new(ticket, reply)))
}

/// The dialog with a plan in it; the selection is on checkout in production.
fn shown(mut state: State, plan: Plan) -> State {
    press(&mut state, "j l l l");
    let effects = press(&mut state, if plan.intent.verb == Verb::Promote { "p" } else { "b" });
    let (ticket, Request::Plan(_)) = only(effects) else { panic!("a plan is asked for") };
    reply(&mut state, ticket, Reply::Plan(Ok(Box::new(plan))));
    state
}

fn ordinary(plan: Plan) -> Plan {
    Plan { confirm: Confirm::Yes, ..plan }
}

/// What would be run.
fn run(effects: Vec<Effect>) -> Vec<Plan> {
    let questions = asked(effects).into_iter();
    questions.filter_map(|(_, request)| if let Request::Run(plan, _) = request { Some(*plan) } else { None }).collect()
}

#[test]
fn the_key_of_promote_asks_for_the_plan_of_the_selected_track_and_nothing_else() {
    let mut state = state();
    press(&mut state, "j l l l");
    let (_, Request::Plan(intent)) = only(press(&mut state, "p")) else { panic!() };
    assert_eq!((intent.verb, intent.track.to_string().as_str()), (Verb::Promote, "checkout in production"));
    assert_eq!((intent.version, intent.source, intent.reason), (None, None, None));
}

#[test]
fn a_row_without_an_environment_means_production() {
    let mut state = state();
    press(&mut state, "j");
    let (_, Request::Plan(intent)) = only(press(&mut state, "b")) else { panic!() };
    assert_eq!((intent.verb, intent.track.to_string().as_str()), (Verb::RollBack, "checkout in production"));
}

#[test]
fn a_row_without_an_environment_says_how_to_choose_one_of_several() {
    let mut state = state();
    let mut snapshot = (*state.sources.snapshot).clone();
    let mut environments = snapshot.environments.to_vec();
    environments.iter_mut().for_each(|it| it.production = true);
    snapshot.environments = environments.into();
    state.sources.snapshot = Arc::new(snapshot);
    assert!(asked(press(&mut state, "p")).is_empty());
    let told = state.messages.shown().map(|message| message.text.to_string());
    assert_eq!(told.as_deref(), Some("promote …: select an environment first: l moves to its column"));
}

#[rstest]
#[case("y", 1)]
#[case("Enter", 0)]
#[case("Space", 0)]
#[case("Y", 0)]
#[case("Ctrl-y", 0)]
#[case("e Enter y", 1)]
#[case("j k PgDn y", 1)]
#[case("Esc y", 0)]
#[case("n y", 0)]
#[case("Tab y", 0)]
fn an_ordinary_environment_is_confirmed_by_y_alone(#[case] keys: &str, #[case] runs: usize) {
    let mut state = shown(state(), ordinary(promotion()));
    assert_eq!(run(press(&mut state, keys)).len(), runs);
}

#[rstest]
#[case("y", 0)]
#[case("Enter", 0)]
#[case("p r o d Enter", 0)]
#[case("p r o d u c t i o n", 0)]
#[case("p r o d u c t i o n Enter", 1)]
#[case("P r o d u c t i o n Enter", 0)]
#[case("p r o d u c t i o n x Enter Backspace Enter", 1)]
#[case("p r o d u c t i o n Esc Enter", 0)]
fn a_protected_environment_is_confirmed_by_its_name(#[case] keys: &str, #[case] runs: usize) {
    let plan = Plan { confirm: Confirm::Environment(EnvironmentId::from("production")), ..promotion() };
    let mut state = shown(state(), plan);
    assert_eq!(run(press(&mut state, keys)).len(), runs);
}

#[test]
fn keys_that_come_too_soon_after_the_plan_are_ignored() {
    let mut state = shown(state(), ordinary(promotion()));
    assert!(run(press_after(&mut state, 150, "y")).is_empty());
    assert!(run(press_after(&mut state, 100, "y")).is_empty());
    assert_eq!(run(press_after(&mut state, 100, "y")).len(), 1);
}

#[test]
fn a_read_only_session_shows_the_plan_and_does_not_carry_it_out() {
    let mut state = shown(on(small()), ordinary(promotion()));
    assert!(run(press(&mut state, "y")).is_empty());
    assert!(matches!(state.dialogs.as_slice(), [Dialog::Plan(_)]));
    // The palette opens above the plan, and the plan is still there afterwards.
    press(&mut state, ": w r i t e Enter");
    assert_eq!(run(press(&mut state, "y")).len(), 1);
}

#[test]
fn what_a_guard_forbids_cannot_be_confirmed() {
    let mut plan = ordinary(promotion());
    let (guard, why) = (Text::from("digest"), Text::from("not the bytes that were tested"));
    plan.findings.insert(0, Finding { guard, weight: Weight::Deny, why, gate: None, hint: None });
    let mut state = shown(state(), plan);
    assert!(run(press(&mut state, "y")).is_empty());
}

#[test]
fn what_a_guard_holds_is_confirmed_after_its_override() {
    let held = ordinary(rollback());
    let guards: Vec<Text> = held.overrides().map(|finding| finding.guard.clone()).collect();
    assert_eq!(guards.len(), 1, "the plan of the fixture is held once");
    let mut state = shown(state(), held);
    assert!(run(press(&mut state, "y")).is_empty());
    assert!(run(press(&mut state, "o Space Esc y")).is_empty(), "the reason that is proposed is nobody's own");
    press(&mut state, "Tab");
    let effects = press(&mut state, "Space Enter Esc y");
    assert!(run(effects).is_empty(), "neither is none");
    let effects = press(&mut state, "Tab Enter f i x Enter y");
    let (_, Request::Run(_, confirmation)) = only(effects) else { panic!("it runs") };
    assert_eq!(confirmation.reason, Some(Text::from("fix")));
    assert_eq!(confirmation.overrides, guards);
    assert_eq!(confirmation.typed, "y");
}

#[test]
fn the_reason_is_proposed_can_be_edited_and_has_to_be_there() {
    let mut state = shown(state(), ordinary(promotion()));
    assert!(run(press(&mut state, "e Ctrl-u Enter y")).is_empty());
    let effects = press(&mut state, "e f i x Enter y");
    let (_, Request::Run(_, confirmation)) = only(effects) else { panic!("it runs") };
    assert_eq!(confirmation.reason, Some(Text::from("fix")));
}

#[test]
fn another_version_is_planned_anew_and_a_refused_one_says_why() {
    let plan = ordinary(promotion());
    let refused = plan.candidates.iter().position(|it| it.refused.is_some()).unwrap();
    let mut state = shown(state(), plan.clone());
    let down = vec!["j"; refused].join(" ");
    assert!(asked(press(&mut state, &format!("v {down} Enter"))).is_empty());

    let mut plan = plan;
    plan.candidates[refused].refused = None;
    let wanted = plan.candidates[refused].version.version.clone();
    let mut state = shown(self::state(), plan);
    let effects = press(&mut state, &format!("v {down} Enter"));
    let (_, Request::Plan(Intent { version, .. })) = only(effects) else { panic!("planned anew") };
    assert_eq!(version, Some(wanted));
    assert!(run(press(&mut state, "y")).is_empty(), "nothing is confirmed while the new plan is made");
}

#[test]
fn a_plan_that_comes_after_its_dialog_was_closed_opens_nothing() {
    let mut state = state();
    press(&mut state, "j l l l");
    let (ticket, _) = only(press(&mut state, "p"));
    let effects = press(&mut state, "Esc");
    assert!(effects.contains(&Effect::Forget(crate::app::gate::Slot::Plan)));
    reply(&mut state, ticket, Reply::Plan(Ok(Box::new(promotion()))));
    assert!(state.dialogs.is_empty());
}

fn ended(plan: &Plan, ending: Ending) -> Outcome {
    let summary = OperationSummary {
        watched: false,
        operation: plan.operation.clone(),
        verb: plan.intent.verb,
        track: plan.intent.track.clone(),
        from: plan.from.as_ref().map(|from| from.version.clone()),
        to: plan.to.version.clone(),
        who: Text::from("Ada"),
        host: Text::from("desk"),
        origin: Text::from("cockpit"),
        reason: plan.order.reason.clone(),
        began_at: plan.made_at,
        ended_at: Some(plan.made_at + TimeDelta::seconds(42)),
        ending,
        notes: Vec::new(),
    };
    let undo = Intent {
        verb: Verb::RollBack,
        track: plan.intent.track.clone(),
        version: Some(Version::from("1.4.2")),
        source: None,
        reason: None,
    };
    Outcome::Ended(Box::new(Done {
        summary,
        verdict: None,
        live: None,
        undo: Some(undo),
        ways_out: Vec::new(),
        follow_up: None,
        problems: Vec::new(),
    }))
}

/// A plan that is being carried out, and the ticket of that.
fn running() -> (State, Ticket, Plan) {
    let plan = ordinary(promotion());
    let mut state = shown(state(), plan.clone());
    let (ticket, Request::Run(..)) = only(press(&mut state, "y")) else { panic!("it runs") };
    assert_eq!(state.flying.len(), 1);
    (state, ticket, plan)
}

#[test]
fn what_was_done_can_be_undone_by_a_plan_of_its_own() {
    let (mut state, ticket, plan) = running();
    reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, Ending::Succeeded(Text::from("1.5.0 is live"))))));
    assert!(state.flying.is_empty());
    let (_, Request::Plan(undo)) = only(press(&mut state, "u")) else { panic!("a plan") };
    assert_eq!((undo.verb, undo.version), (Verb::RollBack, Some(Version::from("1.4.2"))));
}

#[test]
fn what_did_not_work_offers_its_ways_out() {
    let way = |verb, version: Option<&str>| Intent {
        verb,
        track: crate::model::TrackId::new("checkout", "production"),
        version: version.map(Version::from),
        source: None,
        reason: None,
    };
    let failed = |plan: &Plan| {
        let Outcome::Ended(mut done) = ended(plan, Ending::Failed(Text::from("it does not start"))) else { panic!() };
        done.ways_out = vec![way(Verb::Abort, None), way(Verb::RollBack, Some("1.4.2"))];
        Outcome::Ended(done)
    };
    for (key, verb) in [("x", Verb::Abort), ("b", Verb::RollBack), ("", Verb::Abort)] {
        let (mut state, ticket, plan) = running();
        reply(&mut state, ticket, Reply::Done(Ok(failed(&plan))));
        let shown: Vec<String> = state
            .dialogs
            .last()
            .map(|it| it.paper(&state).lines.iter().map(|it| it.plain()).collect())
            .unwrap_or_default();
        assert!(shown.iter().any(|line| line == "way out: b puts 1.4.2 back"), "{shown:#?}");
        if key.is_empty() {
            // By name it is the fastest one.
            commands::run(&mut state, commands::by_id("plan.way-out").unwrap(), "");
            assert!(matches!(state.dialogs.last(), Some(Dialog::Plan(plans)) if plans.intent.verb == verb));
            continue;
        }
        let (_, Request::Plan(intent)) = only(press(&mut state, key)) else { panic!("a plan") };
        assert_eq!(intent.verb, verb);
    }
    // Where nobody looks, the message says what to type.
    let (mut state, ticket, plan) = running();
    press(&mut state, "Esc");
    reply(&mut state, ticket, Reply::Done(Ok(failed(&plan))));
    let hint = state.messages.shown().and_then(|it| it.hint.clone()).map(|it| it.to_string()).unwrap_or_default();
    assert!(hint.contains("`:abort` gives up") && hint.contains("`:rollback` puts 1.4.2 back"), "{hint}");
}

#[test]
fn what_may_not_be_done_says_so_before_anything_is_asked() {
    let mut state = crate::app::fixture::on(crate::view::fixture::rollout());
    press(&mut state, "j l l l");
    for (key, verb) in [("p", "promote"), ("b", "roll back"), ("x x", "abort")] {
        let asked = press(&mut state, key).into_iter().any(|it| matches!(it, Effect::Ask(..)));
        let told = state.messages.shown().map(|it| it.text.to_string()).unwrap_or_default();
        assert!(!asked && state.dialogs.is_empty(), "{key}");
        assert!(told.contains("not permitted by cluster: `emi` may not patch deployments there"), "{verb}: {told}");
    }
    // What no backend here can do is not listed, and where it is typed it says why.
    let small = crate::app::fixture::state();
    let pause = commands::by_id("track.pause").unwrap();
    assert!(!(pause.offered)(&small) && (pause.offered)(&state));
    let mut small = small;
    press(&mut small, "j l l l");
    let reason = (pause.enabled)(&small).unwrap_err();
    assert!(reason.ends_with("cannot pause"), "{reason}");
}

#[test]
fn an_operation_goes_on_when_its_dialog_is_closed_and_its_end_is_told() {
    let (mut state, ticket, plan) = running();
    press(&mut state, "Esc");
    assert!(state.dialogs.is_empty() && state.flying.len() == 1);
    let quit = press(&mut state, "q");
    assert!(!quit.contains(&Effect::Quit) && matches!(state.dialogs.as_slice(), [Dialog::Quit(_)]));
    press(&mut state, "Esc");
    reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, Ending::Failed(Text::from("the health check failed"))))));
    let told = state.messages.shown().map(|message| message.text.to_string());
    assert_eq!(told.as_deref(), Some("checkout in production: the health check failed"));
    assert!(press(&mut state, "q").contains(&Effect::Quit));
}

#[test]
fn a_world_that_changed_shows_the_new_plan_which_has_to_be_confirmed_anew() {
    let (mut state, ticket, plan) = running();
    let new = Plan { made_at: state.clock, ..plan };
    let changed = Outcome::Changed { why: Text::from("Emi was first"), plan: Box::new(new.clone()) };
    reply(&mut state, ticket, Reply::Done(Ok(changed)));
    assert!(run(press_after(&mut state, 100, "y")).is_empty(), "too soon to have been read");
    assert_eq!(run(press(&mut state, "y")), [new]);
}

#[test]
fn what_stops_an_operation_is_said() {
    let (mut state, ticket, _) = running();
    reply(&mut state, ticket, Reply::Done(Err(Failure::new("the journal cannot be written"))));
    let Some(dialog) = state.dialogs.last() else { panic!("it is told in the dialog") };
    let lines = dialog.paper(&state).lines;
    assert_eq!(
        lines.first().map(crate::view::Line::plain).as_deref(),
        Some("not carried out: the journal cannot be written")
    );
}

#[test]
fn a_few_letters_in_the_palette_carry_nothing_out_and_what_did_is_not_offered_again() {
    let mut state = shown(state(), ordinary(promotion()));
    assert!(run(press(&mut state, ": c o n f Enter")).is_empty(), "it is written out first");
    assert_eq!(run(press(&mut state, "Enter")).len(), 1);
    assert!(state.memory.command.is_empty());
}
