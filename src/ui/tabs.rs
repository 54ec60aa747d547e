//! The first line of every screen: a tab for each screen, and at its end what is to be known wherever one is.

use std::ops::Range;

use super::paint::Painter;
use super::theme::Part;
use crate::app::layout::Area;
use crate::app::state::State;
use crate::view::{Line, Role, Screen, fit, format};

/// Paints it.
pub fn draw(painter: &mut Painter<'_>, state: &State) {
    let area = state.layout().tabs;
    let style = if writes(state) { Part::Writing } else { Part::ReadOnly };
    let style = painter.dress.theme.part(style);
    let (badges, word) = badges(state);
    let wide = |text: &str| u16::try_from(fit::width(text)).unwrap_or(u16::MAX);
    let width = wide(word).min(area.width);
    let x = area.x + area.width - width;
    painter.text(Area { x, width, ..area }, word, style);
    let before = wide(&badges.plain()).min(x);
    painter.line(Area { x: x - before, width: before, ..area }, &badges);
    for (screen, cells, text) in tabs(state) {
        let part = if screen == state.place.wish.screen { Part::SelectedTab } else { Part::Tab };
        let style = painter.dress.theme.part(part);
        painter.text(Area { x: cells.start, width: cells.end - cells.start, ..area }, &text, style);
    }
}

/// The screen whose tab is at a column and line of the terminal.
pub fn hit(state: &State, (x, y): (u16, u16)) -> Option<Screen> {
    let area = state.layout().tabs;
    let there = area.height > 0 && y == area.y;
    tabs(state).into_iter().find(|(_, cells, _)| there && cells.contains(&x)).map(|(screen, ..)| screen)
}

/// The tabs with their cells and texts.
fn tabs(state: &State) -> Vec<(Screen, Range<u16>, String)> {
    let area = state.layout().tabs;
    let (badges, word) = badges(state);
    let taken = fit::width(&badges.plain()) + fit::width(word);
    let end = area.x + area.width.saturating_sub(u16::try_from(taken).unwrap_or(u16::MAX));
    let here = state.place.wish.screen;
    let titled = titled(here, usize::from(end - area.x));
    let mut x = area.x;
    let mut all = Vec::new();
    for (at, screen) in Screen::ALL.into_iter().enumerate() {
        let text = match at < titled || screen == here {
            true => format!(" {} {} ", screen.number(), screen.title()),
            false => format!(" {} ", screen.number()),
        };
        let next = x.saturating_add(u16::try_from(text.len()).unwrap_or(u16::MAX)).min(end);
        all.push((screen, x..next, text));
        x = next;
    }
    all
}

/// How many tabs, from the first, have room for their titles beside that of the screen that is seen.
fn titled(here: Screen, room: usize) -> usize {
    let wide = |at: usize, screen: Screen, titled: usize| match at < titled || screen == here {
        true => screen.title().len() + 4,
        false => 3,
    };
    let all = |titled: usize| Screen::ALL.into_iter().enumerate().map(|(at, it)| wide(at, it, titled)).sum::<usize>();
    (0..=Screen::ALL.len()).rev().find(|titled| all(*titled) <= room).unwrap_or(0)
}

fn writes(state: &State) -> bool {
    state.write.rule(state.clock).writes()
}

/// What stands at the end: messages that nobody has read, the environment, and last whether the world may be changed.
fn badges(state: &State) -> (Line, &'static str) {
    let word = if writes(state) { " WRITE " } else { "READ-ONLY" };
    let mut line = Line::default();
    let unread = state.messages.unread();
    if unread > 0 {
        let key = state.keymap.key_of("messages.open").unwrap_or_default();
        let count = format::count_of(unread);
        line = line.with(Role::Warning, format!(" {count} unread ")).with(Role::Key, format!("{key} "));
    }
    let environment = state.place.subject().environment.filter(|_| state.size.0 >= 80);
    if let Some(environment) = environment {
        let production = state.sources.snapshot.environment(&environment).is_some_and(|it| it.production);
        let name = fit::cut_middle(&environment.to_string(), 14);
        line = line.with(Role::Text, " ").with(Role::Environment(environment, production), name).with(Role::Text, "  ");
    }
    (line, word)
}
