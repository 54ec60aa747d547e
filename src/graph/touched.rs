//! Which path filters each commit touches: one bit a filter, any number of filters.

use super::Pos;

/// Which of some filters each commit touches, for the first commits of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    filters: usize,
    rows: Vec<u64>,
}

impl Touched {
    /// No rows yet, for that many filters.
    pub fn new(filters: usize) -> Self {
        Self { filters, rows: Vec::new() }
    }

    /// Rows as [`rows`](Self::rows) gives them. What does not make a whole row is left out.
    pub fn from_rows(filters: usize, mut rows: Vec<u64>) -> Self {
        let words = filters.div_ceil(64);
        rows.truncate(rows.len().checked_div(words).unwrap_or_default() * words);
        Self { filters, rows }
    }

    /// How many filters there are.
    pub fn filters(&self) -> usize {
        self.filters
    }

    /// How many 64-bit words a row has.
    pub fn words(&self) -> usize {
        self.filters.div_ceil(64)
    }

    /// How many commits have a row: the first ones of the graph.
    pub fn len(&self) -> usize {
        self.rows.len().checked_div(self.words()).unwrap_or_default()
    }

    /// Whether no commit has a row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds the rows of the next commits, given as one column for each 64 filters. Columns of unequal length are cut to
    /// the shortest; columns that are missing are rows of zeros.
    pub fn append(&mut self, columns: &[Vec<u64>]) {
        let words = self.words();
        let commits = columns.iter().take(words).map(Vec::len).min().unwrap_or_default();
        for commit in 0..commits {
            let row =
                (0..words).map(|word| columns.get(word).and_then(|it| it.get(commit)).copied().unwrap_or_default());
            self.rows.extend(row);
        }
    }

    /// Whether the commit touches the filter; `None` where it has no row.
    pub fn touches(&self, pos: Pos, filter: usize) -> Option<bool> {
        if filter >= self.filters {
            return None;
        }
        let word = self.rows.get(pos.index() * self.words() + filter / 64)?;
        Some(word >> (filter % 64) & 1 == 1)
    }

    /// The rows, one after the other.
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_several_words_are_read_as_they_were_written() {
        let mut touched = Touched::new(70);
        touched.append(&[vec![0b10, 1 << 63], vec![0b100_000, 0]]);
        assert_eq!((touched.len(), touched.words()), (2, 2));
        let bits: Vec<(u32, usize)> = (0..2)
            .flat_map(|pos| (0..70).map(move |filter| (pos, filter)))
            .filter(|(pos, filter)| touched.touches(Pos(*pos), *filter) == Some(true))
            .collect();
        assert_eq!(bits, [(0, 1), (0, 69), (1, 63)]);
        assert_eq!(touched.touches(Pos(2), 0), None);
        assert_eq!(touched.touches(Pos(0), 70), None);
        assert_eq!(Touched::from_rows(70, touched.rows().to_vec()), touched);
    }

    #[test]
    fn without_filters_there_are_no_rows() {
        let mut touched = Touched::new(0);
        touched.append(&[vec![1]]);
        assert!(touched.is_empty());
        assert!(Touched::from_rows(0, vec![1, 2]).is_empty());
    }
}
