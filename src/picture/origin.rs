//! Which commit a version was built from, where whoever deployed it does not say: another source's word for it, a tag of
//! its name, or the commit in its name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::snapshot::Repository;
use super::track::Parts;
use crate::graph::Prefix;
use crate::model::{Artifact, CommitId, Deployment, Installed, ReferenceKind, ServiceId, TrackState, Version};

/// The fewest digits that name a commit.
const DIGITS: usize = 7;

/// Names that mean another thing every day: whoever deployed one of them knows its commit, or nobody does.
const MOVING: [&str; 6] = ["latest", "main", "master", "edge", "nightly", "stable"];

/// Where commits of versions are looked for.
pub struct Origins<'a> {
    service: &'a ServiceId,
    repository: Option<&'a Repository>,
    told: HashMap<Version, CommitId>,
    tags: HashMap<&'a str, CommitId>,
    /// Digits that were searched for: that costs as much as there are commits.
    searched: RefCell<HashMap<String, Option<CommitId>>>,
}

/// Gives the versions of a service's tracks the commits that are known by other means. What has a commit keeps it.
pub fn complete<'a>(
    service: &ServiceId,
    repository: Option<&Repository>,
    artifacts: &[Arc<Artifact>],
    tracks: impl Iterator<Item = &'a mut Parts>,
) {
    let mut tracks: Vec<&mut Parts> = tracks.collect();
    if !tracks.iter().any(|parts| parts.deployments.iter().any(|it| is_open(&it.deployment)) || state_is_open(parts)) {
        return;
    }
    let deployed = tracks.iter().flat_map(|parts| &parts.deployments);
    let deployed = deployed.filter_map(|it| Some((it.deployment.version.clone()?, it.deployment.commit?)));
    let built = artifacts.iter().filter_map(|it| Some((it.version.clone(), it.commit?)));
    // Of two that differ, what was built holds over what was deployed.
    let told = deployed.chain(built).collect();
    let references = repository.map(|it| it.references.as_slice()).unwrap_or_default();
    let tags = references.iter().filter(|it| it.kind == ReferenceKind::Tag);
    let tags = tags.map(|it| (it.name.short(), it.commit)).collect();
    let origins = Origins { service, repository, told, tags, searched: RefCell::default() };
    tracks.iter_mut().for_each(|parts| origins.complete(parts));
}

fn is_open(deployment: &Deployment) -> bool {
    deployment.commit.is_none() && deployment.version.is_some()
}

fn installed(state: &TrackState) -> impl Iterator<Item = &Installed> {
    state.live.iter().chain(&state.desired).chain(&state.installed)
}

fn state_is_open(parts: &Parts) -> bool {
    parts.state.as_ref().is_some_and(|(_, state)| installed(state).any(|it| it.commit.is_none()))
}

impl Origins<'_> {
    fn complete(&self, parts: &mut Parts) {
        for reported in parts.deployments.iter_mut().filter(|it| is_open(&it.deployment)) {
            let commit = reported.deployment.version.as_ref().and_then(|version| self.commit_of(version));
            if commit.is_some() {
                reported.deployment = Arc::new(Deployment { commit, ..(*reported.deployment).clone() });
            }
        }
        let found = |it: &Installed| it.commit.is_none() && self.commit_of(&it.version).is_some();
        if let Some((_, state)) = &mut parts.state
            && installed(state).any(found)
        {
            let mut completed = (**state).clone();
            let all = completed.live.iter_mut().chain(&mut completed.desired).chain(&mut completed.installed);
            all.filter(|it| it.commit.is_none()).for_each(|it| it.commit = self.commit_of(&it.version));
            *state = Arc::new(completed);
        }
    }

    fn commit_of(&self, version: &Version) -> Option<CommitId> {
        if MOVING.contains(&version.as_str()) {
            return None;
        }
        let told = self.told.get(version).copied();
        told.or_else(|| self.tagged(version.as_str())).or_else(|| self.named(version.as_str()))
    }

    /// The commit of a tag that is called like the version, as people tag one service or several of one repository.
    fn tagged(&self, version: &str) -> Option<CommitId> {
        let service = self.service.as_str();
        let names = [
            version.to_owned(),
            format!("v{version}"),
            format!("{service}-{version}"),
            format!("{service}-v{version}"),
            format!("{service}/{version}"),
            format!("{service}/v{version}"),
            format!("{service}@{version}"),
        ];
        names.iter().find_map(|name| self.tags.get(name.as_str()).copied())
    }

    /// The commit whose first digits the version ends with, where there is only one.
    fn named(&self, version: &str) -> Option<CommitId> {
        let (digits, graph) = (digits(version)?, &self.repository?.graph);
        if let Ok(whole) = digits.parse::<CommitId>() {
            return graph.position(&whole).map(|_| whole);
        }
        let mut searched = self.searched.borrow_mut();
        *searched.entry(digits.to_owned()).or_insert_with(|| match graph.find_prefix(digits) {
            Prefix::One(pos) => Some(graph.id(pos)),
            _ => None,
        })
    }
}

/// The digits at the end of a version that may be those of a commit.
fn digits(version: &str) -> Option<&str> {
    let last = version.rsplit(|c: char| !c.is_ascii_alphanumeric()).next()?;
    // `g` goes before the digits in what `git describe` says.
    let digits = last.strip_prefix('g').unwrap_or(last);
    let all_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    // Numbers alone are rather a date or a build.
    let a_letter = digits.bytes().any(|byte| byte.is_ascii_alphabetic());
    (DIGITS..=40).contains(&digits.len()).then_some(digits).filter(|it| all_hex && (a_letter || it.len() == 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_a_commit_are_told_from_other_numbers() {
        let cases = [
            ("1.4.2-g3f2a9c1", Some("3f2a9c1")),
            ("main-3f2a9c1d", Some("3f2a9c1d")),
            ("3f2a9c1", Some("3f2a9c1")),
            ("20261121", None),
            ("1.4.2", None),
            ("build-abcdef", None),
            ("release-candidate", None),
            ("", None),
        ];
        for (version, expected) in cases {
            assert_eq!(digits(version), expected, "{version}");
        }
    }
}
