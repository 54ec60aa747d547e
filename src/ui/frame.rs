//! A whole frame: a pure function of the state.

use ratatui::buffer::Buffer;

use super::paint::Painter;
use super::theme::Part;
use super::{Dress, chrome, dashboard, details, dialog, list, table, toast, which};
use crate::app::layout::{Area, Kind};
use crate::app::state::State;

/// Paints a state on a buffer of its size; where the terminal's cursor is, if it is seen.
pub fn draw(state: &State, dress: &Dress, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let mut painter = Painter { buffer, dress };
    let (width, height) = state.size;
    painter.clear(Area { x: 0, y: 0, width, height }, Part::Screen);
    let layout = state.layout();
    let mut cursor = None;
    match layout.kind {
        Kind::Line => list::glance(&mut painter, state),
        Kind::List if !state.place.table.is_empty() => {
            cursor = chrome::draw(&mut painter, state);
            list::draw(&mut painter, state);
        }
        _ => {
            cursor = chrome::draw(&mut painter, state);
            if !dashboard::draw(&mut painter, state) {
                table::draw(&mut painter, state);
                dashboard::below(&mut painter, state);
                details::draw(&mut painter, state);
            }
        }
    }
    toast::above(&mut painter, state);
    if dress.accessible && cursor.is_none() && layout.kind != Kind::Line {
        cursor = selected_row(state);
    }
    if layout.kind != Kind::Line {
        which::draw(&mut painter, state);
    }
    for open in &state.dialogs {
        cursor = dialog::draw(&mut painter, state, &open.paper(state));
    }
    cursor.filter(|(x, y)| *x < width && *y < height)
}

/// Where the selected row is, for readers that follow the cursor.
fn selected_row(state: &State) -> Option<(u16, u16)> {
    let layout = state.layout();
    let heading = u16::from(layout.kind != Kind::List);
    let at = u16::try_from(state.place.at.checked_sub(state.place.top)?).ok()?;
    (!state.place.table.is_empty()).then_some((layout.table.x, layout.table.y + heading + at))
}
