//! Symbols: the vocabulary of states, and the few others, in Unicode, in ASCII and in a patched font.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::model::{Status, text};

/// One symbol.
pub type Glyph = Cow<'static, str>;

/// A set of symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// What it is called.
    pub name: &'static str,
    /// States, in the order of [`Status::ALL`]. Each is one cell wide and differs from all others.
    states: [Glyph; 10],
    /// Stands before what is marked.
    pub mark: &'static str,
    /// Horizontal and vertical lines and corners of a frame: `─│┌┐└┘`.
    pub frame: [&'static str; 6],
    /// More above, more below.
    pub more: [&'static str; 2],
    /// Stands between two things on a line.
    pub dot: Glyph,
    /// Full and empty cells of a bar.
    pub bar: [&'static str; 2],
}

macro_rules! glyphs {
    ($($symbol:literal)*) => { [$(Glyph::Borrowed($symbol)),*] };
}

/// Unicode.
pub const UNICODE: Glyphs = Glyphs {
    name: "unicode",
    states: glyphs!["✓" "●" "○" "✗" "⊘" "↷" "▲" "‖" "≠" "?"],
    mark: "◆",
    frame: ["─", "│", "┌", "┐", "└", "┘"],
    more: ["↑", "↓"],
    dot: Glyph::Borrowed("·"),
    bar: ["█", "░"],
};

/// ASCII.
pub const ASCII: Glyphs = Glyphs {
    name: "ascii",
    states: glyphs!["+" ">" "." "x" "-" "~" "!" "=" "#" "?"],
    mark: "*",
    frame: ["-", "|", "+", "+", "+", "+"],
    more: ["^", "v"],
    dot: Glyph::Borrowed("-"),
    bar: ["#", "."],
};

/// A font patched with the symbols of Nerd Fonts, version 3: check, play, circle, times, ban, share, warning, snowflake,
/// code fork, question, all of its Font Awesome part, where every symbol is one cell wide.
pub const NERD: Glyphs = Glyphs {
    name: "nerd",
    states: glyphs!["\u{f00c}" "\u{f04b}" "\u{f10c}" "\u{f00d}" "\u{f05e}" "\u{f064}" "\u{f071}" "\u{f2dc}" "\u{f126}" "\u{f128}"],
    mark: "◆",
    frame: ["─", "│", "╭", "╮", "╰", "╯"],
    more: ["\u{f077}", "\u{f078}"],
    dot: Glyph::Borrowed("·"),
    bar: ["█", "░"],
};

/// The names of all sets.
pub const SETS: [&str; 3] = [UNICODE.name, ASCII.name, NERD.name];

impl Glyphs {
    /// The set of that name; Unicode for any other.
    pub fn named(name: &str) -> Self {
        [ASCII, NERD].into_iter().find(|set| set.name == name).unwrap_or(UNICODE)
    }

    /// The name of the set for a terminal whose locale may be no UTF-8: the named one, or for `auto` the one that the
    /// environment allows. `variable` looks one up.
    pub fn chosen(name: &str, variable: impl Fn(&str) -> Option<String>) -> &str {
        match name {
            "auto" if speaks_unicode(variable) => UNICODE.name,
            "auto" => ASCII.name,
            named => named,
        }
    }

    /// The set with single symbols changed, by what they stand for (`ok`, `failed` …, `dot`), and what is wrong with
    /// them. A symbol has to be one cell wide and to differ from those of other states; ASCII stays ASCII.
    pub fn with(mut self, changes: &BTreeMap<String, String>) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        for (name, glyph) in changes {
            let state = Status::ALL.iter().position(|status| status.word() == name);
            let what = match (state, name.as_str()) {
                (None, other) if other != "dot" => Some("nothing is called so".to_owned()),
                _ if glyph.width() != 1 || glyph.chars().any(char::is_control) => {
                    Some("it is not one cell wide".to_owned())
                }
                (Some(at), _) => {
                    let other = self.states.iter().enumerate().position(|(it, taken)| it != at && taken == glyph);
                    other.and_then(|it| Status::ALL.get(it)).map(|other| format!("it stands for `{}`", other.word()))
                }
                _ => None,
            };
            if let Some(what) = what {
                wrong.push(format!(
                    "symbol `{}` of `{}`: {what}; it stays as it was",
                    text::clean(glyph),
                    text::clean(name)
                ));
                continue;
            }
            if self.is_ascii() && !glyph.is_ascii() {
                continue;
            }
            let place = match state {
                Some(at) => self.states.get_mut(at),
                None => Some(&mut self.dot),
            };
            if let Some(place) = place {
                *place = Glyph::Owned(glyph.clone());
            }
        }
        (self, wrong)
    }

    /// Whether it is the set that every terminal can show.
    pub fn is_ascii(&self) -> bool {
        self.name == ASCII.name
    }

    /// The symbol of a state.
    pub fn status(&self, status: Status) -> &str {
        let at = Status::ALL.iter().position(|it| *it == status);
        at.and_then(|at| self.states.get(at)).map_or("?", |glyph| glyph)
    }

    /// A text of ours in this set: where the set is ASCII, the few symbols that we write are spelt with it.
    pub fn spell<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.is_ascii() || text.is_ascii() {
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

/// Whether the terminal can be expected to show Unicode: a locale that is named says so; where none is, all but the
/// terminals that are known for few symbols.
fn speaks_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    match locale {
        Some(locale) => {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => !set("TERM").is_some_and(|term| ["linux", "dumb", "vt"].iter().any(|poor| term.starts_with(poor))),
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
    use rstest::rstest;
    use std::collections::BTreeSet;

    #[test]
    fn states_differ_from_each_other_and_take_one_cell() {
        for set in [UNICODE, ASCII, NERD] {
            let all: BTreeSet<_> = Status::ALL.iter().map(|&status| set.status(status)).collect();
            assert_eq!(all.len(), Status::ALL.len(), "{}", set.name);
            let others = set.frame.iter().chain(&set.more).chain(&set.bar).copied().chain([&*set.dot]);
            assert!(all.iter().copied().chain(others).all(|glyph| glyph.width() == 1), "{set:?}");
            assert_eq!(Glyphs::named(set.name), set);
            assert!(SETS.contains(&set.name));
        }
        assert!(Status::ALL.iter().all(|&status| ASCII.status(status).is_ascii()));
        assert!(
            Status::ALL.iter().all(|&status| NERD.status(status) >= "\u{e000}" && NERD.status(status) <= "\u{f8ff}")
        );
    }

    #[rstest]
    #[case("auto", &[("LANG", "de_DE.UTF-8")], "unicode")]
    #[case("auto", &[("LANG", "de_DE.utf8"), ("LC_ALL", "C")], "ascii")]
    #[case("auto", &[("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], "unicode")]
    #[case("auto", &[("LANG", "de_DE.ISO-8859-1")], "ascii")]
    #[case("auto", &[("TERM", "xterm-256color")], "unicode")]
    #[case("auto", &[("TERM", "linux")], "ascii")]
    #[case("auto", &[("TERM", "vt220"), ("LANG", "")], "ascii")]
    #[case("nerd", &[("LANG", "C")], "nerd")]
    fn the_locale_chooses_unless_somebody_does(
        #[case] wanted: &str,
        #[case] set: &[(&str, &str)],
        #[case] chosen: &str,
    ) {
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(Glyphs::chosen(wanted, variable), chosen);
    }

    #[test]
    fn single_symbols_can_be_changed_and_slips_are_told() {
        let changes = [("ok", "✔"), ("failed", "✓✓"), ("held", "✗"), ("drift", "Δ"), ("dot", "•"), ("okay", "y")];
        let changes: BTreeMap<String, String> = changes.map(|(name, glyph)| (name.to_owned(), glyph.to_owned())).into();
        let (set, wrong) = UNICODE.with(&changes);
        assert_eq!((set.status(Status::Ok), set.status(Status::Drift), &*set.dot), ("✔", "Δ", "•"));
        assert_eq!((set.status(Status::Failed), set.status(Status::Held)), ("✗", "▲"));
        assert_eq!(
            wrong,
            [
                "symbol `✓✓` of `failed`: it is not one cell wide; it stays as it was",
                "symbol `✗` of `held`: it stands for `failed`; it stays as it was",
                "symbol `y` of `okay`: nothing is called so; it stays as it was",
            ]
        );
        assert_eq!(ASCII.with(&changes).0.status(Status::Ok), "+");
    }

    #[test]
    fn ascii_spells_our_symbols_and_leaves_names_alone() {
        assert_eq!(ASCII.spell("Chloé → 検索 …"), "Chloé > 検索 ~");
        assert_eq!(UNICODE.spell("a → b"), "a → b");
    }
}
