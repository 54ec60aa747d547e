//! A list of which a part is seen.

/// Where somebody is in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    /// The selected item.
    pub at: usize,
    /// The first item that is seen.
    pub top: usize,
}

impl Scroll {
    /// Selects an item of `len`, of which `rows` are seen.
    pub fn select(&mut self, at: usize, len: usize, rows: usize) {
        self.at = at.min(len.saturating_sub(1));
        let rows = rows.max(1);
        let lowest = (self.at + 1).saturating_sub(rows);
        self.top = self.top.clamp(lowest, self.at.max(lowest)).min(len.saturating_sub(rows));
    }

    /// Moves by so many items.
    pub fn step(&mut self, by: isize, len: usize, rows: usize) {
        self.select(self.at.saturating_add_signed(by), len, rows);
    }

    /// Scrolls text, in which nothing is selected.
    pub fn slide(&mut self, by: isize, len: usize, rows: usize) {
        self.top = self.top.saturating_add_signed(by).min(len.saturating_sub(rows.max(1)));
        self.at = self.top;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_selected_is_seen(steps in prop::collection::vec(-9_isize..9, 0..20), len in 0_usize..30, rows in 0_usize..12) {
            let mut scroll = Scroll::default();
            for step in steps {
                scroll.step(step, len, rows);
                prop_assert!(scroll.at < len.max(1));
                prop_assert!(scroll.top <= scroll.at && scroll.at < scroll.top + rows.max(1));
            }
        }
    }
}
