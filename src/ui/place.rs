//! Where one is, what of it is shown and how old it is: the second line of every screen.

use super::paint::Painter;
use crate::app::crumbs;
use crate::app::dialog::paper::field;
use crate::app::layout::Area;
use crate::app::state::State;
use crate::app::wake::PATIENCE;
use crate::model::{Status, Time};
use crate::view::{Line, Role, budget, fit, format};

/// From which width on there is room for more than a few words.
const ROOMY: u16 = 120;

/// Paints it; where the cursor is while a filter is typed.
pub fn draw(painter: &mut Painter<'_>, state: &State) -> Option<(u16, u16)> {
    let area = state.layout().place;
    let right = standing(painter, state);
    let wide = u16::try_from(fit::width(&right.plain())).unwrap_or(u16::MAX).min(area.width / 3 * 2);
    painter.line(Area { x: area.x + area.width - wide, width: wide, ..area }, &right);
    let left = Area { width: area.width.saturating_sub(wide + 2), ..area };
    if let Some((entry, _)) = &state.typing_filter {
        let (line, at) = field("/", entry, usize::from(left.width));
        painter.line(left, &line);
        return Some((left.x + u16::try_from(at).unwrap_or(0), left.y));
    }
    painter.line(left, &crumbs::line(state, usize::from(left.width)));
    None
}

/// What is filtered, how many rows there are, how old it all is.
fn standing(painter: &Painter<'_>, state: &State) -> Line {
    let place = &state.place;
    let (len, total) = (place.table.len(), place.table.total());
    let mut line = Line::default();
    if !place.marks.is_empty() {
        let marked = format!("{} marked", format::count_of(place.marks.len()));
        line = line.with(Role::Key, marked).with(Role::Muted, " · ");
    }
    if !place.wish.filter.is_empty() && state.typing_filter.is_none() {
        line = line.with(Role::Match, format!("/{}", fit::cut(&place.wish.filter, 24))).with(Role::Text, " ");
    }
    let counts = match len == total {
        true => format::count_of(total),
        false => format!("{} of {}", format::count_of(len), format::count_of(total)),
    };
    line = line.with(Role::Muted, counts);
    let (snapshot, now) = (&state.sources.snapshot, state.sources.now);
    let sources = &snapshot.sources;
    if let Some(silence) = budget::silence(snapshot, now, state.size.0 >= ROOMY) {
        let glyph = painter.dress.glyphs.status(Status::Held);
        line = line.with(Role::Status(Status::Held), format!(" · {glyph} {silence}"));
    }
    // Of a source that is not asked for a while, that is said.
    let failing = sources.iter().filter(|(_, it)| !it.problems.is_empty() && !budget::is_quiet(it, now));
    let mut failing = failing.map(|(id, _)| id);
    if let Some(first) = failing.next() {
        let which = match failing.count() {
            0 => format!("{} fails", fit::cut_middle(&first.to_string(), 16)),
            more => format!("{} sources fail", format::count_of(more + 1)),
        };
        line = line.with(Role::Warning, format!(" · {} {which}", painter.dress.glyphs.status(Status::Held)));
    }
    let long = |since: Option<Time>| since.is_some_and(|since| (state.clock - since).num_milliseconds() >= PATIENCE);
    let line = match (long(state.syncing), state.read_at()) {
        _ if long(state.measuring.since) => line.with(Role::Muted, " · measuring"),
        (true, _) => line.with(Role::Muted, " · reading"),
        (false, Some(at)) => line.with(Role::Muted, format!(" · read {}", format::age(state.sources.now, at))),
        (false, None) if sources.values().any(|source| source.reading) => line.with(Role::Muted, " · reading"),
        (false, None) => line,
    };
    match budget::left(snapshot, now) {
        Some((scarce, left)) => line.with(if scarce { Role::Warning } else { Role::Muted }, format!(" · {left}")),
        None => line,
    }
}
