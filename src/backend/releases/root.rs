//! What one root (`releases/`, `current`, records) holds, read at one moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::record::{Record, revision};
use super::revisions::{self, Line, named_time};
use crate::backend::package::error::At as _;
use crate::backend::package::hash::hex;
use crate::backend::package::{History, PackageError, Pointer, Result, name, pointer};
use crate::model::{CommitId, Deployment, Digest, Health, Installed, Text, Time, TrackId, TrackState, Version};

/// The directory of the releases in a root.
pub const RELEASES: &str = "releases";
/// The file of our records in a root.
pub const DEPLOYMENTS: &str = "deployments.jsonl";
/// The file of Capistrano's sentences in a root.
pub const REVISIONS: &str = "revisions.log";

/// What one root holds.
pub struct Root {
    /// Which service in which environment.
    pub id: TrackId,
    /// Where it is.
    pub path: PathBuf,
    /// Its releases, oldest first.
    pub releases: Vec<Release>,
    /// Its records.
    pub history: History,
    /// What Capistrano or somebody else recorded.
    pub past: Vec<Line>,
    /// Its `current`.
    pub pointer: Pointer,
    /// The text of `current`, for putting it back.
    pub link: Option<PathBuf>,
    /// When `current` was switched, by the clock of the file system.
    switched_at: Option<Time>,
    /// What a write has to name.
    pub token: String,
    problems: Vec<Text>,
}

/// One release.
#[derive(Clone, Debug)]
pub struct Release {
    /// What it is called.
    pub version: Version,
    /// Where it lies.
    pub directory: PathBuf,
    /// Our record of it, where we installed it.
    pub record: Option<Record>,
    /// The commit, by our record or its `REVISION`.
    pub commit: Option<CommitId>,
    /// When it was installed: by our record, by its name, by its first deployment, or by the clock of the file system.
    pub installed_at: Option<Time>,
    /// Why it cannot become live, where it cannot.
    pub refused: Option<Text>,
}

impl Release {
    /// The content address of the package that it was installed from.
    pub fn digest(&self) -> Option<&Digest> {
        self.record.as_ref().map(|record| &record.digest)
    }
}

impl Root {
    /// Reads a root.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn read(id: TrackId, path: PathBuf) -> Result<Self> {
        if !fs::metadata(&path).at(&path).map_err(|it| it.hint("make the directory first"))?.is_dir() {
            return Err(PackageError::refused(format!("{}: not a directory", path.display())));
        }
        let mut problems = Vec::new();
        let history = History::read(&path.join(DEPLOYMENTS))?;
        let releases = releases(&path.join(RELEASES), &history, &mut problems)?;
        let (lines, length) = sentences(&path.join(REVISIONS))?;
        let pointer = Pointer::read(&path, RELEASES)?;
        let raw = pointer::raw(&path)?;
        let token = token(raw.as_ref().map(|(target, _)| target.as_path()), history.length, length);
        let past = revisions::untold(lines, &history);
        let (link, switched_at) = raw.map_or((None, None), |(target, at)| (Some(target), at));
        Ok(Self { id, path, releases, history, past, pointer, link, switched_at, token, problems })
    }

    /// The release of this name.
    pub fn get(&self, version: &Version) -> Option<&Release> {
        self.releases.iter().find(|release| release.version == *version)
    }

    /// The live release.
    pub fn live(&self) -> Option<&Release> {
        self.pointer.version().and_then(|version| self.get(version))
    }

    /// The live version.
    pub fn live_version(&self) -> Option<&Version> {
        self.pointer.version()
    }

    /// The directory of the releases.
    pub fn shelf(&self) -> PathBuf {
        self.path.join(RELEASES)
    }

    /// What is wrong here.
    pub fn problems(&self) -> Vec<Text> {
        let pointer = self.pointer.problem(&self.path);
        let flawed = self.releases.iter().filter_map(|release| {
            let why = release.refused.as_ref()?;
            Some(format!("{}: {why}", release.directory.display()).into())
        });
        let rest = self.problems.iter().chain(&self.history.problems).cloned();
        pointer.into_iter().chain(flawed).chain(rest).collect()
    }

    /// When somebody last installed a release or switched to it.
    pub fn last_wanted(&self, release: &Release) -> Option<Time> {
        let switched = self.history.newest_of(&release.version).and_then(|entry| entry.at);
        switched.max(release.installed_at)
    }

    /// The state of the track. Nobody is asked for health: it is unknown, or what the last operation found.
    pub fn state(&self) -> TrackState {
        let newest = self.history.newest_success().filter(|entry| Some(&entry.version) == self.live_version());
        let live = self.live().map(|release| Installed {
            since: newest.and_then(|entry| entry.at).or(self.switched_at).or(release.installed_at),
            ..self.installed(release)
        });
        let degraded = newest.filter(|entry| entry.degraded == Some(true));
        TrackState {
            live,
            health: degraded.map_or(Health::Unknown, |entry| Health::Degraded(entry.note.clone().unwrap_or_default())),
            installed: self.releases.iter().filter(|it| it.refused.is_none()).map(|it| self.installed(it)).collect(),
            token: Some(self.token.clone()),
            problems: self.problems(),
            ..TrackState::new(self.id.clone())
        }
    }

    /// A release as a version in an environment. Where it has no record of its own, its digest is the one that was
    /// recorded when it was deployed: what was meant, not proved.
    fn installed(&self, release: &Release) -> Installed {
        let deployed = self.history.newest_of(&release.version);
        Installed {
            version: release.version.clone(),
            digest: release.digest().or_else(|| deployed?.digest.as_ref()).cloned(),
            commit: release.commit.or_else(|| deployed?.commit),
            since: release.installed_at,
        }
    }

    /// The deployments that anybody recorded here.
    pub fn deployments(&self) -> impl Iterator<Item = Deployment> + '_ {
        let past = self.past.iter().map(|line| {
            let commit = self.get(&line.release).and_then(|release| release.commit);
            line.deployment(&self.id, commit)
        });
        past.chain(self.history.entries.iter().map(|entry| entry.deployment(&self.id)))
    }
}

