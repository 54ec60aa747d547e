//! The order in which commits enter the graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::hashtable::HashMap as IdMap;

use super::open::object_id;
use crate::backend::CommitRecord;

/// Parents before children, otherwise by commit time: so that positions read like time, whatever threads did.
pub fn parents_first(mut records: Vec<CommitRecord>) -> Vec<CommitRecord> {
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
    let entry = |at: usize| Reverse((records[at].committed, records[at].id, at));
    let mut ready: BinaryHeap<_> = (0..records.len()).filter(|at| missing[*at] == 0).map(entry).collect();
    let mut places = vec![0; records.len()];
    let mut good = 0;
    while let Some(Reverse((_, _, at))) = ready.pop() {
        places[at] = good;
        good += 1;
        for &child in children.of(at) {
            missing[child] -= 1;
            if missing[child] == 0 {
                ready.push(entry(child));
            }
        }
    }
    // Object ids admit no cycle; what claims one all the same is left out.
    for (at, place) in (0..records.len()).filter(|at| missing[*at] > 0).zip(good..) {
        places[at] = place;
    }
    move_to(&mut records, &mut places);
    records.truncate(good);
    records
}

/// Moves each record to its place, without a second list: it would be as large again.
fn move_to(records: &mut [CommitRecord], places: &mut [usize]) {
    for at in 0..records.len() {
        while places[at] != at {
            let place = places[at];
            records.swap(at, place);
            places.swap(at, place);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, CommitText};

    fn record(number: u8, committed: i64, parents: &[u8]) -> CommitRecord {
        CommitRecord {
            id: CommitId([number; 20]),
            parents: parents.iter().map(|parent| CommitId([*parent; 20])).collect(),
            authored: 0,
            committed,
            text: CommitText::default(),
            reverts: Vec::new(),
            picked_from: Vec::new(),
        }
    }

    fn ordered(records: Vec<CommitRecord>) -> Vec<u8> {
        parents_first(records).iter().map(|record| record.id.0[0]).collect()
    }

    #[test]
    fn parents_come_first_and_otherwise_time_decides() {
        // The clock of 3 was behind; 5 and 6 were made at the same moment; 99 is known already.
        let records = vec![
            record(6, 50, &[4]),
            record(3, 5, &[2]),
            record(1, 10, &[99]),
            record(5, 50, &[3, 4]),
            record(4, 40, &[1]),
            record(2, 30, &[1]),
        ];
        let reversed: Vec<CommitRecord> = records.iter().rev().cloned().collect();
        assert_eq!(ordered(records), [1, 2, 3, 4, 5, 6]);
        assert_eq!(ordered(reversed), [1, 2, 3, 4, 5, 6], "whatever the order in which threads read");
        assert!(ordered(Vec::new()).is_empty());
    }

    #[test]
    fn what_claims_to_be_its_own_ancestor_is_left_out() {
        assert_eq!(ordered(vec![record(2, 1, &[3]), record(1, 9, &[]), record(3, 2, &[2])]), [1]);
    }
}
