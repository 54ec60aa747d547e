//! Release directories, the layout that Capistrano made common.
//!
//! ```text
//! ROOT/releases/<version>/            one release; several lie side by side
//! ROOT/releases/<version>/REVISION    the commit that it was built from
//! ROOT/releases/<version>/.flightdeck.json, .flightdeck.tree
//!                                     what we installed: digest of the package, list of the files
//! ROOT/current                        symbolic link to the live release
//! ROOT/revisions.log                  one sentence a deployment, by Capistrano and by us
//! ROOT/deployments.jsonl              our records (see `package`), failed attempts among them
//! ROOT/shared                         what releases share; left alone
//! ROOT/.flightdeck.lock               held while somebody changes anything here
//! ROOT/releases/.incoming-*           a release that is still being installed; nothing points to it
//! ```
//!
//! ```toml
//! [[backend]]
//! name = "servers"
//! kind = "releases"
//! path = "servers/{environment}/{service}"
//! environments = ["staging", "production"]
//! packages = "packages/{source}/{service}"       # {source}: the environment that is promoted from
//! keep = 5
//! smoke = ["./bin/app", "--self-test"]           # in the new release, before it has its name
//! smoke_timeout_seconds = 30
//! health_url = "http://localhost:8080/{service}/health"   # or: health = ["./check", "{version}"]
//! health_timeout_seconds = 30
//! ```
//!
//! **A promotion** installs a package beside the others, proves its digest on the bytes that are read, runs the smoke
//! test in it, gives it its name, and switches `current` in one step. Until then every failure leaves what is live as it
//! was and takes away what was written. After the switch the health check is asked until its time is over; when it still
//! says no, `current` is switched back to what it was, and the deployment is recorded as failed with users' traffic.
//!
//! **A rollback** (code *pointer*) switches `current` to a release that lies there. No smoke test: it ran before. When
//! the health check then says no, the pointer stays on the target: going back to what somebody just fled from would be
//! wrong, and flapping worse. The record and the verdict say that it is degraded.
//!
//! **Reading** asks nobody for health; only an operation and its verification do. A release's `REVISION`, its name where
//! that is a time (`20160101120000`), and `revisions.log` give the history of what Capistrano deployed; its sentences
//! have no times, so a deployment of it stands at the time of its release's name.
//!
//! **Proof.** The list of files that was written at installation is compared with what lies there before a release is
//! switched to again. Files that came since (caches, logs) are no harm; changed or missing ones are told.

mod aftermath;
mod command;
mod execute;
mod health;
mod install;
mod operate;
mod place;
mod propose;
mod prune;
mod read;
pub mod record;
mod revisions;
pub mod root;
mod settings;
mod target;
pub mod tree;
mod unpack;
mod writes;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use self::health::Subject;
use self::root::{RELEASES, Root};
pub use self::settings::Settings;
use super::package::{CURRENT, Hashes, Observer, PackageError, Unwatched, name};
use super::{Backend, BackendError, Opening, Operator, Order, Reader, SettingsProblem};
use crate::fact::FactKind;
use crate::model::{Clock, EnvironmentId, SourceId, TrackId};

/// A backend over release directories.
pub struct Releases {
    inner: Arc<Inner>,
}

/// What the work on other threads shares.
struct Inner {
    id: SourceId,
    clock: Clock,
    settings: Settings,
    /// What relative paths are relative to.
    base: PathBuf,
    /// The environments of the project, in the order of promotion.
    order: Vec<EnvironmentId>,
    /// Which services are meant; absent means all.
    services: Option<GlobSet>,
    hashes: Hashes,
    observer: Box<dyn Observer>,
}

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// Makes the backend from its settings.
///
/// # Errors
/// When a setting is missing or makes no sense.
pub fn open(opening: &Opening<'_>) -> Result<Arc<dyn Backend>, SettingsProblem> {
    Ok(Arc::new(Releases::open(opening, Box::new(Unwatched))?))
}

