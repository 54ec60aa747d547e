//! Messages in, state and effects out.

use std::sync::Arc;

use chrono::TimeDelta;
use rstest::rstest;

use crate::app::effect::{Effect, Request};
use crate::app::fixture::{crowded, on, state};
use crate::app::gate::Late;
use crate::app::key::chord;
use crate::app::world::{Failure, Found};
use crate::app::{Msg, Reply, State, update};
use crate::model::ServiceId;
use crate::view::fixture::{crowd, small};
use crate::view::{RowKey, Screen};

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = chord(keys).unwrap();
    let press = |key| {
        let at = state.clock + TimeDelta::milliseconds(500);
        update(state, at, Msg::Key(key))
    };
    keys.into_iter().flat_map(press).filter(|effect| !matches!(effect, Effect::Wake(_))).collect()
}

fn told(state: &State) -> Option<String> {
    state.messages.shown().map(|message| message.text.to_string())
}

#[rstest]
#[case("j", 1)]
#[case("j j k", 1)]
#[case("k", 0)]
#[case("G", 499)]
#[case("G j", 499)]
#[case("G g g", 0)]
#[case("PgDn", 17)]
#[case("Ctrl-d", 8)]
#[case("PgDn PgDn PgUp", 17)]
#[case("End Home", 0)]
fn rows_are_selected(#[case] keys: &str, #[case] at: usize) {
    let mut state = crowded(500);
    press(&mut state, keys);
    assert_eq!(state.place.at, at);
    let rows = state.layout().rows();
    assert!(state.place.top <= at && at < state.place.top + rows);
}

#[test]
fn the_selection_follows_the_service_and_not_the_row() {
    let mut state = crowded(30);
    press(&mut state, "G k k");
    let selected = state.place.selected.clone();
    let at = state.clock;
    update(&mut state, at, Msg::Snapshot(Arc::new(crowd(60))));
    assert_eq!(state.place.selected, selected);
    assert_eq!(Some(state.place.table.key(state.place.at)), selected);

    // What is gone leaves the selection where it was.
    update(&mut state, at, Msg::Snapshot(Arc::new(crowd(3))));
    assert_eq!(state.place.at, 2);
    update(&mut state, at, Msg::Snapshot(Arc::new(crowd(0))));
    assert_eq!((state.place.at, state.place.table.len()), (0, 0));
    press(&mut state, "j k l h G Enter p b y o L");
}

#[test]
fn what_needs_attention_most_is_selected_until_somebody_presses_a_key() {
    let mut state = state();
    let (at, whole) = (state.clock, state.sources.snapshot.clone());
    let worst = state.place.subject().service.unwrap();
    let mut part = (*whole).clone();
    part.services.remove(&worst);

    update(&mut state, at, Msg::Snapshot(Arc::new(part.clone())));
    assert_ne!(state.place.subject().service.as_ref(), Some(&worst));
    update(&mut state, at, Msg::Snapshot(whole.clone()));
    assert_eq!(state.place.subject().service.as_ref(), Some(&worst));

    update(&mut state, at, Msg::Snapshot(Arc::new(part)));
    let chosen = state.place.selected.clone();
    press(&mut state, "h");
    update(&mut state, at, Msg::Snapshot(whole));
    assert_eq!(state.place.selected, chosen, "a key was pressed: the selection stays with its row");
}

#[rstest]
#[case("l", Some("env:testing"))]
#[case("l l", Some("env:staging"))]
#[case("l l l l l", Some("env:production"))]
#[case("l h", None)]
#[case("h", None)]
fn the_cursor_stops_in_environments(#[case] keys: &str, #[case] column: Option<&str>) {
    let mut state = state();
    press(&mut state, keys);
    assert_eq!(state.place.column.as_deref(), column);
}

#[test]
fn enter_and_escape_go_in_and_out_and_each_screen_keeps_its_place() {
    let mut state = state();
    press(&mut state, "j Enter");
    assert_eq!(
        (state.place.wish.screen, state.place.wish.service.clone()),
        (Screen::Flow, Some(ServiceId::from("checkout")))
    );
    press(&mut state, "Esc");
    assert_eq!((state.place.wish.screen, state.place.at), (Screen::Board, 1));
    press(&mut state, "l l l Enter");
    let wish = state.place.wish.clone();
    assert_eq!(
        (wish.screen, wish.environment.map(|it| it.to_string())),
        (Screen::Track, Some("production".to_owned()))
    );
    press(&mut state, "1");
    assert_eq!((state.place.at, state.place.column.as_deref()), (1, Some("env:production")));
    press(&mut state, "2 -");
    assert_eq!(state.place.wish.screen, Screen::Board);
    press(&mut state, "-");
    assert_eq!(state.place.wish.screen, Screen::Flow);
    press(&mut state, "[ [ ]");
    assert_eq!(state.place.wish.screen, Screen::Board);
}

#[rstest]
#[case("q", true)]
#[case("2 q", true)]
#[case("j Enter q", false)]
#[case("j Enter q q", true)]
#[case("/ x Enter q", false)]
#[case("Ctrl-c", true)]
#[case("? q", false)]
fn q_goes_out_and_at_the_outermost_place_quits(#[case] keys: &str, #[case] quits: bool) {
    let mut state = state();
    assert_eq!(press(&mut state, keys).contains(&Effect::Quit), quits);
}

