//! Patterns of paths: `servers/{environment}/{service}`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::backend::package::error::At as _;
use crate::backend::package::{Result, name};
use crate::model::Text;

/// Puts values in the place of `{name}`s, each once, in one pass: what a value holds is never looked at again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let hit = values.iter().find_map(|(name, value)| {
            let tail = from.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((value, tail))
        });
        match hit {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The services that have a directory where `pattern` says, in one environment, and problems with others.
///
/// # Errors
/// When the directory that holds them cannot be listed.
pub fn services(base: &Path, pattern: &str, environment: &str) -> Result<(Vec<String>, Vec<Text>)> {
    let Some((holder, prefix, suffix)) = around_service(pattern) else { return Ok(Default::default()) };
    let holder = base.join(fill(holder, &[("environment", environment)]));
    let (prefix, suffix) =
        (fill(prefix, &[("environment", environment)]), fill(suffix, &[("environment", environment)]));
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&holder).at(&holder)? {
        let entry = entry.at(&holder)?;
        if !entry.path().is_dir() {
            continue;
        }
        let raw = entry.file_name();
        let Some(text) = raw.to_str() else {
            problems.push(format!("{}: its name is not UTF-8", entry.path().display()).into());
            continue;
        };
        let Some(service) = text.strip_prefix(prefix.as_str()).and_then(|it| it.strip_suffix(suffix.as_str())) else {
            continue;
        };
        if name::is_component(service) {
            names.push(service.to_owned());
        }
    }
    names.sort();
    Ok((names, problems))
}

/// The directory in which `pattern` looks for services.
pub fn holder(base: &Path, pattern: &str, environment: &str) -> PathBuf {
    let before = around_service(pattern).map_or(pattern, |(holder, _, _)| holder);
    base.join(fill(before, &[("environment", environment)]))
}

/// Splits at the component that holds the first `{service}`: what comes before it, and what stands around the name in it.
fn around_service(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, after) = pattern.split_once("{service}")?;
    let (holder, prefix) = before.rfind('/').map_or(("", before), |at| before.split_at(at + 1));
    Some((holder, prefix, after.split('/').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once_and_not_looked_into() {
        let values = [("service", "{version}"), ("version", "1.0")];
        assert_eq!(fill("a/{service}/{version}/{other}/{", &values), "a/{version}/1.0/{other}/{");
    }

    #[test]
    fn services_are_found_where_the_pattern_says() {
        let base = tempfile::tempdir().unwrap();
        for dir in ["srv/prod/app-checkout/web", "srv/prod/app-search", "srv/prod/other", "srv/prod/app-.x"] {
            fs::create_dir_all(base.path().join(dir)).unwrap();
        }
        let found = services(base.path(), "srv/{environment}/app-{service}/web", "prod").unwrap();
        assert_eq!(found.0, ["checkout", "search"]);
        assert_eq!(holder(base.path(), "srv/{environment}/{service}", "prod"), base.path().join("srv/prod/"));
        assert!(services(base.path(), "srv/{environment}/{service}", "dev").is_err());
    }
}
