//! Themes from files. Whatever is wrong is a warning, and the rest of the theme holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;

use super::{ROLES, Theme};
use crate::ui::color::{self, ColorLevel};

/// The themes that ship: name and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../../themes/default.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("monochrome", include_str!("../../../themes/monochrome.toml")),
];

/// All themes that there are.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// Where the user's own are, one file each.
    pub own: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    inherits: Option<String>,
    palette: BTreeMap<String, String>,
    roles: BTreeMap<String, Written>,
}

/// A style as it is written: a colour alone, or a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Written {
    Color(String),
    Style(Parts),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

impl Themes {
    /// The names of all themes, the user's own last.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        let files = self.own.as_ref().and_then(|own| std::fs::read_dir(own).ok());
        let found = files.into_iter().flatten().flatten().map(|entry| entry.path());
        let found = found.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
        let stems = found.filter_map(|path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        let own: BTreeSet<String> = stems.filter(|name| is_name(name) && !names.contains(name)).collect();
        names.extend(own);
        names
    }

    /// The theme of that name in the colours that there are, and what is wrong with it. One that cannot be read is the
    /// default.
    pub fn load(&self, name: &str, level: ColorLevel) -> (Theme, Vec<String>) {
        let mut problems = Vec::new();
        let mut chain = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take() {
            if chain.iter().any(|(seen, _)| *seen == name) {
                problems.push(format!("theme `{name}` inherits from itself"));
                break;
            }
            match self.file(&name) {
                Ok(file) => {
                    next = file.inherits.clone();
                    chain.push((name, file));
                }
                Err(problem) => problems.push(problem),
            }
        }
        if chain.is_empty() && name != "default" {
            let (theme, more) = self.load("default", level);
            problems.extend(more);
            return (theme, problems);
        }
        let mut palette = BTreeMap::new();
        for (_, file) in chain.iter().rev() {
            palette.extend(file.palette.iter().map(|(name, color)| (name.as_str(), color.as_str())));
        }
        let mut styles = BTreeMap::new();
        for (theme, file) in chain.iter().rev() {
            for (role, written) in &file.roles {
                let Some(&known) = ROLES.iter().find(|known| *known == role) else {
                    problems.push(format!("theme `{theme}`: there is no role `{role}`{}", did_you_mean(role)));
                    continue;
                };
                let mut wrong =
                    |color: &str| problems.push(format!("theme `{theme}`, role `{role}`: `{color}` is no colour"));
                styles.insert(known, style(written, &palette, &mut wrong));
            }
        }
        (Theme::new(name, styles, level), problems)
    }

    fn file(&self, name: &str) -> Result<File, String> {
        let own = self.own.as_ref().filter(|_| is_name(name)).map(|own| own.join(format!("{name}.toml")));
        let text = match own.and_then(|path| std::fs::read_to_string(path).ok()) {
            Some(text) => text,
            None => BUILT_IN
                .iter()
                .find(|(built_in, _)| *built_in == name)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| format!("there is no theme `{name}`: there are {}", self.names().join(", ")))?,
        };
        toml::from_str(&text).map_err(|error| format!("theme `{name}` cannot be read: {}", error.message()))
    }
}

/// Whether a name can be that of a file among the user's themes.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        && !name.starts_with('-')
}

fn did_you_mean(role: &str) -> String {
    let scored = ROLES.iter().map(|known| (strsim::jaro_winkler(role, known), known)).filter(|(score, _)| *score > 0.8);
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}

fn style(written: &Written, palette: &BTreeMap<&str, &str>, wrong: &mut impl FnMut(&str)) -> Style {
    let parts = match written {
        Written::Color(color) => Parts { fg: Some(color.clone()), ..Parts::default() },
        Written::Style(parts) => parts.clone(),
    };
    let mut color = |name: &Option<String>| {
        let name = name.as_deref()?;
        let meant = palette.get(name).copied().unwrap_or(name);
        let color = color::parse(meant);
        if color.is_none() {
            wrong(meant);
        }
        color
    };
    let mut style = Style { fg: color(&parts.fg), bg: color(&parts.bg), ..Style::default() };
    let modifiers = [
        (parts.bold, Modifier::BOLD),
        (parts.dim, Modifier::DIM),
        (parts.italic, Modifier::ITALIC),
        (parts.underline, Modifier::UNDERLINED),
        (parts.reverse, Modifier::REVERSED),
    ];
    for (wanted, modifier) in modifiers {
        if wanted {
            style = style.add_modifier(modifier);
        }
    }
    style
}

