//! What an output shows. Only lines that are seen are made.

use super::choose::titled;
use super::lines::{source, stamp};
use super::{Level, Log};
use crate::app::dialog::paper::{Paper, field, keys, width};
use crate::app::layout::inside;
use crate::app::state::State;
use crate::app::world::LogOf;
use crate::app::wrap::wrap;
use crate::model::{Status, Text};
use crate::view::{Align, Filter, Line, Role, fit, format};

const WIDE: u16 = 196;
/// Lines below the output.
const FOOT: usize = 2;

impl Log {
    /// How many lines are seen at once.
    pub(super) fn rows(&self, state: &State) -> usize {
        let paper = Paper { wide: WIDE, tall: true, ..Paper::default() };
        usize::from(inside(paper.area(state.size)).height).saturating_sub(FOOT).max(1)
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let (whose, part) = match &self.of {
            LogOf::Run(run, job) => (run.to_string(), job.as_ref().map(ToString::to_string)),
            LogOf::Track(track, which) => (track.to_string(), Some(titled(which))),
        };
        let mut title = Line::of(Role::Heading, format!("output of {whose}"));
        if let Some(part) = part {
            title = title.with(Role::Text, " · ").with(Role::Heading, part);
        }
        if let Some(scroll) = &self.choosing {
            let foot = vec![Line::default(), keys(&[("Enter", "look at it"), ("↑ ↓", "select"), ("Esc", "back")])];
            let (lines, selected) = (self.list_lines(cells), Some(scroll.at));
            return Paper { title, lines, selected, top: scroll.top, foot, wide: WIDE, tall: true, ..Paper::default() };
        }
        let mut paper = Paper { title, wide: WIDE, tall: true, ..Paper::default() };
        let shown = self.shown();
        match (&self.failure, self.answered) {
            (_, false) => paper.lines = vec![Line::of(Role::Muted, "reading …")],
            (Some(failure), _) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                paper.lines = std::iter::once(Line::of(Role::Warning, failure.what.as_str())).chain(hint).collect();
            }
            _ if self.lines.len() == 0 => {
                let says = if self.following { "nothing has come yet" } else { "there is no output" };
                paper.lines = vec![Line::of(Role::Muted, says)];
            }
            _ if shown.is_empty() => {
                paper.lines = vec![Line::of(Role::Muted, "no line weighs that much: l shows more")]
            }
            _ => self.body(&shown, cells, self.rows(state), &mut paper),
        }
        self.foot(&shown, cells, &mut paper);
        paper
    }

    /// The lines that are seen. Wrapped, the selected line is always among them.
    fn body(&self, shown: &[usize], cells: usize, rows: usize, paper: &mut Paper) {
        let needle = self.needle();
        let made = |number: usize| {
            let at = shown.get(number)?;
            let (level, text) = self.lines.get(*at)?;
            let line = self.line(*at, *level, text, &needle);
            Some(if self.wrap { wrap(&line, cells, 2) } else { vec![fit::cut_line(&line, cells)] })
        };
        // From the selected line upwards as far as there is room, so that it is seen however the lines wrap.
        let mut top = self.scroll.at;
        let mut used = made(top).map_or(0, |lines| lines.len());
        while top > self.scroll.top.min(shown.len()) {
            let above = made(top - 1).map_or(0, |lines| lines.len());
            if used + above > rows {
                break;
            }
            used += above;
            top -= 1;
        }
        for number in top..shown.len() {
            if paper.lines.len() >= rows {
                break;
            }
            if number == self.scroll.at {
                paper.selected = Some(paper.lines.len());
            }
            paper.lines.extend(made(number).unwrap_or_default());
        }
        paper.lines.truncate(rows);
    }

    /// A line with its number, without its time stamp where that is not wanted, and what is searched marked.
    fn line(&self, at: usize, level: Level, text: &Text, needle: &Filter) -> Line {
        let role = match level {
            Level::Error => Role::Status(Status::Failed),
            Level::Warning => Role::Warning,
            Level::Info | Level::Plain => Role::Text,
        };
        let number = (self.lines.dropped() + at + 1).to_string();
        let widest = (self.lines.dropped() + self.lines.len()).to_string().len();
        let mut line = match self.numbers {
            true => Line::of(Role::Muted, format!("{} ", fit::pad(&number, widest, Align::Right))),
            false => Line::default(),
        };
        let text = text.as_str();
        let (from, text) = text.split_at_checked(source(text)).unwrap_or(("", text));
        if !from.is_empty() {
            line = marked(line, from, &Role::Series(hue(from)), needle);
        }
        let stamp = stamp(text);
        let (when, rest) = text.split_at_checked(stamp).unwrap_or(("", text));
        if self.stamps && !when.is_empty() {
            line = marked(line, when, &Role::Muted, needle);
        }
        marked(line, rest, &role, needle)
    }

    fn foot(&self, shown: &[usize], cells: usize, paper: &mut Paper) {
        let hits = self.hits(shown);
        if self.typing {
            let (line, at) = field("/", &self.search, cells);
            paper.cursor = Some((0, at));
            paper.foot.push(line.with(Role::Muted, format!("  {}", format::counted(hits.len() as u64, "line"))));
        } else {
            paper.foot.push(fit::cut_line(&self.standing(shown, &hits), cells));
        }
        let follow = if self.following { "stop following" } else { "follow" };
        let of_track = [("p", "one of them"), ("P", "the one before")];
        let of_track = of_track.into_iter().filter(|_| self.chooses());
        let all = [
            ("/", "search"),
            ("n N", "next, before"),
            ("e", "error"),
            ("l", "level"),
            ("f", follow),
            ("w", "wrap"),
            ("#", "numbers"),
            ("t", "times"),
            ("y", "copy"),
            ("r", "read again"),
            ("Esc", "close"),
        ];
        let typing = [("Enter", "keep"), ("Esc", "take it back")];
        let all: Vec<(&str, &str)> = of_track.chain(all).collect();
        paper.foot.push(fit::cut_line(&keys(if self.typing { &typing } else { &all }), cells));
    }

    /// `line 812 of 1,234 · errors · 3 of 17 hold it · following · 500 lines before these are not kept`.
    fn standing(&self, shown: &[usize], hits: &[usize]) -> Line {
        let at = format::count_of(if shown.is_empty() { 0 } else { self.scroll.at + 1 });
        let mut line = Line::of(Role::Muted, format!("{at} of {}", format::counted(shown.len() as u64, "line")));
        let level = match self.least {
            Level::Plain => None,
            Level::Info => Some("notes, warnings and errors"),
            Level::Warning => Some("warnings and errors"),
            Level::Error => Some("errors"),
        };
        if let Some(level) = level {
            line = line.with(Role::Key, format!(" · {level} of {}", format::count_of(self.lines.len())));
        }
        if !self.search.text().is_empty() {
            let nth = hits
                .iter()
                .position(|hit| *hit == self.scroll.at)
                .map(|nth| format!("{} of ", format::count_of(nth + 1)));
            let count =
                format!(" · /{} {}{}", self.search.text(), nth.unwrap_or_default(), format::count_of(hits.len()));
            line = line.with(Role::Match, count);
        }
        if self.following {
            line = line.with(Role::Status(Status::Running), " · following");
        }
        if self.lines.dropped() > 0 {
            let says = format!(" · {} before these are not kept", format::counted(self.lines.dropped() as u64, "line"));
            line = line.with(Role::Warning, says);
        } else if self.lines.cut {
            line = line.with(Role::Warning, " · what comes before was not read");
        }
        line
    }
}

/// The colour of a source: the same for as long as it is called so.
fn hue(source: &str) -> u8 {
    source.bytes().fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

/// Adds text to a line, with what is searched marked.
fn marked(mut line: Line, text: &str, role: &Role, needle: &Filter) -> Line {
    let mut from = 0;
    let mut rest = text;
    // Every occurrence counts, not only the first.
    while let Some(found) = needle.found_in(rest).into_iter().next().filter(|it| !it.is_empty()) {
        let (Some(before), Some(hit)) = (rest.get(..found.start), rest.get(found.clone())) else { break };
        line = line.with(role.clone(), before).with(Role::Match, hit);
        from += found.end;
        rest = text.get(from..).unwrap_or_default();
    }
    line.with(role.clone(), rest)
}
