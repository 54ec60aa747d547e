//! Text from outside, made safe to show.
//!
//! Commit messages, branch names, log lines and error bodies are data: a control character in them must never reach a
//! terminal. [`Text`] can only be made by cleaning, so whoever holds one may draw it.

use std::borrow::Cow;
use std::fmt;

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};

use super::{Pool, Share};

/// The longest text that is kept, in characters. Longer ones end in `…`; a subject line of 10 kB is a real thing.
pub const LONGEST: usize = 4_096;

/// One line of text from outside, cleaned when it was made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Text(ArcStr);

impl Text {
    /// Cleans bytes that should be UTF-8 and may not be: what is not shows as `�`.
    pub fn from_bytes(raw: &[u8]) -> Self {
        Self::from(String::from_utf8_lossy(raw).as_ref())
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Share for Text {
    fn share(&mut self, pool: &mut Pool) {
        pool.share(&mut self.0);
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self(clean(raw).as_ref().into())
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::from(raw.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer).map(|raw| Self::from(raw.as_ref()))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Makes `raw` one line that is safe to show: control characters become their visible pictures (`␛`), line breaks and
/// tabs become spaces, and characters that reorder or hide text are dropped. Borrows when there is nothing to do.
pub fn clean(raw: &str) -> Cow<'_, str> {
    let too_long = raw.len() > LONGEST && raw.chars().nth(LONGEST).is_some();
    if !too_long && raw.chars().all(|c| matches!(fate(c), Fate::Keep)) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len().min(LONGEST * 4));
    for c in raw.chars().take(LONGEST) {
        match fate(c) {
            Fate::Keep => out.push(c),
            Fate::Show(picture) => out.push(picture),
            Fate::Drop => {}
        }
    }
    if too_long {
        out.push('…');
    }
    Cow::Owned(out)
}

/// Like [`clean`], line by line: for log output, whose line breaks mean something.
pub fn clean_lines(raw: &str) -> impl Iterator<Item = Cow<'_, str>> {
    raw.lines().map(clean)
}

enum Fate {
    Keep,
    Show(char),
    Drop,
}

fn fate(c: char) -> Fate {
    match c {
        ' '..='~' => Fate::Keep,
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Fate::Show(' '),
        '\u{0}'..='\u{1f}' => Fate::Show(char::from_u32(0x2400 + c as u32).unwrap_or('�')),
        '\u{7f}' => Fate::Show('␡'),
        '\u{80}'..='\u{9f}' => Fate::Show('�'),
        // Bidirectional controls: they make a line read otherwise than it is.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Drop,
        // Nothing to see: zero-width spaces, soft hyphen, byte-order mark, deprecated format and tag characters.
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' => {
            Fate::Drop
        }
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => Fate::Drop,
        _ => Fate::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_a_cursor_is_made_visible() {
        assert_eq!(clean("fix \u{1b}]0;owned\u{7} \u{9b}31m\u{7f}"), "fix ␛]0;owned␇ �31m␡");
        assert_eq!(clean("two\nlines\tand a tab"), "two lines and a tab");
    }

    #[test]
    fn what_could_reorder_or_hide_text_is_dropped() {
        assert_eq!(clean("pay\u{202e}dais\u{200b}\u{2066}x"), "paydaisx");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        let plain = "naïve 日本語 👩‍🚀 ok";
        assert!(matches!(clean(plain), Cow::Borrowed(_)));
    }

    #[test]
    fn a_very_long_subject_is_cut_and_says_so() {
        let cut = clean(&"é".repeat(10_000)).into_owned();
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_shown_as_replacement() {
        assert_eq!(Text::from_bytes(b"caf\xe9").as_str(), "caf�");
    }
}
