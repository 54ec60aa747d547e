//! The commit graph in memory.
//!
//! Commits are appended parents first and never removed, so a commit's position is greater than that of each of its
//! ancestors. Everything here leans on that: a walk visits positions downwards, an ancestor test prunes by comparing
//! numbers, and no generation numbers are needed.
//!
//! The room knows nothing of git's files; `backend/git` reads them and `store/commits` keeps them.

mod authors;
mod columns;
mod commits;
pub mod deliveries;
mod index;
pub mod kind;
pub mod landings;
pub mod paint;
pub mod prefix;
mod set;
pub mod text;
pub mod touched;
mod walk;

#[cfg(test)]
pub(crate) mod random;

pub use authors::Author;
pub use columns::{BadColumns, Columns};
pub use commits::{CommitGraph, NewCommit};
pub use deliveries::{Cargo, Deliveries, Step};
pub use kind::Change;
pub use landings::Landings;
pub use paint::{First, Flood, Paint};
pub use prefix::Prefix;
pub use set::PosSet;
pub use text::CommitTexts;
pub use touched::Touched;
pub use walk::Difference;

/// A commit's place in the graph. Smaller for each ancestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Pos(pub u32);

impl Pos {
    /// As an index into a column.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
