//! The words that stand for something in references, inputs and payloads: `{version}`, `{commit}`, `{environment}`,
//! `{service}`, `{operation}`.

use std::collections::BTreeMap;

use super::ground::Ground;
use crate::backend::Order;
use crate::model::{CommitId, Text};

/// Stands for the commit: the only word that may not be known.
const COMMIT: &str = "{commit}";

/// What the words stand for.
pub struct Words<'a> {
    version: &'a str,
    commit: Option<String>,
    environment: &'a str,
    service: &'a str,
    operation: &'a str,
}

impl<'a> Words<'a> {
    /// The words of an order.
    pub fn of(ground: &'a Ground<'_>, order: &'a Order, commit: Option<&CommitId>) -> Self {
        Self {
            version: order.to.version.as_str(),
            commit: commit.map(ToString::to_string),
            environment: &ground.environment,
            service: order.track.service.as_str(),
            operation: order.operation.as_str(),
        }
    }

    /// A text with what its words stand for. What is put in is not looked at again.
    ///
    /// # Errors
    /// Why it cannot be filled, in words.
    pub fn fill(&self, template: &str) -> Result<String, Text> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            filled.push_str(before);
            let Some((word, stands_for)) = self.begins(from)? else {
                filled.push('{');
                rest = from.get(1..).unwrap_or_default();
                continue;
            };
            filled.push_str(stands_for);
            rest = from.get(word.len()..).unwrap_or_default();
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The same with every value.
    ///
    /// # Errors
    /// Why one cannot be filled.
    pub fn fill_all(&self, templates: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Text> {
        templates.iter().map(|(key, value)| Ok((key.clone(), self.fill(value)?))).collect()
    }

    /// The word that a text begins with, and what it stands for.
    fn begins(&self, text: &str) -> Result<Option<(&'static str, &str)>, Text> {
        if text.starts_with(COMMIT) {
            let commit = self.commit.as_deref();
            let unknown =
                || format!("the commit of {} is not known, and `{COMMIT}` asks for it", Text::from(self.version));
            return Ok(Some((COMMIT, commit.ok_or_else(unknown)?)));
        }
        let all = [
            ("{version}", self.version),
            ("{environment}", self.environment),
            ("{service}", self.service),
            ("{operation}", self.operation),
        ];
        Ok(all.into_iter().find(|(word, _)| text.starts_with(word)))
    }
}

/// Whether a template means another thing for another version.
pub fn tells_versions_apart(template: &str) -> bool {
    template.contains("{version}") || template.contains(COMMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(commit: Option<&str>) -> Words<'_> {
        Words {
            version: "{service}",
            commit: commit.map(str::to_owned),
            environment: "prd",
            service: "shop",
            operation: "op",
        }
    }

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let cases = [
            ("{version}", "{service}"),
            ("{service}-{environment}/{operation}", "shop-prd/op"),
            ("{unknown} {", "{unknown} {"),
            ("{{version}}", "{{service}}"),
            ("", ""),
        ];
        for (template, expected) in cases {
            assert_eq!(words(None).fill(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn a_commit_that_is_not_known_is_not_made_up() {
        assert!(words(None).fill("a {commit}").is_err());
        assert_eq!(words(Some("abc")).fill("a {commit}").as_deref(), Ok("a abc"));
    }
}
