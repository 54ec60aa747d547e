//! The views there are, with what each shows: found by typing, shown by Enter.

use super::Step;
use super::paper::{Paper, field, keys, leaves, scrolls_while_typing, width};
use crate::app::fuzzy;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::update::viewing;
use crate::view::saved::{Origin, View};
use crate::view::{Align, Line, Role, fit};

/// Which view to show.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    typed: Entry,
    scroll: Scroll,
}

const WIDE: u16 = 84;
/// Cells of a view's name.
const NAME: usize = 16;

impl Choice {
    fn found(&self, state: &State) -> Vec<View> {
        fuzzy::rank(self.typed.text(), state.saved(), |view| format!("{} {}", view.name, view.shows))
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let found = self.found(state);
        let here = viewing::here(state);
        let whose = found.iter().map(|view| fit::width(whose(view, here))).max().unwrap_or_default();
        let mut lines: Vec<Line> = found.iter().map(|view| line(view, here, whose, cells)).collect();
        if lines.is_empty() {
            lines.push(Line::of(Role::Muted, "no view is called that"));
        }
        let (input, at) = field("view", &self.typed, cells);
        let help = keys(&[("Enter", "show"), (":view-save NAME", "keep this screen"), ("Esc", "close")]);
        Paper {
            title: Line::of(Role::Heading, "views"),
            lines,
            top: self.scroll.top,
            selected: (!found.is_empty()).then_some(self.scroll.at),
            foot: vec![Line::default(), input, help],
            cursor: Some((1, at)),
            wide: WIDE,
            ..Paper::default()
        }
    }

    /// Types, selects, shows.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) {
            return Step::Close(Vec::new());
        }
        let found = self.found(state);
        if key.is(Named::Enter) {
            let Some(view) = found.get(self.scroll.at) else { return Step::Stay(Vec::new()) };
            viewing::go(state, view);
            return Step::Close(Vec::new());
        }
        let rows = self.paper(state).rows(state.size);
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, found.len(), rows);
        } else if self.typed.key(key) {
            self.scroll = Scroll::default();
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.typed.paste(text);
        self.scroll = Scroll::default();
    }
}

/// What is to be known of a view beside its name: that it is seen, or whose it is.
fn whose(view: &View, here: Option<&str>) -> &'static str {
    match view.from {
        _ if here == Some(view.name.as_str()) => " seen now",
        Origin::Shipped => "",
        Origin::Configured => " configured",
        Origin::Own => " yours",
    }
}

/// `on-call         Board: only what needs attention            yours`.
fn line(view: &View, here: Option<&str>, last: usize, cells: usize) -> Line {
    let room = cells.saturating_sub(NAME + 1 + last);
    let screen = view.wish.screen.title();
    let named = view.shows.as_str().starts_with(&screen.to_lowercase());
    let says = if named { view.shows.to_string() } else { format!("{}: {}", screen.to_lowercase(), view.shows) };
    let line = Line::of(Role::Strong, fit::pad(&view.name, NAME, Align::Left))
        .with(Role::Text, " ")
        .with(Role::Text, fit::pad(&says, room, Align::Left))
        .with(Role::Muted, fit::pad(whose(view, here), last, Align::Right));
    fit::cut_line(&line, cells)
}
