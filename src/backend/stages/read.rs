//! Reading stages: only services whose directories look different from last time.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::track::Track;
use super::{Inner, Stages, fingerprint, services};
use crate::backend::{BackendError, Cursor, ErrorKind, Reader, Reading, Result};
use crate::fact::{Complete, Fact, FactKind};
use crate::model::Time;

/// Environment, then service, then what its directory looked like. Services with problems are left out, so that they
/// are read, and their problems told, each time.
type Seen = BTreeMap<String, BTreeMap<String, String>>;

#[async_trait]
impl Reader for Stages {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let before = cursor.and_then(|cursor| serde_json::from_str::<Seen>(&cursor.0).ok());
        self.blocking(move |inner| read(inner, before)).await
    }
}

fn read(inner: &Inner, before: Option<Seen>) -> Result<Reading> {
    let now = (inner.clock)();
    let mut reading = Reading::default();
    let mut seen = Seen::new();
    let mut lost = None;
    let known = before.clone().unwrap_or_default();
    for stage in &inner.stages {
        let environment = stage.environment.as_str();
        let old = known.get(environment);
        match services(&stage.directory) {
            Err(error) => {
                reading.problems.push(error.what.clone());
                lost = Some(error);
                // What cannot be read is old, not gone.
                seen.extend(old.map(|old| (environment.to_owned(), old.clone())));
            }
            Ok((names, problems)) => {
                reading.problems.extend(problems.into_iter().map(Into::into));
                let new = seen.entry(environment.to_owned()).or_default();
                for service in &names {
                    let print = fingerprint::of(&stage.service(service)).ok();
                    let same = print.is_some() && old.and_then(|old| old.get(service)) == print.as_ref();
                    let clean = same || report(inner, stage, service, now, &mut reading);
                    if let Some(print) = print.filter(|_| clean) {
                        new.insert(service.clone(), print);
                    }
                }
                let gone = old.into_iter().flat_map(BTreeMap::keys).filter(|service| !names.contains(service));
                gone.for_each(|service| promise_all(&mut reading, environment, service));
            }
        }
    }
    if let Some(error) = lost.filter(|_| seen.values().all(BTreeMap::is_empty) && reading.facts.is_empty()) {
        return Err(error.of(&inner.id));
    }
    withdraw_unserved(inner, &known, &mut reading);
    if before.is_none() && reading.problems.is_empty() {
        reading.complete = KINDS.iter().map(|&kind| Complete { kind, within: Vec::new() }).collect();
    }
    let text = serde_json::to_string(&seen)
        .map_err(|error| BackendError::new(&inner.id, ErrorKind::Protocol, error.to_string()))?;
    reading.cursor = Some(Cursor(text));
    Ok(reading)
}

const KINDS: [FactKind; 3] = [FactKind::Artifact, FactKind::Deployment, FactKind::State];

/// Reports one service in one stage; whether nothing was wrong with it.
fn report(inner: &Inner, stage: &super::Stage, service: &str, now: Time, reading: &mut Reading) -> bool {
    let track = match Track::read(stage, service) {
        Ok(track) => track,
        Err(error) => {
            reading.problems.push(error.what);
            return false;
        }
    };
    let state = track.state(&inner.hashes);
    let problems = state.problems.clone();
    let fact = |body| Fact { source: inner.id.clone(), observed_at: now, body };
    reading.facts.extend(track.artifacts().map(|artifact| fact(artifact.into())));
    reading.facts.extend(track.history.entries.iter().map(|entry| fact(entry.deployment(&track.id).into())));
    reading.facts.push(fact(state.into()));
    let environment = stage.environment.as_str();
    promise(reading, FactKind::State, environment, service);
    promise(reading, FactKind::Deployment, environment, service);
    if !track.shelf.blind {
        promise(reading, FactKind::Artifact, environment, service);
    }
    let clean = problems.is_empty();
    reading.problems.extend(problems);
    clean
}

fn promise(reading: &mut Reading, kind: FactKind, environment: &str, service: &str) {
    reading.complete.push(Complete { kind, within: vec![service.to_owned(), environment.to_owned()] });
}

fn promise_all(reading: &mut Reading, environment: &str, service: &str) {
    KINDS.iter().for_each(|&kind| promise(reading, kind, environment, service));
}

/// What the configuration does not call an environment any more is not reported any more.
fn withdraw_unserved(inner: &Inner, known: &Seen, reading: &mut Reading) {
    let served: BTreeSet<&str> = inner.stages.iter().map(|stage| stage.environment.as_str()).collect();
    for (environment, services) in known.iter().filter(|(environment, _)| !served.contains(environment.as_str())) {
        services.keys().for_each(|service| promise_all(reading, environment, service));
    }
}
