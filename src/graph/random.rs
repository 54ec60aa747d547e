//! Graphs for tests: chains, and random ones with criss-cross and octopus merges and many roots.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{CommitGraph, NewCommit, Pos};
use crate::model::CommitId;

/// An id that spreads like a hash.
pub fn id(number: u32) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&u64::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    bytes[16..].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}

/// A graph from the positions of each commit's parents; commit times count up, a minute each.
pub fn build(parents: &[Vec<u32>]) -> CommitGraph {
    let mut graph = CommitGraph::default();
    for (number, parents) in (0..).zip(parents) {
        let parents: Vec<CommitId> = parents.iter().map(|parent| id(*parent)).collect();
        let time = i64::from(number) * 60;
        graph.append(&NewCommit {
            id: id(number),
            parents: &parents,
            authored: time,
            committed: time,
            ..NewCommit::default()
        });
    }
    graph
}

/// One line of commits.
pub fn linear(length: u32) -> CommitGraph {
    build(&(0..length).map(|number| number.checked_sub(1).into_iter().collect()).collect::<Vec<_>>())
}

/// Graphs of one to `most` commits, each with up to four parents among the eight before it.
pub fn graphs(most: usize) -> impl Strategy<Value = CommitGraph> {
    let back = prop::collection::vec(1_u32..=8, 0..=4);
    prop::collection::vec(back, 1..=most).prop_map(|all| {
        let parents = (0_u32..).zip(all).map(|(number, back)| {
            let mut parents: Vec<u32> = back.into_iter().filter_map(|step| number.checked_sub(step)).collect();
            parents.sort_unstable();
            parents.dedup();
            parents
        });
        build(&parents.collect::<Vec<_>>())
    })
}

/// What is reachable from `root`, the slow and obvious way.
pub fn ancestors(graph: &CommitGraph, root: Pos) -> BTreeSet<Pos> {
    let mut all = BTreeSet::from([root]);
    for pos in graph.positions().rev() {
        if all.contains(&pos) {
            all.extend(graph.parents(pos));
        }
    }
    all
}

/// What `all` holds and `without` does not, newest position first.
pub fn newest_first(all: &BTreeSet<Pos>, without: &BTreeSet<Pos>) -> Vec<Pos> {
    let mut left: Vec<Pos> = all.difference(without).copied().collect();
    left.reverse();
    left
}
