//! Filters and orders.

use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::state::State;

/// Sets the filter, or begins to type one.
pub fn filter(state: &mut State, words: &str) -> Vec<Effect> {
    if words.is_empty() {
        let before = state.place.wish.filter.clone();
        state.typing_filter = Some((Entry::prefilled(&before), before));
    } else {
        state.sought = Some(words.to_owned());
        apply(state, words);
    }
    Vec::new()
}

fn apply(state: &mut State, words: &str) {
    if state.place.wish.filter != words {
        words.clone_into(&mut state.place.wish.filter);
        state.outdated = true;
        // Hits are seen from the first on; what is selected stays when the filter goes.
        if !words.is_empty() {
            state.place.to_first();
        }
    }
}

/// A key while the filter is typed: rows are filtered as it grows.
pub fn type_key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some((mut entry, before)) = state.typing_filter.take() else { return Vec::new() };
    if key.is(Named::Esc) || key == Key::ctrl('c') {
        apply(state, &before);
        return Vec::new();
    }
    if key.is(Named::Enter) {
        state.sought = Some(entry.text().to_owned()).filter(|words| !words.trim().is_empty()).or(state.sought.take());
        let hint = state.place.table.hints().first().cloned();
        if let Some(hint) = hint {
            state.tell(Message::warning(hint));
        }
        return Vec::new();
    }
    match (key.is(Named::Down), key.is(Named::Up)) {
        (true, _) => state.place.step(1),
        (_, true) => state.place.step(-1),
        _ => {
            entry.key(key);
        }
    }
    let words = entry.text().to_owned();
    state.typing_filter = Some((entry, before));
    apply(state, &words);
    Vec::new()
}

/// Pasted text belongs to the filter while it is typed.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if let Some((entry, _)) = &mut state.typing_filter {
        entry.paste(text);
        let words = entry.text().to_owned();
        apply(state, &words);
    }
    Vec::new()
}

/// Whether the rows can be ordered.
pub fn can_sort(state: &State) -> Result<(), String> {
    if state.place.table.orders().is_empty() {
        return Err("this screen has one order".to_owned());
    }
    Ok(())
}

/// Orders by what is named, or by the next thing.
pub fn sort(state: &mut State, order: &str) -> Vec<Effect> {
    let orders = state.place.table.orders();
    let name = order.trim_start_matches('-');
    let chosen = if order.is_empty() {
        let now = state.place.wish.sort.as_deref().map(|sort| sort.trim_start_matches('-')).or(orders.first().copied());
        let at = orders.iter().position(|order| Some(*order) == now).map_or(0, |at| at + 1);
        orders.get(at).or(orders.first()).map(|&next| next.to_owned())
    } else {
        orders.contains(&name).then(|| order.to_owned())
    };
    match chosen {
        Some(chosen) => {
            state.tell(Message::note(format!("ordered by {}", chosen.trim_start_matches('-'))));
            state.place.wish.sort = Some(chosen);
            state.place.to_first();
            state.outdated = true;
        }
        None => {
            let message = format!("rows cannot be ordered by {order}: there are {}", orders.join(", "));
            state.tell(Message::warning(message));
        }
    }
    Vec::new()
}

/// Orders the other way round.
pub fn turn(state: &mut State) -> Vec<Effect> {
    let first = state.place.table.orders().first().copied().unwrap_or_default();
    let sort = state.place.wish.sort.as_deref().unwrap_or(first);
    let turned = sort.strip_prefix('-').map_or_else(|| format!("-{sort}"), str::to_owned);
    state.place.wish.sort = Some(turned);
    state.place.to_first();
    state.outdated = true;
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{crowded, state};
    use crate::app::key::chord;
    use crate::app::{Msg, update};
    use crate::view::{Screen, fixture};
    use std::sync::Arc;

    fn press(state: &mut State, keys: &str) {
        for key in chord(keys).unwrap() {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(state, at, Msg::Key(key));
        }
    }

    #[test]
    fn hits_and_another_order_are_seen_from_the_first_row_on() {
        let mut state = crowded(100);
        press(&mut state, "s G / 9 Enter");
        assert!(state.place.table.len() > 1);
        assert_eq!((state.place.at, state.place.top), (0, 0));
        press(&mut state, "j");
        let hit = state.place.selected.clone();
        press(&mut state, "Esc");
        assert!(state.place.selected == hit && state.place.table.len() == 100, "what was found stays selected");
        press(&mut state, "S");
        assert_eq!((state.place.at, state.place.top), (0, 0));
    }

    #[test]
    fn who_stands_on_the_newest_row_stays_there_when_a_newer_one_comes() {
        let whole = fixture::small();
        let mut older = whole.clone();
        let checkout = older.services.get_mut(&fixture::CHECKOUT.into()).map(Arc::make_mut).unwrap();
        checkout.tracks.iter_mut().for_each(|track| drop(track.history.remove(0)));
        for (keys, row) in [("", 0), ("j", 2)] {
            let mut state = crate::app::fixture::on(older.clone());
            crate::app::update::going::screen(&mut state, Screen::Track, "checkout production");
            press(&mut state, format!("j k {keys}").trim());
            let at = state.clock;
            update(&mut state, at, Msg::Snapshot(Arc::new(whole.clone())));
            assert_eq!(state.place.at, row);
            assert_eq!(state.place.selected, Some(state.place.table.key(row)));
        }
    }

    #[test]
    fn a_filter_that_is_taken_back_leaves_all_rows() {
        let mut state = state();
        press(&mut state, "/ x y z Esc");
        assert_eq!(state.place.table.len(), state.place.table.total());
    }
}
