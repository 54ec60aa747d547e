//! How the palette looks: what is offered, of which a part is seen, then what the selected one does, then the line.

use super::offer::{self, Item};
use super::{Palette, Paper};
use crate::app::commands::{self, Command, complete};
use crate::app::dialog::paper::{field, width};
use crate::app::state::State;
use crate::view::{Align, Line, Role, fit, format};

const WIDE: u16 = 68;
/// How many items are seen at most.
const SEEN: usize = 12;

/// How many items are seen on a terminal of this size.
pub fn rows(size: (u16, u16)) -> usize {
    usize::from(size.1.saturating_sub(7)).clamp(1, SEEN)
}

/// What it shows.
pub fn paper(palette: &Palette, state: &State) -> Paper {
    let cells = width(state.size, WIDE);
    let items = offer::items(state, palette.typed.text());
    let top = palette.scroll.top;
    let seen = items.iter().skip(top).take(rows(state.size));
    let mut lines: Vec<Line> = seen.map(|item| line(state, item, cells)).collect();
    if lines.is_empty() {
        lines.push(Line::of(Role::Muted, "no command of that name"));
    }
    let (input, at) = field(":", &palette.typed, cells);
    let says = items.get(palette.scroll.at).map_or_else(Line::default, |item| says(state, palette, item, cells));
    let count = if items.len() > rows(state.size) {
        format!("{} of {}   ", format::count_of(palette.scroll.at + 1), format::count_of(items.len()))
    } else {
        String::new()
    };
    let keys = Line::of(Role::Muted, count).then(crate::app::dialog::paper::keys(&[
        ("Enter", "run"),
        ("Tab", "complete"),
        ("↑", "before"),
        ("Esc", "close"),
    ]));
    Paper {
        title: Line::of(Role::Heading, "commands"),
        selected: items.get(palette.scroll.at).map(|_| palette.scroll.at.saturating_sub(top)),
        lines,
        foot: vec![Line::default(), says, input, fit::cut_line(&keys, cells)],
        cursor: Some((2, at)),
        wide: WIDE,
        ..Paper::default()
    }
}

fn line(state: &State, item: &Item, cells: usize) -> Line {
    let line = match item {
        Item::Command(command) => command_line(state, command, cells),
        Item::Recent(line) => Line::of(Role::Text, fit::pad(line, cells.saturating_sub(13), Align::Left))
            .with(Role::Muted, fit::pad("run before", 13, Align::Right)),
        Item::Said(it) => {
            Line::of(Role::Strong, fit::pad(&it.text, 24, Align::Left)).with(Role::Muted, format!(" {}", it.says))
        }
    };
    fit::cut_line(&line, cells)
}

fn command_line(state: &State, command: &Command, cells: usize) -> Line {
    let role = if commands::can_run(state, command).is_ok() { Role::Strong } else { Role::Muted };
    let keys = state.keymap.key_of(command.id).unwrap_or_default();
    Line::of(role, fit::pad(command.word, 14, Align::Left))
        .with(Role::Text, " ")
        .with(Role::Muted, fit::pad(command.title, cells.saturating_sub(27), Align::Left))
        .with(Role::Key, fit::pad(&keys, 12, Align::Right))
}

/// What the selected item does, or why it cannot be run now.
fn says(state: &State, palette: &Palette, item: &Item, cells: usize) -> Line {
    let typed = palette.typed.text().trim_start();
    let word = match item {
        Item::Command(command) => command.word,
        Item::Recent(line) => line.split(' ').next().unwrap_or_default(),
        Item::Said(_) => typed.split(' ').next().unwrap_or_default(),
    };
    let Some(command) = commands::by_word(word) else { return Line::default() };
    let line = match commands::can_run(state, command) {
        Err(reason) => Line::of(Role::Warning, format!("not now: {reason}")),
        Ok(()) if command.arguments.is_empty() => Line::of(Role::Text, command.sentence),
        Ok(()) => {
            let role = if complete::wants(command) { Role::Key } else { Role::Muted };
            Line::of(role, format!(":{} {}  ", command.word, command.arguments)).with(Role::Text, command.sentence)
        }
    };
    fit::cut_line(&line, cells)
}
