//! The picture: facts folded into one immutable [`Snapshot`] of everything that the screens draw.
//!
//! [`Picture`] holds all facts by key and paints anew only what a changed fact touches; painting from scratch gives the
//! same picture, whatever the order in which facts came.

mod facts;
mod fold;
mod frame;
mod glance;
mod history;
mod origin;
mod release;
mod service;
pub mod snapshot;
#[cfg(test)]
mod tests;
mod track;

pub use fold::{Commits, Picture};
pub use frame::Frame;
pub use glance::Glance;
pub use release::{ReleaseTags, TAG, deployment as release_deployment};

pub use snapshot::{
    Arrival, CommitTexts, Delivered, Deployed, Drift, InFlight, LeadTime, Live, Repository, ServicePicture, Snapshot,
    SourceStatus, Track, Waiting,
};
