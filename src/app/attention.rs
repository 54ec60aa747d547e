//! What somebody who looks at the cockpit looks at: what is on the screen and nothing else.

use std::collections::BTreeSet;

use super::dialog::Dialog;
use super::state::State;
use crate::model::{Attention, EnvironmentId, Scope, ServiceId, Sight, TrackId};
use crate::view::{Screen, Wish};

/// What is on the screen; nothing where the terminal is not `in_front`.
pub fn of(state: &State, in_front: bool) -> Attention {
    if !in_front {
        return Attention::Away;
    }
    let mut sights: BTreeSet<Sight> = screen(state).collect();
    sights.extend(state.dialogs.iter().flat_map(Dialog::sights));
    // What is carried out is looked at wherever one is: the footer tells how far it has come.
    sights.extend(state.flying.iter().map(|flying| of_track(&flying.plan.intent.track)));
    Attention::At(sights)
}

/// What the screen itself shows.
fn screen(state: &State) -> Box<dyn Iterator<Item = Sight> + '_> {
    let wish = &state.place.wish;
    match wish.screen {
        Screen::Board => Box::new(visible_services(state).map(|service| tracks(Some(service), None))),
        Screen::Flow => Box::new(wish.service.iter().flat_map(|it| [Sight::Changes(it.clone()), whole(wish)])),
        Screen::Runs => Box::new(std::iter::once(match &wish.run {
            Some(run) => Sight::Run(run.clone()),
            None => Sight::Runs(wish.service.clone()),
        })),
        Screen::Track | Screen::Metrics => Box::new(std::iter::once(whole(wish))),
        Screen::Activity => Box::new([whole(wish), Sight::Runs(wish.service.clone())].into_iter()),
        // The journal is our own.
        Screen::Journal => Box::new(std::iter::empty()),
    }
}

/// The services whose rows are seen on the board.
fn visible_services(state: &State) -> impl Iterator<Item = ServiceId> + '_ {
    let place = &state.place;
    let seen = place.top..place.table.len().min(place.top.saturating_add(state.layout().rows()));
    seen.filter_map(|at| place.table.subject(at, None).service)
}

/// Everything that a screen is narrowed to.
fn whole(wish: &Wish) -> Sight {
    tracks(wish.service.clone(), wish.environment.clone())
}

fn tracks(service: Option<ServiceId>, environment: Option<EnvironmentId>) -> Sight {
    Sight::Tracks(Scope { service, environment })
}

/// One track.
pub(super) fn of_track(track: &TrackId) -> Sight {
    tracks(Some(track.service.clone()), Some(track.environment.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::Key;
    use crate::app::{Msg, fixture, update};

    fn seen(state: &State) -> Vec<Sight> {
        of(state, true).sights().cloned().collect()
    }

    fn press(state: &mut State, key: char) {
        let at = state.clock;
        update(state, at, Msg::Key(Key::char(key)));
    }

    #[test]
    fn nobody_looks_at_a_terminal_that_is_not_in_front() {
        let state = fixture::state();
        assert_eq!(of(&state, false), Attention::Away);
        assert_ne!(of(&state, true), Attention::Away);
    }

    #[test]
    fn the_board_shows_the_services_whose_rows_are_seen() {
        let mut state = fixture::crowded(50);
        let all = seen(&state);
        assert!((2..50).contains(&all.len()), "{all:?}");
        assert!(all.iter().all(|sight| matches!(sight, Sight::Tracks(Scope { service: Some(_), environment: None }))));
        let at = state.clock;
        update(&mut state, at, Msg::Resize(60, 9));
        assert!(seen(&state).len() < all.len(), "a small screen shows fewer");
    }

    #[test]
    fn each_screen_says_what_it_shows_and_the_journal_nothing() {
        let mut state = fixture::state();
        press(&mut state, '3');
        assert_eq!(seen(&state), [Sight::Runs(None)]);
        press(&mut state, '6');
        assert_eq!(seen(&state), [tracks(None, None), Sight::Runs(None)]);
        press(&mut state, '7');
        assert_eq!(seen(&state), []);
    }
}
