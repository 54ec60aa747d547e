//! Keys without a terminal: what was pressed, and how people write it.

use std::fmt;
use std::str::FromStr;

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Whether Ctrl was held.
    pub ctrl: bool,
    /// Whether Alt was held.
    pub alt: bool,
}

/// Which key. Shift is in the character itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character.
    Char(char),
    /// A function key.
    F(u8),
    /// Any other key.
    Named(Named),
}

/// Keys that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// How each is written, the form that is shown first.
const NAMES: &[(&str, Code)] = &[
    ("Enter", Code::Named(Named::Enter)),
    ("Return", Code::Named(Named::Enter)),
    ("Esc", Code::Named(Named::Esc)),
    ("Escape", Code::Named(Named::Esc)),
    ("Tab", Code::Named(Named::Tab)),
    ("Shift-Tab", Code::Named(Named::BackTab)),
    ("BackTab", Code::Named(Named::BackTab)),
    ("Backspace", Code::Named(Named::Backspace)),
    ("Del", Code::Named(Named::Delete)),
    ("Delete", Code::Named(Named::Delete)),
    ("Ins", Code::Named(Named::Insert)),
    ("Insert", Code::Named(Named::Insert)),
    ("Up", Code::Named(Named::Up)),
    ("Down", Code::Named(Named::Down)),
    ("Left", Code::Named(Named::Left)),
    ("Right", Code::Named(Named::Right)),
    ("Home", Code::Named(Named::Home)),
    ("End", Code::Named(Named::End)),
    ("PgUp", Code::Named(Named::PageUp)),
    ("PageUp", Code::Named(Named::PageUp)),
    ("PgDn", Code::Named(Named::PageDown)),
    ("PageDown", Code::Named(Named::PageDown)),
    ("Space", Code::Char(' ')),
    ("Minus", Code::Char('-')),
];

impl Key {
    /// A character alone.
    pub const fn char(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: false, alt: false }
    }

    /// A named key alone.
    pub const fn named(named: Named) -> Self {
        Self { code: Code::Named(named), ctrl: false, alt: false }
    }

    /// Ctrl and a character.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// The character that it types, where it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Whether it is that named key alone.
    pub fn is(self, named: Named) -> bool {
        self == Self::named(named)
    }
}

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no key `{0}`")]
pub struct NotAKey(pub String);

impl FromStr for Key {
    type Err = NotAKey;

    /// `p`, `G`, `ctrl-d`, `alt-x`, `PgDn`, `space`, `F5`, `-`.
    fn from_str(written: &str) -> Result<Self, NotAKey> {
        let mut key = Self::char(' ');
        let mut rest = written;
        loop {
            if let Some(code) = plain(rest) {
                return Ok(Self { code, ..key });
            }
            let (modifier, tail) = rest.split_once('-').ok_or_else(|| NotAKey(written.to_owned()))?;
            match modifier.to_ascii_lowercase().as_str() {
                "ctrl" | "c" => key.ctrl = true,
                "alt" | "a" | "m" => key.alt = true,
                _ => return Err(NotAKey(written.to_owned())),
            }
            rest = tail;
        }
    }
}

fn plain(written: &str) -> Option<Code> {
    let mut chars = written.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(Code::Char(c));
    }
    let function = written.strip_prefix(['F', 'f']).and_then(|number| number.parse().ok());
    if let Some(number @ 1..=24) = function {
        return Some(Code::F(number));
    }
    NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(written)).map(|&(_, code)| code)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        if let Code::F(number) = self.code {
            return write!(f, "F{number}");
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((_, Code::Char('-'))), _) => f.write_str("-"),
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{}", crate::model::text::clean(c.encode_utf8(&mut [0; 4]))),
            (None, Code::F(_) | Code::Named(_)) => Ok(()),
        }
    }
}

/// Reads keys that are pressed one after the other: `g g`.
///
/// # Errors
/// When one of them is no key.
pub fn chord(written: &str) -> Result<Vec<Key>, NotAKey> {
    let keys: Vec<Key> = written.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(NotAKey(written.to_owned())) } else { Ok(keys) }
}

/// Writes keys that are pressed one after the other.
pub fn write_chord(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("p", Key::char('p'), "p")]
    #[case("G", Key::char('G'), "G")]
    #[case("ctrl-d", Key::ctrl('d'), "Ctrl-d")]
    #[case("-", Key::char('-'), "-")]
    #[case("ctrl--", Key::ctrl('-'), "Ctrl--")]
    #[case("pgdn", Key::named(Named::PageDown), "PgDn")]
    #[case("SPACE", Key::char(' '), "Space")]
    #[case("shift-tab", Key::named(Named::BackTab), "Shift-Tab")]
    #[case("F5", Key { code: Code::F(5), ctrl: false, alt: false }, "F5")]
    #[case("alt-<", Key { code: Code::Char('<'), ctrl: false, alt: true }, "Alt-<")]
    fn keys_are_read_and_written(#[case] written: &str, #[case] key: Key, #[case] shown: &str) {
        assert_eq!(written.parse(), Ok(key));
        assert_eq!(key.to_string(), shown);
        assert_eq!(shown.parse(), Ok(key));
    }

    #[rstest]
    #[case("")]
    #[case("hyper-x")]
    #[case("F99")]
    #[case("ctrl-")]
    #[case("nope")]
    fn what_is_no_key_is_told(#[case] written: &str) {
        assert_eq!(written.parse::<Key>(), Err(NotAKey(written.to_owned())));
    }

    #[test]
    fn chords_are_keys_with_spaces() {
        assert_eq!(chord("g g").map(|keys| write_chord(&keys)), Ok("g g".to_owned()));
        assert!(chord("  ").is_err());
    }
}
