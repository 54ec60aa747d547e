//! Colours by what they mean. A theme is a TOML file: roles with styles, a palette of names, and another theme that it
//! begins from.

pub mod load;
pub mod roles;

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

pub use load::{BUILT_IN, Themes};
pub use roles::{Part, ROLES};

use super::color::ColorLevel;
use crate::view::Role;

/// A theme, in the colours that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What it is called.
    pub name: String,
    styles: BTreeMap<&'static str, Style>,
}

impl Theme {
    /// A theme of styles by the names of roles, reduced to the colours that there are. A role that has no style looks
    /// like ordinary text.
    pub(crate) fn new(name: &str, styles: BTreeMap<&'static str, Style>, level: ColorLevel) -> Self {
        let reduce = |style: Style| Style {
            fg: style.fg.map(|color| level.reduce(color)),
            bg: style.bg.map(|color| level.reduce(color)),
            underline_color: None,
            ..style
        };
        let styles = styles.into_iter().map(|(role, style)| (role, reduce(style))).collect();
        let mut theme = Self { name: name.to_owned(), styles };
        if level == ColorLevel::Mono {
            theme.tell_apart_without_colours();
        }
        theme
    }

    /// The style of a role by its name.
    pub fn named(&self, role: &str) -> Style {
        self.styles.get(role).copied().unwrap_or_default()
    }

    /// The style of what a text means.
    pub fn role(&self, role: &Role) -> Style {
        self.named(roles::name(role))
    }

    /// The style of a part of the screen.
    pub fn part(&self, part: Part) -> Style {
        self.named(part.name())
    }

    /// Badges and selections that a theme told by colour alone are reversed where there is none.
    fn tell_apart_without_colours(&mut self) {
        for part in [Part::Selected, Part::SelectedTab, Part::Writing] {
            let style = self.styles.entry(part.name()).or_default();
            *style = style.add_modifier(Modifier::REVERSED);
        }
        for role in ["status.failed", "env.production", "text.warning", "text.match"] {
            let style = self.styles.entry(role).or_default();
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
