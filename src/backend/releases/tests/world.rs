//! A root and a stage to install from.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::backend::package::hash::hex;
use crate::backend::package::{Observer, Step, Unwatched};
use crate::backend::releases::Releases;
use crate::backend::{
    Opening, Operator as _, Order, ProgressSink, Reader as _, Reading, Receipt, SettingsProblem, Verb,
};
use crate::fact::Body;
use crate::model::{Deployment, EnvironmentId, Installed, Time, TrackId, TrackState};

pub const COMMIT: &str = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101";
pub const SETTINGS: &str = r#"
    path = "srv/{environment}/{service}"
    environments = ["staging", "production"]
    packages = "packages/{source}/{service}"
    health_timeout_seconds = 0
"#;

pub struct World {
    pub place: tempfile::TempDir,
    /// Settings beside the ordinary ones.
    pub more: String,
}

impl World {
    /// An empty root of checkout in production and a stage without packages.
    pub fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("srv/production/checkout")).unwrap();
        fs::create_dir_all(place.path().join("srv/staging")).unwrap();
        fs::create_dir_all(place.path().join("packages/staging/checkout")).unwrap();
        Self { place, more: String::new() }
    }

    /// The same with further settings.
    pub fn with(more: &str) -> Self {
        Self { more: more.to_owned(), ..Self::new() }
    }

    /// 1.0 is live, and 1.1 can be promoted.
    pub async fn live(more: &str) -> Self {
        let world = Self::new();
        world.put("1.0", b"one");
        let backend = world.backend();
        let first = order(&backend, Verb::Promote, "op-0", "1.0").await;
        execute(&backend, &first).await.unwrap();
        world.put("1.1", b"two");
        Self { more: more.to_owned(), ..world }
    }

    /// A path below the root.
    pub fn root(&self, path: &str) -> PathBuf {
        let root = self.place.path().join("srv/production/checkout");
        if path.is_empty() { root } else { root.join(path) }
    }

    pub fn package(&self, version: &str) -> PathBuf {
        self.place.path().join("packages/staging/checkout").join(version)
    }

    /// Puts a version with a plain file and an archive into the stage.
    pub fn put(&self, version: &str, bytes: &[u8]) {
        let archive = tar_gz(&[("bin/app", bytes, 0o755), ("etc/settings", b"a = 1", 0o644)]);
        put_package(&self.package(version), version, &[("app.tar.gz", &archive), ("notes", bytes)]);
    }

    pub fn backend(&self) -> Releases {
        self.watched(Box::new(Unwatched))
    }

    pub fn watched(&self, observer: Box<dyn Observer>) -> Releases {
        try_open(self.place.path(), &format!("{SETTINGS}\n{}", self.more), observer).unwrap()
    }

    /// What `current` leads to; it has to lead to a directory.
    pub fn current(&self) -> Option<String> {
        let target = fs::read_link(self.root("current")).ok()?;
        assert!(self.root("current/").is_dir(), "current leads to nothing");
        Some(target.to_str().unwrap().to_owned())
    }

    /// The records of the root: operation, version, outcome, whether users felt a failure.
    pub async fn records(&self) -> Vec<(String, String, String, Option<bool>)> {
        deployments(&self.backend().read(None).await.unwrap())
            .into_iter()
            .map(|it| {
                let outcome = format!("{:?}", it.outcome).to_lowercase();
                (it.id.as_str().to_owned(), it.version.unwrap().as_str().to_owned(), outcome, it.traffic)
            })
            .collect()
    }
}

pub fn try_open(base: &Path, settings: &str, observer: Box<dyn Observer>) -> Result<Releases, SettingsProblem> {
    // Later settings take the place of earlier ones.
    let mut merged: BTreeMap<String, toml::Value> = BTreeMap::new();
    for line in settings.lines().filter(|line| !line.trim().is_empty()) {
        merged.extend(toml::from_str::<BTreeMap<String, toml::Value>>(line).unwrap());
    }
    let environments: Vec<EnvironmentId> = ["dev", "staging", "production"].map(EnvironmentId::from).to_vec();
    let opening = Opening {
        id: "servers".into(),
        settings: &merged,
        base,
        environments: &environments,
        cache: base,
        clock: Arc::new(now),
    };
    Releases::open(&opening, observer)
}

pub fn now() -> Time {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

pub fn tar_gz(files: &[(&str, &[u8], u32)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, bytes, mode) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(*mode);
        header.set_cksum();
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

pub fn put_package(dir: &Path, version: &str, files: &[(&str, &[u8])]) {
    fs::create_dir_all(dir).unwrap();
    let mut listed = Vec::new();
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).unwrap();
        let sha = hex(&Sha256::digest(bytes).into());
        listed.push(format!(r#"{{"name":"{name}","sha256":"{sha}","size":{}}}"#, bytes.len()));
    }
    let manifest = format!(r#"{{"version":"{version}","commit":"{COMMIT}","files":[{}]}}"#, listed.join(","));
    fs::write(dir.join("artifact.json"), manifest).unwrap();
}

/// An order for checkout in production, planned against what is there now.
pub async fn order(backend: &Releases, verb: Verb, operation: &str, version: &str) -> Order {
    let track = TrackId::new("checkout", "production");
    let state = backend.observe(&track).await.ok();
    Order {
        coming: None,
        operation: operation.into(),
        verb,
        track,
        from: state.as_ref().and_then(|state| state.live.clone()),
        to: Installed { version: version.into(), digest: None, commit: None, since: None },
        source: None,
        expected: state.and_then(|state| state.token),
        actor: "Ada".into(),
        reason: "because".into(),
    }
}

pub async fn execute(backend: &Releases, order: &Order) -> crate::backend::Result<Receipt> {
    backend.execute(order, &ProgressSink::new(None)).await
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn states(reading: &Reading) -> Vec<TrackState> {
    let state = |body: &Body| if let Body::State(it) = body { Some((**it).clone()) } else { None };
    reading.facts.iter().filter_map(|fact| state(&fact.body)).collect()
}

pub fn deployments(reading: &Reading) -> Vec<Deployment> {
    let deployment = |body: &Body| if let Body::Deployment(it) = body { Some((**it).clone()) } else { None };
    reading.facts.iter().filter_map(|fact| deployment(&fact.body)).collect()
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

/// Waits after a step until it is told to go on.
pub struct Pauses {
    at: Step,
    reached: mpsc::Sender<()>,
    go: Mutex<mpsc::Receiver<()>>,
}

impl Pauses {
    /// The observer, what tells that the step is reached, and what lets it go on.
    pub fn new(at: Step) -> (Box<Self>, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (reached, is_reached) = mpsc::channel();
        let (go, may_go) = mpsc::channel();
        (Box::new(Self { at, reached, go: may_go.into() }), is_reached, go)
    }
}

impl Observer for Pauses {
    fn after(&self, step: Step) {
        if step == self.at {
            self.reached.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
    }
}
