//! Symbols: the vocabulary of states, and the few others, in Unicode and in ASCII.

use crate::model::Status;

/// A set of symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// What it is called.
    pub name: &'static str,
    /// States, in the order of [`Status::ALL`]. Each is one cell wide and differs from all others.
    states: [&'static str; 10],
    /// Marks the selected row where there is no colour and no reversal to rely on.
    pub cursor: &'static str,
    /// Horizontal and vertical lines and corners of a frame: `─│┌┐└┘`.
    pub frame: [&'static str; 6],
    /// More above, more below.
    pub more: [&'static str; 2],
    /// Stands between two things on a line.
    pub dot: &'static str,
    /// Stands between parts of a path.
    pub into: &'static str,
    /// Full and empty cells of a bar.
    pub bar: [&'static str; 2],
}

/// Unicode.
pub const UNICODE: Glyphs = Glyphs {
    name: "unicode",
    states: ["✓", "●", "○", "✗", "⊘", "↷", "▲", "‖", "≠", "?"],
    cursor: "▌",
    frame: ["─", "│", "┌", "┐", "└", "┘"],
    more: ["↑", "↓"],
    dot: "·",
    into: "›",
    bar: ["█", "░"],
};

/// ASCII.
pub const ASCII: Glyphs = Glyphs {
    name: "ascii",
    states: ["+", ">", ".", "x", "-", "~", "!", "=", "#", "?"],
    cursor: ">",
    frame: ["-", "|", "+", "+", "+", "+"],
    more: ["^", "v"],
    dot: "-",
    into: ">",
    bar: ["#", "."],
};

impl Glyphs {
    /// The set of that name; Unicode for any other.
    pub fn named(name: &str) -> Self {
        if name == ASCII.name { ASCII } else { UNICODE }
    }

    /// The symbol of a state.
    pub fn status(&self, status: Status) -> &'static str {
        let at = Status::ALL.iter().position(|it| *it == status);
        at.and_then(|at| self.states.get(at)).copied().unwrap_or("?")
    }

    /// A text of ours in this set: where the set is ASCII, the few symbols that we write are spelt with it.
    pub fn spell<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        if self.name != ASCII.name || text.is_ascii() {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match SPELT.iter().find(|(symbol, _)| *symbol == c) {
                Some((_, ascii)) => out.push(*ascii),
                None => out.push(c),
            }
        }
        out.into()
    }
}

/// Symbols of ours that ASCII spells otherwise, each by one character. Letters of names and messages stay as they are.
const SPELT: &[(char, char)] = &[
    ('…', '~'),
    ('—', '-'),
    ('–', '-'),
    ('·', '-'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('›', '>'),
    ('×', 'x'),
    ('▁', '_'),
    ('▂', '.'),
    ('▃', '-'),
    ('▄', '='),
    ('▅', '+'),
    ('▆', '*'),
    ('▇', '%'),
    ('█', '#'),
    ('▓', '#'),
    ('▒', '='),
    ('░', '.'),
    ('│', '|'),
    ('─', '-'),
    ('✓', '+'),
    ('✗', 'x'),
    ('●', '>'),
    ('○', '.'),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn states_differ_from_each_other_and_take_one_cell() {
        for set in [UNICODE, ASCII] {
            let all: BTreeSet<_> = Status::ALL.iter().map(|&status| set.status(status)).collect();
            assert_eq!(all.len(), Status::ALL.len(), "{}", set.name);
            assert!(all.iter().all(|glyph| glyph.width() == 1), "{all:?}");
        }
        assert!(Status::ALL.iter().all(|&status| ASCII.status(status).is_ascii()));
    }

    #[test]
    fn ascii_spells_our_symbols_and_leaves_names_alone() {
        assert_eq!(ASCII.spell("Chloé → 検索 …"), "Chloé > 検索 ~");
        assert_eq!(UNICODE.spell("a → b"), "a → b");
    }
}
