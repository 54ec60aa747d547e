//! A small world with an operator that does what a test tells it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::backend::{
    self, Available, Backend, BackendError, CommitBatch, Declaration, ErrorKind, Idempotency, Operator, Order, Place,
    PreconditionKind, ProgressSink, ProgressSource, Proposal, Receipt, RollbackCode, SameBinary, Verb, Verdict, Write,
};
use crate::config::{Freeze, Policy};
use crate::fact::{Body, Fact, FactKind};
use crate::graph::{CommitGraph, CommitTexts, NewCommit, Pos, Touched};
use crate::model::{
    Artifact, Clock, CommitId, CommitText, Deployment, Digest, Environment, Gate, Health, Installed, Outcome, Progress,
    Reference, ReferenceKind, Replicas, RepositoryId, Service, SourceId, Text, Time, TrackId, TrackState, Version,
};
use crate::operation::{
    Actor, Confirmation, Deps, Engine, Freezes, Intent, Journal, Patience, Plan, WriteMode, WritePermit, ids,
};
use crate::picture::{Commits, Frame, Picture, Snapshot};

/// The newest commit of the line: commit `n` is version `1.n`. Commit 9 is a hotfix on commit 2.
pub const HEAD: u8 = 6;
pub const HOTFIX: u8 = 9;

pub fn commit(number: u8) -> CommitId {
    CommitId([number; 20])
}

pub fn at(minutes: i64) -> Time {
    Time::from_timestamp(1_790_000_000 + minutes * 60, 0).expect("in range")
}

pub fn production() -> TrackId {
    TrackId::new("checkout", "production")
}

pub fn testing() -> TrackId {
    TrackId::new("checkout", "testing")
}

pub fn digest(version: &str) -> Digest {
    Digest::from(format!("sha256:{version}"))
}

pub fn number_of(version: &str) -> u8 {
    version.rsplit('.').next().and_then(|minor| minor.parse().ok()).expect("a version 1.n")
}

pub fn installed(version: &str) -> Installed {
    let commit = Some(commit(number_of(version)));
    Installed { version: version.into(), digest: Some(digest(version)), commit, since: None }
}

/// What the operator keeps and is told to do.
pub struct Script {
    pub live: BTreeMap<TrackId, Option<Installed>>,
    pub installed: BTreeMap<TrackId, Vec<Installed>>,
    /// What lies in a store of packages.
    pub store: Vec<Installed>,
    pub tokens: BTreeMap<TrackId, u64>,
    pub health: Health,
    pub desired: Option<Installed>,
    pub progress: Option<Progress>,
    pub replicas: Option<Replicas>,
    pub problems: Vec<Text>,
    pub proposal: Proposal,
    pub refused: BTreeMap<Version, Text>,
    pub code: RollbackCode,
    /// What the backend declares to be able to do.
    pub declared: Vec<Verb>,
    pub paused: bool,
    /// What the state says of its track.
    pub gates: Vec<Gate>,
    /// Whether what is promoted stays on its way for ever.
    pub stuck: bool,
    /// What `execute` does instead of succeeding.
    pub failure: Option<BackendError>,
    /// Where `execute` stops for ever.
    pub hang: Option<Hang>,
    /// What `verify` says before it tells what is live, last first.
    pub verdicts: Vec<backend::Result<Verdict>>,
    /// Whether the track cannot be observed.
    pub dark: bool,
    /// Somebody else's version that comes live at the moment of the write.
    pub rival: Option<Installed>,
    /// The journal's file, when it is to become unusable at the moment of the write.
    pub no_more_journal: Option<std::path::PathBuf>,
    pub executed: Vec<Order>,
    pub recovered: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hang {
    BeforeTheWrite,
    AfterTheWrite,
}

pub struct Scripted {
    id: SourceId,
    script: Mutex<Script>,
    pub reached: Notify,
}

impl Scripted {
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test panicked in it")
    }

    pub fn put(&self, track: &TrackId, version: &str) {
        let mut script = self.script();
        script.live.insert(track.clone(), Some(installed(version)));
        *script.tokens.entry(track.clone()).or_default() += 1;
    }

