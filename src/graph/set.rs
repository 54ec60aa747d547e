//! Sets of positions.

use super::Pos;

/// A set of positions, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PosSet {
    words: Vec<u64>,
}

impl PosSet {
    /// An empty set with room for the positions below `len`.
    pub fn with_room(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// Puts `pos` in; whether it was new.
    pub fn insert(&mut self, pos: Pos) -> bool {
        let (word, bit) = place(pos);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Whether `pos` is in it.
    pub fn contains(&self, pos: Pos) -> bool {
        let (word, bit) = place(pos);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// How many positions it holds.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Its positions, smallest first.
    pub fn iter(&self) -> impl Iterator<Item = Pos> {
        self.words.iter().zip(0_u32..).flat_map(|(&word, at)| Bits(word).map(move |bit| Pos(at * 64 + bit)))
    }
}

fn place(pos: Pos) -> (usize, u64) {
    (pos.index() / 64, 1 << (pos.0 % 64))
}

/// The numbers of the bits that are set, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}
