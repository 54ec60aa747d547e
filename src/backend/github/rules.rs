//! Which deployments are of which track, and what their versions are called.

use regex::Regex;
use serde_json::Value;

use super::settings::{Environments, Settings};
use super::wire::Deployment;
use crate::backend::SettingsProblem;
use crate::backend::pattern::{self, Pattern};
use crate::model::{CommitId, EnvironmentId, ServiceId, TrackId, Version};

/// How many digits of a commit stand for a version, as GitHub shows them.
const DIGITS: usize = 7;
/// The task of deployments, unless somebody says another.
const TASK: &str = "deploy";

/// Which deployments are of which track.
#[derive(Clone, Debug)]
pub struct Rules {
    places: Vec<Place>,
    service: Option<ServiceId>,
    task: String,
    tasks: Pattern,
    version: Vec<VersionRule>,
    release: Regex,
}

/// An environment and how it is called on GitHub.
#[derive(Clone, Debug)]
struct Place {
    environment: EnvironmentId,
    value: String,
    names: Pattern,
}

/// Where the version of a deployment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum VersionRule {
    Payload(String),
    Reference,
    Tag,
    Sha,
}

impl Rules {
    /// The rules of the settings.
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn new(settings: &Settings, environments: &[EnvironmentId]) -> Result<Self, SettingsProblem> {
        let name = settings.environment.as_deref().unwrap_or("{environment}");
        let named: Vec<(EnvironmentId, String)> = match &settings.environments {
            None => environments.iter().map(|it| (it.clone(), it.as_str().to_owned())).collect(),
            Some(Environments::Named(names)) => names.iter().map(|it| (it.as_str().into(), it.clone())).collect(),
            Some(Environments::Mapped(map)) => map.iter().map(|(it, to)| (it.as_str().into(), to.clone())).collect(),
        };
        for (environment, _) in &named {
            if !environments.contains(environment) {
                let what = format!("names {environment}, which is no environment of the project").into();
                return Err(SettingsProblem { key: "environments".to_owned(), what });
            }
        }
        if named.len() > 1 && !pattern::names_environments(name) {
            let what = "does not tell the environments apart: `{environment}` is missing".into();
            return Err(SettingsProblem { key: "environment".to_owned(), what });
        }
        let places = named.into_iter().map(|(environment, value)| {
            let names = Pattern::new(name, &value);
            Place { environment, value, names }
        });
        let task = settings.task.clone().unwrap_or_else(|| TASK.to_owned());
        Ok(Self {
            places: places.collect(),
            service: settings.service.as_deref().map(ServiceId::from),
            tasks: Pattern::new(&task, ""),
            task,
            version: versions(&settings.version)?,
            release: release_shape()?,
        })
    }

    /// The track of a deployment; none where it is of no environment of the project, or of another task. `called` is what
    /// its repository is called.
    pub fn track(&self, environment: &str, task: &str, called: &str) -> Option<TrackId> {
        let by_task = self.tasks.fits(task)?;
        let (place, by_name) = self.places.iter().find_map(|place| Some((place, place.names.fits(environment)?)))?;
        let named = self.service.clone().or_else(|| by_name.or(by_task).map(ServiceId::from));
        let service = named.unwrap_or_else(|| called.into());
        Some(TrackId { service, environment: place.environment.clone() })
    }

    /// The service of everything in a repository, where it has only one.
    pub fn only_service(&self, called: &str, configured: Option<&str>) -> Option<ServiceId> {
        let many = configured.is_some_and(|it| it.contains("{service}")) || self.task.contains("{service}");
        self.service.clone().or_else(|| (!many).then(|| called.into()))
    }

    /// What a track's environment is called on GitHub, and the task; none where the environment is not here.
    pub fn names(&self, track: &TrackId, configured: Option<&str>) -> Option<(String, String)> {
        let place = self.places.iter().find(|it| it.environment == track.environment)?;
        let service = track.service.as_str();
        let name = pattern::fill(configured.unwrap_or("{environment}"), &place.value).replace("{service}", service);
        Some((name, self.task.replace("{service}", service)))
    }

    /// What the version of a deployment is called. `is_tag` knows the tags of the repository, `released` the one of a
    /// release of a commit.
    pub fn version(
        &self,
        deployment: &Deployment,
        is_tag: impl Fn(&str) -> bool,
        released: impl Fn(&str) -> Option<String>,
    ) -> Option<Version> {
        let reference = deployment.reference.strip_prefix("refs/tags/").unwrap_or(&deployment.reference);
        let found = self.version.iter().find_map(|rule| match rule {
            VersionRule::Payload(key) => payload(&deployment.payload, key),
            VersionRule::Reference if is_sha(reference) => None,
            VersionRule::Reference => {
                (is_tag(reference) || self.release.is_match(reference)).then(|| reference.to_owned())
            }
            VersionRule::Tag => released(&deployment.sha),
            VersionRule::Sha => short(&deployment.sha),
        });
        found.map(Version::from)
    }
}

