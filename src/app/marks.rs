//! What is marked on a screen: rows, or cells of rows. A mark stays with what it is about, whatever is filtered, sorted
//! or read anew; commands act on what is marked in place of what is selected.

use std::collections::BTreeMap;

use crate::view::{RowKey, Sources, Subject};

use super::place::{Open, Place};

/// Marked rows and cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Of each row the marked columns; absent stands for the whole row.
    rows: BTreeMap<RowKey, Vec<Option<String>>>,
}

impl Marks {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the row, or its cell under `column`, is marked.
    pub fn has(&self, row: &RowKey, column: Option<&str>) -> bool {
        self.rows.get(row).is_some_and(|columns| columns.iter().any(|it| it.as_deref() == column))
    }

    /// Marks a row or cell.
    pub fn set(&mut self, row: RowKey, column: Option<String>) {
        let columns = self.rows.entry(row).or_default();
        if !columns.contains(&column) {
            columns.push(column);
        }
    }

    /// Marks a row or cell, or takes its mark away.
    pub fn toggle(&mut self, row: RowKey, column: Option<String>) {
        if !self.has(&row, column.as_deref()) {
            return self.set(row, column);
        }
        if let Some(columns) = self.rows.get_mut(&row) {
            columns.retain(|it| *it != column);
            if columns.is_empty() {
                self.rows.remove(&row);
            }
        }
    }

    /// Takes all marks away.
    pub fn clear(&mut self) {
        self.rows.clear();
    }
}

impl Place {
    /// What the marks are about, in the order of the table, those of rows that the filter hides too. What is gone from
    /// the world is left out.
    pub fn marked(&self, open: Open, sources: &Sources) -> Vec<Subject> {
        if self.marks.is_empty() {
            return Vec::new();
        }
        let mut wish = self.wish.clone();
        wish.filter.clear();
        let mut whole = Self { table: open(&wish, sources), ..self.clone() };
        let mut all = Vec::new();
        for at in 0..whole.table.len() {
            let Some(columns) = self.marks.rows.get(&whole.table.key(at)) else { continue };
            whole.at = at;
            for column in columns {
                whole.column.clone_from(column);
                all.push(whole.subject());
            }
        }
        all
    }

    /// What commands act on: what is marked, else what is selected.
    pub fn targets(&self, open: Open, sources: &Sources) -> Vec<Subject> {
        if self.marks.is_empty() { vec![self.subject()] } else { self.marked(open, sources) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spot(number: u8) -> (RowKey, Option<String>) {
        let column = (!number.is_multiple_of(3)).then(|| format!("env:{}", number % 3));
        (RowKey(format!("row {}", number / 3)), column)
    }

    proptest! {
        #[test]
        fn marking_twice_is_not_marking(before in prop::collection::vec(0_u8..30, 0..20), one in 0_u8..30) {
            let mut marks = Marks::default();
            before.into_iter().map(spot).for_each(|(row, column)| marks.set(row, column));
            let (mut twice, (row, column)) = (marks.clone(), spot(one));
            twice.toggle(row.clone(), column.clone());
            prop_assert_ne!(twice.has(&row, column.as_deref()), marks.has(&row, column.as_deref()));
            prop_assert_eq!(twice.len().abs_diff(marks.len()), 1);
            twice.toggle(row, column);
            let all: Vec<u8> = (0..30).collect();
            for (row, column) in all.into_iter().map(spot) {
                prop_assert_eq!(twice.has(&row, column.as_deref()), marks.has(&row, column.as_deref()));
            }
        }

        #[test]
        fn as_many_are_counted_as_were_marked(all in prop::collection::btree_set(0_u8..60, 0..40)) {
            let mut marks = Marks::default();
            let twice = all.iter().chain(&all).copied().map(spot);
            twice.for_each(|(row, column)| marks.set(row, column));
            prop_assert_eq!(marks.len(), all.len());
            prop_assert_eq!(marks.is_empty(), all.is_empty());
            marks.clear();
            prop_assert!(marks.is_empty());
        }
    }
}
