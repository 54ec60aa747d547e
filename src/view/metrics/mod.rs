//! Delivery measures in words and pictures: what they are called, how they are written, and what is drawn of them.
//!
//! The screen goes down in four steps: all tracks, one track's charts, its deployments, the changes of one of them. It is
//! made from a [`Study`], which is measured away from the keys.

pub mod changes;
pub mod charts;
pub mod dashboard;
pub mod deployments;
pub mod evidence;
pub mod figures;
mod head;
pub mod overview;
pub mod scale;
pub mod span;
pub mod spark;
pub mod study;
pub mod ways;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use charts::ChartKind;
pub use dashboard::Dashboard;
pub use figures::{Figure, figures};
pub use span::Span;
pub use study::{Question, Studied, Study};

use super::lens::Lens;
use super::{Line, Role, RowKey, Sources, TableModel, Wish};
use crate::model::TrackId;

/// How deep in a track somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Its charts.
    #[default]
    Charts,
    /// One chart as a table.
    Table(ChartKind),
    /// Its deployments in the window.
    Deployments,
    /// What came with one of them: the row of it.
    Changes(RowKey),
}

/// What is known when the screen is made.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What was measured last; absent before the first time.
    pub study: Option<Arc<Study>>,
    /// With what everything is compared.
    pub against: Against,
}

/// With what a track is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Against {
    /// With nothing.
    #[default]
    Nothing,
    /// With the window before.
    Before,
    /// With another track.
    Track(TrackId),
}

/// The table that `wish` asks for.
pub fn open(wish: &Wish, sources: &Sources) -> Arc<dyn TableModel> {
    let track = wish.service.clone().zip(wish.environment.clone());
    let Some(track) = track.map(|(service, environment)| TrackId { service, environment }) else {
        return Arc::new(overview::Overview::new(wish, sources));
    };
    match &wish.depth {
        Depth::Charts => Arc::new(dashboard::Charts::new(track, wish, sources)),
        Depth::Table(kind) => Arc::new(dashboard::Table::new(*kind, track, wish, sources)),
        Depth::Deployments => Arc::new(deployments::Deployments::new(track, wish, sources)),
        Depth::Changes(row) => Arc::new(changes::Changes::new(row, track, wish, sources)),
    }
}

/// A lens on measures, which are others tomorrow.
fn lens(wish: &Wish, sources: &Sources, fields: &[&'static str], orders: &[&'static str]) -> Lens {
    let lens = Lens::new(wish, sources, fields, orders);
    let tomorrow = sources.now.date_naive().succ_opt().map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    tomorrow.into_iter().for_each(|at| lens.present.remember(at));
    lens
}

/// What stands in place of numbers that are not there.
fn without_numbers(known: &Known) -> Vec<Line> {
    match &known.study {
        None => vec![Line::of(Role::Muted, "measuring …")],
        Some(_) => vec![
            Line::of(Role::Strong, "nothing is measured of this track"),
            Line::of(Role::Muted, "no deployment of it is known; ")
                .with(Role::Key, "r")
                .with(Role::Text, " reads again"),
        ],
    }
}