#[cfg(test)]
mod tests {
    use super::super::Part;
    use super::*;
    use ratatui::style::Color;

    #[test]
    fn every_role_of_every_theme_resolves_without_a_warning() {
        for (name, _) in BUILT_IN {
            let (theme, problems) = Themes::default().load(name, ColorLevel::True);
            assert!(problems.is_empty(), "{name}: {problems:?}");
            for role in ROLES {
                assert!(theme.styles.contains_key(role), "{name} has no {role}");
            }
        }
    }

    /// Contrast of WCAG 2.1, 1.4.3.
    fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |(r, g, b): (u8, u8, u8)| 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_where_a_theme_says_what_is_behind_it() {
        let mut checked = 0;
        for (name, _) in BUILT_IN {
            let theme = Themes::default().load(name, ColorLevel::True).0;
            let Some(screen) = theme.ground().and_then(color::rgb) else { continue };
            checked += 1;
            let ink = theme.part(Part::Screen).fg.and_then(color::rgb);
            for (role, style) in &theme.styles {
                let reversed = style.add_modifier.contains(Modifier::REVERSED);
                let Some(text) = style.fg.and_then(color::rgb).or(ink).filter(|_| !reversed) else { continue };
                if *role == "frame" {
                    continue;
                }
                let behind = style.bg.and_then(color::rgb).unwrap_or(screen);
                let contrast = contrast(text, behind);
                assert!(contrast >= 4.5, "{name}, {role}: {contrast:.2}");
            }
        }
        assert!(checked >= 3, "light, high-contrast and colour-blind say what is behind");
    }

    #[test]
    fn a_broken_theme_is_a_warning_and_the_rest_holds() {
        let own = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(own.path().join(format!("{name}.toml")), text).unwrap();
        write(
            "mine",
            "inherits = \"light\"\n[palette]\nrose = \"#aa1155\"\n[roles]\n\"text.key\" = \"rose\"\n\"text.mutd\" = \"rose\"\n\"text.link\" = \"reddish\"",
        );
        write("loop", "inherits = \"loop\"");
        write("broken", "roles = 3");
        let themes = Themes { own: Some(own.path().to_owned()) };
        assert!(themes.names().contains(&"mine".to_owned()));

        let (mine, problems) = themes.load("mine", ColorLevel::True);
        assert_eq!(mine.named("text.key").fg, Some(Color::Rgb(0xaa, 0x11, 0x55)));
        assert_eq!(mine.named("text.muted"), themes.load("light", ColorLevel::True).0.named("text.muted"));
        assert_eq!(
            problems,
            [
                "theme `mine`, role `text.link`: `reddish` is no colour",
                "theme `mine`: there is no role `text.mutd`; did you mean `text.muted`?",
            ]
        );
        assert_eq!(themes.load("loop", ColorLevel::True).1, ["theme `loop` inherits from itself"]);
        let (fallback, problems) = themes.load("broken", ColorLevel::True);
        assert_eq!((fallback.name.as_str(), problems.len()), ("default", 1));
        assert_eq!(themes.load("../../etc/passwd", ColorLevel::True).0.name, "default");
    }

    #[test]
    fn without_colours_selection_writing_and_failure_are_still_told() {
        for (name, _) in BUILT_IN {
            let theme = Themes::default().load(name, ColorLevel::Mono).0;
            for style in theme.styles.values() {
                assert!(style.fg.is_none_or(|it| it == Color::Reset) && style.bg.is_none_or(|it| it == Color::Reset));
            }
            assert!(theme.part(Part::Selected).add_modifier.contains(Modifier::REVERSED));
            assert!(theme.part(Part::Writing).add_modifier.contains(Modifier::REVERSED));
            assert!(!theme.named("status.failed").add_modifier.is_empty());
        }
    }
}
