//! Reading many directories, one a service and environment, and only those that look different from last time.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::error::{PackageError, Result};
use crate::backend::{Cursor, Reading};
use crate::fact::{Complete, FactKind};
use crate::model::Text;

/// Environment, then service, then what its directory looked like. Services with problems are left out, so that they
/// are read, and their problems told, each time.
pub type Seen = BTreeMap<String, BTreeMap<String, String>>;

/// What was seen when this cursor was made; absent for a cursor of another kind.
pub fn seen(cursor: Option<&Cursor>) -> Option<Seen> {
    cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok())
}

/// How one kind of directory is read.
pub trait Surveyed {
    /// The sorts of facts, each named by service, then environment.
    const KINDS: &'static [FactKind];

    /// The environments.
    fn environments(&self) -> Vec<String>;

    /// The services of an environment, and problems with some of them.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn services(&self, environment: &str) -> Result<(Vec<String>, Vec<Text>)>;

    /// What the directory of a service looks like.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn fingerprint(&self, environment: &str, service: &str) -> io::Result<String>;

    /// Reads one service in one environment: its facts go into the reading, and so do promises of completeness
    /// ([`promise`]) and problems. Says whether nothing was wrong.
    fn report(&self, environment: &str, service: &str, reading: &mut Reading) -> bool;
}

/// Reads what looks different from `before`.
///
/// # Errors
/// When no environment could be listed.
pub fn survey<S: Surveyed>(it: &S, before: Option<&Seen>) -> Result<Reading> {
    let nothing = Seen::new();
    let known = before.unwrap_or(&nothing);
    let mut reading = Reading::default();
    let mut seen = Seen::new();
    let (mut lost, mut listed) = (None, false);
    for environment in it.environments() {
        let old = known.get(&environment);
        match it.services(&environment) {
            Err(error) => {
                reading.problems.push(error.what.clone());
                lost = Some(error);
                // What cannot be read is old, not gone.
                seen.extend(old.map(|old| (environment, old.clone())));
            }
            Ok((services, problems)) => {
                listed = true;
                reading.problems.extend(problems);
                let new = changed::<S>(it, &environment, &services, old, &mut reading);
                seen.insert(environment, new);
            }
        }
    }
    if let Some(error) = lost.filter(|_| !listed) {
        return Err(error);
    }
    withdraw_unserved::<S>(known, &it.environments().into_iter().collect(), &mut reading);
    if before.is_none() && reading.problems.is_empty() {
        reading.complete = S::KINDS.iter().map(|&kind| Complete { kind, within: Vec::new() }).collect();
    }
    let text = serde_json::to_string(&seen)
        .map_err(|error| PackageError::new(crate::backend::ErrorKind::Protocol, error.to_string()))?;
    reading.cursor = Some(Cursor(text));
    Ok(reading)
}

/// Promises that the reading holds every fact of this sort of a service in an environment.
pub fn promise(reading: &mut Reading, kind: FactKind, environment: &str, service: &str) {
    reading.complete.push(Complete { kind, within: vec![service.to_owned(), environment.to_owned()] });
}

fn changed<S: Surveyed>(
    it: &S,
    environment: &str,
    services: &[String],
    old: Option<&BTreeMap<String, String>>,
    reading: &mut Reading,
) -> BTreeMap<String, String> {
    let mut new = BTreeMap::new();
    for service in services {
        let print = it.fingerprint(environment, service).ok();
        let same = print.is_some() && old.and_then(|old| old.get(service)) == print.as_ref();
        let clean = same || it.report(environment, service, reading);
        new.extend(print.filter(|_| clean).map(|print| (service.clone(), print)));
    }
    let gone = old.into_iter().flat_map(BTreeMap::keys).filter(|service| !services.contains(service));
    for service in gone {
        let what = format!("{service} in {environment} was there at the last reading and is gone");
        reading.problems.push(Text::from(what));
        promise_all::<S>(reading, environment, service);
    }
    new
}

fn promise_all<S: Surveyed>(reading: &mut Reading, environment: &str, service: &str) {
    S::KINDS.iter().for_each(|&kind| promise(reading, kind, environment, service));
}

/// What the configuration does not call an environment any more is not reported any more.
fn withdraw_unserved<S: Surveyed>(known: &Seen, served: &BTreeSet<String>, reading: &mut Reading) {
    for (environment, services) in known.iter().filter(|(environment, _)| !served.contains(*environment)) {
        services.keys().for_each(|service| promise_all::<S>(reading, environment, service));
    }
}
