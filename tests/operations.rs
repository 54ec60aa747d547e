//! Promote and roll back on real stage directories: the engine, the journal and the files on disk agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flightdeck::backend::{Backend, KINDS, Opening, ProgressSink, Verb};
use flightdeck::config::Policy;
use flightdeck::model::{Clock, Digest, Environment, EnvironmentId, Service, TrackId, Version};
use flightdeck::operation::{
    Actor, Confirmation, Deps, Ending, Engine, Freezes, Intent, Journal, Patience, Plan, Stopped, WriteMode, ids,
    journal,
};
use flightdeck::picture::{Frame, Picture, Snapshot};

struct Company {
    room: tempfile::TempDir,
    backend: Arc<dyn Backend>,
    environments: Arc<[Environment]>,
    clock: Clock,
}

impl Company {
    /// A company with the stages dev and testing, and 1.0 and 1.1 of checkout in dev.
    fn new() -> Self {
        let room = tempfile::tempdir().expect("a directory");
        for stage in ["dev", "testing"] {
            fs::create_dir_all(room.path().join("packages").join(stage)).expect("made");
        }
        let names: Vec<EnvironmentId> = ["dev", "testing"].map(EnvironmentId::from).to_vec();
        let environments = names.iter().zip(0..).map(|(name, rank)| environment(name, rank)).collect();
        let clock: Clock = Arc::new(chrono::Utc::now);
        let settings: toml::Table =
            toml::from_str("path = \"packages\"\nenvironments = [\"dev\", \"testing\"]").expect("settings");
        let kind = KINDS.iter().find(|kind| kind.name == "stages").expect("built in");
        let opening = Opening {
            id: "packages".into(),
            settings: &settings.into_iter().collect(),
            base: room.path(),
            environments: &names,
            cache: &room.path().join("cache"),
            clock: clock.clone(),
        };
        let backend = (kind.open)(&opening).map_err(|problem| problem.what).expect("opens");
        let company = Self { backend, environments, clock, room };
        company.package("1.0", b"one");
        company.package("1.1", b"two");
        company
    }

    fn package(&self, version: &str, bytes: &[u8]) {
        let directory = self.dir("dev").join(version);
        fs::create_dir_all(&directory).expect("made");
        fs::write(directory.join("app.bin"), bytes).expect("written");
        let built = if version == "1.0" { "2026-01-01T00:00:00Z" } else { "2026-01-02T00:00:00Z" };
        let manifest = serde_json::json!({
            "version": version,
            "built_at": built,
            "files": [{ "name": "app.bin", "sha256": journal::hash(bytes), "size": bytes.len() }],
        });
        fs::write(directory.join("artifact.json"), manifest.to_string()).expect("written");
    }

    fn dir(&self, stage: &str) -> PathBuf {
        self.room.path().join("packages").join(stage).join("checkout")
    }

    fn live(&self) -> Option<String> {
        let target = fs::read_link(self.dir("testing").join("current")).ok()?;
        assert!(self.dir("testing").join(&target).join("app.bin").is_file(), "current leads to a whole version");
        Some(target.to_string_lossy().into_owned())
    }

    async fn snapshot(&self) -> Snapshot {
        let mut picture = Picture::new(Frame {
            environments: self.environments.clone(),
            named: Vec::new(),
            service: Arc::new(|id| {
                let id = id.clone();
                Some(Service { id, repository: None, paths: vec![], branch: None, release_tags: None, group: None })
            }),
            owner: Arc::new(|_| Some("packages".into())),
            measures: Arc::default(),
            freezes: Vec::new(),
        });
        let reading = self.backend.reader().expect("reads").read(None).await.expect("read");
        picture.fold(reading.facts);
        picture.snapshot()
    }

    fn engine(&self, state: &Path) -> Engine {
        Engine::new(Deps {
            backends: vec![self.backend.clone()],
            journal: Arc::new(Journal::new(state, self.clock.clone())),
            policy: Policy::default(),
            freezes: Freezes::default(),
            environments: self.environments.clone(),
            clock: self.clock.clone(),
            ids: ids::time_ordered(self.clock.clone(), &state.to_string_lossy()),
            patience: Patience::from(&Policy::default()),
        })
    }

    async fn plan(&self, engine: &Engine, verb: Verb, version: Option<&str>) -> Plan {
        let track = TrackId::new("checkout", "testing");
        let intent = Intent { verb, track, version: version.map(Version::from), source: None, reason: None };
        let actor = Actor { who: "ida".into(), host: "desk".into(), from: "command line".into() };
        engine.plan(&intent, &actor, &self.snapshot().await).await.expect("a plan")
    }
}

