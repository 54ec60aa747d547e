//! What a configuration means: names that are unique and exist, time zones, globs, expressions.

use std::collections::BTreeMap;

use globset::Glob;
use regex::Regex;

use super::period::wrong_period;
use super::{Found, nearest};
use crate::config::Config;
use crate::config::node::Node;
use crate::config::problem::Problem;

/// The names that backends cannot have: whose facts are Flightdeck's own.
const RESERVED: &[&str] = &["flightdeck"];

/// Checks the merged configuration; `tree` knows where everything was written.
pub fn check_meaning(config: &Config, tree: &Node, found: &mut Found) {
    let well_formed = found.errors.is_empty();
    let mut meaning = Meaning { tree, found, well_formed };
    meaning.environments(config);
    meaning.services(config);
    meaning.backends(config);
    meaning.freezes(config);
    meaning.metrics(config);
    meaning.views(config);
    for (n, rule) in config.policy.risk.iter().enumerate() {
        meaning.globs(&format!("policy.risk[{n}].paths"), &rule.paths);
    }
}

struct Meaning<'a> {
    tree: &'a Node,
    found: &'a mut Found,
    /// Whether everything had the right form, so that what is missing was never written.
    well_formed: bool,
}

impl Meaning<'_> {
    fn environments(&mut self, config: &Config) {
        self.unique("environment", config.environment.iter().map(|it| Some(it.name.as_str())));
        for (n, environment) in config.environment.iter().enumerate() {
            let Some(zone) = &environment.time_zone else { continue };
            if zone.parse::<chrono_tz::Tz>().is_err() {
                let hint = nearest(zone, chrono_tz::TZ_VARIANTS.iter().map(|it| it.name()));
                self.error(&format!("environment[{n}].time_zone"), format!("there is no time zone `{zone}`"), hint);
            }
        }
        for (n, group) in config.environment.iter().enumerate().filter_map(|(n, it)| Some((n, it.group.as_ref()?))) {
            if config.environment.iter().any(|it| it.name == *group) {
                let what = format!("`{group}` is an environment: a group needs a name of its own");
                self.error(&format!("environment[{n}].group"), what, None);
            }
        }
        let backends = || config.backend.iter().map(|it| it.name.as_str());
        for (n, name) in config.environment.iter().enumerate().filter_map(|(n, it)| Some((n, it.operator.as_ref()?))) {
            if !backends().any(|it| it == name) {
                let what = format!("there is no backend `{name}`");
                self.error(&format!("environment[{n}].operator"), what, nearest(name, backends()));
            }
        }
        if !config.environment.is_empty() && !config.environment.iter().any(|it| it.production) {
            let what = "no environment is `production`: lead time and deployment frequency have nothing to count";
            self.warning("environment[0]", what.to_owned());
        }
    }

    fn services(&mut self, config: &Config) {
        self.unique("service", config.service.iter().map(|it| it.name.as_deref()));
        for (n, service) in config.service.iter().enumerate() {
            let at = format!("service[{n}]");
            match (&service.name, &service.pattern) {
                (None, None) => self.error(&at, "has neither `name` nor `match`".to_owned(), None),
                (Some(_), Some(_)) => {
                    self.warning(&format!("{at}.match"), "is not used, because the entry has a `name`".to_owned());
                }
                (None, Some(pattern)) => self.glob(&format!("{at}.match"), pattern),
                (Some(_), None) => {}
            }
            self.globs(&format!("{at}.paths"), &service.paths);
            if let Some(tags) = &service.release_tags {
                self.expression(&format!("{at}.release_tags"), &tags.replace("{service}", "service"));
            }
        }
    }

    fn metrics(&mut self, config: &Config) {
        let metrics = &config.metrics;
        for (key, expression) in [("bots", &metrics.bots), ("hotfix", &metrics.hotfix)] {
            if let Some(expression) = expression {
                self.expression(&format!("metrics.{key}"), expression);
            }
        }
        let day = |day: &String| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d");
        if let Some(Err(_)) = metrics.baseline_date.as_ref().map(day) {
            self.error("metrics.baseline_date", "there is no such day".to_owned(), None);
        }
        if metrics.baseline_date.is_some() && !metrics.baseline.is_empty() {
            self.warning("metrics.baseline_date", "is not used, because there is a `baseline`".to_owned());
        }
    }

    fn expression(&mut self, at: &str, expression: &str) {
        if let Err(error) = Regex::new(expression) {
            let what = error.to_string();
            let what = what.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            self.error(at, format!("not a regular expression: {what}"), None);
        }
    }

    fn backends(&mut self, config: &Config) {
        self.unique("backend", config.backend.iter().map(|it| Some(it.name.as_str())));
        for (n, backend) in config.backend.iter().enumerate() {
            if RESERVED.contains(&backend.name.as_str()) {
                let what = format!("`{}` is kept for what flightdeck records itself", backend.name);
                self.error(&format!("backend[{n}].name"), what, None);
            }
        }
    }

    fn freezes(&mut self, config: &Config) {
        let known = || config.environment.iter().map(|it| it.name.as_str());
        for (n, freeze) in config.freeze.iter().enumerate() {
            self.globs(&format!("freeze[{n}].services"), &freeze.services);
            // What has the wrong form was taken out: that nothing is left would be said twice.
            let wrong = wrong_period(&freeze.period).filter(|(key, _)| !key.is_empty() || self.well_formed);
            if let Some((key, what)) = wrong {
                self.error(&format!("freeze[{n}].{key}"), what, None);
            }
            for (m, name) in freeze.environments.iter().enumerate() {
                if !known().any(|it| it == name) {
                    let what = format!("there is no environment `{name}`");
                    self.error(&format!("freeze[{n}].environments[{m}]"), what, nearest(name, known()));
                }
            }
        }
    }

    fn views(&mut self, config: &Config) {
        let environments = || config.environment.iter().map(|it| it.name.as_str());
        for (n, view) in config.view.iter().enumerate() {
            let Some(name) = view.environment.as_deref().filter(|name| !environments().any(|it| it == *name)) else {
                continue;
            };
            if config.environment.is_empty() {
                continue;
            }
            let what = format!("there is no environment `{name}`");
            self.error(&format!("view[{n}].environment"), what, nearest(name, environments()));
        }
        let places = |name: &str| config.view.iter().filter(|it| it.name == name).count();
        let hidden = config.view.iter().enumerate().filter(|(n, view)| {
            let later = config.view.iter().skip(n + 1);
            places(&view.name) > 1 && later.clone().any(|it| it.name == view.name)
        });
        for (n, view) in hidden.collect::<Vec<_>>() {
            let what = format!("is hidden by a later view called `{}`", view.name);
            self.warning(&format!("view[{n}].name"), what);
        }
    }

    /// Names are said once each.
    fn unique<'n>(&mut self, list: &str, names: impl Iterator<Item = Option<&'n str>>) {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (n, name) in names.enumerate() {
            let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
            if let Some(other) = first.get(name) {
                let other = self.tree.find(&format!("{list}[{other}].name"));
                let hint = other.map(|it| format!("the other is on line {}", it.place.file.line(&it.place.span)));
                self.error(&format!("{list}[{n}].name"), format!("there are two called `{name}`"), hint);
            } else {
                first.insert(name, n);
            }
        }
    }

    fn globs(&mut self, at: &str, patterns: &[String]) {
        for (n, pattern) in patterns.iter().enumerate() {
            self.glob(&format!("{at}[{n}]"), pattern);
        }
    }

    fn glob(&mut self, at: &str, pattern: &str) {
        if let Err(error) = Glob::new(&pattern.replace("{service}", "service")) {
            self.error(at, format!("not a glob: {}", error.kind()), None);
        }
    }

    fn error(&mut self, at: &str, what: String, hint: Option<String>) {
        self.found.errors.push(problem_at(self.tree, at, what).hint(hint));
    }

    fn warning(&mut self, at: &str, what: String) {
        self.found.warnings.push(problem_at(self.tree, at, what));
    }
}

/// A problem with the value at a path, or with what is around it when the value is a default.
pub(in crate::config) fn problem_at(tree: &Node, at: &str, what: String) -> Problem {
    let mut path = at;
    loop {
        if let Some(node) = tree.find(path).filter(|_| !path.is_empty()) {
            return Problem::at(&node.place, what);
        }
        match path.rfind(['.', '[']) {
            Some(end) => path = path.get(..end).unwrap_or_default(),
            None => return Problem::of(Some(tree.place.file.shown.clone()), format!("{at}: {what}")),
        }
    }
}
