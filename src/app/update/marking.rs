//! Marking rows and cells, for commands that act on several things at once.

use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::place::Place;
use crate::app::state::State;
use crate::view::{Screen, Subject};

/// Whether there is something to mark.
pub fn can_mark(state: &State) -> Result<(), String> {
    match () {
        () if state.place.table.is_empty() => Err("there is no row".to_owned()),
        () if state.place.wish.screen == Screen::Metrics => Err("measures are compared, not marked".to_owned()),
        () => Ok(()),
    }
}

/// Whether something is marked.
pub fn has_marks(state: &State) -> Result<(), String> {
    if state.place.marks.is_empty() { Err("nothing is marked: Space marks".to_owned()) } else { Ok(()) }
}

/// Marks the selected row or cell, or takes its mark away.
pub fn toggle(state: &mut State) -> Vec<Effect> {
    let place = &mut state.place;
    if let Some(row) = place.selected.clone().filter(|_| !place.table.is_empty()) {
        place.marks.toggle(row, place.column.clone());
    }
    Vec::new()
}

/// Marks every row that passes the filter, or every cell of the column in which the cursor is.
pub fn all(state: &mut State) -> Vec<Effect> {
    each(&mut state.place, |place, at| {
        let row = place.table.key(at);
        place.marks.set(row, place.column.clone());
    });
    told(state)
}

/// Marks what is not marked and takes the marks away from what is, among the rows that pass the filter.
pub fn invert(state: &mut State) -> Vec<Effect> {
    each(&mut state.place, |place, at| {
        let row = place.table.key(at);
        place.marks.toggle(row, place.column.clone());
    });
    told(state)
}

fn each(place: &mut Place, act: impl Fn(&mut Place, usize)) {
    (0..place.table.len()).for_each(|at| act(place, at));
}

/// Takes all marks away.
pub fn none(state: &mut State) -> Vec<Effect> {
    state.place.marks.clear();
    told(state)
}

fn told(state: &mut State) -> Vec<Effect> {
    let says = match state.place.marks.len() {
        0 => "nothing is marked".to_owned(),
        n => format!("{} marked; Esc takes the marks away", crate::view::format::count_of(n)),
    };
    state.tell(Message::note(says));
    Vec::new()
}

/// What commands act on: what is marked, else what is selected.
pub fn targets(state: &State) -> Vec<Subject> {
    state.place.targets(state.views.table, &state.sources)
}

#[cfg(test)]
mod tests {
    use crate::app::fixture::{crowded, state};
    use crate::app::key::chord;
    use crate::app::{Effect, Msg, State, update};
    use crate::view::fixture::crowd;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::sync::Arc;

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let keys = chord(keys).unwrap();
        let press = |key| {
            let at = state.clock + chrono::TimeDelta::seconds(1);
            update(state, at, Msg::Key(key))
        };
        keys.into_iter().flat_map(press).collect()
    }

    fn marked(state: &State) -> Vec<String> {
        let subjects = state.place.marked(state.views.table, &state.sources);
        let names = subjects.iter().map(|it| match (&it.service, &it.environment) {
            (Some(service), Some(environment)) => format!("{service} {environment}"),
            (Some(service), None) => service.to_string(),
            _ => String::new(),
        });
        names.collect()
    }

    #[rstest]
    #[case("Space", &["service-000"])]
    #[case("Space j Space", &["service-000", "service-001"])]
    #[case("Space Space", &[])]
    #[case("l l Space j Space h h Space", &["service-000 staging", "service-001 staging", "service-001"])]
    #[case(": m a r k - a l l Enter", &["service-000", "service-001", "service-002", "service-003"])]
    #[case("Space : m a r k - i n v e r t Enter", &["service-001", "service-002", "service-003"])]
    #[case("Space j Space : m a r k - n o n e Enter", &[])]
    #[case("Space j Space Esc", &[])]
    #[case("Space / 0 0 3 Enter Space", &["service-000", "service-003"])]
    #[case("/ 0 0 3 Enter : m a r k - a l l Enter Esc Esc", &[])]
    #[case("Space S", &["service-000"])]
    fn rows_and_cells_are_marked(#[case] keys: &str, #[case] expected: &[&str]) {
        let mut state = crowded(4);
        press(&mut state, keys);
        assert_eq!(marked(&state), expected);
    }

    #[test]
    fn escape_takes_marks_away_before_the_filter() {
        let mut state = crowded(4);
        press(&mut state, "/ 0 0 Enter Space Esc");
        assert_eq!((state.place.marks.len(), state.place.wish.filter.as_str()), (0, "00"));
        press(&mut state, "Esc");
        assert_eq!(state.place.wish.filter, "");
    }

    #[test]
    fn a_mark_stays_with_what_it_is_about() {
        let mut state = crowded(4);
        press(&mut state, "j Space");
        let at = state.clock;
        update(&mut state, at, Msg::Snapshot(Arc::new(crowd(9))));
        assert_eq!(marked(&state), ["service-001"]);
        update(&mut state, at, Msg::Snapshot(Arc::new(crowd(1))));
        assert!(marked(&state).is_empty(), "what is gone is not acted on");
        update(&mut state, at, Msg::Snapshot(Arc::new(crowd(2))));
        assert_eq!(marked(&state), ["service-001"]);
        press(&mut state, "2 1");
        assert_eq!(marked(&state), ["service-001"], "each screen keeps its marks");
    }

    #[test]
    fn everything_that_is_marked_is_copied() {
        let mut state = state();
        let copied = press(&mut state, "Space j Space y").into_iter().find_map(|effect| match effect {
            Effect::Copy(text) => Some(text.lines().count()),
            _ => None,
        });
        assert_eq!(copied, Some(2));
    }

    proptest! {
        #[test]
        fn inverting_twice_changes_nothing_and_once_complements(marks in prop::collection::vec(0_usize..6, 0..6)) {
            let mut state = crowded(6);
            for at in marks {
                state.place.select(at);
                super::toggle(&mut state);
            }
            let before = marked(&state);
            super::invert(&mut state);
            let inverted = marked(&state);
            prop_assert_eq!(before.len() + inverted.len(), 6);
            prop_assert!(inverted.iter().all(|it| !before.contains(it)));
            super::invert(&mut state);
            prop_assert_eq!(marked(&state), before);
        }
    }
}