impl Releases {
    fn open(opening: &Opening<'_>, observer: Box<dyn Observer>) -> Result<Self, SettingsProblem> {
        let settings: Settings = opening.settings()?;
        settings.check()?;
        let inner = Inner {
            id: opening.id.clone(),
            clock: opening.clock.clone(),
            services: globs(&settings.services)?,
            settings,
            base: opening.base.to_owned(),
            order: opening.environments.to_vec(),
            hashes: Hashes::default(),
            observer,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` where it may block. Whoever stops waiting for it does not stop it half-way.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> super::Result<T> + Send + 'static,
    ) -> super::Result<T> {
        let inner = self.inner.clone();
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(died) => Err(BackendError::died(&self.inner.id, &died).await),
        }
    }
}

fn globs(patterns: &[String]) -> Result<Option<GlobSet>, SettingsProblem> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let problem =
        |error: globset::Error| SettingsProblem { key: "services".to_owned(), what: error.to_string().into() };
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        builder.add(Glob::new(pattern).map_err(problem)?);
    }
    builder.build().map(Some).map_err(problem)
}

impl Inner {
    fn serves(&self, environment: &str) -> bool {
        self.settings.environments.iter().any(|it| it == environment)
    }

    /// Whether the service is one that is meant here.
    fn admits(&self, service: &str) -> bool {
        name::is_component(service)
            && self.settings.service.as_deref().is_none_or(|only| only == service)
            && self.services.as_ref().is_none_or(|globs| globs.is_match(service))
    }

    /// Where the root of a track is.
    ///
    /// # Errors
    /// When the track is none of this backend's, or its names could lead elsewhere.
    fn path(&self, track: &TrackId) -> super::package::Result<PathBuf> {
        let (environment, service) = (track.environment.as_str(), track.service.as_str());
        super::package::component("service", service)?;
        if !self.serves(environment) || !self.admits(service) {
            return Err(PackageError::refused(format!("{track} is not served by {}", self.id)));
        }
        let values = [("environment", environment), ("service", service)];
        Ok(self.base.join(place::fill(&self.settings.path, &values)))
    }

    fn root(&self, track: &TrackId) -> super::package::Result<Root> {
        Root::read(track.clone(), self.path(track)?)
    }

    /// The environment before `environment` in the order of promotion.
    fn before(&self, environment: &EnvironmentId) -> Option<&EnvironmentId> {
        let at = self.order.iter().position(|it| it == environment)?;
        self.order.get(at.checked_sub(1)?)
    }

    /// The directory of the packages that a track is installed from, and whether it depends on the source.
    ///
    /// # Errors
    /// When none is configured, or it needs a source and there is none.
    fn packages(&self, track: &TrackId, source: Option<&EnvironmentId>) -> super::package::Result<(PathBuf, bool)> {
        let Some(pattern) = &self.settings.packages else {
            return Err(PackageError::refused(format!("{} has no packages to install from", self.id))
                .hint("set `packages` to the directory of a stage"));
        };
        let source = source.or_else(|| self.before(&track.environment));
        let by_source = pattern.contains("{source}");
        let source = match source {
            Some(source) => super::package::component("environment", source.as_str())?,
            None if by_source => {
                return Err(PackageError::refused(format!("no environment comes before {}", track.environment)));
            }
            None => "",
        };
        let values =
            [("source", source), ("service", track.service.as_str()), ("environment", track.environment.as_str())];
        Ok((self.base.join(place::fill(pattern, &values)), by_source))
    }

    /// What a command or a health check is about.
    fn subject(&self, order: &Order, root: &std::path::Path, release: &std::path::Path) -> Subject {
        Subject {
            values: vec![
                ("release", release.to_string_lossy().into_owned()),
                ("current", root.join(CURRENT).to_string_lossy().into_owned()),
                ("version", order.to.version.as_str().to_owned()),
                ("service", order.service().as_str().to_owned()),
                ("environment", order.track.environment.as_str().to_owned()),
                ("operation", order.operation.as_str().to_owned()),
            ],
            root: root.to_owned(),
        }
    }
}

impl Backend for Releases {
    fn id(&self) -> &SourceId {
        &self.inner.id
    }

    fn kind(&self) -> &'static str {
        "releases"
    }

    fn reports(&self) -> &'static [FactKind] {
        &[FactKind::Deployment, FactKind::State]
    }

    fn watched_paths(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for environment in &self.inner.settings.environments {
            all.push(place::holder(&self.inner.base, &self.inner.settings.path, environment));
            let services = self.inner.services_of(environment).map(|(services, _)| services).unwrap_or_default();
            for service in services {
                let Ok(root) = self.inner.path(&TrackId::new(service, environment.as_str())) else { continue };
                // Not what releases share, nor what lies in them: programs write there all the time.
                all.extend([root.join(RELEASES), root]);
            }
        }
        all.sort();
        all.dedup();
        all
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn operator(&self) -> Option<&dyn Operator> {
        Some(self)
    }
}
