//! Reading release directories.

use std::fs;
use std::io;
use std::path::Path;

use async_trait::async_trait;

use super::root::{DEPLOYMENTS, RELEASES, REVISIONS};
use super::{Inner, Releases, place};
use crate::backend::package::survey::{Surveyed, promise, seen, survey};
use crate::backend::package::{self, CURRENT, LOCK, PackageError, fingerprint};
use crate::backend::{Cursor, Reader, Reading, Result};
use crate::fact::{Fact, FactKind};
use crate::model::{Text, Time, TrackId};

#[async_trait]
impl Reader for Releases {
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
    /// The services that have a root in an environment, and problems with others.
    pub fn services_of(&self, environment: &str) -> package::Result<(Vec<String>, Vec<Text>)> {
        let (mut services, problems) = match &self.settings.service {
            Some(only) => (vec![only.clone()], Vec::new()),
            None => place::services(&self.base, &self.settings.path, environment)?,
        };
        let fixed = self.settings.service.is_some();
        services.retain(|service| {
            let root = self.path(&TrackId::new(service.as_str(), environment));
            fixed || root.is_ok_and(|root| is_root(&root))
        });
        Ok((services, problems))
    }
}

/// Whether a directory is a root: nothing is in it yet, or what a root has.
fn is_root(path: &Path) -> bool {
    let ours = [RELEASES, CURRENT, DEPLOYMENTS, REVISIONS, LOCK];
    let has = ours.iter().any(|name| fs::symlink_metadata(path.join(name)).is_ok());
    // A directory that may not be listed is reported: why shows when it is read.
    has || fs::read_dir(path)
        .map_or_else(|error| error.kind() == io::ErrorKind::PermissionDenied, |mut entries| entries.next().is_none())
}

/// One look at all roots.
struct Look<'a> {
    inner: &'a Inner,
    now: Time,
}

impl Surveyed for Look<'_> {
    const KINDS: &'static [FactKind] = &[FactKind::Deployment, FactKind::State];

    fn environments(&self) -> Vec<String> {
        self.inner.settings.environments.clone()
    }

    fn services(&self, environment: &str) -> package::Result<(Vec<String>, Vec<Text>)> {
        self.inner.services_of(environment)
    }

    fn fingerprint(&self, environment: &str, service: &str) -> io::Result<String> {
        let root = self.inner.path(&TrackId::new(service, environment)).map_err(|_| io::ErrorKind::InvalidInput)?;
        let [link, records, sentences, shelf] = [CURRENT, DEPLOYMENTS, REVISIONS, RELEASES].map(|name| root.join(name));
        fingerprint::of(&[(&link, 0), (&records, 0), (&sentences, 0), (&shelf, 1)])
    }

    fn report(&self, environment: &str, service: &str, reading: &mut Reading) -> bool {
        let root = match self.inner.root(&TrackId::new(service, environment)) {
            Ok(root) => root,
            Err(PackageError { what, .. }) => {
                reading.problems.push(what);
                return false;
            }
        };
        let state = root.state();
        let problems = state.problems.clone();
        let fact = |body| Fact { source: self.inner.id.clone(), observed_at: self.now, body };
        reading.facts.extend(root.deployments().map(|deployment| fact(deployment.into())));
        reading.facts.push(fact(state.into()));
        promise(reading, FactKind::State, environment, service);
        promise(reading, FactKind::Deployment, environment, service);
        let clean = problems.is_empty();
        reading.problems.extend(problems);
        clean
    }
}
