//! Where looks come from: what is wanted, what the terminal has, and what comes of both.

use super::color::ColorLevel;
use super::glyphs::Glyphs;
use super::ground::Ground;
use super::theme::load::Themes;
use super::{Dress, Theme};
use crate::config::ThemeChoice;

/// Where looks come from.
#[derive(Clone, Debug)]
pub struct Wardrobe {
    /// All themes.
    pub themes: Themes,
    /// How many colours there are.
    pub level: ColorLevel,
    /// Whether frames and glyphs are left out.
    pub accessible: bool,
    /// The theme that the configuration says, or one for each ground.
    pub configured: ThemeChoice,
    /// The theme that is wanted now, or one for each ground.
    pub theme: ThemeChoice,
    /// The name of the set of symbols.
    pub glyphs: String,
    /// What is behind everything, where that is known.
    pub ground: Option<Ground>,
    /// Whether the terminal can be asked for it.
    pub can_be_asked: bool,
}

impl Wardrobe {
    /// How everything looks, and what is wrong with the theme.
    pub fn dress(&self) -> (Dress, Vec<String>) {
        let (theme, mut problems): (Theme, _) = self.themes.load(self.worn(), self.level);
        let (glyphs, wrong) = Glyphs::named(&self.glyphs).with(&theme.glyphs);
        problems.extend(wrong.into_iter().map(|what| format!("theme `{}`: {what}", theme.name)));
        (Dress { theme, glyphs, accessible: self.accessible }, problems)
    }

    /// Wants another theme and set of symbols: a theme by its name, `auto`, or by the empty name what the configuration
    /// says.
    pub fn choose(&mut self, theme: &str, glyphs: String) {
        self.glyphs = glyphs;
        if theme.is_empty() {
            self.theme = self.configured.clone();
        } else if theme != self.worn() {
            self.theme = theme.into();
        }
    }

    /// The name of the theme for the ground that there is.
    pub fn worn(&self) -> &str {
        let (dark, light) = self.theme.pair();
        if self.ground == Some(Ground::Light) { light } else { dark }
    }

    /// Whether it makes a difference what is behind everything, and the terminal can be asked.
    pub fn wants_to_know_the_ground(&self) -> bool {
        self.theme.follows_the_ground() && self.level > ColorLevel::Mono && self.can_be_asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ThemePair;
    use rstest::rstest;

    fn pair() -> ThemeChoice {
        ThemeChoice::Pair(ThemePair { dark: "nord".to_owned(), light: "solarized-light".to_owned() })
    }

    #[rstest]
    #[case(ThemeChoice::default(), None, "default")]
    #[case(ThemeChoice::default(), Some(Ground::Dark), "default")]
    #[case(ThemeChoice::default(), Some(Ground::Light), "light")]
    #[case(pair(), None, "nord")]
    #[case(pair(), Some(Ground::Light), "solarized-light")]
    #[case(ThemeChoice::Name("gruvbox".to_owned()), Some(Ground::Light), "gruvbox")]
    fn the_ground_chooses_where_two_are_wanted(
        #[case] theme: ThemeChoice,
        #[case] ground: Option<Ground>,
        #[case] worn: &str,
    ) {
        let asks = theme.follows_the_ground();
        let wardrobe = Wardrobe {
            themes: Themes::default(),
            level: ColorLevel::True,
            accessible: false,
            configured: theme.clone(),
            theme,
            glyphs: "unicode".to_owned(),
            ground,
            can_be_asked: true,
        };
        assert_eq!(wardrobe.dress().0.theme.name, worn);
        assert_eq!(wardrobe.wants_to_know_the_ground(), asks);
    }
}