    pub fn live(&self, track: &TrackId) -> Option<String> {
        self.script().live.get(track).cloned().flatten().map(|live| live.version.as_str().to_owned())
    }

    fn error(&self, kind: ErrorKind, what: &str) -> BackendError {
        BackendError::new(&self.id, kind, what)
    }

    fn tell(&self, order: &Order) -> Verdict {
        let live = self.live(&order.track);
        let shown = live.clone().unwrap_or_else(|| "nothing".to_owned());
        match order.verb {
            Verb::Promote if self.script().stuck => return Verdict::Pending("0 of 3 ready".into()),
            Verb::Promote | Verb::RollBack => {}
            Verb::Pause | Verb::Resume if self.script().paused == (order.verb == Verb::Resume) => {
                return Verdict::NoEffect("it is as it was".into());
            }
            verb => return Verdict::Healthy(format!("{} and {shown} is live", verb.done()).into()),
        }
        if live.as_deref() == Some(order.to.version.as_str()) {
            Verdict::Healthy(format!("{shown} is live and healthy").into())
        } else if live.as_deref() == order.from.as_ref().map(|from| from.version.as_str()) {
            Verdict::NoEffect(format!("{shown} is live still").into())
        } else {
            Verdict::Failed(format!("{shown} is live").into())
        }
    }
}

impl Backend for Scripted {
    fn id(&self) -> &SourceId {
        &self.id
    }
    fn kind(&self) -> &'static str {
        "scripted"
    }
    fn reports(&self) -> &'static [FactKind] {
        &[]
    }
    fn operator(&self) -> Option<&dyn Operator> {
        Some(self)
    }
    fn changes(&self) -> Option<&dyn backend::Changes> {
        Some(self)
    }
}

#[async_trait]
impl backend::Changes for Scripted {
    fn repositories(&self) -> Vec<RepositoryId> {
        vec!["shop".into()]
    }
    async fn beyond(&self, _: &RepositoryId, _: Arc<CommitGraph>, _: &[CommitId]) -> backend::Result<CommitBatch> {
        Ok(CommitBatch::default())
    }

    async fn commits(&self, _: &RepositoryId, _: Arc<CommitGraph>) -> backend::Result<CommitBatch> {
        Ok(CommitBatch::default())
    }
    /// Commits 3 and 4 touch what the first rule is about.
    async fn touched(&self, _: &RepositoryId, commits: &[CommitId], _: &[Vec<String>]) -> backend::Result<Vec<u64>> {
        Ok(commits.iter().map(|id| u64::from(*id == commit(3) || *id == commit(4))).collect())
    }

