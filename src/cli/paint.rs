//! Colours of the command line: the terminal's own sixteen, chosen by meaning.

use std::io::IsTerminal;

use crate::model::Status;
use crate::ui::ColorChoice;
use crate::view::Role;

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// When a person looks and nothing in the environment speaks against it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

impl Color {
    /// Whether standard output is coloured.
    pub fn for_stdout(self) -> bool {
        self.decide(|name| std::env::var(name).ok(), std::io::stdout().is_terminal())
    }

    /// The rules: the option, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, then whether a terminal is there.
    fn decide(self, variable: impl Fn(&str) -> Option<String>, terminal: bool) -> bool {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR").is_some() => false,
            Self::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Self::Auto if set("CLICOLOR").is_some_and(|value| value == "0") => false,
            Self::Auto => terminal && set("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// The parameters of the escape sequence for a role; `None` for ordinary text.
pub fn of(role: &Role) -> Option<&'static str> {
    match role {
        Role::Text | Role::Series(_) | Role::Heat(_) => None,
        Role::Muted => Some("2"),
        Role::Strong | Role::Heading | Role::Key | Role::Match => Some("1"),
        Role::Link => Some("4"),
        Role::Warning => Some("33"),
        Role::Added => Some("32"),
        Role::Removed => Some("31"),
        Role::Environment(_, true) => Some("1;35"),
        Role::Environment(_, false) => Some("36"),
        Role::Status(status) => of_status(*status),
    }
}

fn of_status(status: Status) -> Option<&'static str> {
    match status {
        Status::Ok => Some("32"),
        Status::Running => Some("34"),
        Status::Failed => Some("1;31"),
        Status::Held | Status::Drift => Some("33"),
        Status::Frozen => Some("36"),
        Status::Cancelled | Status::Skipped | Status::Unknown => Some("2"),
        Status::Waiting => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was asked for, the environment, whether a person looks at a terminal, whether there are colours.
    type Case = (Color, &'static [(&'static str, &'static str)], bool, bool);

    #[test]
    fn the_environment_decides_as_people_agreed() {
        let cases: &[Case] = &[
            (Color::Auto, &[], true, true),
            (Color::Auto, &[], false, false),
            (Color::Auto, &[("NO_COLOR", "1")], true, false),
            (Color::Auto, &[("NO_COLOR", "")], true, true),
            (Color::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Color::Auto, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            (Color::Auto, &[("CLICOLOR", "0")], true, false),
            (Color::Auto, &[("TERM", "dumb")], true, false),
            (Color::Always, &[("NO_COLOR", "1")], false, true),
            (Color::Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ];
        for (color, variables, terminal, expected) in cases {
            let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, it)| (*it).to_owned());
            assert_eq!(color.decide(variable, *terminal), *expected, "{color:?} {variables:?} {terminal}");
        }
    }
}
