//! Where somebody has been: a browser's history, and the trail of what was entered.

use super::place::Stop;

/// How many places are remembered.
const REMEMBERED: usize = 100;

/// Where somebody has been.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    back: Vec<Stop>,
    forward: Vec<Stop>,
}

impl History {
    /// Somebody leaves `here` for a new place.
    pub fn leave(&mut self, here: Stop) {
        self.forward.clear();
        self.back.push(here);
        if self.back.len() > REMEMBERED {
            self.back.remove(0);
        }
    }

    /// One back from `here`.
    pub fn back(&mut self, here: Stop) -> Option<Stop> {
        let there = self.back.pop()?;
        self.forward.push(here);
        Some(there)
    }

    /// One forward from `here`.
    pub fn forward(&mut self, here: Stop) -> Option<Stop> {
        let there = self.forward.pop()?;
        self.back.push(here);
        Some(there)
    }

    /// The place before this one that was left last among those that `holds` takes.
    pub fn last(&self, holds: impl Fn(&Stop) -> bool) -> Option<&Stop> {
        self.back.iter().rev().find(|stop| holds(stop))
    }

    /// Whether there is a place before.
    pub fn has_back(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether there is a place after.
    pub fn has_forward(&self) -> bool {
        !self.forward.is_empty()
    }
}
