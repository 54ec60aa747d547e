//! An output: where one stands in it, what is found, what is followed.

use rstest::rstest;

use super::Level;
use crate::app::dialog::Dialog;
use crate::app::fixture::state;
use crate::app::gate::{Late, Slot, Ticket};
use crate::app::key::chord;
use crate::app::world::{Failure, LogOf};
use crate::app::{Effect, Msg, Reply, Request, State, update};
use crate::backend::{LogCursor, LogPart, Which};
use crate::model::Text;
use crate::view::fixture as rollout;
use crate::view::{Line, Role};

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in chord(keys).unwrap() {
        let at = state.clock + chrono::TimeDelta::seconds(1);
        effects.extend(update(state, at, Msg::Key(key)));
    }
    effects
}

fn asked(effects: Vec<Effect>) -> Option<(Ticket, bool)> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::Log { wait, .. }) => Some((ticket, wait)),
        _ => None,
    })
}

fn part(lines: &[&str]) -> LogPart {
    let lines = lines.iter().copied().map(Text::from).collect();
    LogPart { lines, cursor: Some(LogCursor("here".to_owned())), ..LogPart::default() }
}

fn came(state: &mut State, ticket: Ticket, result: Result<LogPart, Failure>) -> Option<(Ticket, bool)> {
    let at = state.clock;
    asked(update(state, at, Msg::Reply(Late::new(ticket, Reply::Log(result)))))
}

/// The output of the first run with these lines, not followed.
fn shown(lines: &[&str]) -> State {
    let mut state = state();
    let (ticket, _) = asked(press(&mut state, "3 L")).expect("a question");
    came(&mut state, ticket, Ok(part(lines)));
    if of(&state).following {
        press(&mut state, "f");
    }
    state
}

fn of(state: &State) -> &super::Log {
    match state.dialogs.last() {
        Some(Dialog::Log(log)) => log,
        other => panic!("an output and not {other:?}"),
    }
}

fn selected(state: &State) -> String {
    let paper = of(state).paper(state);
    paper.selected.and_then(|at| paper.lines.get(at)).map(Line::plain).unwrap_or_default()
}

const LINES: [&str; 8] = [
    "09:00:00 start",
    "09:00:01 INFO compiling cart",
    "09:00:02 WARN slow disk",
    "09:00:03 ERROR cart lost",
    "    at Cart.add",
    "09:00:04 INFO again",
    "09:00:05 ERROR Cart gone",
    "09:00:06 end",
];

#[rstest]
#[case("k j", "09:00:06 end")]
#[case("g", "09:00:00 start")]
#[case("k k", "09:00:04 INFO again")]
#[case("/ c a r t Enter", "09:00:01 INFO compiling cart")]
#[case("/ c a r t Enter n n", "    at Cart.add")]
#[case("/ c a r t Enter n n n n", "09:00:01 INFO compiling cart")]
#[case("/ c a r t Enter N", "09:00:05 ERROR Cart gone")]
#[case("/ C a r t Enter", "    at Cart.add")]
#[case("/ z z Enter", "09:00:06 end")]
#[case("e", "09:00:03 ERROR cart lost")]
#[case("e e", "09:00:05 ERROR Cart gone")]
#[case("e e e", "09:00:03 ERROR cart lost")]
#[case("l", "09:00:05 ERROR Cart gone")]
#[case("l g", "09:00:03 ERROR cart lost")]
#[case("l l g", "09:00:02 WARN slow disk")]
#[case("l l l g", "09:00:01 INFO compiling cart")]
#[case("l l l l g", "09:00:00 start")]
#[case("t g", "start")]
#[case("# g", "1 09:00:00 start")]
#[case("w g j", "09:00:01 INFO compiling cart")]
fn one_stands_on_a_line(#[case] keys: &str, #[case] line: &str) {
    let mut state = shown(&LINES);
    press(&mut state, keys);
    assert_eq!(selected(&state), line, "{keys}");
}

