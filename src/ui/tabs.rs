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

/// The tabs with their cells and texts: in the room that the badges leave, that of the screen that is seen in full.
fn tabs(state: &State) -> Vec<(Screen, Range<u16>, String)> {
    let area = state.layout().tabs;
    let (badges, word) = badges(state);
    let taken = fit::width(&badges.plain()) + fit::width(word);
    let room = area.width.saturating_sub(u16::try_from(taken).unwrap_or(u16::MAX));
    let here = state.place.wish.screen;
    let (titled, numbered) = (titled(here, usize::from(room)), usize::from(room) >= numbers(here));
    let mut x = area.x;
    let mut all = Vec::new();
    for (at, screen) in Screen::ALL.into_iter().enumerate() {
        let text = match at < titled || screen == here {
            true => format!(" {} {} ", screen.number(), screen.title()),
            false if numbered => format!(" {} ", screen.number()),
            false => continue,
        };
        let next = x.saturating_add(u16::try_from(text.len()).unwrap_or(u16::MAX)).min(area.x + room);
        all.push((screen, x..next, text));
        x = next;
    }
    all
}

/// How wide a tab is, with its title or its number alone.
fn wide(screen: Screen, titled: bool) -> usize {
    if titled { screen.title().len() + 4 } else { 3 }
}

/// How much room the numbers of all screens need beside the title of that which is seen.
fn numbers(here: Screen) -> usize {
    Screen::ALL.into_iter().map(|it| wide(it, it == here)).sum()
}

/// How many tabs, from the first, have room for their titles beside that of the screen that is seen.
fn titled(here: Screen, room: usize) -> usize {
    let wide = |(at, screen): (usize, Screen), titled: usize| wide(screen, at < titled || screen == here);
    let all = |titled: usize| Screen::ALL.into_iter().enumerate().map(|it| wide(it, titled)).sum::<usize>();
    (0..=Screen::ALL.len()).rev().find(|titled| all(*titled) <= room).unwrap_or(0)
}

fn writes(state: &State) -> bool {
    state.write.rule(state.clock).writes()
}

/// What stands at the end: messages that nobody has read, the environment, and last whether the world may be changed.
/// Where they would leave no room for the name of the screen that is seen, what matters least of them leaves.
fn badges(state: &State) -> (Line, &'static str) {
    let word = if writes(state) { " WRITE " } else { "READ-ONLY" };
    let room = usize::from(state.layout().tabs.width);
    let free = room.saturating_sub(fit::width(word));
    let here = state.place.wish.screen;
    let unread = unread(state);
    let environment = environment(state);
    let both = unread.clone().then(environment);
    let fits = |line: &Line, tabs: usize| fit::width(&line.plain()) + tabs <= free;
    let line = [both, unread].into_iter().find(|line| fits(line, numbers(here)) || fits(line, wide(here, true)));
    (line.unwrap_or_default(), word)
}

/// How many messages nobody has read.
fn unread(state: &State) -> Line {
    match state.messages.unread() {
        0 => Line::default(),
        unread => {
            let key = state.keymap.key_of("messages.open").unwrap_or_default();
            let count = format::count_of(unread);
            Line::of(Role::Warning, format!(" {count} unread ")).with(Role::Key, format!("{key} "))
        }
    }
}

/// The environment that commands act on.
fn environment(state: &State) -> Line {
    let Some(environment) = state.place.subject().environment.filter(|_| state.size.0 >= 80) else {
        return Line::default();
    };
    let production = state.sources.snapshot.environment(&environment).is_some_and(|it| it.production);
    let name = fit::cut_middle(&environment.to_string(), 14);
    Line::of(Role::Text, " ").with(Role::Environment(environment, production), name).with(Role::Text, "  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::state;
    use crate::app::{Msg, update};

    #[test]
    fn nothing_stands_on_a_tab_and_the_screen_that_is_seen_is_named() {
        for number in 1..=7 {
            let mut state = state();
            let (at, key) = (state.clock, crate::app::key::chord(&number.to_string()).unwrap()[0]);
            update(&mut state, at, Msg::Key(key));
            (0..3).for_each(|_| state.tell(crate::app::message::Message::warning("something fails")));
            for width in 40..130 {
                update(&mut state, at, Msg::Resize(width, 24));
                let (badges, word) = badges(&state);
                let taken = fit::width(&badges.plain()) + fit::width(word);
                let tabs = tabs(&state);
                let here = state.place.wish.screen;
                let end = tabs.last().map_or(0, |(_, cells, _)| cells.end);
                assert!(usize::from(end) + taken <= usize::from(width), "{width} {here:?}");
                let named = tabs.iter().any(|(it, cells, text)| {
                    *it == here && text.contains(here.title()) && usize::from(cells.end - cells.start) == text.len()
                });
                assert!(named, "{width} {here:?} {tabs:?}");
            }
        }
    }
}
