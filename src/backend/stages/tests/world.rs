//! A directory of stages to work in.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use crate::backend::package::hash::hex;
use crate::backend::package::{Observer, Step, Unwatched};
use crate::backend::stages::Stages;
use crate::backend::{Opening, Operator as _, Order, ProgressSink, Reading, Receipt, Verb};
use crate::fact::Body;
use crate::model::{Artifact, Deployment, EnvironmentId, Installed, Time, TrackId, TrackState};

pub const COMMIT: &str = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101";

pub struct World {
    pub place: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        for stage in ["dev", "testing"] {
            fs::create_dir_all(place.path().join("packages").join(stage)).unwrap();
        }
        Self { place }
    }

    pub fn dir(&self, parts: &str) -> PathBuf {
        self.place.path().join("packages").join(parts)
    }

    /// Puts a version with one file into a stage.
    pub fn put(&self, stage: &str, service: &str, version: &str, bytes: &[u8]) -> PathBuf {
        let dir = self.dir(stage).join(service).join(version);
        put_package(&dir, version, &[("app.bin", bytes)]);
        dir
    }

    pub fn backend(&self) -> Stages {
        self.watched(Box::new(Unwatched))
    }

    pub fn watched(&self, observer: Box<dyn Observer>) -> Stages {
        try_open(self.place.path(), "path = \"packages\"\nenvironments = [\"dev\", \"testing\"]", observer).unwrap()
    }
}

pub fn try_open(
    base: &Path,
    settings: &str,
    observer: Box<dyn Observer>,
) -> Result<Stages, crate::backend::SettingsProblem> {
    let settings: BTreeMap<String, toml::Value> = toml::from_str(settings).unwrap();
    let environments: Vec<EnvironmentId> = ["dev", "testing", "stable"].map(EnvironmentId::from).to_vec();
    let opening = Opening {
        id: "packages".into(),
        settings: &settings,
        base,
        environments: &environments,
        cache: base,
        clock: Arc::new(now),
    };
    Stages::open(&opening, observer)
}

pub fn now() -> Time {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

pub fn put_package(dir: &Path, version: &str, files: &[(&str, &[u8])]) {
    fs::create_dir_all(dir).unwrap();
    let mut listed = Vec::new();
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).unwrap();
        let sha = hex(&Sha256::digest(bytes).into());
        listed.push(format!(r#"{{"name":"{name}","sha256":"{sha}","size":{}}}"#, bytes.len()));
    }
    let manifest = format!(
        r#"{{"version":"{version}","commit":"{COMMIT}","built_at":"2026-11-20T09:00:00Z","run":"77","files":[{}]}}"#,
        listed.join(",")
    );
    fs::write(dir.join("artifact.json"), manifest).unwrap();
}

pub fn states(reading: &Reading) -> Vec<TrackState> {
    let state = |body: &Body| if let Body::State(it) = body { Some((**it).clone()) } else { None };
    reading.facts.iter().filter_map(|fact| state(&fact.body)).collect()
}

pub fn artifacts(reading: &Reading) -> Vec<Artifact> {
    let artifact = |body: &Body| if let Body::Artifact(it) = body { Some((**it).clone()) } else { None };
    reading.facts.iter().filter_map(|fact| artifact(&fact.body)).collect()
}

pub fn deployments(reading: &Reading) -> Vec<Deployment> {
    let deployment = |body: &Body| if let Body::Deployment(it) = body { Some((**it).clone()) } else { None };
    reading.facts.iter().filter_map(|fact| deployment(&fact.body)).collect()
}

/// An order for `service` in testing, planned against what is there now.
pub async fn order(backend: &Stages, verb: Verb, operation: &str, version: &str) -> Order {
    let track = TrackId::new("checkout", "testing");
    let state = backend.observe(&track).await.unwrap();
    Order {
        coming: None,
        operation: operation.into(),
        verb,
        track,
        from: state.live,
        to: Installed { version: version.into(), digest: None, commit: None, since: None },
        source: None,
        expected: state.token,
        actor: "Ada".into(),
        reason: "because".into(),
    }
}

pub async fn execute(backend: &Stages, order: &Order) -> crate::backend::Result<Receipt> {
    backend.execute(order, &ProgressSink::new(None)).await
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// An observer that dies after a step.
pub struct DiesAfter(pub Step);

impl Observer for DiesAfter {
    fn after(&self, step: Step) {
        assert!(step != self.0, "killed after {step:?}");
    }
}

/// A disk that has room for so many bytes.
pub struct Room(pub AtomicU64);

impl Observer for Room {
    fn writes(&self, bytes: u64) -> io::Result<()> {
        let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(bytes));
        left.map(drop).map_err(|_| io::Error::from(io::ErrorKind::StorageFull))
    }
}
