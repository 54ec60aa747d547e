//! Several tracks at once: what is planned, what confirms, what stops.

use chrono::TimeDelta;
use rstest::rstest;

use crate::app::dialog::Dialog;
use crate::app::fixture::{crowded, state, state_of};
use crate::app::gate::{Late, Ticket};
use crate::app::key::chord;
use crate::app::parting::{Farewell, Parting};
use crate::app::world::{Failure, Outcome};
use crate::app::{Effect, Msg, Reply, Request, State, update};
use crate::model::{EnvironmentId, OperationId, Text, Version};
use crate::operation::{Confirm, Done, Ending, Finding, Intent, OperationSummary, Plan, Weight};
use crate::view::fixture::{crowd, promotion, sources_of};

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

fn asked(effects: Vec<Effect>) -> Vec<(Ticket, Request)> {
    let questions = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(ticket, request) => Some((ticket, request)),
        _ => None,
    });
    questions.collect()
}

fn reply(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let at = state.clock + TimeDelta::milliseconds(20);
    update(state, at, Msg::Reply(Late::new(ticket, reply)))
}

/// A plan for an intent that nothing speaks against.
fn plan(intent: &Intent, confirm: Confirm) -> Plan {
    let base = promotion();
    let mut plan = Plan {
        operation: OperationId::from(intent.track.to_string().as_str()),
        intent: intent.clone(),
        confirm,
        ..base
    };
    plan.order.track = intent.track.clone();
    plan.order.operation = plan.operation.clone();
    plan.findings.retain(|finding| finding.weight < Weight::Override);
    plan
}

fn denial() -> Finding {
    let (guard, why) = (Text::from("checks"), Text::from("the tests failed"));
    Finding { guard, weight: Weight::Deny, why, gate: None, hint: None }
}

/// `services` marked in production with every plan there; the plan of service 1 is what `change` makes of it.
fn shown(services: usize, change: fn(&mut Plan)) -> State {
    let mut state = state_of(sources_of(crowd(services)), Some(true));
    press(&mut state, "l l l : m a r k - a l l Enter");
    let mut open = asked(press(&mut state, "p"));
    while let Some((ticket, Request::Plan(intent))) = open.pop() {
        let mut plan = plan(&intent, Confirm::Environment(EnvironmentId::from("production")));
        if intent.track.service.as_str() == "service-001" {
            change(&mut plan);
        }
        open.extend(asked(reply(&mut state, ticket, Reply::Plan(Ok(Box::new(plan))))));
    }
    state
}

fn run(effects: Vec<Effect>) -> Vec<(Ticket, Plan, String)> {
    let questions = asked(effects).into_iter().filter_map(|(ticket, request)| match request {
        Request::Run(plan, confirmation) => Some((ticket, *plan, confirmation.typed)),
        _ => None,
    });
    questions.collect()
}

fn ended(plan: &Plan, ending: Ending) -> Outcome {
    let summary = OperationSummary {
        watched: false,
        operation: plan.operation.clone(),
        verb: plan.intent.verb,
        track: plan.intent.track.clone(),
        from: None,
        to: plan.to.version.clone(),
        who: Text::from("Ada"),
        host: Text::from("desk"),
        origin: Text::from("cockpit"),
        reason: plan.order.reason.clone(),
        began_at: plan.made_at,
        ended_at: Some(plan.made_at),
        ending,
        notes: Vec::new(),
    };
    let undo = Intent { version: Some(Version::from("1.0.0")), ..plan.intent.clone() };
    let done = Done {
        summary,
        verdict: None,
        live: None,
        undo: Some(undo),
        ways_out: Vec::new(),
        follow_up: None,
        problems: Vec::new(),
    };
    Outcome::Ended(Box::new(done))
}

fn good() -> Ending {
    Ending::Succeeded(Text::from("it is live"))
}

