//! The commit graph in memory.
//!
//! Commits are appended parents first and never removed, so a commit's position is greater than that of each of its
//! ancestors. Everything here leans on that: a walk visits positions downwards, an ancestor test prunes by comparing
//! numbers, and no generation numbers are needed.
//!
//! The room knows nothing of git's files; `backend/git` reads them and `store/commits` keeps them.

use std::collections::HashMap;

use crate::model::CommitId;

/// A commit's place in the graph. Smaller for each ancestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos(pub u32);

/// The commit graph: ids, parents and times in columns.
#[derive(Clone, Debug, Default)]
pub struct CommitGraph {
    ids: Vec<CommitId>,
    parent_start: Vec<u32>,
    parents: Vec<Pos>,
    authored: Vec<i64>,
    committed: Vec<i64>,
    index: HashMap<CommitId, Pos>,
}

/// The commits in which two versions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Reachable from the second and not from the first, newest position first.
    pub added: Vec<Pos>,
    /// Reachable from the first and not from the second, newest position first.
    pub removed: Vec<Pos>,
}

impl CommitGraph {
    /// How many commits it holds.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where a commit is.
    pub fn position(&self, id: &CommitId) -> Option<Pos> {
        self.index.get(id).copied()
    }

    /// The commit's id.
    pub fn id(&self, pos: Pos) -> CommitId {
        self.ids[pos.0 as usize]
    }

    /// The commit's parents that the graph holds, in order.
    pub fn parents(&self, pos: Pos) -> &[Pos] {
        let at = pos.0 as usize;
        let end = self.parent_start.get(at + 1).map_or(self.parents.len(), |&end| end as usize);
        &self.parents[self.parent_start[at] as usize..end]
    }

    /// Author time, seconds since 1970 UTC.
    pub fn authored(&self, pos: Pos) -> i64 {
        self.authored[pos.0 as usize]
    }

    /// Committer time, seconds since 1970 UTC.
    pub fn committed(&self, pos: Pos) -> i64 {
        self.committed[pos.0 as usize]
    }
}
