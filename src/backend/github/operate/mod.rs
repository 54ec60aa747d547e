//! Writing to GitHub.
//!
//! Everything is read afresh ([`scene`], [`place`]), and an order becomes a [`way`](way::Way) once: a workflow that is
//! dispatched, a deployment that is created, a job that runs again, a run that is cancelled. The way is one
//! [`request`](request::Request), which is shown as it is sent, and sent once ([`execute`]). What it left behind stands in
//! the receipt as a [`trace`](trace::Trace) and is followed until it ends ([`follow`]). Where no answer came, what it would
//! have made is looked for ([`find`]); nothing is ever sent again.
//!
//! GitHub takes no condition with a write. What was planned is compared with what is there right before it.

mod address;
mod approver;
mod available;
mod execute;
mod find;
mod follow;
mod gates;
mod ground;
mod known;
mod logs;
mod lost;
mod operator;
mod place;
mod propose;
mod recorder;
mod request;
mod rerun;
mod risks;
mod runner;
mod scene;
mod trace;
mod verify;
mod way;
mod words;

pub use self::known::Known;
pub use self::lost::Lost;
use super::Inner;
use crate::model::TrackId;

impl Inner {
    /// Whether a track is deployed from here. Asks nobody; looks at the git remote where the settings name no repository.
    fn is_here(&self, track: &TrackId) -> bool {
        ground::Ground::of(self, track).is_ok()
    }
}
