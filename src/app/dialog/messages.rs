//! Everything that was told, newest last: chosen, found by words, copied.

use super::paper::{Paper, field, keys, leaves, scrolls, width};
use super::{Dialog, Step};
use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::{self, Message};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::wrap::wrap;
use crate::view::{Filter, Line, Present, Role, format, reading};

/// Everything that was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    scroll: Scroll,
    find: Entry,
    typing: bool,
}

const WIDE: u16 = 100;
/// By what messages are found: `kind:error`.
const FIELDS: [&str; 2] = ["kind", "text"];

/// Opens it at the newest.
pub fn open(state: &mut State) -> Vec<Effect> {
    state.messages.read();
    let mut told = Told::default();
    told.scroll.step(isize::MAX, told.found(state).len(), usize::MAX);
    state.dialogs.push(Dialog::Messages(told));
    Vec::new()
}

/// What cannot be read now, before what was told.
fn standing(state: &State, cells: usize) -> Vec<Line> {
    let present = Present::new(state.clock, chrono_tz::UTC);
    let problems = reading::problems(&state.sources.snapshot, &present);
    let mut lines: Vec<Line> = problems.iter().flat_map(|line| wrap(line, cells, 2)).collect();
    if !lines.is_empty() {
        lines.push(Line::blank());
    }
    lines
}

impl Told {
    fn found<'a>(&self, state: &'a State) -> Vec<&'a message::Told> {
        let filter = Filter::parse(self.find.text(), &FIELDS);
        let fits = |it: &&message::Told| {
            let fields = [("kind", it.message.weight.word().into()), ("text", whole(&it.message).into())];
            filter.matches(&fields)
        };
        state.messages.all().filter(fits).collect()
    }

    /// What it shows. The selected message is seen whole where it can be.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let found = self.found(state);
        let mut lines = standing(state, cells);
        let mut selected = None;
        let mut end = 0;
        for (at, told) in found.iter().enumerate() {
            let here = at == self.scroll.at;
            selected = if here { Some(lines.len()) } else { selected };
            lines.extend(of_message(state, told, cells));
            end = if here { lines.len() } else { end };
        }
        if found.is_empty() {
            let says = if state.messages.all().next().is_none() {
                "nothing has been told yet"
            } else {
                "no message holds these words"
            };
            lines.push(Line::of(Role::Muted, says));
        }
        let (input, at) = field("/", &self.find, cells);
        let count =
            format!("   {} of {}", format::count_of(found.len()), format::count_of(state.messages.all().count()));
        let help = keys(&[("j k", "select"), ("/", "find"), ("y", "copy"), ("Esc", "close")]).with(Role::Muted, count);
        let mut paper = Paper {
            title: Line::of(Role::Heading, "messages"),
            lines,
            selected,
            foot: vec![Line::default(), if self.typing { input } else { help }],
            cursor: self.typing.then_some((1, at)),
            wide: WIDE,
            tall: true,
            ..Paper::default()
        };
        let rows = paper.rows(state.size);
        paper.top = end.saturating_sub(rows).min(selected.unwrap_or_default());
        paper
    }

    /// Selects, finds, copies, closes.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if self.typing {
            match () {
                () if leaves(key) => (self.typing, self.find) = (false, Entry::default()),
                () if key.is(Named::Enter) => self.typing = false,
                () => {
                    self.find.key(key);
                }
            }
            self.scroll.step(isize::MAX, self.found(state).len(), usize::MAX);
            return Step::Stay(Vec::new());
        }
        if leaves(key) || key.is(Named::Enter) || key == Key::char('q') {
            return Step::Close(Vec::new());
        }
        match key {
            key if key == Key::char('/') => self.typing = true,
            key if key == Key::char('y') => return Step::Stay(self.copy(state)),
            key => {
                let rows = self.paper(state).rows(state.size);
                if let Some(by) = scrolls(key, rows) {
                    self.scroll.step(by, self.found(state).len(), usize::MAX);
                }
            }
        }
        Step::Stay(Vec::new())
    }

    fn copy(&self, state: &mut State) -> Vec<Effect> {
        let text = self.found(state).get(self.scroll.at).map(|told| whole(&told.message));
        let Some(text) = text else { return Vec::new() };
        vec![Effect::Copy(text)]
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        if self.typing {
            self.find.paste(text);
        }
    }
}

/// A message with its advice.
fn whole(message: &Message) -> String {
    message.hint.iter().fold(message.text.to_string(), |text, hint| format!("{text}\nhint: {hint}"))
}

/// `  4m  the text`, and its advice on a line of its own.
fn of_message(state: &State, told: &message::Told, cells: usize) -> Vec<Line> {
    let line = Line::of(Role::Muted, format!("{:>4}  ", format::age(state.clock, told.at)))
        .with(told.message.weight.role(), told.message.text.as_str());
    let mut lines = wrap(&line, cells, 6);
    if let Some(hint) = &told.message.hint {
        lines.extend(wrap(&Line::of(Role::Muted, format!("      hint: {hint}")), cells, 6));
    }
    lines
}
