//! From a commit's id to its position: an open-addressed table of positions.
//!
//! Ids are hashes already, so their first bytes place them. Building it for 200 000 commits takes a few milliseconds,
//! which is why it is built when the first id is looked up and not kept in any file.

use crate::model::CommitId;

/// The table. A slot holds a position plus one; zero is a free slot.
#[derive(Clone, Debug, Default)]
pub(super) struct IdIndex {
    slots: Vec<u32>,
}

impl IdIndex {
    /// The index of all of `ids`.
    pub fn of(ids: &[CommitId]) -> Self {
        let mut index = Self::default();
        index.reserve(ids, 0);
        index
    }

    /// Makes room for `more` than `ids`, which it is the index of.
    pub fn reserve(&mut self, ids: &[CommitId], more: usize) {
        let capacity = capacity(ids.len() + more);
        if capacity <= self.slots.len() {
            return;
        }
        self.slots = vec![0; capacity];
        for at in 0..ids.len() {
            self.place(ids, at);
        }
    }

    /// Takes in the last of `ids`; the others are in it already.
    pub fn add_last(&mut self, ids: &[CommitId]) {
        if capacity(ids.len()) > self.slots.len() {
            self.reserve(ids, 0);
        } else if let Some(last) = ids.len().checked_sub(1) {
            self.place(ids, last);
        }
    }

    /// The place of `id` within `ids`.
    pub fn find(&self, ids: &[CommitId], id: &CommitId) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = start(id) & mask;
        loop {
            let at = self.slots[slot].checked_sub(1)?;
            if ids[at as usize] == *id {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn place(&mut self, ids: &[CommitId], at: usize) {
        let mask = self.slots.len() - 1;
        let mut slot = start(&ids[at]) & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = u32::try_from(at + 1).unwrap_or(u32::MAX);
    }
}

/// A power of two that leaves at least half of the slots free, so that every search ends.
fn capacity(ids: usize) -> usize {
    (ids.max(8) * 2).next_power_of_two()
}

fn start(id: &CommitId) -> usize {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) as usize
}