#[test]
fn hits_are_counted_and_every_one_is_marked() {
    let mut state = shown(&["cart cart", "Cart", "none"]);
    press(&mut state, "/ c a r t Enter");
    let paper = of(&state).paper(&state);
    let marks = |line: &Line| line.0.iter().filter(|span| span.role == Role::Match).count();
    assert_eq!(paper.lines.iter().map(marks).collect::<Vec<_>>(), [2, 1, 0]);
    assert!(paper.foot[0].plain().contains("/cart 1 of 2"), "{}", paper.foot[0].plain());
    press(&mut state, "Esc");
    assert!(!of(&state).paper(&state).foot[0].plain().contains("cart"), "Esc takes the search back first");
    press(&mut state, "Esc");
    assert!(state.dialogs.is_empty());
}

#[test]
fn what_is_followed_sticks_at_the_end_and_stays_elsewhere() {
    let mut state = shown(&["one", "two"]);
    let (ticket, wait) = asked(press(&mut state, "f")).expect("it is followed");
    assert!(wait);
    let (ticket, _) = came(&mut state, ticket, Ok(part(&["three"]))).expect("it goes on");
    assert_eq!(selected(&state), "three");
    press(&mut state, "k");
    let (ticket, _) = came(&mut state, ticket, Ok(part(&["four"]))).expect("it goes on");
    assert_eq!(selected(&state), "two");
    assert!(press(&mut state, "f").contains(&Effect::Forget(Slot::Log)));
    assert!(came(&mut state, ticket, Ok(part(&["five"]))).is_none(), "nothing comes after it was stopped");
    assert_eq!(of(&state).lines.len(), 4);
}

#[test]
fn what_cannot_be_followed_any_more_says_so_and_stays_readable() {
    let mut state = shown(&["one"]);
    let (ticket, _) = asked(press(&mut state, "f")).expect("it is followed");
    assert!(came(&mut state, ticket, Err(Failure::new("the file is gone"))).is_none());
    assert!(!of(&state).following && selected(&state) == "one");
}

#[test]
fn another_output_takes_the_place_of_the_one_before() {
    let mut state = shown(&["one", "two"]);
    let (ticket, _) = asked(press(&mut state, "f")).expect("it is followed");
    came(&mut state, ticket, Ok(LogPart { anew: true, ..part(&["new"]) }));
    assert_eq!((of(&state).lines.len(), selected(&state).as_str()), (1, "new"));
    let (ticket, _) = asked(press(&mut state, "r")).expect("it is read again");
    came(&mut state, ticket, Ok(part(&["a", "b"])));
    assert_eq!(of(&state).lines.len(), 2, "what is read again is not there twice");
}

#[test]
fn the_selected_line_is_copied_and_is_seen_wrapped_at_every_size() {
    let long = "word ".repeat(200);
    let lines: Vec<&str> = std::iter::repeat_n(long.as_str(), 40).chain(["last"]).collect();
    for size in [(1, 1), (40, 12), (80, 24), (200, 50)] {
        let mut state = shown(&lines);
        let at = state.clock;
        update(&mut state, at, Msg::Resize(size.0, size.1));
        for keys in ["w", "k", "PgUp", "g", "G"] {
            press(&mut state, keys);
            let paper = of(&state).paper(&state);
            assert!(paper.selected.is_some_and(|at| at < paper.lines.len().max(1)), "{size:?} {keys}");
            assert!(paper.lines.len() <= of(&state).rows(&state));
        }
        let copied = press(&mut state, "y");
        assert!(copied.contains(&Effect::Copy("last".to_owned())));
    }
    assert_eq!(of(&shown(&lines)).least, Level::Plain);
}

#[test]
fn who_wants_nothing_followed_still_gets_what_was_asked_for() {
    let mut state = state();
    let (ticket, _) = asked(press(&mut state, "3 L")).expect("a question");
    press(&mut state, "f");
    came(&mut state, ticket, Ok(part(&["one"])));
    assert_eq!(selected(&state), "one");
}

#[rstest]
#[case::failed("811", "integration tests")]
#[case::at_work("812", "test")]
#[case::last("790", "build")]
fn of_a_run_that_job_is_shown_that_tells_most(#[case] run: &str, #[case] job: &str) {
    let mut state = state();
    press(&mut state, "3");
    assert!(state.place.select_key(&crate::view::RowKey(run.to_owned())));
    press(&mut state, "L");
    assert_eq!(of(&state).paper(&state).title.plain(), format!("output of {run} · {job}"));
}

#[test]
fn errors_are_missed_only_among_lines() {
    let mut state = shown(&[]);
    press(&mut state, "e");
    assert!(state.messages.shown().is_none());
}

