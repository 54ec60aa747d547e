//! The picture: facts folded into one immutable [`Snapshot`] of everything that the screens draw.

pub mod snapshot;

pub use snapshot::{
    CommitTexts, Delivered, Deployed, Drift, InFlight, LeadTime, Live, Repository, ServicePicture, Snapshot,
    SourceStatus, Track, Waiting,
};
