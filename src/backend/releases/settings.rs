//! The settings of a `releases` backend.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::backend::SettingsProblem;
use crate::backend::package::name;

/// The settings of a `releases` backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The directory that holds `releases/` and `current`, relative to the configuration file. `{environment}` and
    /// `{service}` stand for their names.
    pub path: String,
    /// The environments that are served from there.
    pub environments: Vec<String>,
    /// The service, where `path` does not name it.
    #[serde(default)]
    pub service: Option<String>,
    /// Which services are meant, as globs, where directories of others lie beside them. Default: all.
    #[serde(default)]
    pub services: Vec<String>,
    /// The directory of a service's packages, to install from; `{source}` stands for the environment that is promoted
    /// from. Without it nothing can be installed, only rolled back.
    #[serde(default)]
    pub packages: Option<String>,
    /// How many releases are kept. The live one, the one before and the target always are. Default: 5.
    #[serde(default = "five")]
    pub keep: usize,
    /// A command that has to succeed in a new release before it can become live: program and arguments. `{release}` and
    /// `{current}` stand for the paths of the release and of the link to the live one, `{version}`, `{service}` and
    /// `{environment}` for their names.
    #[serde(default)]
    pub smoke: Vec<String>,
    /// Seconds after which the smoke test has failed. Default: 30.
    #[serde(default = "thirty")]
    pub smoke_timeout_seconds: u64,
    /// A command that succeeds when the live release serves: program and arguments, as for `smoke`.
    #[serde(default)]
    pub health: Vec<String>,
    /// An address that answers 2xx when the live release serves; placeholders as for `smoke`. Instead of `health`.
    #[serde(default)]
    pub health_url: Option<String>,
    /// Seconds in which the health check may still say no after a switch. Default: 30.
    #[serde(default = "thirty")]
    pub health_timeout_seconds: u64,
    /// Seconds between two health checks. Default: 1.
    #[serde(default = "one")]
    pub health_interval_seconds: u64,
    /// Megabytes that a release may have when it is unpacked. Default: 4096.
    #[serde(default = "four_thousand")]
    pub unpacked_limit_mb: u64,
}

fn one() -> u64 {
    1
}

fn five() -> usize {
    5
}

fn thirty() -> u64 {
    30
}

fn four_thousand() -> u64 {
    4096
}

/// The first placeholder in a pattern that stands for nothing.
fn unknown<'a>(pattern: &'a str, known: &[&str]) -> Option<&'a str> {
    let names = pattern.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
    names.into_iter().find(|name| !known.contains(name))
}

impl Settings {
    /// What makes no sense in them.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn check(&self) -> Result<(), SettingsProblem> {
        let wrong = |key: &str, what: String| Err(SettingsProblem { key: key.to_owned(), what: what.into() });
        if self.environments.is_empty() {
            return wrong("environments", "name at least one".to_owned());
        }
        if let Some(bad) = self.environments.iter().find(|it| !name::is_component(it)) {
            return wrong("environments", format!("{bad:?} cannot be the name of a directory"));
        }
        if let Some(bad) = self.service.as_ref().filter(|it| !name::is_component(it)) {
            return wrong("service", format!("{bad:?} cannot be the name of a directory"));
        }
        if self.environments.len() > 1 && !self.path.contains("{environment}") {
            return wrong("path", "several environments need {environment} in it".to_owned());
        }
        if self.service.is_none() && !self.path.contains("{service}") {
            return wrong("path", "put {service} in it, or name the service with `service`".to_owned());
        }
        if self.keep == 0 {
            return wrong("keep", "at least 1, the live one".to_owned());
        }
        if !self.health.is_empty() && self.health_url.is_some() {
            return wrong("health_url", "either `health` or `health_url`".to_owned());
        }
        let (place, named) = (["environment", "service"], ["version", "service", "environment", "operation"]);
        for (key, pattern, known) in [
            ("path", Some(&self.path), &place[..]),
            ("packages", self.packages.as_ref(), &["source", "service", "environment"]),
            ("health_url", self.health_url.as_ref(), &named[..]),
        ] {
            if let Some(bad) = pattern.and_then(|pattern| unknown(pattern, known)) {
                return wrong(key, format!("{{{bad}}} stands for nothing here"));
            }
        }
        for (key, argv) in [("smoke", &self.smoke), ("health", &self.health)] {
            if argv.first().is_some_and(String::is_empty) {
                return wrong(key, "the program has no name".to_owned());
            }
        }
        Ok(())
    }
}
