//! What one stage has of one service.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::{HISTORY, Stage};
use crate::backend::package::hash::hex;
use crate::backend::package::{Hashes, History, Package, PackageError, Pointer, Result, Shelf, component, pointer};
use crate::model::{Artifact, Health, Installed, Text, Time, TrackId, TrackState, Version};

/// What one stage has of one service, read at one moment.
pub struct Track {
    /// Which service in which environment.
    pub id: TrackId,
    /// Where it lies.
    pub directory: PathBuf,
    /// Its versions.
    pub shelf: Shelf,
    /// Its records.
    pub history: History,
    /// Its `current`.
    pub pointer: Pointer,
    /// When `current` was switched last, by the clock of the file system.
    switched_at: Option<Time>,
    /// What a write has to name.
    pub token: String,
}

impl Track {
    /// Reads what lies there. A service that the stage never had is empty.
    ///
    /// # Errors
    /// When the stage is not there or something cannot be read.
    pub fn read(stage: &Stage, service: &str) -> Result<Self> {
        let service = component("service", service)?;
        let directory = stage.service(service);
        let id = TrackId::new(service, stage.environment.clone());
        if fs::metadata(&stage.directory).map_err(|error| PackageError::io(&stage.directory, &error))?.is_dir()
            && !directory.exists()
        {
            return Ok(Self::empty(id, directory));
        }
        let shelf = Shelf::read(&directory)?;
        let history = History::read(&directory.join(HISTORY))?;
        let pointer = Pointer::read(&directory, "")?;
        let link = pointer::raw(&directory)?;
        let token = token(link.as_ref().map(|(target, _)| target), &history);
        let switched_at = link.and_then(|(_, at)| at);
        Ok(Self { id, directory, shelf, history, pointer, switched_at, token })
    }

    fn empty(id: TrackId, directory: PathBuf) -> Self {
        let history = History::default();
        let token = token(None, &history);
        Self { id, directory, shelf: Shelf::default(), history, pointer: Pointer::Missing, switched_at: None, token }
    }

    /// The version that the stage offers: what `current` leads to; without it the newest success of the history; without
    /// history what was built last. An error is why it cannot be told.
    pub fn live(&self) -> std::result::Result<Option<&Package>, Text> {
        match &self.pointer {
            Pointer::To(version) => Ok(self.shelf.get(version)),
            Pointer::Missing => self.live_without_pointer(),
            broken => Err(broken.problem(&self.directory).unwrap_or_default()),
        }
    }

    fn live_without_pointer(&self) -> std::result::Result<Option<&Package>, Text> {
        let Some(newest) = self.history.newest_success() else {
            return Ok(self.shelf.packages.iter().rev().find(|package| package.refused.is_none()));
        };
        self.shelf.get(&newest.version).map(Some).ok_or_else(|| {
            let path = self.directory.join(HISTORY);
            format!("{}: its newest version {} is not there", path.display(), newest.version).into()
        })
    }

    /// The package as a version in an environment.
    pub fn installed(&self, package: &Package) -> Installed {
        let recorded = self.history.newest_of(&package.version);
        Installed {
            version: package.version.clone(),
            digest: package.digest.clone(),
            commit: package.manifest.as_ref().and_then(|it| it.commit).or_else(|| recorded.and_then(|it| it.commit)),
            since: recorded.and_then(|it| it.at).or(package.arrived_at),
        }
    }

    fn live_installed(&self, package: &Package) -> Installed {
        let newest = self.history.newest_success().filter(|it| it.version == package.version).and_then(|it| it.at);
        let installed = self.installed(package);
        Installed { since: newest.or(self.switched_at).or(installed.since), ..installed }
    }

    /// What is wrong here, pointer, versions and records together.
    pub fn problems(&self) -> Vec<Text> {
        let live = self.live().err();
        live.into_iter()
            .chain(self.shelf.problems.iter().cloned())
            .chain(self.history.problems.iter().cloned())
            .collect()
    }