fn listed(state: &mut State, effects: &[Effect]) {
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::Outputs(_)) => Some(ticket.clone()),
        _ => None,
    });
    let (Some(ticket), at) = (ticket, state.clock) else { panic!("what there is was asked: {effects:?}") };
    update(state, at, Msg::Reply(Late::new(ticket, Reply::Outputs(Ok(rollout::outputs())))));
}

/// What runs in checkout's production, with these lines.
fn of_track(lines: &[&str]) -> State {
    let mut state = crate::app::fixture::on(rollout::rollout());
    let effects = press(&mut state, "l l l L");
    listed(&mut state, &effects);
    let (ticket, wait) = asked(effects).expect("a question");
    assert!(!wait);
    let (_, wait) = came(&mut state, ticket, Ok(part(lines))).expect("it is followed");
    assert!(wait);
    state
}

fn which(effects: &[Effect]) -> Option<Which> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::Log { of: LogOf::Track(track, which), after: None, .. }) => {
            assert_eq!(track.to_string(), "checkout in production");
            Some(which.clone())
        }
        _ => None,
    })
}

fn titled(state: &State) -> String {
    of(state).paper(state).title.plain()
}

#[test]
fn what_runs_in_a_track_is_followed_all_together_and_one_can_be_chosen() {
    let mut state = of_track(&["x2k/app │ one", "q8c/app │ two"]);
    assert_eq!(titled(&state), "output of checkout in production · all");
    press(&mut state, "p");
    let lines: Vec<String> = of(&state).paper(&state).lines.iter().map(Line::plain).collect();
    assert_eq!(lines.len(), 8, "all, two pods with two containers each, and one with one: {lines:#?}");
    assert!(lines[0].starts_with("all") && lines[2].contains("the image cannot be pulled"), "{lines:#?}");
    assert!(lines[5].contains("7 restarts") && lines[5].contains("P shows the one before"), "{lines:#?}");
    let pod = |container: Option<&str>, previous| Which {
        pod: Some("checkout-7d9f-q8c".into()),
        container: container.map(Text::from),
        previous,
    };
    let effects = press(&mut state, "j j j j j Enter");
    assert_eq!(which(&effects), Some(pod(Some("app"), false)));
    assert_eq!(titled(&state), "output of checkout in production · checkout-7d9f-q8c/app");
    let (ticket, _) = asked(effects).expect("it is read");
    came(&mut state, ticket, Ok(part(&["alone"])));
    assert_eq!((of(&state).lines.len(), selected(&state).as_str()), (1, "alone"));

    let effects = press(&mut state, "P");
    assert_eq!(which(&effects), Some(pod(Some("app"), true)));
    assert!(!of(&state).following, "what has ended writes no more");
    let (ticket, _) = asked(effects).expect("it is read");
    assert!(came(&mut state, ticket, Ok(part(&["it panicked"]))).is_none());
    assert_eq!(which(&press(&mut state, "P")), Some(pod(Some("app"), false)));

    press(&mut state, "p g");
    assert_eq!(which(&press(&mut state, "Enter")), Some(Which::default()), "all again");
}

#[test]
fn what_never_ran_before_is_not_asked_for() {
    let mut state = of_track(&["one"]);
    press(&mut state, "p");
    let chosen = press(&mut state, "G Enter");
    assert_eq!(which(&chosen).and_then(|it| it.pod), Some("checkout-5c4b-m1n".into()));
    assert_eq!(which(&press(&mut state, "P")), None);
    assert!(state.messages.shown().is_some_and(|it| it.text.as_str().starts_with("nothing ran there before")));
    // Esc takes the list away first, and then the output with its questions.
    press(&mut state, "p Esc");
    assert!(matches!(state.dialogs.last(), Some(Dialog::Log(_))));
    let effects = press(&mut state, "Esc");
    assert!(state.dialogs.is_empty() && effects.contains(&Effect::Forget(Slot::Log)), "{effects:?}");
}

#[test]
fn where_nobody_keeps_the_output_of_what_runs_the_run_is_meant() {
    let mut state = crate::app::fixture::on(rollout::rollout());
    // Testing belongs to another backend.
    assert!(asked(press(&mut state, "l L")).is_none());
    assert!(state.dialogs.is_empty());
}
