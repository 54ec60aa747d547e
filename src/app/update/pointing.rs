//! The mouse, for who has switched it on: it scrolls, selects and opens, and never changes anything outside.

use chrono::TimeDelta;

use crate::app::dialog::{self, Dialog};
use crate::app::effect::Effect;
use crate::app::key::{Key, Named};
use crate::app::layout::Hit;
use crate::app::message::Message;
use crate::app::pane::Pane;
use crate::app::state::State;
use crate::app::update::{going, moving};
use crate::model::Time;
use crate::view::Screen;

/// How many rows the wheel moves by.
const WHEEL: isize = 3;
/// Two presses on one row within so many milliseconds are a double click.
const DOUBLE: i64 = 400;

/// What the mouse did, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The column and line of the terminal, from the upper left.
    pub at: (u16, u16),
    /// What.
    pub what: Did,
    /// What is drawn there and stands at no place of its own.
    pub on: Option<On>,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// The left button was pressed.
    Press,
    /// The wheel was turned up.
    Up,
    /// The wheel was turned down.
    Down,
}

/// What is drawn at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// The tab of a screen.
    Tab(Screen),
    /// A column of the table in which the cursor stops, by its id.
    Column(String),
}

/// A press that may become a double click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    at: Time,
    row: usize,
}

/// The mouse did something.
pub fn pointed(state: &mut State, pointer: Pointer) -> Vec<Effect> {
    if !state.mouse {
        return Vec::new();
    }
    if !state.dialogs.is_empty() {
        return in_dialog(state, pointer.what);
    }
    let hit = state.layout().hit(pointer.at);
    match pointer.what {
        Did::Press if state.typing_filter.is_some() => Vec::new(),
        Did::Press => press(state, hit, pointer.on),
        Did::Up => wheel(state, hit, -WHEEL),
        Did::Down => wheel(state, hit, WHEEL),
    }
}

/// Over a dialog the wheel does what arrows do, and a press does nothing: nothing there is confirmed by mistake. Where
/// arrows turn a yes into a no, the wheel does nothing either.
fn in_dialog(state: &mut State, what: Did) -> Vec<Effect> {
    let key = match what {
        _ if matches!(state.dialogs.last(), Some(Dialog::Approve(_) | Dialog::Steer(_))) => return Vec::new(),
        Did::Press => return Vec::new(),
        Did::Up => Key::named(Named::Up),
        Did::Down => Key::named(Named::Down),
    };
    dialog::key(state, key)
}

fn wheel(state: &mut State, hit: Hit, by: isize) -> Vec<Effect> {
    match hit {
        Hit::Details => moving::details(state, by),
        _ => {
            state.place.used = true;
            state.place.step(by);
            Vec::new()
        }
    }
}

fn press(state: &mut State, hit: Hit, on: Option<On>) -> Vec<Effect> {
    match (hit, on) {
        (_, Some(On::Tab(screen))) => going::screen(state, screen, ""),
        (Hit::Details, _) => {
            state.pane = Pane::Details;
            Vec::new()
        }
        (Hit::Row(seen), on) => {
            let row = state.place.top + seen;
            if row >= state.place.table.len() {
                return Vec::new();
            }
            state.pane = Pane::Table;
            state.place.used = true;
            state.place.select(row);
            state.place.column = match on {
                Some(On::Column(id)) => Some(id),
                _ => None,
            };
            let now = state.clock;
            let before = state.pressed.replace(Pressed { at: now, row });
            let double = before.is_some_and(|it| it.row == row && now - it.at <= TimeDelta::milliseconds(DOUBLE));
            if double && going::can_enter(state).is_ok() {
                state.pressed = None;
                return going::enter(state);
            }
            Vec::new()
        }
        (Hit::Nothing, _) => Vec::new(),
    }
}

/// Switches the mouse on or off.
pub fn toggle(state: &mut State) -> Vec<Effect> {
    state.mouse = !state.mouse;
    let says = match state.mouse {
        true => "the mouse scrolls and selects; hold Shift to select text of the terminal",
        false => "the mouse is the terminal's again",
    };
    state.tell(Message::note(says));
    vec![Effect::Mouse(state.mouse)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{crowded, state};
    use crate::app::{Msg, Request, update};

    fn mouse(state: &mut State, at: (u16, u16), what: Did, on: Option<On>) -> Vec<Effect> {
        let now = state.clock + TimeDelta::milliseconds(200);
        update(state, now, Msg::Mouse(Pointer { at, what, on }))
    }

    #[test]
    fn it_does_nothing_until_it_is_switched_on() {
        let mut state = crowded(50);
        mouse(&mut state, (3, 9), Did::Press, None);
        mouse(&mut state, (3, 9), Did::Down, None);
        assert_eq!(state.place.at, 0);
        assert_eq!(toggle(&mut state), [Effect::Mouse(true)]);
        mouse(&mut state, (3, 9), Did::Press, None);
        assert_eq!(state.place.at, 6);
        mouse(&mut state, (3, 9), Did::Down, None);
        assert_eq!(state.place.at, 9);
    }

    #[test]
    fn what_the_wheel_selected_stays_selected() {
        let mut state = crowded(50);
        toggle(&mut state);
        mouse(&mut state, (3, 9), Did::Down, None);
        let selected = state.place.selected.clone();
        let at = state.clock;
        update(&mut state, at, Msg::Snapshot(std::sync::Arc::new(crate::view::fixture::crowd(60))));
        assert_eq!((state.place.at, &state.place.selected), (3, &selected));
    }

    #[test]
    fn a_cell_is_selected_a_double_click_opens_and_a_tab_is_gone_to() {
        let mut state = state();
        toggle(&mut state);
        mouse(&mut state, (60, 4), Did::Press, Some(On::Column("env:production".to_owned())));
        assert_eq!((state.place.at, state.place.column.as_deref()), (1, Some("env:production")));
        mouse(&mut state, (60, 4), Did::Press, Some(On::Column("env:production".to_owned())));
        assert_eq!(state.place.wish.screen, Screen::Track);
        mouse(&mut state, (2, 0), Did::Press, Some(On::Tab(Screen::Activity)));
        assert_eq!(state.place.wish.screen, Screen::Activity);
    }

    #[test]
    fn no_click_anywhere_changes_the_world() {
        for keys in ["l l l p", "l l l b", "?", ":", "l l l"] {
            let mut here = state();
            toggle(&mut here);
            for key in crate::app::key::chord(keys).unwrap() {
                let at = here.clock + TimeDelta::milliseconds(500);
                update(&mut here, at, Msg::Key(key));
            }
            for (x, y) in (0..80).step_by(7).flat_map(|x| (0..24).map(move |y| (x, y))) {
                let mut state = here.clone();
                for what in [Did::Press, Did::Press, Did::Down, Did::Up] {
                    let effects = mouse(&mut state, (x, y), what, None);
                    let writes = |it: &Effect| matches!(it, Effect::Ask(_, Request::Run(..) | Request::Mark(_)));
                    assert!(!effects.iter().any(writes), "{keys} {x},{y}");
                    assert_eq!(state.dialogs.len(), here.dialogs.len());
                }
            }
        }
    }
}
