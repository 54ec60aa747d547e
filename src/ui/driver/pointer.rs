//! From the terminal's events of the mouse to ours.

use crossterm::event::{Event, MouseButton, MouseEvent, MouseEventKind};

use super::{Driver, keys};
use crate::app::Msg;
use crate::app::update::pointing::{Did, On, Pointer};
use crate::ui::{table, tabs};

impl Driver {
    /// The message of an event; none for what means nothing here.
    pub(super) fn message(&self, event: Event) -> Option<Msg> {
        match event {
            Event::Mouse(event) => Some(Msg::Mouse(self.pointer(event)?)),
            event => keys::message(event),
        }
    }

    fn pointer(&self, event: MouseEvent) -> Option<Pointer> {
        let at = (event.column, event.row);
        let what = did(event.kind)?;
        let on = tabs::hit(&self.state, at).map(On::Tab);
        let on = on.or_else(|| table::column_at(&self.state, &self.dress, at).map(On::Column));
        Some(Pointer { at, what, on })
    }
}

fn did(kind: MouseEventKind) -> Option<Did> {
    match kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Did::Press),
        MouseEventKind::ScrollUp => Some(Did::Up),
        MouseEventKind::ScrollDown => Some(Did::Down),
        _ => None,
    }
}
