//! One theme file as it is written, each value with its line. What cannot be understood is left out and told.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use super::written::{Written, did_you_mean};

/// What a theme file says.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The theme that it begins from.
    pub inherits: Option<At<String>>,
    /// Names of colours.
    pub palette: BTreeMap<String, At<String>>,
    /// Styles by roles.
    pub roles: Vec<(String, At<Written>)>,
    /// Single symbols in place of those of the set.
    pub glyphs: Vec<(String, At<String>)>,
    /// What was left out.
    pub wrong: Vec<At<String>>,
}

/// Something with the line on which it stands, from 1.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// What stands there.
    pub it: T,
    /// The line.
    pub line: usize,
}

/// The tables that a theme can have.
const TABLES: [&str; 4] = ["inherits", "palette", "roles", "glyphs"];

/// Reads a theme file.
///
/// # Errors
/// When it is no TOML: the line, and why.
pub fn read(text: &str) -> Result<Sheet, At<String>> {
    let lines = Lines(text);
    let document = Document::parse(text).map_err(|error| At {
        it: error.message().lines().collect::<Vec<_>>().join(", "),
        line: lines.of(error.span()),
    })?;
    let mut sheet = Sheet::default();
    for (name, item) in document.as_table() {
        let line = lines.of(document.as_table().key(name).and_then(toml_edit::Key::span).or(item.span()));
        match (name, item, item.as_table_like()) {
            ("inherits", Item::Value(Value::String(parent)), _) => {
                sheet.inherits = Some(At { it: parent.value().clone(), line });
            }
            ("palette", _, Some(table)) => {
                let colours = texts(table, &lines, &mut sheet.wrong, "is no colour");
                sheet.palette.extend(colours);
            }
            ("glyphs", _, Some(table)) => sheet.glyphs = texts(table, &lines, &mut sheet.wrong, "is no symbol"),
            ("roles", _, Some(table)) => sheet.roles(table, &lines),
            (known, ..) if TABLES.contains(&known) => {
                let expected = if known == "inherits" { "the name of a theme" } else { "a table" };
                sheet.leave_out(line, &format!("`{known}` has to be {expected}"));
            }
            (other, ..) => {
                let what = format!("a theme has no `{other}`{}", did_you_mean(other, TABLES.into_iter()));
                sheet.leave_out(line, &what);
            }
        }
    }
    Ok(sheet)
}

impl Sheet {
    fn roles(&mut self, table: &dyn TableLike, lines: &Lines<'_>) {
        for (role, item) in table.iter() {
            let line = lines.of(item.span().or_else(|| table.key(role).and_then(toml_edit::Key::span)));
            match Written::read(item) {
                Ok(written) => self.roles.push((role.to_owned(), At { it: written, line })),
                Err(why) => self.leave_out(line, &format!("`{role}`: {why}")),
            }
        }
    }

    fn leave_out(&mut self, line: usize, what: &str) {
        self.wrong.push(At { it: format!("{what}; it is left out"), line });
    }
}

/// The texts of a table.
fn texts(
    table: &dyn TableLike,
    lines: &Lines<'_>,
    wrong: &mut Vec<At<String>>,
    otherwise: &str,
) -> Vec<(String, At<String>)> {
    let mut found = Vec::new();
    for (name, item) in table.iter() {
        let line = lines.of(item.span());
        match item.as_str() {
            Some(text) => found.push((name.to_owned(), At { it: text.to_owned(), line })),
            None => wrong.push(At { it: format!("`{name}` {otherwise}; it is left out"), line }),
        }
    }
    found
}

/// The text of a file, to tell lines by.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    /// The line of what stands there; the first where that is not known.
    fn of(&self, span: Option<Range<usize>>) -> usize {
        let before = span.and_then(|span| self.0.as_bytes().get(..span.start));
        1 + before.map_or(0, |before| before.iter().filter(|byte| **byte == b'\n').count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slip_is_told_with_its_line_and_the_rest_is_read() {
        let sheet = read(
            "inherits = 3\n[palete]\na = 1\n[palette]\nrose = 4\nink = \"#000000\"\n[roles]\n\"text.key\" = { fg = \"ink\", bald = true }\ntext = 7\n\"text.link\" = \"ink\"\n[glyphs]\nok = \"y\"\n",
        )
        .unwrap();
        let told: Vec<(usize, &str)> = sheet.wrong.iter().map(|it| (it.line, it.it.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, "`inherits` has to be the name of a theme; it is left out"),
                (2, "a theme has no `palete`; did you mean `palette`?; it is left out"),
                (5, "`rose` is no colour; it is left out"),
                (8, "`text.key`: a style has no `bald`; did you mean `bold`?; it is left out"),
                (9, "`text`: a style is a colour or a table; it is left out"),
            ]
        );
        assert_eq!(sheet.roles.len(), 1);
        assert_eq!((sheet.palette["ink"].line, sheet.glyphs[0].1.line), (6, 12));
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        assert_eq!(read("[roles]\n\"text\" = = 3").unwrap_err().line, 2);
    }
}
