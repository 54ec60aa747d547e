//! Questions and their answers, as pure functions over a [`Snapshot`](crate::picture::Snapshot): where is my commit,
//! what changed between two versions. Answers are plain data; the command line prints them as they are.

mod answer;
mod between;
mod error;
mod metrics;
mod reach;
mod resolve;
mod set;
mod standing;
#[cfg(test)]
mod tests;
mod versions;
mod where_is;

pub use answer::{
    Answer, Arrived, CommitFacts, Found, HeldBy, Names, Place, Release, RunFacts, ServiceFacts, Standing, Unplaced,
    WaitsFor,
};
pub use between::{ChangesAnswer, Point, changes_between};
pub use error::QueryError;
pub use metrics::{Given, Measure, TrackReport, counterparts, counterparts_of, is_headline, tagged};
pub use resolve::{As, Meaning};
pub use set::changes;
pub use versions::versions;
pub use where_is::where_is;
