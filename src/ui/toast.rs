//! What was told just now: on the last line, its advice on a line of its own, the others counted.

use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::Area;
use crate::app::state::State;
use crate::view::{Line, Role, fit, format};

/// Paints what was told into the footer, or what is left of it; whether there is anything. With advice it takes the line
/// above too.
pub fn draw(painter: &mut Painter<'_>, state: &State, area: Area) -> bool {
    let Some(message) = state.messages.shown() else { return false };
    let more = more(state);
    let wide = u16::try_from(fit::width(&more.plain())).unwrap_or(u16::MAX).min(area.width / 2);
    painter.line(Area { x: area.x + area.width - wide, width: wide, ..area }, &more);
    let here = Area { width: area.width - wide, ..area };
    let text = Line::of(message.weight.role(), message.text.as_str());
    let Some(hint) = &message.hint else {
        painter.line(here, &text);
        return true;
    };
    let hint = Line::of(Role::Heading, "hint: ").with(Role::Text, hint.as_str());
    if area.y > 2 {
        let above = Area { x: 0, y: area.y - 1, width: state.size.0, height: 1 };
        painter.clear(above, Part::Screen);
        painter.line(above, &text);
        painter.line(here, &hint);
    } else {
        painter.line(here, &text.with(Role::Text, "  ").then(hint));
    }
    true
}

/// `+2, M shows them`; `+2` where room is short.
fn more(state: &State) -> Line {
    let more = state.messages.more();
    if more == 0 {
        return Line::default();
    }
    let key = state.keymap.key_of("messages.open").unwrap_or_else(|| ":messages".to_owned());
    if state.size.0 < 80 {
        return Line::of(Role::Muted, format!(" +{}", format::count_of(more)));
    }
    let line = Line::of(Role::Muted, format!("  +{}, ", format::count_of(more)));
    line.with(Role::Key, key).with(Role::Muted, " shows them")
}
