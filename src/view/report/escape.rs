//! Text from outside in the three languages of reports: what it says is what is read, never a command.
//!
//! Whatever is written was cleaned when it became a [`Text`](crate::model::Text) or when an id was shown.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// Text inside an HTML element or a quoted attribute.
pub(super) struct Html<T>(pub T);

impl<T: fmt::Display> fmt::Display for Html<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped { to: f }, "{}", self.0)
    }
}

struct Escaped<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
}

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match html(c) {
            Some(escaped) => self.to.write_str(escaped),
            None => self.to.write_char(c),
        })
    }
}

fn html(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// Text inside a Markdown paragraph or a table's cell. A `<` or `&` would begin HTML, which Markdown lets through; an
/// address would become a link, and an `@name` would call somebody.
pub(super) struct Md<T>(pub T);

impl<T: fmt::Display> fmt::Display for Md<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = self.0.to_string();
        for (at, c) in raw.char_indices() {
            match c {
                '<' => f.write_str("&lt;")?,
                '&' => f.write_str("&amp;")?,
                '@' => f.write_str("&#64;")?,
                ':' if raw.get(at..).is_some_and(|it| it.starts_with("://")) => f.write_str("&#58;")?,
                '.' if raw.get(..at).is_some_and(|it| it.to_lowercase().ends_with("www")) => f.write_str("&#46;")?,
                '\n' | '\r' => f.write_char(' ')?,
                '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '>' | '|' | '~' => write!(f, "\\{c}")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A cell of a CSV file that holds text (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe in
/// front, as spreadsheets themselves mark text.
pub(super) fn csv(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start().starts_with(FORMULA);
    let text = if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) };
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        return Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<script>alert('1' & \"2\")", "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)")]
    #[case("1.4.2", "1.4.2")]
    fn html_is_text(#[case] raw: &str, #[case] shown: &str) {
        assert_eq!(Html(raw).to_string(), shown);
    }

    #[rstest]
    #[case("a|b", r"a\|b")]
    #[case("[x](javascript:y)", r"\[x\](javascript:y)")]
    #[case("see https://a.b or WWW.a.b, @all", "see https&#58;//a.b or WWW&#46;a.b, &#64;all")]
    #[case("<b>*`_", r"&lt;b\>\*\`\_")]
    #[case("1.4.2 — 検索", "1.4.2 — 検索")]
    fn markdown_is_text(#[case] raw: &str, #[case] shown: &str) {
        assert_eq!(Md(raw).to_string(), shown);
    }

    #[rstest]
    #[case("1.4.2", "1.4.2")]
    #[case("a,b", "\"a,b\"")]
    #[case("say \"hi\"", "\"say \"\"hi\"\"\"")]
    #[case("=1+1", "'=1+1")]
    #[case(" @SUM(A1,A2)", "\"' @SUM(A1,A2)\"")]
    #[case("-2", "'-2")]
    #[case("", "")]
    fn cells_are_quoted_and_run_nothing(#[case] raw: &str, #[case] cell: &str) {
        assert_eq!(csv(raw), cell);
    }

    proptest! {
        #[test]
        fn nothing_breaks_out(raw in any::<String>()) {
            prop_assert!(!Html(&raw).to_string().contains(['<', '>', '"', '\'']));
            let cell = csv(&raw).into_owned();
            let inner = cell.strip_prefix('"').map_or(cell.as_str(), |it| if it.starts_with("\"\"") { "\"" } else { it });
            prop_assert!(!inner.trim_start().starts_with(FORMULA), "{}", cell);
            prop_assert!(cell.starts_with('"') || !cell.contains([',', '"', '\n', '\r']));
        }
    }
}
