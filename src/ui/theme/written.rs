//! A style as people write it: a colour alone, or a table.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml_edit::Item;

use super::sheet::At;
use crate::ui::color;

/// A style as it is written, its colours by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    fg: Option<String>,
    bg: Option<String>,
    modifiers: Modifier,
}

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// How many names of a palette may stand for each other in turn.
const ALIASES: usize = 8;

impl Written {
    /// Reads a style.
    ///
    /// # Errors
    /// What is wrong with it, as a fragment.
    pub fn read(item: &Item) -> Result<Self, String> {
        if let Some(color) = item.as_str() {
            return Ok(Self { fg: Some(color.to_owned()), ..Self::default() });
        }
        let Some(table) = item.as_table_like() else { return Err("a style is a colour or a table".to_owned()) };
        let mut written = Self::default();
        for (name, item) in table.iter() {
            let modifier = MODIFIERS.iter().find(|(known, _)| *known == name);
            match (name, item.as_str(), item.as_bool(), modifier) {
                ("fg", Some(color), ..) => written.fg = Some(color.to_owned()),
                ("bg", Some(color), ..) => written.bg = Some(color.to_owned()),
                (_, _, Some(wanted), Some((_, modifier))) => written.modifiers.set(*modifier, wanted),
                ("fg" | "bg", ..) => return Err(format!("`{name}` has to be a colour")),
                (.., Some(_)) => return Err(format!("`{name}` has to be true or false")),
                _ => {
                    let known = MODIFIERS.iter().map(|(known, _)| *known).chain(["fg", "bg"]);
                    return Err(format!("a style has no `{name}`{}", did_you_mean(name, known)));
                }
            }
        }
        Ok(written)
    }

    /// The style in the colours of a palette, and the names that are no colours.
    pub fn style(&self, palette: &BTreeMap<String, At<String>>) -> (Style, Vec<String>) {
        let mut wrong = Vec::new();
        let mut color = |name: &Option<String>| {
            let name = name.as_deref()?;
            let color = meant(name, palette);
            if color.is_none() {
                wrong.push(name.to_owned());
            }
            color
        };
        let style = Style { fg: color(&self.fg), bg: color(&self.bg), ..Style::default() };
        (style.add_modifier(self.modifiers), wrong)
    }
}

/// The colour that a name means: one of the palette, else one that everybody has.
pub fn meant(name: &str, palette: &BTreeMap<String, At<String>>) -> Option<Color> {
    let mut name = name;
    for _ in 0..ALIASES {
        match palette.get(name) {
            Some(next) if next.it != name => name = &next.it,
            _ => break,
        }
    }
    color::parse(name)
}

/// The end of a sentence that something is not known.
pub fn did_you_mean<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> String {
    let scored = known.map(|known| (strsim::jaro_winkler(typed, known), known)).filter(|(score, _)| *score > 0.8);
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}
