//! Commits by the first digits of their id.

use super::{CommitGraph, Pos};

/// The fewest digits that are taken for an abbreviated id: git's own limit.
pub const FEWEST_DIGITS: usize = 4;

/// The commits whose id begins with some digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// None does, or the text is not an abbreviated id.
    None,
    /// One does.
    One(Pos),
    /// Several do, smallest position first.
    Many(Vec<Pos>),
}

impl CommitGraph {
    /// The commits whose id begins with the hexadecimal digits `hex`, of which there have to be at least
    /// [`FEWEST_DIGITS`].
    pub fn find_prefix(&self, hex: &str) -> Prefix {
        let Some(digits) = digits(hex) else { return Prefix::None };
        let (whole, half) = digits.split_at(digits.len() / 2 * 2);
        let bytes: Vec<u8> = whole.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let fits = |id: &[u8; 20]| {
            id.starts_with(&bytes)
                && half.first().is_none_or(|digit| id.get(bytes.len()).is_some_and(|b| b >> 4 == *digit))
        };
        let mut found: Vec<Pos> = self.positions().filter(|pos| fits(&self.id(*pos).0)).collect();
        match (found.pop(), found.is_empty()) {
            (None, _) => Prefix::None,
            (Some(only), true) => Prefix::One(only),
            (Some(last), false) => {
                found.push(last);
                Prefix::Many(found)
            }
        }
    }
}

/// The digits as numbers, if it is an abbreviated or whole id.
fn digits(hex: &str) -> Option<Vec<u8>> {
    if !(FEWEST_DIGITS..=40).contains(&hex.len()) {
        return None;
    }
    hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::NewCommit;
    use super::*;

    fn graph(ids: &[&str]) -> CommitGraph {
        let mut graph = CommitGraph::default();
        for id in ids {
            let id = format!("{id:0<40}").parse().expect("hexadecimal");
            graph.append(&NewCommit { id, ..NewCommit::default() });
        }
        graph
    }

    #[test]
    fn an_abbreviation_finds_what_begins_with_it() {
        let graph = graph(&["abcd1", "abcd2", "abce", "ffff"]);
        let cases = [
            ("abcd", Prefix::Many(vec![Pos(0), Pos(1)])),
            ("abcd1", Prefix::One(Pos(0))),
            ("ABCE", Prefix::One(Pos(2))),
            ("ffff0", Prefix::One(Pos(3))),
            ("1234", Prefix::None),
            ("abc", Prefix::None),
            ("", Prefix::None),
            ("wxyz", Prefix::None),
            ("ééé", Prefix::None),
        ];
        for (asked, expected) in cases {
            assert_eq!(graph.find_prefix(asked), expected, "{asked:?}");
        }
        assert_eq!(graph.find_prefix(&graph.id(Pos(3)).to_string()), Prefix::One(Pos(3)));
        assert_eq!(graph.find_prefix(&"f".repeat(41)), Prefix::None);
    }
}
