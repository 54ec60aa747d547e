//! The release line: release tags of a repository as artifacts, and as deployments to a release-line environment.

use std::collections::BTreeMap;

use regex::Regex;

use crate::model::{
    Artifact, Deployment, DeploymentId, EnvironmentId, Outcome, Reference, ReferenceKind, Service, ServiceId, Text,
    Version,
};

/// Where an artifact that is a release tag lies.
pub const TAG: &str = "tag";

/// Which tags of a repository are releases of a service.
#[derive(Debug)]
pub struct ReleaseTags {
    whole_name: Option<Regex>,
}

impl ReleaseTags {
    /// The rule of `service` for a repository with these references: the configured expression, which has to match the
    /// whole name, else the shape that most release-like tags have.
    pub fn of<'a>(service: &Service, references: impl Iterator<Item = &'a Reference>) -> Self {
        let expression = match &service.release_tags {
            Some(configured) => Some(configured.clone()),
            None => commonest_shape(references.filter(|it| it.kind == ReferenceKind::Tag).map(|it| it.name.short())),
        };
        // A configured expression that does not compile is an error of the configuration check; here nothing fits it.
        Self { whole_name: expression.and_then(|it| Regex::new(&format!("^(?:{it})$")).ok()) }
    }

    /// The tags whose whole name `expression` matches.
    ///
    /// # Errors
    /// When it is no regular expression.
    pub fn matching(expression: &str) -> Result<Self, regex::Error> {
        Ok(Self { whole_name: Some(Regex::new(&format!("^(?:{expression})$"))?) })
    }

    /// Whether the reference is a release.
    pub fn fit(&self, reference: &Reference) -> bool {
        reference.kind == ReferenceKind::Tag
            && self.whole_name.as_ref().is_some_and(|regex| regex.is_match(reference.name.short()))
    }
}

/// The expression for the tags `PREFIX1.2.3` whose prefix is the commonest. `v` and no prefix go before others when they
/// are at least a quarter as common: repositories of several packages often tag the main one so.
fn commonest_shape<'a>(tags: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut by_prefix: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in tags {
        if let Some(prefix) = release_prefix(tag) {
            *by_prefix.entry(prefix).or_default() += 1;
        }
    }
    let most = by_prefix.values().copied().max()?;
    let plain = ["v", ""].into_iter().find(|prefix| by_prefix.get(prefix).is_some_and(|&count| count * 4 >= most));
    let prefix = plain.or_else(|| by_prefix.iter().find(|&(_, &count)| count == most).map(|(&prefix, _)| prefix))?;
    Some(format!(r"{}\d+(\.\d+)+", regex::escape(prefix)))
}

/// The part before the number of a tag that ends in a dotted number.
fn release_prefix(tag: &str) -> Option<&str> {
    let prefix = tag.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &tag[prefix.len()..];
    let dotted = number.split('.').count() >= 2 && number.split('.').all(|part| !part.is_empty());
    dotted.then_some(prefix)
}

/// A release tag as an artifact.
pub fn artifact(service: &ServiceId, tag: &Reference) -> Artifact {
    Artifact {
        service: service.clone(),
        version: Version::from(tag.name.short()),
        location: Text::from(TAG),
        digest: None,
        commit: Some(tag.commit),
        built_at: Some(tag.created_at),
        arrived_at: Some(tag.created_at),
        run: None,
        size: None,
        url: None,
    }
}

/// A release tag as a deployment to the release line, at the tag's creation date.
pub fn deployment(service: &ServiceId, environment: &EnvironmentId, tag: &Reference) -> Deployment {
    Deployment {
        id: DeploymentId::from(tag.name.short()),
        service: service.clone(),
        environment: environment.clone(),
        version: Some(Version::from(tag.name.short())),
        commit: Some(tag.commit),
        digest: None,
        started_at: None,
        finished_at: Some(tag.created_at),
        also: Vec::new(),
        outcome: Outcome::Success,
        actor: None,
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_most_release_tags_is_found() {
        let cases: &[(&[&str], Option<&str>)] = &[
            (&["v1.0", "v1.1.0", "nightly", "v1.2.0-rc1"], Some(r"v\d+(\.\d+)+")),
            (&["1.0.0", "1.1.0"], Some(r"\d+(\.\d+)+")),
            (&["tool-1.0", "tool-1.1", "lib-0.1"], Some(r"tool\-\d+(\.\d+)+")),
            (&["a-1.0", "a-1.1", "a-1.2", "v3.0"], Some(r"v\d+(\.\d+)+")),
            (&["nightly", "v7", "..", "1."], None),
            (&[], None),
        ];
        for (tags, expected) in cases {
            assert_eq!(commonest_shape(tags.iter().copied()).as_deref(), *expected, "{tags:?}");
        }
    }
}
