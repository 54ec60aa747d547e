//! The configuration: which file, and what is wrong with it.

use super::Check;
use crate::config::{Loaded, Problem};

const AREA: &str = "configuration";

/// Looks at the configuration as it was read.
pub fn check(loaded: &Loaded) -> Vec<Check> {
    let mut checks = vec![match &loaded.path {
        Some(path) => Check::ok(AREA, path.display().to_string()),
        None => Check::ok(AREA, "no flightdeck.toml here or above: the defaults hold"),
    }];
    let advice = |problem: &Problem| problem.hint.clone().unwrap_or_else(|| "flightdeck config check shows it".into());
    checks.extend(loaded.errors.iter().map(|it| Check::failed(AREA, in_one_line(it), advice(it))));
    checks.extend(loaded.warnings.iter().map(|it| Check::warn(AREA, in_one_line(it), advice(it))));
    checks
}

fn in_one_line(problem: &Problem) -> String {
    problem.to_string().lines().next().unwrap_or_default().to_owned()
}
