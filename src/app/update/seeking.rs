//! From row to row: those that the last search finds, else those that need attention.

use std::collections::HashSet;

use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::state::State;
use crate::view::{RowKey, Wish};

/// To the next row, or the one before, that was searched for; without a search, that needs attention.
pub fn seek(state: &mut State, forward: bool) -> Vec<Effect> {
    let Some(words) = wanted(state) else {
        // What the filter leaves is what was searched for.
        state.place.step(if forward { 1 } else { -1 });
        return Vec::new();
    };
    match found(state, &words, forward) {
        Some((at, around)) => {
            state.place.select(at);
            if around {
                let from = if forward { "top" } else { "bottom" };
                state.tell(Message::note(format!("/{words}: on from the {from}")));
            }
        }
        None => state.tell(Message::note(format!("/{words}: no other row"))),
    }
    Vec::new()
}

/// What is searched for; nothing while a filter shows it and nothing else.
fn wanted(state: &State) -> Option<String> {
    let wish = &state.place.wish;
    if !wish.filter.is_empty() {
        return None;
    }
    let attention = || if wish.run.is_some() { Some("status:failed") } else { wish.screen.attention() };
    state.sought.clone().or_else(|| attention().map(str::to_owned))
}

/// The row, and whether it lies beyond the end.
fn found(state: &State, words: &str, forward: bool) -> Option<(usize, bool)> {
    let place = &state.place;
    let wish = Wish { filter: words.to_owned(), ..place.wish.clone() };
    let narrowed = (state.views.table)(&wish, &state.sources);
    let keys: HashSet<RowKey> = (0..narrowed.len()).map(|at| narrowed.key(at)).collect();
    if keys.is_empty() {
        return None;
    }
    let len = place.table.len();
    let at = |step: usize| if forward { (place.at + step) % len } else { (place.at + len - step) % len };
    let next = (1..len).map(at).find(|at| keys.contains(&place.table.key(*at)))?;
    Some((next, (next > place.at) != forward))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{crowded, state};
    use crate::app::key::chord;
    use crate::app::{Msg, update};

    fn press(state: &mut State, keys: &str) {
        for key in chord(keys).unwrap() {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(state, at, Msg::Key(key));
        }
    }

    #[test]
    fn a_search_is_gone_through_when_its_filter_is_gone() {
        let mut state = crowded(100);
        press(&mut state, "s / 9 5 Enter Esc g g n");
        let first = state.place.selected.clone().unwrap();
        assert!(first.0.contains("95"), "{first:?}");
        assert_eq!(state.place.table.len(), 100);
        press(&mut state, "n");
        assert_eq!(state.place.selected, Some(first), "there is one only");
    }

    #[test]
    fn without_a_search_it_is_what_needs_attention_and_goes_round() {
        let mut state = state();
        press(&mut state, "s");
        let interesting = {
            let wish = Wish { filter: "is:interesting".to_owned(), ..state.place.wish.clone() };
            let table = (state.views.table)(&wish, &state.sources);
            (0..table.len()).map(|at| table.key(at)).collect::<Vec<_>>()
        };
        assert!(interesting.len() > 1 && interesting.len() < state.place.table.len());
        press(&mut state, "G");
        let mut seen = Vec::new();
        for _ in 0..interesting.len() {
            press(&mut state, "n");
            seen.push(state.place.selected.clone().unwrap());
        }
        assert_eq!(seen.iter().collect::<HashSet<_>>(), interesting.iter().collect());
        press(&mut state, "N n");
        assert_eq!(state.place.selected.as_ref(), seen.last());
    }

    #[test]
    fn what_needs_attention_is_asked_of_each_screen_in_its_own_words() {
        for screen in crate::view::Screen::ALL {
            let Some(words) = screen.attention() else { continue };
            let table = crate::view::open(
                &Wish { filter: words.to_owned(), ..Wish::of(screen) },
                &crate::view::Sources::nothing(),
            );
            assert_eq!(table.hints(), [""; 0], "{screen:?}");
        }
    }
}
