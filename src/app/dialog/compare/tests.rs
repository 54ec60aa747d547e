//! What is compared, and what can be done with it.

use rstest::rstest;

use crate::app::dialog::Dialog;
use crate::app::fixture::{compare, state};
use crate::app::key::chord;
use crate::app::{Effect, Msg, Request, State, update};
use crate::view::Screen;

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = chord(keys).unwrap();
    let press = |key| {
        let at = state.clock + chrono::TimeDelta::seconds(1);
        update(state, at, Msg::Key(key))
    };
    keys.into_iter().flat_map(press).collect()
}

/// Presses keys, with every question for a comparison answered.
fn answered(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = chord(keys).unwrap();
    keys.into_iter()
        .flat_map(|key| {
            let at = state.clock + chrono::TimeDelta::seconds(1);
            let effects = update(state, at, Msg::Key(key));
            compare(state, effects)
        })
        .collect()
}

fn asked(effects: Vec<Effect>) -> Vec<(String, String)> {
    let questions = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::Compare { from, to, .. }) => Some((from, to)),
        _ => None,
    });
    questions.collect()
}

#[rstest]
#[case("j l l l c", "production", "staging")]
#[case("j l l c", "staging", "testing")]
#[case("j l c", "staging", "testing")]
#[case("j c", "production", "staging")]
#[case("j l l l 4 c", "production", "staging")]
#[case("j : c o m p a r e Space 1 . 4 . 0 Space 1 . 5 . 0 Enter", "1.4.0", "1.5.0")]
#[case("j l l l : c o m p a r e Space 1 . 4 . 0 Enter", "1.4.0", "production")]
#[case(": c o m p a r e Space c h e c k o u t Space a Space b Enter", "a", "b")]
fn what_is_named_or_selected_is_compared(#[case] keys: &str, #[case] from: &str, #[case] to: &str) {
    let mut state = state();
    assert_eq!(asked(press(&mut state, keys)), [(from.to_owned(), to.to_owned())]);
}

#[test]
fn an_older_row_of_a_track_is_compared_with_what_is_live_there() {
    let mut state = state();
    let asked = asked(press(&mut state, "j l l l 4 j j c"));
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].1, "production");
    assert_ne!(asked[0].0, "staging");
}

#[test]
fn sides_are_swapped_and_changed_inside() {
    let mut state = state();
    answered(&mut state, "j l l l c");
    assert_eq!(asked(press(&mut state, "x")), [("staging".to_owned(), "production".to_owned())]);
    assert_eq!(asked(press(&mut state, "t t e s t Enter")), [("staging".to_owned(), "testing".to_owned())]);
    assert_eq!(asked(press(&mut state, "f n o n e - s u c h Enter")), [("none-such".to_owned(), "testing".to_owned())]);
    assert!(asked(press(&mut state, "f Esc")).is_empty());
}

#[test]
fn a_change_is_gone_to_on_the_flow_and_everything_is_copied() {
    let mut state = state();
    let copied = answered(&mut state, "j l l l c y").into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    });
    let copied = copied.expect("a text");
    assert!(copied.starts_with("checkout: 1.4.2 (production) to 1.5.0 (staging)\n"), "{copied}");
    answered(&mut state, "Enter");
    assert_eq!(state.place.wish.screen, Screen::Flow);
    assert!(state.dialogs.is_empty());
    let commit = state.place.subject().commit.expect("a change").short();
    assert!(copied.contains(&commit), "{commit} in {copied}");
}

#[test]
fn a_filter_narrows_and_escape_clears_it_first() {
    let mut state = state();
    answered(&mut state, "j l l l c");
    let lines = |state: &State| state.dialogs.last().map(|it| it.paper(state).lines.len());
    let all = lines(&state);
    answered(&mut state, "/ z z z z Enter");
    assert!(lines(&state) < all);
    answered(&mut state, "Enter j k G g PgDn");
    answered(&mut state, "Esc");
    assert_eq!(lines(&state), all);
    assert!(matches!(state.dialogs.as_slice(), [Dialog::Compare(_)]));
    answered(&mut state, "Esc");
    assert!(state.dialogs.is_empty());
}
