//! Themes by name: those that ship and the user's own. Whatever is wrong is a warning, and the rest of the theme holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ratatui::style::Color;

use super::sheet::{self, At, Sheet};
use super::written::{did_you_mean, meant};
use super::{ENVIRONMENT, ROLES, Theme};
use crate::model::text::clean;
use crate::ui::color::ColorLevel;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../themes/", $name, ".toml")))),*]
    };
}

/// The themes that ship: name and text.
pub const BUILT_IN: &[(&str, &str)] = shipped![
    "default",
    "light",
    "high-contrast",
    "colour-blind",
    "monochrome",
    "catppuccin-mocha",
    "catppuccin-latte",
    "gruvbox",
    "nord",
    "solarized-dark",
    "solarized-light",
    "tokyo-night",
];

/// All themes that there are.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// Where the user's own are, one file each.
    pub own: Option<PathBuf>,
    /// Accents of environments by their names, as the configuration says them.
    pub accents: BTreeMap<String, String>,
}

/// A theme file that was found.
struct Found {
    name: String,
    /// What the file is called in warnings.
    shown: String,
    sheet: Sheet,
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

    /// The file of the user's own theme of that name, if there is one; it comes before one that ships.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        let path = self.own.as_ref().filter(|_| is_name(name))?.join(format!("{name}.toml"));
        path.is_file().then_some(path)
    }

    /// The theme of that name in the colours that there are, and what is wrong with it. One that cannot be read is the
    /// default.
    pub fn load(&self, name: &str, level: ColorLevel) -> (Theme, Vec<String>) {
        let mut problems = Vec::new();
        let chain = self.chain(name, &mut problems);
        if chain.is_empty() && name != "default" {
            let (theme, more) = self.load("default", level);
            problems.extend(more);
            return (theme, problems);
        }
        let mut palette: BTreeMap<String, At<String>> = BTreeMap::new();
        let (mut styles, mut glyphs) = (BTreeMap::new(), BTreeMap::new());
        for found in &chain {
            problems.extend(found.sheet.wrong.iter().map(|wrong| found.at(wrong.line, &wrong.it)));
            palette.extend(found.sheet.palette.clone());
        }
        for found in &chain {
            for (role, written) in &found.sheet.roles {
                let Some(role) = known(role) else {
                    let known = did_you_mean(role, ROLES.iter().copied());
                    problems.push(found.at(written.line, &format!("there is no role `{role}`{known}; it is left out")));
                    continue;
                };
                let (style, wrong) = written.it.style(&palette);
                if wrong.is_empty() {
                    styles.insert(role.to_owned(), style);
                    continue;
                }
                let instead = if styles.contains_key(role) { "stays as it was below" } else { "is ordinary text" };
                let wrong = wrong.iter().map(|name| format!("`{name}` is no colour; `{role}` {instead}"));
                problems.extend(wrong.map(|what| found.at(written.line, &what)));
            }
            glyphs.extend(found.sheet.glyphs.iter().map(|(name, glyph)| (name.clone(), glyph.it.clone())));
        }
        let accents = self.accented(&palette, &mut problems);
        (Theme::new(name, styles, glyphs, accents, level), problems)
    }

    /// The theme's file and those that it begins from, the last first.
    fn chain(&self, name: &str, problems: &mut Vec<String>) -> Vec<Found> {
        let mut chain: Vec<Found> = Vec::new();
        let mut next = Some((name.to_owned(), None));
        while let Some((name, from)) = next.take() {
            let asked = |what: &str| match chain.last().zip(from) {
                Some((child, line)) => child.at(line, &format!("{what}; it begins from nothing")),
                None => format!("{what}; `default` is used instead"),
            };
            if chain.iter().any(|seen| seen.name == name) {
                problems.push(asked(&format!("theme `{name}` inherits from itself")));
                break;
            }
            match self.find(&name) {
                Ok(found) => {
                    next = found.sheet.inherits.as_ref().map(|parent| (parent.it.clone(), Some(parent.line)));
                    chain.push(found);
                }
                Err(why) => problems.push(asked(&why)),
            }
        }
        chain.reverse();
        chain
    }

    fn find(&self, name: &str) -> Result<Found, String> {
        let own = self.file(name);
        let (shown, text) = match &own {
            Some(path) => {
                let shown = clean(&path.to_string_lossy()).into_owned();
                let text = std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
                (shown, text)
            }
            None => {
                let shipped = BUILT_IN.iter().find(|(built_in, _)| *built_in == name);
                let text = shipped.map(|(_, text)| (*text).to_owned()).ok_or_else(|| {
                    let names = self.names();
                    let name = clean(name);
                    let near = did_you_mean(&name, names.iter().map(String::as_str));
                    format!("there is no theme `{name}`{near}")
                })?;
                (name.to_owned(), text)
            }
        };
        let sheet = sheet::read(&text).map_err(|at| format!("{shown}:{}: {}", at.line, clean(&at.it)))?;
        Ok(Found { name: name.to_owned(), shown, sheet })
    }

    /// The accents that the configuration gives to environments.
    fn accented(&self, palette: &BTreeMap<String, At<String>>, problems: &mut Vec<String>) -> BTreeMap<String, Color> {
        let mut accents = BTreeMap::new();
        for (environment, accent) in &self.accents {
            match meant(accent, palette) {
                Some(color) => {
                    accents.insert(environment.clone(), color);
                }
                None => problems.push(format!(
                    "environment `{}`: its accent `{}` is no colour; it has none of its own",
                    clean(environment),
                    clean(accent)
                )),
            }
        }
        accents
    }
}

impl Found {
    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {}", self.shown, clean(what))
    }
}

/// A role that there is; environments have roles by their names.
fn known(role: &str) -> Option<&str> {
    let environment = role.strip_prefix(ENVIRONMENT).is_some_and(|name| !name.is_empty());
    (environment || ROLES.contains(&role)).then_some(role)
}

/// Whether a name can be that of a file among the user's themes.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        && !name.starts_with('-')
}
