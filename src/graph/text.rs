//! What people wrote about commits: kept elsewhere, looked up when somebody looks.

use super::Pos;
use crate::model::CommitText;

/// What people wrote about commits, looked up when a screen needs it.
pub trait CommitTexts: Send + Sync + std::fmt::Debug {
    /// Author, address and subject of the commit at `pos`; empty where nothing is known.
    fn text(&self, pos: Pos) -> CommitText;

    /// The positions whose subject contains `needle` (ASCII case ignored), newest first, at most `most`.
    fn find(&self, needle: &str, most: usize) -> Vec<Pos>;
}
