//! The two panes of a screen: the table, and the details of what is selected. Keys move in the one that has them.

use super::layout::{Area, Kind};
use super::state::State;
use super::wrap::wrap;
use crate::view::{Line, plain};

/// Which pane keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The table.
    #[default]
    Table,
    /// The details. Where they stand below the table they take half of the screen then, and long lines are wrapped.
    Details,
}

/// Whether there are details to go to.
///
/// # Errors
/// When there are none.
pub fn can_go(state: &State) -> Result<(), String> {
    let whole = state.place.table.dashboard(state.place.at).is_some_and(|it| it.whole);
    match state.layout().kind {
        _ if state.pane == Pane::Details => Ok(()),
        _ if state.place.table.is_empty() => Err("nothing is selected".to_owned()),
        Kind::Line | Kind::List => Err("there is no room for details".to_owned()),
        _ if whole => Err("this screen is one pane".to_owned()),
        Kind::Bare | Kind::Below | Kind::Side => Ok(()),
    }
}

/// Where the text of the details stands: without the rule that sets them apart.
pub fn inner(state: &State) -> Area {
    let layout = state.layout();
    let area = layout.details;
    match layout.kind {
        Kind::Side => Area { x: area.x + area.width.min(2), width: area.width.saturating_sub(2), ..area },
        _ if state.pane == Pane::Details => {
            Area { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area }
        }
        _ => area,
    }
}

/// What the details say, in lines as they are seen; in words alone where nothing is drawn.
pub fn lines(state: &State, undrawn: bool) -> Vec<Line> {
    let place = &state.place;
    if place.table.is_empty() {
        return Vec::new();
    }
    let lines = place.table.details(place.at, place.column.as_deref());
    let lines = if undrawn { lines.iter().filter_map(plain::undrawn).collect() } else { lines };
    let width = usize::from(inner(state).width);
    if state.layout().kind == Kind::Side || state.pane == Pane::Details {
        return lines.iter().flat_map(|line| wrap(line, width, 2)).collect();
    }
    lines
}
