//! Where each value of the configuration comes from.

use std::fmt;
use std::path::PathBuf;

use super::check::problem_at;
use super::model::Config;
use super::node::{Node, joined};
use super::problem::Problem;
use crate::model::text::clean;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody wrote it.
    Default,
    /// It is written in a file.
    File {
        /// The file, as it is shown.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// `flightdeck.toml:12`, or `default`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.pad("default"),
            Self::File { path, line } => f.pad(&format!("{}:{line}", clean(&path.to_string_lossy()))),
        }
    }
}

/// One value that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path: `policy.write`, `environment[0].name`.
    pub key: String,
    /// The value as TOML.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Knows of every value where it was written.
#[derive(Clone, Debug, Default)]
pub struct Origins(pub(super) Option<Node>);

impl Origins {
    /// Where the value at a path (`freeze[0].until`) was written.
    pub fn of(&self, key: &str) -> Origin {
        match self.0.as_ref().and_then(|tree| tree.find(key)) {
            None => Origin::Default,
            Some(node) => {
                let file = &node.place.file;
                Origin::File { path: file.shown.clone(), line: file.line(&node.place.span) }
            }
        }
    }

    /// A problem with the value at a path, shown where it was written. For what only others can judge: the settings of a
    /// backend, the command that a key runs.
    pub fn problem(&self, key: &str, what: impl Into<String>) -> Problem {
        match &self.0 {
            Some(tree) => problem_at(tree, key, what.into()),
            None => Problem::of(None, format!("{key}: {}", what.into())),
        }
    }

    /// Every value that holds, with its origin: of tables all, of the rows of lists only what was written.
    pub fn settings(&self, config: &Config) -> Vec<Setting> {
        let mut all = Vec::new();
        if let Ok(value) = toml::Value::try_from(config) {
            self.collect("", &value, &mut all);
        }
        all
    }

    fn collect(&self, key: &str, value: &toml::Value, all: &mut Vec<Setting>) {
        match value {
            toml::Value::Table(table) => {
                for (name, value) in table {
                    self.collect(&joined(key, name), value, all);
                }
            }
            toml::Value::Array(rows) if rows.iter().any(toml::Value::is_table) => {
                for (n, row) in rows.iter().enumerate() {
                    self.collect(&format!("{key}[{n}]"), row, all);
                }
            }
            leaf => {
                let origin = self.of(key);
                let row_of_file = key.contains('[') && self.is_written(key);
                if origin != Origin::Default || !row_of_file {
                    all.push(Setting { key: key.to_owned(), value: leaf.to_string(), origin });
                }
            }
        }
    }

    /// Whether the row that a path leads into was written, so that what is missing in it needs no mention.
    fn is_written(&self, key: &str) -> bool {
        let row = key.find(']').and_then(|end| key.get(..=end));
        row.is_some_and(|row| self.of(row) != Origin::Default)
    }
}