#[test]
fn a_filter_counts_while_it_is_typed_and_escape_takes_it_back() {
    let mut state = crowded(500);
    press(&mut state, "/ 4 9");
    assert_eq!((state.place.table.len(), state.place.table.total()), (15, 500));
    press(&mut state, "Esc");
    assert_eq!((state.place.table.len(), state.typing_filter.is_none()), (500, true));
    press(&mut state, "/ 4 9 Enter j");
    assert_eq!((state.place.table.len(), state.place.at), (15, 1));
    press(&mut state, "Esc");
    assert_eq!(state.place.table.len(), 500);
}

#[test]
fn orders_go_round_and_can_be_turned() {
    let mut state = state();
    press(&mut state, "s");
    assert_eq!(state.place.wish.sort.as_deref(), Some("name"));
    press(&mut state, "S");
    assert_eq!(state.place.wish.sort.as_deref(), Some("-name"));
    press(&mut state, ": s o r t Space s i z e Enter");
    assert!(told(&state).is_some_and(|told| told.contains("cannot be ordered by size")));
}

#[test]
fn where_lands_on_the_flow_with_the_change_selected() {
    let mut state = state();
    let effects = press(&mut state, "w 1 . 5 Enter");
    let [Effect::Ask(ticket, Request::Find(what))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(what, "1.5");
    let commit = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101".parse().unwrap();
    let found = Found { service: ServiceId::from("checkout"), commit, says: "tag 1.5.0".into() };
    let at = state.clock;
    update(&mut state, at, Msg::Reply(Late::new(ticket.clone(), Reply::Found(Ok(vec![found])))));
    assert!(state.dialogs.is_empty());
    assert_eq!(state.place.wish.screen, Screen::Flow);
    assert_eq!(state.place.wish.service, Some(ServiceId::from("checkout")));
    let _ = RowKey::commit(&commit);
}

#[test]
fn the_answer_to_a_question_that_was_given_up_opens_nothing() {
    let mut state = state();
    let effects = press(&mut state, "w x Enter Esc");
    let Some(Effect::Ask(ticket, _)) = effects.first() else { panic!() };
    let at = state.clock;
    update(&mut state, at, Msg::Reply(Late::new(ticket.clone(), Reply::Found(Err(Failure::new("nothing"))))));
    assert!(state.dialogs.is_empty() && told(&state).is_none());
}

#[test]
fn writing_ends_when_nobody_presses_a_key() {
    let mut state = on(small());
    press(&mut state, ": w r i t e Enter");
    assert!(state.writing);
    let Some(wake) = state.wake else { panic!("something ages") };
    assert!(wake > state.clock);
    let later = state.clock + TimeDelta::minutes(16);
    update(&mut state, later, Msg::Wake);
    assert!(!state.writing);
    assert!(told(&state).is_some_and(|told| told.starts_with("read-only again")));
}

#[test]
fn a_key_that_means_nothing_is_harmless_and_a_chord_that_means_nothing_says_so() {
    let mut state = state();
    assert!(press(&mut state, "z F7 Ctrl-x").is_empty());
    press(&mut state, "g z");
    assert_eq!(told(&state).as_deref(), Some("g z does nothing"));
    press(&mut state, "g Esc");
    assert_eq!(told(&state), None);
}

#[test]
fn nothing_that_waits_or_ages_means_no_timer() {
    let mut state = on(crate::view::fixture::empty());
    press(&mut state, "j");
    assert_eq!(state.wake, None);
}

#[test]
fn no_key_from_any_place_changes_the_world() {
    // Every key of the keyboard, alone and with Ctrl, from every screen and from an open plan, in a session that may write.
    let keys = (' '..='~').map(|c| if c == ' ' { "Space".to_owned() } else { c.to_string() });
    let keys: Vec<String> = keys.flat_map(|key| [key.clone(), format!("Ctrl-{key}")]).collect();
    for place in ["1", "1 l l l", "2", "3", "4", "6", "7"] {
        let mut here = state();
        press(&mut here, place);
        for key in &keys {
            let mut state = here.clone();
            let effects = press(&mut state, key);
            let writes =
                effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Request::Run(..) | Request::Mark(_))));
            assert!(!writes, "{place} {key}");
        }
    }
}

#[test]
fn a_deployment_opens_on_what_it_brought_and_says_that_its_run_is_not_known() {
    let mut state = state();
    press(&mut state, "j l l l Enter");
    assert_eq!(state.place.wish.screen, Screen::Track);
    let asked = press(&mut state, "Enter").into_iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::Compare { from, to, .. }) => Some((from, to)),
        _ => None,
    });
    let version = state.place.subject().version.unwrap().to_string();
    assert_eq!(asked.map(|(from, to)| (from != to, to)), Some((true, version)));
    press(&mut state, "Esc L");
    assert!(told(&state).unwrap().ends_with("no run is known that carried this deployment out"), "{:?}", told(&state));
}

#[test]
fn the_list_of_runs_is_found_again_and_a_run_that_failed_opens_where_it_failed() {
    let mut state = state();
    press(&mut state, "3");
    assert!(state.place.select_key(&RowKey("811".to_owned())));
    press(&mut state, "Enter");
    assert_eq!(state.place.subject().job.map(|it| it.to_string()), Some("integration tests".to_owned()));
    let is_list = |state: &State| (state.place.wish.screen, state.place.wish.run.clone()) == (Screen::Runs, None);
    for keys in ["3", "1 3"] {
        press(&mut state, keys);
        assert!(is_list(&state), "{keys}");
        assert_eq!(state.place.selected, Some(RowKey("811".to_owned())), "{keys}");
        press(&mut state, "Enter");
    }
    press(&mut state, "1 [");
    assert!(!is_list(&state));
    press(&mut state, "Esc");
    assert!(is_list(&state));
    press(&mut state, "Esc");
    assert_eq!(state.place.wish.screen, Screen::Board);
}
