//! Colours by what they mean. A theme is a TOML file: roles with styles, a palette of names, single symbols, and another
//! theme that it begins from.

pub mod load;
mod reduced;
pub mod roles;
mod sheet;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vision;
mod written;

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

pub use load::{BUILT_IN, Themes};
pub use roles::{ABOUT, ENVIRONMENT, Part, ROLES};

use super::color::ColorLevel;
use crate::view::Role;
use reduced::Reduced;

/// A theme, in the colours that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What it is called.
    pub name: String,
    /// Single symbols in place of those of the set, by what they stand for.
    pub glyphs: BTreeMap<String, String>,
    styles: BTreeMap<String, Style>,
    /// Colours of single environments, as the configuration says them.
    accents: BTreeMap<String, Color>,
}

impl Theme {
    /// A theme of styles by the names of roles, reduced to the colours that there are. A role that has no style looks
    /// like ordinary text.
    pub(crate) fn new(
        name: &str,
        styles: BTreeMap<String, Style>,
        glyphs: BTreeMap<String, String>,
        accents: BTreeMap<String, Color>,
        level: ColorLevel,
    ) -> Self {
        let reduced = Reduced::new(level, styles.get(Part::Screen.name()).copied().unwrap_or_default());
        let styles = styles.into_iter().map(|(role, style)| (role, reduced.style(style))).collect();
        let accents = accents.into_iter().map(|(name, color)| (name, level.reduce(color))).collect();
        let mut theme = Self { name: name.to_owned(), glyphs, styles, accents };
        for part in [Part::Selected, Part::SelectedCell] {
            // What matters less is read as well as the rest of the row that somebody looks at.
            let style = theme.styles.entry(part.name().to_owned()).or_default();
            *style = style.remove_modifier(Modifier::DIM);
        }
        if level == ColorLevel::Mono {
            theme.tell_apart_without_colours();
        }
        theme
    }

    /// The style of a role by its name.
    pub fn named(&self, role: &str) -> Style {
        self.styles.get(role).copied().unwrap_or_default()
    }

    /// The style of what a text means. An environment has what its sort has, with an accent of its own where it has one.
    pub fn role(&self, role: &Role) -> Style {
        let style = self.named(roles::name(role));
        let Role::Environment(environment, _) = role else { return style };
        let own = format!("{ENVIRONMENT}{}", environment.as_str());
        let own = self.styles.get(&own).filter(|_| !ROLES.contains(&own.as_str()));
        let style = own.map_or(style, |own| style.patch(*own));
        let accent = self.accents.get(environment.as_str());
        accent.map_or(style, |accent| style.fg(*accent))
    }

    /// The style of a part of the screen.
    pub fn part(&self, part: Part) -> Style {
        self.named(part.name())
    }

    /// Badges and selections that a theme told by colour alone are reversed where there is none.
    fn tell_apart_without_colours(&mut self) {
        for part in [Part::Selected, Part::SelectedCell, Part::SelectedTab, Part::Writing] {
            let style = self.styles.entry(part.name().to_owned()).or_default();
            *style = style.add_modifier(Modifier::REVERSED);
        }
        for role in ["status.failed", "env.production", "text.warning", "text.match"] {
            let style = self.styles.entry(role.to_owned()).or_default();
            if style.add_modifier.is_empty() {
                *style = style.add_modifier(Modifier::BOLD);
            }
        }
    }

    /// What is behind everything, where the theme says.
    pub fn ground(&self) -> Option<Color> {
        self.part(Part::Screen).bg.filter(|color| *color != Color::Reset)
    }
}
