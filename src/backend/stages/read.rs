//! Reading stages.

use std::io;
use std::sync::PoisonError;

use async_trait::async_trait;

use super::track::Track;
use super::{Inner, Stages, services};
use crate::backend::package::survey::{Surveyed, promise, seen, survey};
use crate::backend::package::{self, fingerprint};
use crate::backend::{Cursor, Reader, Reading, Result};
use crate::fact::{Fact, FactKind};
use crate::model::{Text, Time};

#[async_trait]
impl Reader for Stages {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let before = seen(cursor);
        self.blocking(move |inner| {
            let look = Look { inner, now: (inner.clock)() };
            survey(&look, before.as_ref()).map_err(|error| error.of(&inner.id))
        })
        .await
    }
}

impl Inner {
    fn remember_flawed(&self, track: &Track) {
        let flawed = track.shelf.packages.iter().filter(|package| package.refused.is_some());
        let directories: Vec<_> = flawed.map(|package| package.directory.clone()).collect();
        let mut all = self.flawed.lock().unwrap_or_else(PoisonError::into_inner);
        if directories.is_empty() {
            all.remove(&track.directory);
        } else {
            all.insert(track.directory.clone(), directories);
        }
    }
}

/// One look at all stages.
struct Look<'a> {
    inner: &'a Inner,
    now: Time,
}

impl Surveyed for Look<'_> {
    const KINDS: &'static [FactKind] = &[FactKind::Artifact, FactKind::Deployment, FactKind::State];

    fn environments(&self) -> Vec<String> {
        self.inner.stages.iter().map(|stage| stage.environment.as_str().to_owned()).collect()
    }

    fn services(&self, environment: &str) -> package::Result<(Vec<String>, Vec<Text>)> {
        let Some(stage) = self.inner.stage(&environment.into()) else { return Ok(Default::default()) };
        services(&stage.directory)
    }

    fn fingerprint(&self, environment: &str, service: &str) -> io::Result<String> {
        let stage = self.inner.stage(&environment.into()).ok_or(io::ErrorKind::NotFound)?;
        fingerprint::of(&[(&stage.service(service), 2)])
    }

    fn report(&self, environment: &str, service: &str, reading: &mut Reading) -> bool {
        let Some(stage) = self.inner.stage(&environment.into()) else { return false };
        let track = match Track::read(stage, service) {
            Ok(track) => track,
            Err(error) => {
                reading.problems.push(error.what);
                return false;
            }
        };
        self.inner.remember_flawed(&track);
        let state = self.inner.state(&track);
        let problems = state.problems.clone();
        let fact = |body| Fact { source: self.inner.id.clone(), observed_at: self.now, body };
        reading.facts.extend(track.artifacts().map(|artifact| fact(artifact.into())));
        reading.facts.extend(track.history.entries.iter().map(|entry| fact(entry.deployment(&track.id).into())));
        reading.facts.push(fact(state.into()));
        promise(reading, FactKind::State, environment, service);
        promise(reading, FactKind::Deployment, environment, service);
        if !track.shelf.blind {
            promise(reading, FactKind::Artifact, environment, service);
        }
        let clean = problems.is_empty();
        reading.problems.extend(problems);
        clean
    }
}