fn foot(state: &State) -> String {
    let paper = state.dialogs.last().expect("a dialog").paper(state);
    paper.foot.iter().map(crate::view::Line::plain).collect::<Vec<_>>().join("\n")
}

#[test]
fn few_plans_are_made_at_once_and_all_of_them_in_the_end() {
    let mut state = crowded(7);
    press(&mut state, "l l l : m a r k - a l l Enter");
    let mut open = asked(press(&mut state, "p"));
    assert_eq!(open.len(), 4);
    let mut made = 0;
    while let Some((ticket, Request::Plan(intent))) = open.pop() {
        made += 1;
        let answer = Ok(Box::new(plan(&intent, Confirm::Yes)));
        open.extend(asked(reply(&mut state, ticket, Reply::Plan(answer))));
        assert!(open.len() <= 4);
    }
    assert_eq!(made, 7);
}

#[test]
fn the_end_gives_up_what_has_not_begun_and_says_what_became_of_each() {
    let mut state = shown(3, |_| {});
    let first = run(press(&mut state, "3 Enter")).remove(0);
    let Outcome::Ended(done) = ended(&first.1, good()) else { panic!("ended") };
    let second = run(reply(&mut state, first.0, Reply::Done(Ok(Outcome::Ended(done))))).remove(0);
    let parting = Parting::begin(&mut state);
    assert!(parting.waits(&state).is_some_and(|waits| waits.starts_with("promote service-001 in production to")));
    let words = |farewell: Farewell| -> Vec<String> {
        farewell.told.iter().filter_map(|it| Some(it.as_str().split_once(": ")?.1.to_owned())).collect()
    };
    let cut = parting.clone().ended(&state, &[]);
    assert!(cut.left);
    assert_eq!(words(cut), ["carried out", "interrupted; the next start says what became of it", "not begun"]);
    let Outcome::Ended(done) = ended(&second.1, good()) else { panic!("ended") };
    let summary = done.summary.clone();
    let after = reply(&mut state, second.0, Reply::Done(Ok(Outcome::Ended(done))));
    assert!(run(after).is_empty(), "nothing further begins");
    assert!(parting.waits(&state).is_none());
    assert_eq!(words(parting.ended(&state, &[summary])), ["carried out", "carried out", "not begun"]);
}

#[test]
fn one_that_is_marked_has_the_dialog_of_its_own_plan() {
    let mut state = state();
    let asked = asked(press(&mut state, "j l l l Space k b"));
    let Some((_, Request::Plan(intent))) = asked.first() else { panic!("a plan") };
    assert_eq!(intent.track.service.as_str(), "checkout", "the mark is meant, not the cursor");
    assert!(matches!(state.dialogs.as_slice(), [Dialog::Plan(_)]));
}

#[rstest]
#[case("y", 0)]
#[case("Enter", 0)]
#[case("3", 0)]
#[case("3 Enter", 1)]
#[case("2 Enter", 0)]
#[case("Tab 3 Enter", 1)]
#[case("Space 3 Enter", 0)]
#[case("Space 2 Enter", 1)]
#[case("Space Space 3 Enter", 1)]
#[case("3 Esc Enter", 0)]
#[case("p r o d u c t i o n Enter", 0)]
#[case("e 3 Enter Enter", 0)]
#[case("Esc 3 Enter", 0)]
#[case("Ctrl-y", 0)]
fn several_are_confirmed_by_their_count_and_by_nothing_else(#[case] keys: &str, #[case] begun: usize) {
    let mut state = shown(3, |_| {});
    assert_eq!(run(press(&mut state, keys)).len(), begun, "one begins, the others wait");
}

