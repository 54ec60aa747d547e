//! The graph as plain columns, the form in which a file keeps it.

use std::sync::OnceLock;

use super::authors::Authors;
use super::{Author, CommitGraph, Pos};
use crate::model::CommitId;

/// The columns of a graph. One row a commit, parents before children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Ids.
    pub ids: Vec<CommitId>,
    /// For each commit, how many entries of `parents` it and all commits before it have.
    pub parent_end: Vec<u32>,
    /// The positions of the parents that are there.
    pub parents: Vec<Pos>,
    /// Author times, seconds since 1970 UTC.
    pub authored: Vec<i64>,
    /// Committer times, seconds since 1970 UTC.
    pub committed: Vec<i64>,
    /// The number of each commit's author.
    pub author: Vec<u32>,
    /// Authors that no commit before is of, in the order of their numbers.
    pub authors: Vec<Author>,
    /// Commits at which history is cut off, with how many parents they name that are not there.
    pub boundary: Vec<(Pos, u32)>,
    /// Which commits say that they revert which, sorted by position.
    pub reverts: Vec<(Pos, CommitId)>,
    /// Which commits say that they were picked from which, sorted by position.
    pub picked_from: Vec<(Pos, CommitId)>,
}

/// Columns that are not those of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the columns do not make a commit graph")]
pub struct BadColumns;

impl TryFrom<Columns> for CommitGraph {
    type Error = BadColumns;

    fn try_from(columns: Columns) -> Result<Self, BadColumns> {
        if !columns.make_a_graph() {
            return Err(BadColumns);
        }
        let Columns { ids, parent_end, parents, authored, committed, author, authors, .. } = columns;
        let Columns { boundary, reverts, picked_from, .. } = columns;
        let authors = Authors::from(authors);
        let boundary = boundary.into_iter().collect();
        let index = OnceLock::new();
        Ok(Self {
            ids,
            parent_end,
            parents,
            authored,
            committed,
            author,
            authors,
            boundary,
            reverts,
            picked_from,
            index,
        })
    }
}

impl CommitGraph {
    /// The columns of the commits from position `from` on: all of them, or those that were appended since.
    /// `parent_end` counts on from the commits before.
    pub fn columns_from(&self, from: usize) -> Columns {
        let from = from.min(self.len());
        let parent_start = from.checked_sub(1).map_or(0, |before| self.parent_end[before] as usize);
        let start = Pos(u32::try_from(from).unwrap_or(u32::MAX));
        let since = |all: &[(Pos, CommitId)]| all[all.partition_point(|(pos, _)| *pos < start)..].to_vec();
        Columns {
            ids: self.ids[from..].to_vec(),
            parent_end: self.parent_end[from..].to_vec(),
            parents: self.parents[parent_start..].to_vec(),
            authored: self.authored[from..].to_vec(),
            committed: self.committed[from..].to_vec(),
            author: self.author[from..].to_vec(),
            authors: self.authors()[self.authors_before(from)..].to_vec(),
            boundary: self.boundary.range(start..).map(|(pos, missing)| (*pos, *missing)).collect(),
            reverts: since(&self.reverts),
            picked_from: since(&self.picked_from),
        }
    }

    /// How many authors the commits before position `from` have. Authors are numbered in the order of their first
    /// commits, so the others are the last of the list.
    fn authors_before(&self, from: usize) -> usize {
        self.author[..from].iter().max().map_or(0, |last| *last as usize + 1)
    }
}

impl Columns {
    /// Whether every length fits and every parent comes before its child: what everything in this room leans on.
    fn make_a_graph(&self) -> bool {
        let commits = self.ids.len();
        let within = |pos: &Pos| pos.index() < commits;
        let sorted =
            |all: &[(Pos, CommitId)]| all.is_sorted_by_key(|(pos, _)| *pos) && all.iter().all(|(pos, _)| within(pos));
        u32::try_from(commits).is_ok()
            && [self.parent_end.len(), self.authored.len(), self.committed.len(), self.author.len()]
                .iter()
                .all(|len| *len == commits)
            && self.author.iter().all(|author| (*author as usize) < self.authors.len())
            && self.parents_come_first()
            && self.boundary.iter().all(|(pos, _)| within(pos))
            && sorted(&self.reverts)
            && sorted(&self.picked_from)
    }

    fn parents_come_first(&self) -> bool {
        let mut start = 0;
        for (commit, &end) in (0_u32..).zip(&self.parent_end) {
            let Some(parents) = self.parents.get(start..end as usize) else { return false };
            if parents.iter().any(|parent| parent.0 >= commit) {
                return false;
            }
            start = end as usize;
        }
        start == self.parents.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::random::{build, graphs, id};
    use super::*;

    proptest! {
        #[test]
        fn a_graph_survives_its_columns(graph in graphs(30)) {
            let columns = graph.columns_from(0);
            let back = CommitGraph::try_from(columns.clone()).expect("a graph's own columns");
            prop_assert_eq!(back.columns_from(0), columns);
            prop_assert!(graph.positions().all(|pos| back.position(&graph.id(pos)) == Some(pos)));
        }
    }

    #[test]
    fn the_columns_since_a_position_are_the_rest() {
        let graph = build(&[vec![], vec![0], vec![0, 1], vec![2, 77]]);
        let rest = graph.columns_from(2);
        assert_eq!(rest.ids, [id(2), id(3)]);
        assert_eq!(rest.parents, [Pos(0), Pos(1), Pos(2)]);
        assert_eq!(rest.boundary, [(Pos(3), 1)]);
        assert_eq!(graph.columns_from(99), Columns::default());
    }

    #[test]
    fn columns_that_would_break_a_walk_are_refused() {
        let good = build(&[vec![], vec![0], vec![0, 1]]).columns_from(0);
        let bad = [
            Columns { parents: vec![Pos(0), Pos(0), Pos(2)], ..good.clone() },
            Columns { parents: vec![Pos(0), Pos(9), Pos(1)], ..good.clone() },
            Columns { parent_end: vec![0, 9, 3], ..good.clone() },
            Columns { parent_end: vec![0, 3, 1], ..good.clone() },
            Columns { parent_end: vec![0, 1, 2], ..good.clone() },
            Columns { authored: vec![1], ..good.clone() },
            Columns { author: vec![0, 0], ..good.clone() },
            Columns { author: vec![0, 1, 0], ..good.clone() },
            Columns { authors: vec![], ..good.clone() },
            Columns { boundary: vec![(Pos(3), 1)], ..good.clone() },
            Columns { reverts: vec![(Pos(2), id(0)), (Pos(1), id(0))], ..good.clone() },
        ];
        assert!(CommitGraph::try_from(good).is_ok());
        assert!(bad.into_iter().all(|columns| CommitGraph::try_from(columns).is_err()));
    }
}