/// The short form of a commit.
pub fn short(sha: &str) -> Option<String> {
    is_sha(sha).then(|| sha.get(..DIGITS).map(str::to_owned)).flatten()
}

/// A commit, where the text is one.
pub fn commit(sha: &str) -> Option<CommitId> {
    sha.parse().ok()
}

fn is_sha(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// A value of the payload: an object, or one in a string.
fn payload(payload: &Value, key: &str) -> Option<String> {
    let parsed;
    let object = match payload {
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            &parsed
        }
        object => object,
    };
    match object.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn versions(rules: &[String]) -> Result<Vec<VersionRule>, SettingsProblem> {
    if rules.is_empty() {
        return Ok(vec![VersionRule::Payload("version".to_owned()), VersionRule::Reference, VersionRule::Sha]);
    }
    let one = |rule: &String| match rule.split_once(' ').map_or((rule.as_str(), ""), |(word, rest)| (word, rest.trim()))
    {
        ("payload", key) if !key.is_empty() => Ok(VersionRule::Payload(key.to_owned())),
        ("ref", "") => Ok(VersionRule::Reference),
        ("tag", "") => Ok(VersionRule::Tag),
        ("sha", "") => Ok(VersionRule::Sha),
        _ => {
            let what = format!("has {rule:?}; `payload KEY`, `ref`, `tag` and `sha` are known").into();
            Err(SettingsProblem { key: "version".to_owned(), what })
        }
    };
    rules.iter().map(one).collect()
}

/// `v1.4.2`, `checkout-1.4.2-rc1`: something that looks like a release and not like a branch.
fn release_shape() -> Result<Regex, SettingsProblem> {
    Regex::new(r"^([A-Za-z][A-Za-z0-9_]*[-@/])?v?\d+(\.\d+)+([-+.][0-9A-Za-z.+-]+)?$")
        .map_err(|error| SettingsProblem { key: "version".to_owned(), what: error.to_string().into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(text: &str) -> Rules {
        let settings: Settings = toml::from_str(text).expect("settings");
        let environments: Vec<EnvironmentId> = ["dev", "production"].into_iter().map(Into::into).collect();
        Rules::new(&settings, &environments).expect("rules")
    }

    #[test]
    fn environments_and_tasks_name_the_track() {
        let plain = rules("");
        assert_eq!(plain.track("production", "deploy", "shop"), Some(TrackId::new("shop", "production")));
        assert_eq!(plain.track("production", "deploy:migrations", "shop"), None);
        assert_eq!(plain.track("github-pages", "deploy", "shop"), None);
        let named = rules("environment = '{service}-{environment}'\nenvironments = { production = 'prd' }");
        assert_eq!(named.track("check-out-prd", "deploy", "shop"), Some(TrackId::new("check-out", "production")));
        let names = named.names(&TrackId::new("a", "production"), Some("{service}-{environment}"));
        assert_eq!(names, Some(("a-prd".to_owned(), "deploy".to_owned())));
        let tasks = rules("task = 'deploy:{service}'");
        assert_eq!(tasks.track("dev", "deploy:web", "shop"), Some(TrackId::new("web", "dev")));
    }

    #[test]
    fn a_version_is_what_the_payload_says_or_a_tag_or_the_commit() {
        let rules = rules("");
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let cases = [
            (json!({"version": "1.4.2"}), "main", Some("1.4.2")),
            (json!("{\"version\": \"1.4.3\"}"), "main", Some("1.4.3")),
            (json!(""), "v2.0.1", Some("v2.0.1")),
            (json!({}), "refs/tags/v2.0.1-rc1", Some("v2.0.1-rc1")),
            (json!({}), "release-train", Some("release-train")),
            (json!({}), "main", Some("0123456")),
            (json!({"version": null}), "feature-2", Some("0123456")),
            (json!(null), sha, Some("0123456")),
        ];
        for (payload, reference, expected) in cases {
            let deployment =
                Deployment { sha: sha.into(), reference: reference.into(), payload, ..Deployment::default() };
            let version = rules.version(&deployment, |it| it == "release-train", |_| None);
            assert_eq!(version.as_ref().map(Version::as_str), expected, "{reference}");
        }
    }

    #[test]
    fn an_environment_that_the_project_does_not_have_is_refused() {
        let settings: Settings = toml::from_str("environments = ['elsewhere']").expect("settings");
        assert!(Rules::new(&settings, &["dev".into()]).is_err());
        let settings: Settings = toml::from_str("environment = 'live'").expect("settings");
        assert!(Rules::new(&settings, &["dev".into(), "production".into()]).is_err());
    }
}