#[test]
fn what_is_forbidden_stays_in_the_list_and_is_left_out() {
    let mut state = shown(3, |plan| plan.findings.insert(0, denial()));
    let lines = state.dialogs.last().expect("a dialog").paper(&state).lines;
    assert_eq!(lines.len(), 3);
    assert!(lines[1].plain().contains("denied by checks: the tests failed"), "{}", lines[1].plain());
    assert!(run(press(&mut state, "3 Enter")).is_empty());
    let begun = run(press(&mut state, "Esc 2 Enter"));
    assert_eq!(begun.len(), 1);
    assert_eq!((begun[0].1.confirm.clone(), begun[0].2.as_str()), (Confirm::Count(2), "2"));
}

#[test]
fn a_single_one_that_is_left_asks_for_what_its_plan_asks_for() {
    let mut state = shown(2, |plan| plan.findings.insert(0, denial()));
    assert!(run(press(&mut state, "1 Enter y Esc")).is_empty());
    assert_eq!(run(press(&mut state, "Tab p r o d u c t i o n Enter")).len(), 1);
}

#[test]
fn keys_that_come_too_soon_are_ignored() {
    let mut state = shown(3, |_| {});
    assert!(run(press_after(&mut state, 100, "3 Enter")).is_empty());
    assert_eq!(run(press(&mut state, "3 Enter")).len(), 1);
}

#[test]
fn they_are_carried_out_one_after_the_other() {
    let mut state = shown(3, |_| {});
    let mut begun = run(press(&mut state, "3 Enter"));
    let mut order = Vec::new();
    while let Some((ticket, plan, _)) = begun.pop() {
        assert_eq!(state.flying.len(), 1);
        order.push(plan.intent.track.service.to_string());
        begun = run(reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, good())))));
        assert!(begun.len() <= 1);
    }
    assert_eq!(order, ["service-000", "service-001", "service-002"]);
    assert!(foot(&state).contains("3 of 3 done"), "{}", foot(&state));
    let undo = asked(press(&mut state, "u"));
    assert!(matches!(undo.as_slice(), [(_, Request::Plan(intent))] if intent.version == Some(Version::from("1.0.0"))));
}

#[test]
fn the_first_failure_stops_the_rest_which_is_confirmed_anew() {
    let mut state = shown(4, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "4 Enter")).remove(0);
    let failed = Ending::Failed(Text::from("the health check failed"));
    let next = run(reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, failed)))));
    assert!(next.is_empty());
    assert!(foot(&state).contains("stopped: the health check failed; 0 of 4 done, 3 not begun"), "{}", foot(&state));
    assert!(run(press(&mut state, "4 Enter Esc")).is_empty());
    assert_eq!(run(press(&mut state, "3 Enter")).len(), 1, "the other three go on");
}

#[test]
fn a_world_that_changed_stops_it_and_shows_the_new_plan() {
    let mut state = shown(2, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "2 Enter")).remove(0);
    let changed = Outcome::Changed { why: Text::from("Emi was first"), plan: Box::new(plan) };
    assert!(run(reply(&mut state, ticket, Reply::Done(Ok(changed)))).is_empty());
    assert!(foot(&state).contains("Emi was first"), "{}", foot(&state));
    assert_eq!(run(press(&mut state, "2 Enter")).len(), 1);
}

#[test]
fn it_goes_on_unseen_and_is_shown_again() {
    let mut state = shown(2, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "2 Enter")).remove(0);
    press(&mut state, "Esc");
    assert!(state.dialogs.is_empty() && state.bulk.is_some());
    let (ticket, plan, _) = run(reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, good()))))).remove(0);
    reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, good()))));
    let told = state.messages.shown().map(|message| message.text.to_string());
    assert_eq!(told.as_deref(), Some("2 of 2 done"));
    press(&mut state, ": b u l k Enter");
    assert!(matches!(state.dialogs.as_slice(), [Dialog::Bulk(_)]));
}

#[test]
fn it_stops_after_the_one_that_runs_when_somebody_says_so() {
    let mut state = shown(2, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "2 Enter")).remove(0);
    press(&mut state, "s");
    assert!(run(reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, good()))))).is_empty());
    assert!(foot(&state).contains("1 of 2 done, 1 not begun"), "{}", foot(&state));
}

