//! Moving on a screen.

use crate::app::effect::Effect;
use crate::app::state::State;

/// By so many rows.
pub fn by(state: &mut State, rows: isize) -> Vec<Effect> {
    state.place.step(rows);
    Vec::new()
}

/// By a page, or a part of one.
pub fn pages(state: &mut State, direction: isize, part: isize) -> Vec<Effect> {
    let rows = isize::try_from(state.layout().rows()).unwrap_or(isize::MAX);
    let by = (rows / part).max(1) * direction;
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
    let place = &mut state.place;
    let height = usize::from(crate::app::layout::Layout::of(state.size.0, state.size.1).details.height);
    let lines = if place.table.is_empty() { 0 } else { place.table.details(place.at, place.column.as_deref()).len() };
    place.details_top = place.details_top.saturating_add_signed(by).min(lines.saturating_sub(height.max(1)));
    Vec::new()
}
