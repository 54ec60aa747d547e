//! View models: what a screen says, before anybody knows how it looks.
//!
//! A screen is a [`TableModel`]: it knows how many rows it has and builds only those that are asked for. `ui` draws any
//! of them, `cli` prints any of them. Colours are named by what they mean ([`Role`]).

pub mod activity;
pub mod approval;
pub mod board;
pub mod budget;
pub mod columns;
pub mod comparison;
pub mod filter;
pub mod fit;
#[cfg(test)]
pub mod fixture;
pub mod flow;
pub mod format;
mod gates;
pub mod glance;
pub mod holds;
pub mod journal;
mod lens;
pub mod metrics;
pub mod plain;
pub mod plan;
pub mod present;
pub mod reading;
pub mod report;
pub mod runs;
pub mod saved;
pub mod screen;
pub mod sort;
pub mod steer;
pub mod table;
#[cfg(test)]
mod tests;
pub mod track;
mod trouble;
mod words;

use std::sync::Arc;

pub use filter::Filter;
pub use present::Present;
pub use screen::{Screen, Sources, Subject, Wish};
pub use sort::Sort;
pub use table::{Align, Cell, Column, Line, Role, Row, RowKey, Span, TableModel};
pub use words::cut_off;

/// The table of the screen that `wish` asks for.
pub fn open(wish: &Wish, sources: &Sources) -> Arc<dyn TableModel> {
    match wish.screen {
        Screen::Board => Arc::new(board::Board::new(wish, sources)),
        Screen::Flow => Arc::new(flow::Flow::new(wish, sources)),
        Screen::Runs if wish.run.is_some() => Arc::new(runs::Jobs::new(wish, sources)),
        Screen::Runs => Arc::new(runs::Runs::new(wish, sources)),
        Screen::Track => Arc::new(track::TrackScreen::new(wish, sources)),
        Screen::Metrics => metrics::open(wish, sources),
        Screen::Activity => Arc::new(activity::Activity::new(wish, sources)),
        Screen::Journal => Arc::new(journal::Journal::new(wish, sources)),
    }
}
