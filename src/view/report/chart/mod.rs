//! Charts as inline SVG. A chart says in words what it shows, draws it, and gives its numbers as a table.
//!
//! Places across are shares of the width, so that a drawing is as wide as its page and its letters stay as large as
//! they are; places down are pixels.

mod axis;
mod calendar;
mod days;
mod episodes;
mod histogram;
mod shares;
mod survival;
#[cfg(test)]
mod tests;
mod trend;
mod ways;

use std::fmt;

pub(super) use calendar::Calendar;
pub(super) use episodes::Episodes;
pub(super) use histogram::Histogram;
pub(super) use shares::Shares;
pub(super) use survival::Waits;
pub(super) use trend::Trend;
pub(super) use ways::Parts;

use self::axis::Axis;
use super::escape::Html;

/// How wide the inner coordinate system of a curve is.
const ACROSS: f64 = 600.0;

/// A picture of numbers.
pub(super) trait Chart {
    /// A word that tells it from the other charts of a track.
    fn id(&self) -> &'static str;

    /// What it is called.
    fn title(&self) -> &'static str;

    /// What it shows, in a sentence or two; where there is nothing to draw, why.
    fn says(&self) -> String;

    /// How high the drawing is, pixels; absent where there is nothing to draw.
    fn height(&self) -> Option<f64>;

    /// Draws it.
    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// What is drawn, in numbers.
    fn numbers(&self) -> Numbers;

    /// How wide it is, pixels, where it does not take the width that there is.
    fn width(&self) -> Option<f64> {
        None
    }
}

/// A chart as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The columns. All but the first lean right.
    pub head: Vec<&'static str>,
    /// One text for each column.
    pub rows: Vec<Vec<String>>,
    /// What is left out.
    pub note: Option<String>,
}

/// Horizontal lines at the marks of an axis that goes up, with their labels.
fn rungs(f: &mut fmt::Formatter<'_>, axis: Axis, height: f64) -> fmt::Result {
    let marks: Vec<(f64, &str)> = axis.marks().collect();
    readable(&marks, 18.0 / height).try_for_each(|(place, label)| rung(f, height * (1.0 - place), label))
}

/// A horizontal line with its label.
fn rung(f: &mut fmt::Formatter<'_>, y: f64, label: &str) -> fmt::Result {
    bar(f, "grid", (0.0, 1.0), y)?;
    write!(f, "<text class=\"left\" x=\"-8\" y=\"{:.1}\">{label}</text>", y + 4.0)
}

/// The labels of an axis that goes across.
fn labels<T: AsRef<str>>(f: &mut fmt::Formatter<'_>, marks: &[(f64, T)], height: f64) -> fmt::Result {
    let few = marks.len() <= 2;
    let mut readable = readable(marks, 0.085).enumerate();
    readable.try_for_each(|(number, (place, label))| under(f, *place, height, label.as_ref(), number % 2 == 1 && !few))
}

/// The marks that are at least `apart`.
fn readable<T>(marks: &[(f64, T)], apart: f64) -> impl Iterator<Item = &(f64, T)> {
    let mut last = f64::NEG_INFINITY;
    marks.iter().filter(move |(place, _)| {
        let room = *place - last >= apart;
        last = if room { *place } else { last };
        room
    })
}

/// A label under the drawing, inside of it at its ends; `sparse` ones leave where room is short.
fn under(f: &mut fmt::Formatter<'_>, place: f64, height: f64, label: &str, sparse: bool) -> fmt::Result {
    let end = match place {
        ..0.04 => " first",
        0.96.. => " last",
        _ => "",
    };
    let (sparse, x, y) = (if sparse { " sparse" } else { "" }, Share(place), height + 18.0);
    write!(f, "<text class=\"under{end}{sparse}\" x=\"{x}\" y=\"{y:.1}\">{}</text>", Html(label))
}

/// A vertical line through the drawing.
fn stile(f: &mut fmt::Formatter<'_>, class: &str, place: f64, (from, to): (f64, f64)) -> fmt::Result {
    let x = Share(place);
    write!(f, "<line class=\"{class}\" x1=\"{x}\" x2=\"{x}\" y1=\"{from:.1}\" y2=\"{to:.1}\"/>")
}

/// A horizontal line between two places.
fn bar(f: &mut fmt::Formatter<'_>, class: &str, (from, to): (f64, f64), y: f64) -> fmt::Result {
    let (from, to) = (Share(from), Share(to));
    write!(f, "<line class=\"{class}\" x1=\"{from}\" x2=\"{to}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>")
}

/// A dot that tells its meaning when it is pointed at.
fn dot(f: &mut fmt::Formatter<'_>, class: &str, (place, y): (f64, f64), radius: f64, says: &str) -> fmt::Result {
    let says = Html(says);
    write!(
        f,
        "<circle class=\"{class}\" cx=\"{}\" cy=\"{y:.1}\" r=\"{radius}\"><title>{says}</title></circle>",
        Share(place)
    )
}

/// A path over the whole width; `path` writes it with places across in 0..=[`ACROSS`].
fn curve(f: &mut fmt::Formatter<'_>, class: &str, height: f64, path: impl fmt::Display) -> fmt::Result {
    write!(
        f,
        "<svg width=\"100%\" height=\"{height}\" viewBox=\"0 0 {ACROSS} {height}\" preserveAspectRatio=\"none\">\
         <path class=\"{class}\" d=\"{path}\"/></svg>"
    )
}

/// A place across, 0..=1, as SVG writes it.
struct Share(f64);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}%", self.0 * 100.0)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a drawing's pixels, never negative")]
fn px(length: f64) -> usize {
    length.max(0.0) as usize
}

/// A count among the measures that are drawn.
#[expect(clippy::cast_precision_loss, reason = "no one has 2^52 changes")]
fn real(count: usize) -> f64 {
    count as f64
}
