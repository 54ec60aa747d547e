//! Moving on a screen: in the table, or in the details while they have the keys.

use crate::app::effect::Effect;
use crate::app::pane::{self, Pane};
use crate::app::state::State;

/// By so many rows, or lines of the details.
pub fn by(state: &mut State, rows: isize) -> Vec<Effect> {
    if state.pane == Pane::Details {
        return details(state, rows);
    }
    state.place.step(rows);
    Vec::new()
}

/// By a page, or a part of one.
pub fn pages(state: &mut State, direction: isize, part: isize) -> Vec<Effect> {
    let in_details = state.pane == Pane::Details;
    let seen = if in_details { usize::from(pane::inner(state).height) } else { state.layout().rows() };
    let rows = isize::try_from(seen).unwrap_or(isize::MAX);
    let by = (rows / part).max(1) * direction;
    if in_details {
        return details(state, by);
    }
    // The page moves with the selection, which stays at its height.
    let len = state.place.table.len();
    state.place.top = state.place.top.saturating_add_signed(by).min(len.saturating_sub(1));
    state.place.step(by);
    Vec::new()
}

/// To the cell beside this one.
pub fn sideways(state: &mut State, right: bool) -> Vec<Effect> {
    let charts = state.place.table.dashboard(state.place.at).is_some_and(|it| it.whole);
    if charts {
        state.place.step(if right { 1 } else { -1 });
    } else {
        state.place.step_column(right);
    }
    Vec::new()
}

/// Through the details of the selected row.
pub fn details(state: &mut State, by: isize) -> Vec<Effect> {
    let height = usize::from(pane::inner(state).height).max(1);
    let last = pane::lines(state, false).len().saturating_sub(height);
    state.place.details_top = state.place.details_top.saturating_add_signed(by).min(last);
    Vec::new()
}

/// Gives the keys to the other pane.
pub fn other_pane(state: &mut State) -> Vec<Effect> {
    state.pane = match state.pane {
        Pane::Table => Pane::Details,
        Pane::Details => Pane::Table,
    };
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::state;
    use crate::app::key::chord;
    use crate::app::{Msg, update};

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let press = |key| {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(state, at, Msg::Key(key))
        };
        chord(keys).unwrap().into_iter().flat_map(press).collect()
    }

    #[test]
    fn tab_gives_the_keys_to_the_details_and_back() {
        let mut state = state();
        press(&mut state, "j");
        let at = state.clock;
        update(&mut state, at, Msg::Resize(70, 18));
        let rows = state.layout().rows();
        press(&mut state, "Tab");
        assert!(state.layout().rows() < rows && state.place.at == 1, "the details take half of the screen");
        press(&mut state, "j G");
        let last = state.place.details_top;
        assert!(state.place.at == 1 && last > 0);
        press(&mut state, "g g");
        assert_eq!(state.place.details_top, 0);
        press(&mut state, "Esc j");
        assert_eq!((state.pane, state.place.at), (Pane::Table, 2));
    }

    #[test]
    fn what_is_read_there_can_be_copied_and_another_screen_begins_in_its_table() {
        let mut state = state();
        let copied = press(&mut state, "j Tab y");
        let text = copied.iter().find_map(|effect| match effect {
            Effect::Copy(text) => Some(text.clone()),
            _ => None,
        });
        assert!(text.is_some_and(|text| text.lines().count() > 1));
        press(&mut state, "2");
        assert_eq!(state.pane, Pane::Table);
    }

    #[test]
    fn where_there_is_no_room_for_details_tab_says_so() {
        let mut state = state();
        let at = state.clock;
        update(&mut state, at, Msg::Resize(50, 12));
        press(&mut state, "Tab");
        assert_eq!(state.pane, Pane::Table);
        assert!(state.messages.shown().is_some_and(|it| it.text.as_str().contains("no room for details")));
    }
}
