//! Several tracks beside each other on a terminal: a line each.

use super::words;
use crate::query::TrackReport;
use crate::view::fit::{pad_line, width};
use crate::view::metrics::figures::{self, Figure};
use crate::view::{Align, Line, Role};

/// The five measures: title, cells.
const COLUMNS: [(&str, usize); 5] =
    [("lead time", 10), ("frequency", 15), ("fail", 6), ("recovery", 10), ("rework", 6)];
const GAP: &str = "  ";
/// The least that a track's name gets, cells.
const LEAST: usize = 12;

/// A heading and a line for each track.
pub(super) fn lines(tracks: &[TrackReport], room: usize) -> Vec<Line> {
    let names: Vec<String> = tracks.iter().map(words::track).collect();
    let taken: usize = COLUMNS.iter().map(|it| it.1 + width(GAP)).sum();
    let longest = names.iter().map(|it| width(it)).max().unwrap_or_default();
    let name = longest.min(room.saturating_sub(taken)).max(LEAST);
    let mut lines = vec![row(Line::of(Role::Heading, "track"), name, |at| {
        Line::of(Role::Heading, COLUMNS.get(at).map_or("", |it| it.0))
    })];
    for (track, says) in tracks.iter().zip(names) {
        let figures = figures::figures(&track.metrics);
        let cell = |at: usize| {
            let room = COLUMNS.get(at).map_or(0, |it| it.1);
            figures.get(at).map(|it| value(it, room)).unwrap_or_default()
        };
        lines.push(row(Line::of(Role::Strong, says), name, cell));
    }
    lines
}

/// The value; where that is a list because there are too few observations, how many there are.
fn value(figure: &Figure, room: usize) -> Line {
    let fits = width(&figure.value) <= room;
    Line::of(if fits { Role::Text } else { Role::Muted }, if fits { &*figure.value } else { &*figure.n })
}

fn row(name: Line, room: usize, cell: impl Fn(usize) -> Line) -> Line {
    let cells = COLUMNS.iter().enumerate();
    cells.fold(pad_line(&name, room, Align::Left), |line, (at, (_, cells))| {
        line.with(Role::Text, GAP).then(pad_line(&cell(at), *cells, Align::Right))
    })
}