fn releases(shelf: &Path, history: &History, problems: &mut Vec<Text>) -> Result<Vec<Release>> {
    let entries = match fs::read_dir(shelf) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(PackageError::io(shelf, &error)),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry.at(shelf)?;
        if !entry.file_type().at(&entry.path())?.is_dir() {
            continue;
        }
        match entry.file_name().to_str() {
            Some(hidden) if hidden.starts_with('.') => {}
            Some(named) if name::is_component(named) => all.push(release(entry.path(), named, history)),
            _ => problems
                .push(format!("{}: the name of this directory cannot be a release", entry.path().display()).into()),
        }
    }
    all.sort_by(|a, b| a.installed_at.cmp(&b.installed_at).then_with(|| a.version.natural_cmp(&b.version)));
    Ok(all)
}

fn release(directory: PathBuf, named: &str, history: &History) -> Release {
    let version = Version::from(named);
    let (record, mut refused) = match Record::read(&directory) {
        Ok(record) => (record, None),
        Err(error) => (None, Some(error.what)),
    };
    if let Some(other) = record.as_ref().filter(|record| record.version != version) {
        refused = Some(format!("its record is of version {}", other.version).into());
    }
    let commit = match revision(&directory) {
        Ok(commit) => record.as_ref().and_then(|record| record.commit).or(commit),
        Err(error) => {
            refused = refused.or(Some(error.what));
            None
        }
    };
    let by_clock = || fs::symlink_metadata(&directory).and_then(|seen| seen.modified()).ok().map(Time::from);
    let deployed = || history.first_of(&version).and_then(|entry| entry.started_at.or(entry.at));
    let recorded = record.as_ref().map(|record| record.installed_at);
    let installed_at = recorded.or_else(|| named_time(&version)).or_else(deployed).or_else(by_clock);
    Release { version, directory, record, commit, installed_at, refused }
}

fn sentences(path: &Path) -> Result<(Vec<Line>, u64)> {
    match fs::read(path) {
        Ok(bytes) => Ok((revisions::read(&String::from_utf8_lossy(&bytes)), bytes.len() as u64)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((Vec::new(), 0)),
        Err(error) => Err(PackageError::io(path, &error)),
    }
}

/// Changes when the pointer is switched or somebody records something.
fn token(link: Option<&Path>, records: u64, sentences: u64) -> String {
    let mut hasher = Sha256::new();
    if let Some(target) = link {
        hasher.update(b"link");
        hasher.update(target.as_os_str().as_encoded_bytes());
    }
    hasher.update([0]);
    hasher.update(records.to_le_bytes());
    hasher.update(sentences.to_le_bytes());
    let mut short = hex(&hasher.finalize().into());
    short.truncate(16);
    short
}