fn environment(id: &EnvironmentId, rank: u16) -> Environment {
    Environment {
        id: id.clone(),
        rank,
        production: rank == 1,
        protected: false,
        operator: None,
        group: None,
        release_line: false,
        time_zone: chrono_tz::UTC,
    }
}

fn yes() -> Confirmation {
    let permit = WriteMode::new(Some(true), &Policy::default()).permit(chrono::Utc::now()).expect("writes");
    Confirmation { permit, typed: "y".to_owned(), overrides: Vec::new(), reason: None }
}

fn sink() -> ProgressSink {
    tokio::sync::watch::channel(None).0
}

#[tokio::test]
async fn promoted_rolled_back_and_all_of_it_in_the_journal() {
    let company = Company::new();
    let state = company.room.path().join("state");
    let engine = company.engine(&state);
    for (version, expected_from) in [(Some("1.0"), None), (None, Some("1.0"))] {
        let plan = company.plan(&engine, Verb::Promote, version).await;
        assert!(plan.is_allowed(), "{:?}", plan.findings);
        assert_eq!(plan.from.as_ref().map(|from| from.version.as_str()), expected_from);
        let done = engine.run(&plan, &yes(), &company.snapshot().await, &sink()).await.expect("done");
        assert!(done.succeeded(), "{:?}", done.summary.ending);
    }
    assert_eq!(company.live().as_deref(), Some("1.1"));
    let back = company.plan(&engine, Verb::RollBack, None).await;
    assert_eq!(back.order.to.version.as_str(), "1.0");
    assert_eq!(back.order.to.digest, Some(Digest::from(format!("sha256:{}", journal::hash(b"one")))));
    let done = engine.run(&back, &yes(), &company.snapshot().await, &sink()).await.expect("done");
    assert!(matches!(done.summary.ending, Ending::Succeeded(_)), "{:?}", done.summary.ending);
    assert_eq!(company.live().as_deref(), Some("1.0"));

    let kept = Journal::new(&state, company.clock.clone());
    assert_eq!(kept.verify().expect("sound"), 12);
    let types: Vec<String> =
        kept.cdevents().expect("read").iter().map(|event| event["context"]["type"].to_string()).collect();
    let expected = ["deployed", "upgraded", "rolledback"].map(|it| format!("\"dev.cdevents.service.{it}.0.3.0\""));
    assert_eq!(types, expected);

    // What was just fled from is no default for going back again.
    let candidates = company.plan(&engine, Verb::RollBack, Some("1.1")).await.candidates;
    assert!(candidates.iter().all(|it| !it.default), "{candidates:?}");
}

#[tokio::test]
async fn changed_bytes_are_never_promoted() {
    let company = Company::new();
    let engine = company.engine(&company.room.path().join("state"));
    let plan = company.plan(&engine, Verb::Promote, Some("1.1")).await;
    fs::write(company.dir("dev").join("1.1/app.bin"), b"TWO").expect("tampered");
    let stopped = engine.run(&plan, &yes(), &company.snapshot().await, &sink()).await;
    assert!(matches!(stopped, Err(Stopped::Changed { .. })), "{stopped:?}");
    assert!(!company.plan(&engine, Verb::Promote, Some("1.1")).await.is_allowed());
    assert_eq!(company.live(), None);
}

/// Two people on two machines confirm two plans for one track at one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_at_once_one_wins_and_the_other_learns_why() {
    let company = Company::new();
    let (here, there) =
        (company.engine(&company.room.path().join("a")), company.engine(&company.room.path().join("b")));
    let (first, second) =
        (company.plan(&here, Verb::Promote, Some("1.0")).await, company.plan(&there, Verb::Promote, Some("1.1")).await);
    let snapshot = company.snapshot().await;
    let (confirmation, sink) = (yes(), sink());
    let (one, two) = tokio::join!(
        here.run(&first, &confirmation, &snapshot, &sink),
        there.run(&second, &confirmation, &snapshot, &sink)
    );
    let (won, lost) = match (one, two) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("exactly one wins: {other:?}"),
    };
    assert!(won.succeeded(), "{won:?}");
    assert_eq!(company.live(), Some(won.summary.to.as_str().to_owned()));
    assert!(matches!(lost, Stopped::Conflict { .. } | Stopped::Changed { .. }), "{lost}");
}