#[test]
fn a_read_only_session_reads_plans_and_carries_nothing_out() {
    let mut state = shown(2, |_| {});
    state.write = crate::operation::WriteMode::new(Some(false), &crate::config::Policy::default());
    assert!(run(press(&mut state, "2 Enter")).is_empty());
}

#[test]
fn a_plan_that_cannot_be_made_says_why_and_answers_that_come_late_are_dropped() {
    let mut state = crowded(2);
    press(&mut state, "l l l : m a r k - a l l Enter");
    let mut open = asked(press(&mut state, "p"));
    let (ticket, _) = open.remove(0);
    reply(&mut state, ticket, Reply::Plan(Err(Failure::new("nothing is live before it"))));
    let lines = state.dialogs.last().expect("a dialog").paper(&state).lines;
    assert!(lines[0].plain().contains("no plan: nothing is live before it"));
    press(&mut state, "Esc");
    let (ticket, Request::Plan(intent)) = open.remove(0) else { panic!("a plan") };
    reply(&mut state, ticket, Reply::Plan(Ok(Box::new(plan(&intent, Confirm::Yes)))));
    assert!(state.dialogs.is_empty());
}

#[test]
fn no_key_and_no_answer_breaks_it_at_any_size() {
    for size in [(1, 1), (40, 12), (80, 24), (200, 50)] {
        let mut state = shown(30, |plan| plan.findings.insert(0, denial()));
        let at = state.clock;
        update(&mut state, at, Msg::Resize(size.0, size.1));
        press(&mut state, "j G k g PgDn PgUp Enter j G Esc v q Tab x Esc e x Esc Space u r ? : Esc Esc");
        let _ = state.dialogs.last().map(|dialog| dialog.paper(&state));
    }
}

#[test]
fn one_whose_turn_did_not_come_asks_for_what_its_own_plan_asks_for() {
    let mut state = shown(2, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "2 Enter")).remove(0);
    let failed = Ending::Failed(Text::from("the health check failed"));
    reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, failed))));
    assert!(foot(&state).contains("type production to carry it out"), "{}", foot(&state));
    assert!(run(press(&mut state, "Tab 2 Enter Esc Tab 1 Enter Esc")).is_empty());
    let begun = run(press(&mut state, "Tab p r o d u c t i o n Enter"));
    assert!(matches!(begun.as_slice(), [(_, plan, typed)]
        if plan.confirm == Confirm::Environment(EnvironmentId::from("production")) && typed == "production"));
}

#[test]
fn nothing_is_planned_beside_what_is_carried_out_unseen() {
    let mut state = shown(2, |_| {});
    let (ticket, plan, _) = run(press(&mut state, "2 Enter")).remove(0);
    press(&mut state, "Esc");
    assert!(asked(press(&mut state, "p")).is_empty());
    assert!(state.dialogs.is_empty());
    let told = state.messages.shown().map(|message| message.text.to_string());
    assert_eq!(told.as_deref(), Some("several operations are being carried out already, one after the other"));
    let next = run(reply(&mut state, ticket, Reply::Done(Ok(ended(&plan, good())))));
    assert_eq!(next.len(), 1, "the second has its turn");
}

#[test]
fn what_means_the_row_beneath_a_dialog_is_refused_there() {
    let mut state = crowded(2);
    press(&mut state, "l l l : m a r k - a l l Enter p");
    for command in [": r o l l b a c k Enter", ": m a r k - b a d Enter", ": l o c k Enter"] {
        assert!(asked(press(&mut state, command)).is_empty());
        assert!(matches!(state.dialogs.as_slice(), [Dialog::Bulk(_)]), "{command}");
        let told = state.messages.shown().map(|message| message.text.to_string()).unwrap_or_default();
        assert!(told.contains("close the dialog first"), "{told}");
    }
}
