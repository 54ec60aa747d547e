//! Label selectors, as far as lists and watches use them.

use std::collections::BTreeMap;

/// The labels of an object.
pub type Labels = BTreeMap<String, String>;

/// Whether labels fit a selector: `a=b`, `a==b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b,c)`, joined by commas.
pub fn fits(selector: &str, labels: &Labels) -> bool {
    requirements(selector).iter().all(|it| holds(it, labels))
}

/// Splits at the commas outside parentheses.
fn requirements(selector: &str) -> Vec<&str> {
    let mut depth = 0;
    let outside = move |character: char| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    };
    selector.split(outside).map(str::trim).filter(|it| !it.is_empty()).collect()
}

fn holds(requirement: &str, labels: &Labels) -> bool {
    let has = |key: &str, value: &str| labels.get(key.trim()).is_some_and(|it| it == value.trim());
    if let Some((key, values)) = requirement.split_once(" notin ") {
        return !listed(values).any(|value| has(key, value));
    }
    if let Some((key, values)) = requirement.split_once(" in ") {
        return listed(values).any(|value| has(key, value));
    }
    if let Some((key, value)) = requirement.split_once("!=") {
        return !has(key, value);
    }
    if let Some((key, value)) = requirement.split_once('=') {
        return has(key, value.trim_start_matches('='));
    }
    match requirement.strip_prefix('!') {
        Some(key) => !labels.contains_key(key.trim()),
        None => labels.contains_key(requirement),
    }
}

fn listed(values: &str) -> impl Iterator<Item = &str> {
    values.trim().trim_start_matches('(').trim_end_matches(')').split(',').map(str::trim)
}
