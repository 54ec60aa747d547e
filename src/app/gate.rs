//! The gate through which late answers come in.
//!
//! An answer carries the [`Ticket`] of its question. It can be opened only by [`Slots::open`], which gives it out only
//! while that question is still the one that the slot waits for: a plan for a track that was left, a log of a run that
//! is no longer looked at, never reach the screen.

use std::collections::BTreeMap;

use crate::model::{OperationId, TrackId};

/// What is asked for: in each slot one question is open at a time, a new one takes the place of the old.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A plan.
    Plan,
    /// A plan of several that are made at once.
    PlanOf(TrackId),
    /// An operation: each has its own, so that none is ever given up for another.
    Operation(OperationId),
    /// Reading everything again.
    Sync,
    /// An output.
    Log,
    /// What there is to look at in a track.
    Outputs,
    /// Where something is.
    Where,
    /// What lies where the cockpit was opened.
    Look,
    /// Writing a first configuration.
    Begin,
    /// A lock, a mark, an answer to what waits for an approval: each has its own number, so that none is ever given up
    /// for another.
    Mark(u64),
    /// What waits for an approval.
    Approvals,
    /// What doing something to a run would mean.
    RunPlan,
    /// Two versions side by side.
    Compare,
    /// Measures.
    Measure,
}

/// A question's slot and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    slot: Slot,
    epoch: u64,
}

impl Ticket {
    /// Its slot.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }
}

/// An answer that may have come too late.
#[derive(Clone, Debug)]
pub struct Late<T> {
    ticket: Ticket,
    value: T,
}

impl<T> Late<T> {
    /// The answer to the question of `ticket`.
    pub fn new(ticket: Ticket, value: T) -> Self {
        Self { ticket, value }
    }

    /// The slot of the question.
    pub fn slot(&self) -> &Slot {
        &self.ticket.slot
    }
}

/// The questions that are open.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    open: BTreeMap<Slot, u64>,
    last: u64,
}

impl Slots {
    /// A ticket for a new question; the one before in its slot is forgotten.
    pub fn issue(&mut self, slot: Slot) -> Ticket {
        self.last += 1;
        self.open.insert(slot.clone(), self.last);
        Ticket { slot, epoch: self.last }
    }

    /// A ticket for something that is noted for everybody, beside all others.
    pub fn issue_mark(&mut self) -> Ticket {
        self.issue(Slot::Mark(self.last))
    }

    /// Forgets the question of a slot; whether there was one.
    pub fn close(&mut self, slot: &Slot) -> bool {
        self.open.remove(slot).is_some()
    }

    /// Whether the slot waits for an answer.
    pub fn waits(&self, slot: &Slot) -> bool {
        self.open.contains_key(slot)
    }

    /// Whether something that is noted for everybody is still on its way.
    pub fn marking(&self) -> bool {
        self.open.keys().any(|slot| matches!(slot, Slot::Mark(_)))
    }

    /// Whether the end of something that changes the world, or is noted for everybody, is waited for.
    pub fn changes_something(&self) -> bool {
        self.open.keys().any(|slot| matches!(slot, Slot::Operation(_) | Slot::Mark(_)))
    }

    /// The answer, if it is the one that its slot waits for.
    pub fn open<T>(&self, late: Late<T>) -> Option<T> {
        (self.open.get(&late.ticket.slot) == Some(&late.ticket.epoch)).then_some(late.value)
    }

    /// Like [`open`](Self::open), and the slot waits no more.
    pub fn take<T>(&mut self, late: Late<T>) -> Option<T> {
        let slot = late.ticket.slot.clone();
        let value = self.open(late)?;
        self.open.remove(&slot);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_question_of_a_slot_is_answered_and_once() {
        let mut slots = Slots::default();
        let old = slots.issue(Slot::Plan);
        let new = slots.issue(Slot::Plan);
        let other = slots.issue(Slot::Log);
        assert_eq!(slots.take(Late::new(old, 1)), None);
        assert_eq!(slots.take(Late::new(new.clone(), 2)), Some(2));
        assert_eq!(slots.take(Late::new(new, 3)), None);
        assert!(slots.close(&Slot::Log));
        assert_eq!(slots.take(Late::new(other, 4)), None);
    }

    #[test]
    fn operations_do_not_push_each_other_out() {
        let mut slots = Slots::default();
        let first = slots.issue(Slot::Operation(OperationId::from("a")));
        slots.issue(Slot::Operation(OperationId::from("b")));
        assert_eq!(slots.open(Late::new(first, ())), Some(()));
    }

    #[test]
    fn neither_do_marks() {
        let mut slots = Slots::default();
        let (first, second) = (slots.issue_mark(), slots.issue_mark());
        assert_ne!(first.slot(), second.slot());
        assert_eq!((slots.take(Late::new(first, 1)), slots.take(Late::new(second, 2))), (Some(1), Some(2)));
    }
}
