//! Delivery metrics as documents: for a terminal ([`table`]), a spreadsheet ([`Csv`]), a chat or a wiki ([`Markdown`])
//! and a browser or a printer ([`Page`]). All say the same numbers in the same words.
//!
//! Nothing here reads or writes: a document shows itself, and who prints it is the caller's business.

mod chart;
mod csv;
mod escape;
mod known;
mod markdown;
mod overview;
mod page;
mod table;
#[cfg(test)]
mod tests;
pub mod words;

pub use csv::Csv;
pub use markdown::Markdown;
pub use page::Page;
pub use table::table;

use crate::metrics::Window;
use crate::metrics::definition::{Definition, Metric};
use crate::metrics::report::{Flag, Measured};
use crate::model::Time;
use crate::query::TrackReport;
use crate::view::metrics::ways::Ways;

/// So many deployments are listed of a track, the newest ones; CSV has all.
const LISTED: usize = 50;

/// So many tracks are told in full. Hundreds would be too much to read, and a page of them too large to send.
const IN_FULL: usize = 8;

/// What a document is about.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Its title.
    pub title: &'a str,
    /// The present of all numbers.
    pub now: Time,
    /// The window of all numbers.
    pub window: Window,
    /// Each track with its numbers.
    pub tracks: &'a [TrackReport],
    /// Where the time of each track's changes went; empty where nothing is known of that.
    pub ways: &'a [Ways],
    /// What the numbers mean, in the order in which they are told.
    pub definitions: &'a [Definition],
    /// What could not be read or understood, each a sentence.
    pub problems: &'a [String],
}

impl Report<'_> {
    /// The id of what a metric means here.
    fn definition(&self, metric: Metric) -> &str {
        self.definitions.iter().find(|it| it.metric == metric).map_or("", |it| it.id.as_str())
    }
}

/// The newest deployments, newest first, and how many are left out. Those without a place in time come last.
fn newest(all: &[Measured], most: usize) -> (impl Iterator<Item = &Measured>, usize) {
    let odd = |it: &&Measured| it.flags.iter().any(|it| matches!(it, Flag::Undated | Flag::Future));
    let placed = all.iter().rev().filter(move |it| !odd(it));
    (placed.chain(all.iter().filter(odd)).take(most), all.len().saturating_sub(most))
}
