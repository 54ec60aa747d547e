//! The one timer: the next moment at which something that is seen would read otherwise.

use chrono::TimeDelta;

use super::dialog::Dialog;
use super::state::State;
use crate::model::Time;
use crate::operation::Rule;
use crate::view::{budget, format};

/// After how long a chord that is not complete shows how it can go on, milliseconds.
pub const WHICH_KEY: i64 = 400;
/// For how long nothing is said of something that takes time, milliseconds.
pub const PATIENCE: i64 = 200;

/// The next moment at which something that is seen would read otherwise; none if nothing would.
pub fn next(state: &State) -> Option<Time> {
    let moments = [
        state.place.table.changes_at(),
        state.read_at().and_then(|then| format::age_changes_at(state.sources.now, then)),
        budget::changes_at(&state.sources.snapshot, state.sources.now),
        state.messages.until(),
        ends(state),
        state.chord.since.map(|since| since + TimeDelta::milliseconds(WHICH_KEY)),
        state.measuring.since.map(|since| since + TimeDelta::milliseconds(PATIENCE)),
        state.syncing.map(|since| since + TimeDelta::milliseconds(PATIENCE)),
        state
            .dialogs
            .iter()
            .filter_map(Dialog::waits_since)
            .map(|since| since + TimeDelta::milliseconds(PATIENCE))
            .min(),
    ];
    let once = moments.into_iter().flatten().filter(|moment| *moment > state.clock).min();
    let seconds = state.flying.iter().map(|flying| next_second(state.clock, flying.since)).min();
    once.into_iter().chain(seconds).min()
}

/// The next moment at which a count of whole seconds since `since` goes up.
fn next_second(now: Time, since: Time) -> Time {
    let whole = (now - since).num_seconds().max(0);
    since + TimeDelta::seconds(whole + 1)
}

/// When writing ends by itself.
fn ends(state: &State) -> Option<Time> {
    match state.write.rule(state.clock) {
        Rule::Session(ends) => Some(ends),
        _ => None,
    }
}