    /// The state of the track. `hashes` says whether somebody has proved the live bytes.
    pub fn state(&self, hashes: &Hashes) -> TrackState {
        let live = self.live().ok().flatten();
        TrackState {
            live: live.map(|package| self.live_installed(package)),
            health: live.map_or(Health::Unknown, |package| health(package, hashes)),
            installed: self
                .shelf
                .packages
                .iter()
                .filter(|package| package.refused.is_none())
                .map(|package| self.installed(package))
                .collect(),
            token: Some(self.token.clone()),
            problems: self.problems(),
            ..TrackState::new(self.id.clone())
        }
    }

    /// The versions that lie here, as artifacts. What cannot be taken has no digest, because none is proved.
    pub fn artifacts(&self) -> impl Iterator<Item = Artifact> + '_ {
        self.shelf.packages.iter().filter_map(|package| {
            let manifest = package.manifest.as_ref().filter(|manifest| manifest.version == package.version)?;
            let arrived = self.history.first_of(&package.version).and_then(|it| it.at).or(package.arrived_at);
            Some(Artifact {
                service: self.id.service.clone(),
                version: package.version.clone(),
                location: Text::from(self.id.environment.as_str()),
                digest: package.digest.clone(),
                commit: manifest.commit,
                built_at: manifest.built_at,
                arrived_at: arrived,
                run: manifest.run.clone(),
                size: Some(manifest.size()),
                url: None,
            })
        })
    }

    /// The version of this name, or why it cannot be taken from here.
    ///
    /// # Errors
    /// When it is not there or something is wrong with it.
    pub fn take(&self, version: &Version) -> Result<&Package> {
        component("version", version.as_str())?;
        let Some(package) = self.shelf.get(version) else {
            let what = format!("{version} does not lie in {}", self.directory.display());
            return Err(PackageError::new(crate::backend::ErrorKind::NotFound, what));
        };
        match &package.refused {
            None => Ok(package),
            Some(why) => Err(PackageError::integrity(format!("{}: {why}", package.directory.display()))),
        }
    }

    /// Reads the bytes of a version, unless that was done already, and compares them with its manifest.
    ///
    /// # Errors
    /// When they are others or cannot be read.
    pub fn prove(&self, inner: &super::Inner, package: &Package) -> Result<()> {
        match (&package.manifest, &package.refused) {
            (Some(manifest), None) => inner.hashes.verify(&package.directory, manifest),
            (_, why) => {
                let why = why.clone().unwrap_or_default();
                Err(PackageError::integrity(format!("{}: {why}", package.directory.display())))
            }
        }
    }

    /// Why a version of another stage cannot come here because of what lies here under its name.
    pub fn rival(&self, package: &Package) -> Option<String> {
        let there = self.shelf.get(&package.version)?;
        if let Some(why) = &there.refused {
            return Some(format!("a flawed {} lies in {}: {why}", there.version, self.id.environment));
        }
        let (Some(here), Some(other)) = (&there.digest, &package.digest) else { return None };
        (here != other).then(|| {
            format!(
                "another {} lies in {} already: {} instead of {}",
                there.version,
                self.id.environment,
                here.short(),
                other.short()
            )
        })
    }
}

/// What is known of the live bytes without reading them.
fn health(package: &Package, hashes: &Hashes) -> Health {
    if let Some(why) = &package.refused {
        return Health::Degraded(why.clone());
    }
    match package.manifest.as_ref().and_then(|manifest| hashes.remembered(&package.directory, manifest)) {
        Some(true) => Health::Healthy,
        Some(false) => Health::Degraded("its bytes are not those of its manifest".into()),
        None => Health::Unknown,
    }
}

/// Changes when the pointer is switched or a record is added.
fn token(link: Option<&PathBuf>, history: &History) -> String {
    let mut hasher = Sha256::new();
    if let Some(target) = link {
        hasher.update(b"link");
        hasher.update(target.as_os_str().as_encoded_bytes());
    }
    hasher.update([0]);
    hasher.update(history.length.to_le_bytes());
    let mut short = hex(&hasher.finalize().into());
    short.truncate(16);
    short
}
