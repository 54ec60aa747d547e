//! Typing a command.

use rstest::rstest;

use super::Palette;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::fixture::state;
use crate::app::key::chord;
use crate::app::{Keep, Msg, State, update};
use crate::view::Screen;

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let press = |key| {
        let at = state.clock + chrono::TimeDelta::milliseconds(500);
        update(state, at, Msg::Key(key))
    };
    chord(keys).unwrap().into_iter().flat_map(press).filter(|it| !matches!(it, Effect::Wake(_))).collect()
}

fn typed(state: &State) -> &str {
    match state.dialogs.last() {
        Some(Dialog::Palette(Palette { typed, .. })) => typed.text(),
        _ => "closed",
    }
}

#[rstest]
#[case(": t h Tab", "theme ")]
#[case(": f l o w Space c h e Tab", "flow checkout ")]
#[case(": t r a c k Space c h e Tab p r d Tab", "track checkout production ")]
#[case(": t h e m e Space l Tab", "theme light ")]
#[case(": g l y p h s Enter", "glyphs ")]
#[case(": w h e r e Space x Tab", "where x")]
#[case(": Backspace", "closed")]
#[case(": x q z Enter", "xqz")]
fn what_is_typed_is_completed(#[case] keys: &str, #[case] line: &str) {
    let mut state = state();
    press(&mut state, keys);
    assert_eq!(typed(&state), line);
}

#[rstest]
#[case(": f l o w Space c k t Enter", Screen::Flow, Some("checkout"))]
#[case(": f l o w Space n o p e 7 Enter", Screen::Board, None)]
#[case(": a c t i v i t y Enter", Screen::Activity, None)]
#[case(": a c t i v i t y Space Enter", Screen::Activity, None)]
#[case(": t r a c k Space Up Down Enter", Screen::Track, Some("customer-notification-preferences-and-delivery"))]
fn a_few_letters_are_enough(#[case] keys: &str, #[case] screen: Screen, #[case] service: Option<&str>) {
    let mut state = state();
    press(&mut state, keys);
    assert!(state.dialogs.is_empty());
    let wish = &state.place.wish;
    assert_eq!((wish.screen, wish.service.as_ref().map(|it| it.as_str())), (screen, service));
}

#[test]
fn what_was_run_comes_back_newest_first() {
    let mut state = state();
    let kept = press(&mut state, ": f l o w Space c h e c k o u t Enter");
    assert_eq!(kept, [Effect::Keep(Keep::Command("flow checkout".to_owned()))]);
    press(&mut state, ": b o a r d Enter :");
    press(&mut state, "Up");
    assert_eq!(typed(&state), "board");
    press(&mut state, "Up");
    assert_eq!(typed(&state), "flow checkout");
    press(&mut state, "Up Down");
    assert_eq!(typed(&state), "board");
    press(&mut state, "Down");
    assert_eq!(typed(&state), "");
    // The first item of an empty palette is what was run last.
    press(&mut state, "Up Up Enter");
    assert_eq!(state.place.wish.screen, Screen::Flow);
    assert_eq!(state.memory.command, ["flow checkout", "board"]);
}

#[test]
fn ending_is_not_remembered_and_what_cannot_run_says_why() {
    let mut state = state();
    assert_eq!(press(&mut state, ": q u i t Enter"), [Effect::Quit]);
    press(&mut state, ": u n d o Enter");
    assert!(state.memory.command.is_empty());
    assert!(state.messages.shown().is_some_and(|it| it.text.as_str().starts_with("undo …: ")));
}

#[test]
fn every_command_can_be_reached() {
    let state = state();
    let items = super::offer::items(&state, "");
    let offered = crate::app::commands::COMMANDS.iter().filter(|command| (command.offered)(&state));
    assert_eq!(items.len(), offered.count());
}
