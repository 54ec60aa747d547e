//! Reading backends: what is new goes into the store, what changed there goes on to the picture.

mod follow;
mod read;

pub use follow::{Changed, Follower};
pub use read::{News, Outcome, Shelves, SyncError, read, read_beyond};
