//! From entries to the model's environments and services.

use chrono_tz::Tz;
use globset::{Glob, GlobMatcher};

use super::model::{Config, EnvironmentEntry, ServiceEntry};
use crate::model::{Environment, EnvironmentId, RepositoryId, Service, ServiceId, SourceId, Text};

/// What stands for the service's name in an entry that many services share.
const NAME: &str = "{service}";

/// What the entries of a configuration mean.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// Environments in the order of promotion.
    pub environments: Vec<Environment>,
    /// Which services there are.
    pub services: ServiceRules,
}

/// Which names are services, and what each of them is.
#[derive(Clone, Debug, Default)]
pub struct ServiceRules {
    rules: Vec<(Fits, ServiceEntry)>,
}

#[derive(Clone, Debug)]
enum Fits {
    Name(String),
    Pattern(GlobMatcher),
}

impl Config {
    /// The environments and services that the entries mean. An entry that makes no sense, which the check reports, is
    /// left out; a time zone that does not exist is `UTC`.
    pub fn resolve(&self) -> Resolved {
        let mut environments: Vec<Environment> = (0..).zip(&self.environment).map(environment).collect();
        environments.sort_by_key(|it| it.rank);
        let rules = self.service.iter().filter_map(|entry| Some((Fits::new(entry)?, entry.clone()))).collect();
        Resolved { environments, services: ServiceRules { rules } }
    }
}

fn environment((place, entry): (u16, &EnvironmentEntry)) -> Environment {
    Environment {
        id: EnvironmentId::from(entry.name.as_str()),
        rank: entry.rank.unwrap_or(place),
        production: entry.production,
        protected: entry.protected.unwrap_or(entry.production),
        release_line: entry.release_line,
        group: entry.group.as_deref().map(EnvironmentId::from),
        operator: entry.operator.as_deref().map(SourceId::from),
        time_zone: entry.time_zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC),
    }
}

impl Fits {
    fn new(entry: &ServiceEntry) -> Option<Self> {
        match (&entry.name, &entry.pattern) {
            (Some(name), _) => Some(Self::Name(name.clone())),
            (None, Some(pattern)) => Glob::new(pattern).ok().map(|glob| Self::Pattern(glob.compile_matcher())),
            (None, None) => None,
        }
    }

    fn service(&self, id: &ServiceId) -> bool {
        match self {
            Self::Name(name) => name == id.as_str(),
            Self::Pattern(glob) => glob.is_match(id.as_str()),
        }
    }
}

impl ServiceRules {
    /// The services that are named one by one: they are there before any backend reports them.
    pub fn named(&self) -> impl Iterator<Item = ServiceId> {
        self.rules.iter().filter_map(|(fits, _)| match fits {
            Fits::Name(name) => Some(ServiceId::from(name.as_str())),
            Fits::Pattern(_) => None,
        })
    }

    /// The service of that name by the first entry that fits; absent when none does. Without entries every name is a
    /// service, whose code is in the repository of that name.
    pub fn service_for(&self, id: &ServiceId) -> Option<Service> {
        if self.rules.is_empty() {
            return Some(service(id, &ServiceEntry::default()));
        }
        self.rules.iter().find(|(fits, _)| fits.service(id)).map(|(_, entry)| service(id, entry))
    }
}

fn service(id: &ServiceId, entry: &ServiceEntry) -> Service {
    let name = id.as_str();
    let plain = |text: &String| text.replace(NAME, name);
    Service {
        id: id.clone(),
        repository: Some(RepositoryId::from(entry.repository.as_ref().map_or_else(|| name.to_owned(), plain))),
        // A name is no pattern: what would be special in it is taken literally.
        paths: entry.paths.iter().map(|glob| glob.replace(NAME, &globset::escape(name))).collect(),
        branch: entry.branch.as_ref().map(plain),
        release_tags: entry.release_tags.as_ref().map(|tags| tags.replace(NAME, &regex::escape(name))),
        group: entry.group.as_ref().map(|group| Text::from(plain(group))),
    }
}
