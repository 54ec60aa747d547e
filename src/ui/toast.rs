//! What was told just now: on the last line, its advice on a line of its own, the others counted.

use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::Area;
use crate::app::state::State;
use crate::view::{Line, Role, fit, format};

/// Paints what was told into the footer, or what is left of it; whether there is anything. What has advice stands on the
/// line above, and its advice here.
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
    match line_above(state) {
        Some(_) => painter.line(here, &hint),
        None => painter.line(here, &text.with(Role::Text, "  ").then(hint)),
    };
    true
}

/// Paints what was told with advice over the line above the footer. It comes after what stands there.
pub fn above(painter: &mut Painter<'_>, state: &State) {
    let (Some(message), Some(area)) = (state.messages.shown().filter(|it| it.hint.is_some()), line_above(state)) else {
        return;
    };
    painter.clear(area, Part::Screen);
    painter.line(area, &Line::of(message.weight.role(), message.text.as_str()));
}

fn line_above(state: &State) -> Option<Area> {
    let footer = state.layout().footer;
    let roomy = footer.height > 0 && footer.y > 2;
    roomy.then(|| Area { x: 0, y: footer.y - 1, width: state.size.0, height: 1 })
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
