//! Which container carries the version of a service, what the version is called, and which commit it was built from.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use regex::Regex;

use super::image::Reference;
use super::item::{Template, Workload};
use super::settings::Settings;
use crate::backend::SettingsProblem;
use crate::model::{CommitId, Digest, Installed, Time, Version};

/// The annotation by which kubectl knows the container that is meant.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// The label that names a version.
const VERSION: &str = "app.kubernetes.io/version";
/// The annotation that names a commit.
const REVISION: &str = "org.opencontainers.image.revision";
/// Tags that people move.
const MOVING: &[&str] = &["latest", "main", "master", "edge", "nightly", "stable"];

/// How versions are read.
#[derive(Clone, Debug)]
pub struct Rules {
    container: Option<String>,
    version: Vec<Rule>,
    commit: Vec<Rule>,
    moving: GlobSet,
}

/// Where something stands.
#[derive(Clone, Debug)]
enum Rule {
    Tag(Option<Regex>),
    Label(String),
    Annotation(String),
}

/// What a template runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The container.
    pub container: String,
    /// Its image as it is written.
    pub image: Reference,
    /// What that is called.
    pub version: Version,
    /// The commit that it was built from.
    pub commit: Option<CommitId>,
    /// Its digest.
    pub digest: Option<Digest>,
}

impl Rules {
    /// The rules that settings mean.
    ///
    /// # Errors
    /// When one of them makes no sense.
    pub fn new(settings: &Settings) -> Result<Self, SettingsProblem> {
        let or = |own: &[String], usual: &[&str]| -> Vec<String> {
            if own.is_empty() { usual.iter().map(|&it| it.to_owned()).collect() } else { own.to_vec() }
        };
        let version = or(&settings.version, &["tag", &format!("label {VERSION}")]);
        let commit =
            or(&settings.commit, &[&format!("annotation {REVISION}"), "tag (^|[-._])(?<commit>[0-9a-f]{40})$"]);
        let tags: Vec<String> =
            settings.moving_tags.clone().unwrap_or_else(|| MOVING.iter().map(|&it| it.to_owned()).collect());
        Ok(Self {
            container: settings.container.clone(),
            version: version.iter().map(|it| Rule::parse("version", it)).collect::<Result<_, _>>()?,
            commit: commit.iter().map(|it| Rule::parse("commit", it)).collect::<Result<_, _>>()?,
            moving: globs(&tags)?,
        })
    }

    /// Whether a tag is one that people move.
    pub fn moves(&self, tag: &str) -> bool {
        self.moving.is_match(tag)
    }

    /// The container of a template that carries the version, by name.
    pub fn container<'a>(&self, template: &'a Template, service: &str, workload: &str) -> Option<&'a str> {
        let all = || template.containers.iter().chain(&template.init).map(|(name, _)| &**name);
        let named = |wanted: &str| all().find(|name| *name == wanted);
        if let Some(pattern) = &self.container {
            return named(&pattern.replace("{service}", service));
        }
        let annotated = template.annotations.get(DEFAULT_CONTAINER).and_then(|it| named(it));
        annotated.or_else(|| named(service)).or_else(|| named(workload)).or_else(|| all().next())
    }

    /// What a template of a workload runs; `running` is the image id of pods that were made from it.
    pub fn carried(
        &self,
        template: &Template,
        workload: Option<&Workload>,
        names: (&str, &str),
        running: Option<&str>,
    ) -> Option<Carried> {
        let container = self.container(template, names.0, names.1)?;
        let (_, image) = template.containers.iter().chain(&template.init).find(|(name, _)| **name == *container)?;
        let image = Reference::parse(image);
        let digest = image.digest.clone().or_else(|| Reference::digest_of_running(running?));
        let described = Described { template, workload, image: &image };
        let version = self.version(&described, digest.as_ref())?;
        let commit = self.commit.iter().find_map(|rule| described.find(rule)?.parse().ok());
        Some(Carried { container: container.to_owned(), version, commit, digest, image: image.clone() })
    }

    fn version(&self, described: &Described<'_>, digest: Option<&Digest>) -> Option<Version> {
        let mut moving = None;
        for rule in &self.version {
            let Some(found) = described.find(rule) else { continue };
            if matches!(rule, Rule::Tag(_)) && self.moves(&found) {
                moving = Some(found);
                continue;
            }
            return Some(Version::from(found));
        }
        match (moving, digest) {
            (Some(tag), Some(digest)) => Some(Version::from(format!("{tag}@{}", digest.short()))),
            (Some(tag), None) => Some(Version::from(tag)),
            (None, Some(digest)) => Some(Version::from(digest.short())),
            // Without a tag the tag is `latest`: what that was, nobody knows.
            (None, None) if !described.image.repository.is_empty() => Some(Version::from("latest")),
            (None, None) => None,
        }
    }
}

