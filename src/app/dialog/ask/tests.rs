//! Locks and marks: what is noted, and what has to be said before.

use rstest::rstest;

use crate::app::fixture::{on, state};
use crate::app::gate::Late;
use crate::app::key::chord;
use crate::app::world::Mark;
use crate::app::{Effect, Msg, Reply, Request, State, update};
use crate::view::fixture::small;

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in chord(keys).unwrap() {
        let at = state.clock + chrono::TimeDelta::seconds(1);
        effects.extend(update(state, at, Msg::Key(key)));
    }
    effects
}

fn noted(effects: Vec<Effect>) -> Option<Mark> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::Mark(mark)) => Some(mark),
        _ => None,
    })
}

const LOCK: &str = ": l o c k Enter ";

#[rstest]
#[case("d b Enter y", &["checkout in production"], None)]
#[case("d b Tab 2 h Enter y", &["checkout in production"], Some("2026-11-21T11:00"))]
#[case("d b Tab 1 8 : 0 0 Enter y", &["checkout in production"], Some("2026-11-21T17:00"))]
#[case("d b Tab n e v e r Enter y", &[], None)]
#[case("Enter y", &[], None)]
#[case("d b y", &[], None)]
#[case("d b Enter Enter", &[], None)]
#[case("d b Enter n", &[], None)]
fn a_lock_needs_a_reason_and_may_have_an_end(#[case] keys: &str, #[case] places: &[&str], #[case] until: Option<&str>) {
    let mut state = state();
    press(&mut state, "j l l l");
    let mark = noted(press(&mut state, &format!("{LOCK}{keys}")));
    let Some(Mark::Lock { scopes, until: ends, .. }) = mark else {
        assert!(places.is_empty(), "{mark:?}");
        return;
    };
    assert_eq!(scopes.iter().map(ToString::to_string).collect::<Vec<_>>(), places);
    let ends = ends.map(|it| it.format("%Y-%m-%dT%H:%M").to_string());
    assert_eq!(ends.as_deref(), until);
}

#[test]
fn everything_that_is_marked_is_locked() {
    let mut state = state();
    let mark = noted(press(&mut state, &format!("l l Space j Space {LOCK}d b Enter y")));
    let Some(Mark::Lock { scopes, .. }) = mark else { panic!("a lock") };
    assert_eq!(scopes.len(), 2);
}

#[test]
fn what_holds_already_stands_in_the_dialog_and_a_lock_that_is_not_there_is_not_taken_away() {
    let mut state = state();
    press(&mut state, ": l o c k Space p a y m e n t s Space s t a g i n g Enter");
    let lines = state.dialogs.last().expect("a dialog").paper(&state).lines;
    let lines: Vec<String> = lines.iter().map(crate::view::Line::plain).collect();
    assert!(lines.iter().any(|line| line.contains("payments in staging lock:")), "{lines:?}");
    press(&mut state, "Esc");
    let unlock = ": u n l o c k Space p a y m e n t s Space ";
    assert!(noted(press(&mut state, &format!("{unlock}t e s t i n g Enter o k Enter y Esc"))).is_none());
    let mark = noted(press(&mut state, &format!("{unlock}s t a g i n g Enter o k Enter y")));
    assert!(matches!(mark, Some(Mark::Unlock { .. })));
}

#[test]
fn what_is_not_there_is_not_locked_and_a_read_only_session_notes_nothing() {
    let mut state = on(small());
    press(&mut state, ": l o c k Space n o n e Enter");
    assert!(state.dialogs.is_empty());
    assert!(noted(press(&mut state, &format!("{LOCK}d b Enter y"))).is_none());
}

#[test]
fn two_locks_are_both_noted_and_leaving_before_that_asks() {
    let mut state = state();
    press(&mut state, "j l l l");
    let effects = press(&mut state, &format!("{LOCK}d b Enter y {LOCK}d b Enter y"));
    let tickets: Vec<_> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Ask(ticket, Request::Mark(_)) => Some(ticket),
            _ => None,
        })
        .collect();
    assert_eq!(tickets.len(), 2);
    assert!(!press(&mut state, ": q u i t Enter").contains(&Effect::Quit));
    press(&mut state, "Esc");
    for ticket in tickets {
        let at = state.clock;
        update(&mut state, at, Msg::Reply(Late::new(ticket, Reply::Marked(Ok("locked".into())))));
    }
    assert!(press(&mut state, ": q u i t Enter").contains(&Effect::Quit));
}
