//! The order in which commits enter the graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::hashtable::HashMap as IdMap;

use super::repository::object_id;
use crate::backend::CommitRecord;

/// Parents before children, otherwise by commit time: so that positions read like time, whatever threads did.
pub fn parents_first(records: Vec<CommitRecord>) -> Vec<CommitRecord> {
    let index: IdMap<gix::ObjectId, usize> =
        records.iter().enumerate().map(|(at, record)| (object_id(&record.id), at)).collect();
    let mut edges = Vec::with_capacity(records.len());
    let mut missing = vec![0_usize; records.len()];
    for (at, record) in records.iter().enumerate() {
        for parent in record.parents.iter().filter_map(|parent| index.get(&object_id(parent))) {
            edges.push((*parent, at));
            missing[at] += 1;
        }
    }
    let children = Children::new(records.len(), &edges);
    let entry = |at: usize, record: &CommitRecord| Reverse((record.committed, record.id, at));
    let mut ready: BinaryHeap<_> =
        records.iter().enumerate().filter(|(at, _)| missing[*at] == 0).map(|(at, record)| entry(at, record)).collect();
    let mut waiting: Vec<Option<CommitRecord>> = records.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        for &child in children.of(at) {
            missing[child] -= 1;
            if missing[child] == 0
                && let Some(record) = &waiting[child]
            {
                ready.push(entry(child, record));
            }
        }
        ordered.extend(waiting[at].take());
    }
    ordered
}

/// The children of each commit, all in one column.
struct Children {
    /// Where those of a commit begin; they end where those of the next one begin.
    start: Vec<usize>,
    all: Vec<usize>,
}

impl Children {
    /// From pairs of parent and child.
    fn new(commits: usize, edges: &[(usize, usize)]) -> Self {
        let mut start = vec![0; commits + 1];
        edges.iter().for_each(|(parent, _)| start[parent + 1] += 1);
        (0..commits).for_each(|at| start[at + 1] += start[at]);
        let mut next = start.clone();
        let mut all = vec![0; edges.len()];
        for (parent, child) in edges {
            all[next[*parent]] = *child;
            next[*parent] += 1;
        }
        Self { start, all }
    }

    fn of(&self, at: usize) -> &[usize] {
        &self.all[self.start[at]..self.start[at + 1]]
    }
}
