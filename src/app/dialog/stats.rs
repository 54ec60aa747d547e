//! What the last frames cost.

use std::time::Duration;

use super::paper::{Paper, keys, leaves, scrolls};
use super::{Dialog, Step};
use crate::app::effect::Effect;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::stats::{FrameCost, Stats};
use crate::view::{Align, Line, Role, budget, fit, format};

/// What the last frames cost. It shows what was known when its own frame was painted: showing it makes no frame.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    scroll: Scroll,
}

const WIDE: u16 = 76;

/// A column: its title and a frame's entry in it.
type Column = (&'static str, fn(&FrameCost) -> String);

const COLUMNS: [Column; 6] = [
    ("update", |it| time(it.update)),
    ("paint", |it| time(it.paint)),
    ("write", |it| time(it.write)),
    ("whole", |it| time(it.whole())),
    ("cells", |it| format::count_of(it.cells)),
    ("bytes", |it| format::count_of(it.bytes)),
];

/// Opens it.
pub fn open(state: &mut State) -> Vec<Effect> {
    state.dialogs.push(Dialog::Costs(Costs::default()));
    Vec::new()
}

impl Costs {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let stats = &state.stats;
        let mut lines = summary(stats);
        lines.extend(asked(state));
        lines.push(Line::blank());
        lines.push(row(Role::Heading, COLUMNS.map(|(title, _)| title.to_owned())));
        lines.extend(stats.frames().map(|frame| row(Role::Text, COLUMNS.map(|(_, entry)| entry(frame)))));
        Paper {
            title: Line::of(Role::Heading, "what the last frames cost"),
            lines,
            top: self.scroll.top,
            foot: vec![Line::default(), keys(&[("j k", "scroll"), ("Esc", "close")])],
            wide: WIDE,
            tall: true,
            ..Paper::default()
        }
    }

    /// Scrolls or closes.
    pub fn key(&mut self, state: &State, key: Key) -> Step {
        if leaves(key) || key.is(Named::Enter) || key == Key::char('q') {
            return Step::Close(Vec::new());
        }
        let paper = self.paper(state);
        let rows = paper.rows(state.size);
        if let Some(by) = scrolls(key, rows) {
            self.scroll.slide(by, paper.lines.len(), rows);
        }
        Step::Stay(Vec::new())
    }
}

/// What was asked of each source that is asked anything, and what it allows.
fn asked(state: &State) -> Vec<Line> {
    let sources = &state.sources;
    let mut lines = Vec::new();
    for (id, requests) in sources.snapshot.sources.iter().filter_map(|(id, it)| Some((id, it.requests.as_ref()?))) {
        lines.push(Line::of(Role::Text, format!("{id}: {}", budget::asked(requests))));
        let limits = budget::limits(requests, &sources.snapshot, sources.now).into_iter();
        lines.extend(limits.map(|limit| Line::of(Role::Muted, format!("  {limit}"))));
    }
    lines
}

fn summary(stats: &Stats) -> Vec<Line> {
    let frames = format!(
        "{} frames painted, {} written, {} bytes in all",
        format::count(stats.painted),
        format::count(stats.written),
        format::count(stats.bytes)
    );
    let (median, worst) = stats.spread(FrameCost::whole);
    let (median_bytes, most_bytes) = stats.spread(|it| it.bytes);
    let of_frame = format!(
        "a frame: median {} and {} bytes, at most {} and {} bytes",
        time(median),
        format::count_of(median_bytes),
        time(worst),
        format::count_of(most_bytes)
    );
    let mut lines = vec![Line::of(Role::Text, frames), Line::of(Role::Text, of_frame)];
    let first = stats.first.map(|first| format!("the first frame was there {} after the start", time(first)));
    let memory = stats.resident.map(|bytes| format!("memory held: {} MB", bytes / 1_000_000));
    lines.extend([first, memory].into_iter().flatten().map(|text| Line::of(Role::Text, text)));
    lines
}

fn row(role: Role, entries: [String; 6]) -> Line {
    let cells = entries.map(|entry| fit::pad(&entry, 11, Align::Right));
    Line::of(role, cells.concat())
}

/// `0.42 ms`.
fn time(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}