impl Carried {
    /// It, as a version in an environment.
    pub fn installed(&self, since: Option<Time>) -> Installed {
        Installed { version: self.version.clone(), digest: self.digest.clone(), commit: self.commit, since }
    }
}

/// What rules look into.
struct Described<'a> {
    template: &'a Template,
    workload: Option<&'a Workload>,
    image: &'a Reference,
}

impl Described<'_> {
    fn find(&self, rule: &Rule) -> Option<String> {
        let of = |key: &str, template: &BTreeMap<String, String>, workload: Option<&BTreeMap<String, String>>| {
            template.get(key).or_else(|| workload?.get(key)).filter(|it| !it.is_empty()).cloned()
        };
        match rule {
            Rule::Tag(None) => self.image.tag.clone(),
            Rule::Tag(Some(regex)) => {
                let captures = regex.captures(self.image.tag.as_deref()?)?;
                ["commit", "version"]
                    .into_iter()
                    .find_map(|it| captures.name(it))
                    .or_else(|| captures.get(0))
                    .map(|it| it.as_str().to_owned())
            }
            Rule::Label(key) => of(key, &self.template.labels, self.workload.map(|it| &it.labels)),
            Rule::Annotation(key) => of(key, &self.template.annotations, self.workload.map(|it| &it.annotations)),
        }
    }
}

impl Rule {
    fn parse(key: &str, text: &str) -> Result<Self, SettingsProblem> {
        let problem = |what: String| SettingsProblem { key: key.to_owned(), what: what.into() };
        let (what, of) = text.split_once(' ').map_or((text, ""), |(what, of)| (what, of.trim()));
        match (what, of) {
            ("tag", "") => Ok(Self::Tag(None)),
            ("tag", regex) => Regex::new(regex).map(|it| Self::Tag(Some(it))).map_err(|why| problem(why.to_string())),
            ("label", name) if !name.is_empty() => Ok(Self::Label(name.to_owned())),
            ("annotation", name) if !name.is_empty() => Ok(Self::Annotation(name.to_owned())),
            _ => Err(problem(format!("{text:?} is none of `tag`, `tag REGEX`, `label KEY`, `annotation KEY`"))),
        }
    }
}

fn globs(tags: &[String]) -> Result<GlobSet, SettingsProblem> {
    let problem = |why: globset::Error| SettingsProblem { key: "moving_tags".to_owned(), what: why.to_string().into() };
    let mut builder = GlobSetBuilder::new();
    for tag in tags {
        builder.add(Glob::new(tag).map_err(problem)?);
    }
    builder.build().map_err(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(image: &str) -> Template {
        Template {
            containers: vec![("proxy".into(), "mesh:7".into()), ("web".into(), image.into())],
            ..Template::default()
        }
    }

    fn carried(settings: &str, template: &Template, running: Option<&str>) -> Option<Carried> {
        let settings: Settings = toml::from_str(settings).expect("settings");
        Rules::new(&settings).expect("rules").carried(template, None, ("web", "web"), running)
    }

    #[test]
    fn a_tag_is_the_version_and_pods_tell_the_digest() {
        let found = carried("", &template("shop/web:1.4.2"), Some("shop/web@sha256:0123456789abcdef")).expect("found");
        assert_eq!(found.version.as_str(), "1.4.2");
        assert_eq!(found.digest.map(|it| it.as_str().to_owned()), Some("sha256:0123456789abcdef".to_owned()));
    }

    #[test]
    fn versions_of_a_moving_tag_are_told_apart() {
        let found = carried("", &template("shop/web:latest"), Some("shop/web@sha256:0123456789abcdef")).expect("found");
        assert_eq!(found.version.as_str(), "latest@0123456789ab");
        let unknown = carried("", &template("shop/web"), None).expect("found");
        assert_eq!(unknown.version.as_str(), "latest");
    }

    #[test]
    fn a_commit_stands_where_the_rules_say() {
        let commit = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101";
        let tagged = carried("", &template(&format!("shop/web:main-{commit}")), None).expect("found");
        assert_eq!(tagged.commit.map(|it| it.to_string()), Some(commit.to_owned()));
        let mut annotated = template("shop/web:1");
        annotated.annotations.insert("git".into(), commit.into());
        let found = carried("commit = [\"annotation git\"]", &annotated, None).expect("found");
        assert_eq!(found.commit.map(|it| it.to_string()), Some(commit.to_owned()));
    }

    #[test]
    fn the_container_is_the_one_that_is_named() {
        let found = carried("container = \"proxy\"", &template("shop/web:1"), None).expect("found");
        assert_eq!((found.container.as_str(), found.version.as_str()), ("proxy", "7"));
        assert_eq!(carried("container = \"other\"", &template("shop/web:1"), None), None);
    }
}