    async fn same_patches(
        &self,
        _: &RepositoryId,
        _: &[(CommitId, CommitId)],
    ) -> backend::Result<Vec<(CommitId, CommitId)>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Operator for Scripted {
    fn declaration(&self) -> Declaration {
        let script = self.script();
        Declaration {
            verbs: script.declared.clone(),
            rollback: script.code,
            precondition: PreconditionKind::ExpectedCurrent,
            idempotency: Idempotency::Natural,
            progress: ProgressSource::InProcess,
            history: "all of it".into(),
        }
    }

    fn owns(&self, track: &TrackId) -> bool {
        self.script().live.contains_key(track)
    }

    async fn observe(&self, track: &TrackId) -> backend::Result<TrackState> {
        let script = self.script();
        if script.dark {
            return Err(self.error(ErrorKind::Forbidden, "no way to look"));
        }
        let here = *track == production();
        Ok(TrackState {
            live: script.live.get(track).cloned().flatten(),
            desired: script.desired.clone().filter(|_| here),
            health: script.health.clone(),
            progress: script.progress.clone().filter(|_| here),
            replicas: script.replicas.filter(|_| here),
            installed: script.installed.get(track).cloned().unwrap_or_default(),
            token: script.tokens.get(track).map(u64::to_string),
            paused: here && script.paused,
            gates: if here { script.gates.clone() } else { Vec::new() },
            problems: if here { script.problems.clone() } else { Vec::new() },
            ..TrackState::new(track.clone())
        })
    }

    async fn available(&self, track: &TrackId) -> backend::Result<Vec<Available>> {
        let script = self.script();
        let there = |track: &TrackId| script.installed.get(track).cloned().unwrap_or_default();
        let of = |installed: Installed, place: Place| Available {
            refused: script.refused.get(&installed.version).cloned(),
            version: installed.version,
            digest: installed.digest,
            place,
        };
        let before = there(&testing()).into_iter().map(|it| of(it, Place::Environment("testing".into())));
        let store = script.store.iter().map(|it| of(it.clone(), Place::Store("packages".into())));
        Ok(there(track).into_iter().map(|it| of(it, Place::Installed)).chain(before).chain(store).collect())
    }

    async fn propose(&self, _: &Order) -> backend::Result<Proposal> {
        Ok(self.script().proposal.clone())
    }

    async fn execute(&self, order: &Order, _: &ProgressSink) -> backend::Result<Receipt> {
        let hang = {
            let mut script = self.script();
            script.executed.push(order.clone());
            if let Some(path) = script.no_more_journal.take() {
                std::fs::rename(&path, path.with_extension("old")).expect("moved");
                std::fs::create_dir(&path).expect("made");
            }
            if let Some(rival) = script.rival.take() {
                script.live.insert(order.track.clone(), Some(rival));
                *script.tokens.entry(order.track.clone()).or_default() += 1;
            }
            if let Some(failure) = &script.failure {
                return Err(failure.clone());
            }
            if order.expected.as_deref() != script.tokens.get(&order.track).map(u64::to_string).as_deref() {
                return Err(self.error(ErrorKind::Conflict, "omar promoted 1.2"));
            }
            if script.hang != Some(Hang::BeforeTheWrite) {
                match order.verb {
                    Verb::Promote if script.stuck => script.desired = Some(order.to.clone()),
                    Verb::Promote | Verb::RollBack => {
                        script.desired = None;
                        script.live.insert(order.track.clone(), Some(order.to.clone()));
                    }
                    Verb::Pause | Verb::Resume => script.paused = order.verb == Verb::Pause,
                    Verb::Abort => (script.desired, script.progress) = (None, None),
                    Verb::Restart => {}
                }
                *script.tokens.entry(order.track.clone()).or_default() += 1;
            }
            script.hang
        };
        if hang.is_some() {
            self.reached.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(Receipt { token: None, done: vec!["switched".into()] })
    }

    async fn verify(&self, order: &Order, _: Option<&Receipt>) -> backend::Result<Verdict> {
        let next = self.script().verdicts.pop();
        next.unwrap_or_else(|| Ok(self.tell(order)))
    }

    async fn recover(&self, order: &Order) -> backend::Result<Verdict> {
        if self.script().dark {
            return Err(self.error(ErrorKind::Forbidden, "no way to look"));
        }
        self.script().recovered += 1;
        self.verify(order, None).await
    }
}

#[derive(Debug)]
struct Subjects;

impl CommitTexts for Subjects {
    fn text(&self, pos: Pos) -> CommitText {
        let author = if pos.0.is_multiple_of(2) { "ida" } else { "omar" };
        CommitText { author: author.into(), email: "".into(), subject: format!("change {}", pos.0).into() }
    }
    fn find(&self, _: &str, _: usize) -> Vec<Pos> {
        Vec::new()
    }
}

fn graph() -> CommitGraph {
    let mut graph = CommitGraph::default();
    let mut add = |number: u8, parents: &[CommitId], reverts: &[CommitId]| {
        let time = at(i64::from(number)).timestamp();
        let id = commit(number);
        graph.append(&NewCommit { id, parents, authored: time, committed: time, reverts, ..NewCommit::default() });
    };
    for number in 0..=HEAD {
        let parents: Vec<CommitId> = number.checked_sub(1).map(commit).into_iter().collect();
        // Commit 6 takes back commit 3.
        let reverts: Vec<CommitId> = (number == 6).then(|| commit(3)).into_iter().collect();
        add(number, &parents, &reverts);
    }
    add(HOTFIX, &[commit(2)], &[]);
    graph
}

pub fn environment(name: &str, rank: u16) -> Environment {
    let production = name == "production";
    Environment {
        id: name.into(),
        rank,
        production,
        protected: production,
        operator: None,
        group: None,
        release_line: name == "releases",
        time_zone: chrono_tz::UTC,
    }
}

/// A deployment of `version` that ended `minutes` after the beginning.
pub fn deployment(track: &TrackId, version: &str, minutes: i64, outcome: Outcome) -> Deployment {
    Deployment {
        id: format!("{}-{minutes}", track.environment.as_str()).into(),
        service: track.service.clone(),
        environment: track.environment.clone(),
        version: Some(version.into()),
        commit: Some(commit(number_of(version))),
        digest: Some(digest(version)),
        started_at: Some(at(minutes - 2)),
        finished_at: Some(at(minutes)),
        also: Vec::new(),
        outcome,
        actor: Some("lena".into()),
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    }
}

/// The world: production runs 1.3 and testing 1.4, which came there in their order.
pub struct World {
    pub room: tempfile::TempDir,
    pub backend: Arc<Scripted>,
    pub facts: Vec<Fact>,
    pub minutes: Arc<AtomicI64>,
    pub policy: Policy,
    pub freezes: Vec<Freeze>,
    pub patience: Patience,
}

impl World {
    pub fn new() -> Self {
        let history = [
            (production(), "1.1", 10),
            (production(), "1.2", 20),
            (production(), "1.3", 30),
            (testing(), "1.3", 25),
            (testing(), "1.4", 35),
            (TrackId::new("checkout", "dev"), "1.5", 36),
        ];
        let live = [("production", "1.3"), ("testing", "1.4")]
            .map(|(place, version)| (TrackId::new("checkout", place), Some(installed(version))));
        let there = [
            (production(), vec![installed("1.1"), installed("1.2"), installed("1.3")]),
            (testing(), vec![installed("1.3"), installed("1.4")]),
        ];
        let script = Script {
            live: live.into(),
            installed: there.into(),
            tokens: [(production(), 1), (testing(), 1)].into(),
            store: Vec::new(),
            health: Health::Healthy,
            desired: None,
            progress: None,
            replicas: None,
            problems: Vec::new(),
            proposal: Proposal {
                writes: vec![Write { what: "switch".into(), verbatim: "current -> new".into(), precondition: None }],
                same_binary: SameBinary::Yes("digests are equal".into()),
                gates: Vec::new(),
                risks: Vec::new(),
                refused: None,
                undo: "the pointer is switched back".into(),
            },
            refused: BTreeMap::new(),
            code: RollbackCode::Pointer,
            declared: Verb::ALL.to_vec(),
            paused: false,
            gates: Vec::new(),
            stuck: false,
            failure: None,
            hang: None,
            verdicts: Vec::new(),
            dark: false,
            rival: None,
            no_more_journal: None,
            executed: Vec::new(),
            recovered: 0,
        };
        let short = Duration::from_millis(1);
        let mut world = Self {
            room: tempfile::tempdir().expect("a directory"),
            backend: Arc::new(Scripted { id: "places".into(), script: Mutex::new(script), reached: Notify::new() }),
            facts: Vec::new(),
            minutes: Arc::new(AtomicI64::new(60)),
            policy: Policy::default(),
            freezes: Vec::new(),
            patience: Patience { first: short, longest: short, whole: Duration::from_secs(60) },
        };
        for (track, version, minutes) in history {
            world.fact(deployment(&track, version, minutes, Outcome::Success));
        }
        world.fact(Reference {
            repository: "shop".into(),
            name: "refs/heads/main".into(),
            kind: ReferenceKind::Branch,
            commit: commit(HEAD),
            created_at: at(0),
            annotated: false,
        });
        world
    }

    pub fn fact(&mut self, body: impl Into<Body>) {
        self.facts.push(Fact::new("history".into(), at(40), body));
    }

    pub fn artifact(&mut self, version: &str, location: &str, built: i64) -> &mut Self {
        self.fact(Artifact {
            service: "checkout".into(),
            version: version.into(),
            location: location.into(),
            digest: Some(digest(version)),
            commit: Some(commit(number_of(version))),
            built_at: Some(at(built)),
            arrived_at: None,
            run: None,
            size: None,
            url: None,
        });
        self
    }

    pub fn environments() -> Arc<[Environment]> {
        ["releases", "dev", "testing", "production", "far"]
            .into_iter()
            .zip(0..)
            .map(|(name, rank)| environment(name, rank))
            .collect()
    }

    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_with(Vec::new())
    }

    pub fn snapshot_with(&self, freezes: Vec<Gate>) -> Snapshot {
        let mut picture = Picture::new(Frame {
            environments: Self::environments(),
            named: vec!["checkout".into()],
            service: Arc::new(|id| {
                Some(Service {
                    id: id.clone(),
                    repository: Some("shop".into()),
                    paths: Vec::new(),
                    branch: None,
                    release_tags: None,
                    group: None,
                })
            }),
            owner: Arc::new(|_| Some("places".into())),
            measures: Arc::default(),
            freezes,
        });
        picture.set_commits(
            "shop".into(),
            Commits {
                graph: Arc::new(graph()),
                texts: Arc::new(Subjects),
                touched: Arc::new(Touched::default()),
                filters: BTreeMap::new(),
                same: Arc::default(),
            },
        );
        picture.fold(self.facts.iter().cloned());
        picture.snapshot()
    }

    pub fn clock(&self) -> Clock {
        let minutes = self.minutes.clone();
        Arc::new(move || at(minutes.load(Ordering::Relaxed)))
    }

    pub fn journal_in(&self, room: &Path) -> Arc<Journal> {
        Arc::new(Journal::new(room, self.clock()))
    }

    pub fn journal(&self) -> Arc<Journal> {
        self.journal_in(self.room.path())
    }

    pub fn engine(&self) -> Engine {
        self.engine_in(self.room.path())
    }

    /// An engine whose state directory is `room`: another machine, where it is another directory.
    pub fn engine_in(&self, room: &Path) -> Engine {
        static ENGINES: AtomicI64 = AtomicI64::new(0);
        let seed = ENGINES.fetch_add(1, Ordering::Relaxed).to_string();
        let environments = Self::environments();
        Engine::new(Deps {
            backends: vec![self.backend.clone()],
            journal: self.journal_in(room),
            policy: self.policy.clone(),
            freezes: Freezes::new(self.freezes.iter().map(|it| (it, "flightdeck.toml:41".into())), &environments),
            environments,
            clock: self.clock(),
            ids: ids::time_ordered(self.clock(), &seed),
            patience: self.patience,
        })
    }

    pub async fn plan(&self, intent: &Intent) -> Plan {
        self.engine().plan(intent, &actor(), &self.snapshot()).await.expect("a plan")
    }
}

pub fn actor() -> Actor {
    Actor { who: "ida".into(), host: "desk".into(), from: "command line".into() }
}

pub fn intent(verb: Verb, version: Option<&str>) -> Intent {
    Intent { verb, track: production(), version: version.map(Version::from), source: None, reason: None }
}

pub fn promote() -> Intent {
    intent(Verb::Promote, None)
}

pub fn roll_back() -> Intent {
    intent(Verb::RollBack, None)
}

pub fn permit() -> WritePermit {
    WriteMode::new(Some(true), &Policy::default()).permit(at(0)).expect("a permit")
}

/// The confirmation that production asks for.
pub fn yes() -> Confirmation {
    Confirmation { permit: permit(), typed: "production".to_owned(), overrides: Vec::new(), reason: None }
}

pub fn sink() -> ProgressSink {
    tokio::sync::watch::channel(None).0
}
