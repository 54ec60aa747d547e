//! From a configuration to a world, without asking anything outside.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::painter::Painter;
use super::state::StateDir;
use super::{Inner, World, WorldError, measuring};
use crate::backend::{Backend, KINDS, Opening, owner};
use crate::config::{self, Loaded, Problem, Resolved, Sources};
use crate::fact::Fact;
use crate::metrics::Policy;
use crate::model::{Clock, EnvironmentId, SourceId, Text};
use crate::operation::{Actor, Deps, Engine, Freezes, Journal, Patience, ids};
use crate::picture::{Frame, SourceStatus};
use crate::store::commits::CommitStore;
use crate::store::{OWN_SOURCE, Opened, Store};
use crate::sync::{News, Shelves};

/// What a world is opened with.
pub struct WorldOptions {
    /// Where the person is.
    pub dir: PathBuf,
    /// The configuration file that was named; else it is searched from `dir` upwards.
    pub config: Option<PathBuf>,
    /// Whether only the repository at `dir` is meant, whatever a configuration there says.
    pub repository: bool,
    /// The state directory that was named.
    pub state: Option<PathBuf>,
    /// Where the present comes from.
    pub clock: Clock,
    /// From where the person acts: `cockpit` or `command line`.
    pub origin: Text,
    /// Whether a glance at the picture of before will do at first. Then [`World::complete`] brings the rest.
    pub at_a_glance: bool,
}

impl World {
    /// Opens the project that `options` find: the configured one, else the repository here. Paints the picture from what
    /// is stored.
    ///
    /// # Errors
    /// When the configuration makes no sense, there is neither configuration nor repository, or the state directory
    /// cannot be used.
    pub fn open(options: &WorldOptions) -> Result<Self, WorldError> {
        let loaded = load(options)?;
        Self::open_loaded(loaded, options)
    }

    /// The same where there is nothing too: then it is a world in which nothing is, for somebody who begins.
    ///
    /// # Errors
    /// When the configuration makes no sense, or the state directory cannot be used.
    pub fn open_anywhere(options: &WorldOptions) -> Result<Self, WorldError> {
        match load(options) {
            Err(WorldError::Nothing) => Self::open_loaded(read(options)?, options),
            loaded => Self::open_loaded(loaded?, options),
        }
    }

    fn open_loaded(loaded: Loaded, options: &WorldOptions) -> Result<Self, WorldError> {
        let clock = options.clock.clone();
        let asked = options.state.as_ref().map(|it| options.dir.join(it));
        let asked = asked.as_deref().or(loaded.config.project.state.as_deref());
        let state = StateDir::of(asked, &loaded.base_dir).ok_or(WorldError::NoHome)?;
        let resolved = loaded.config.resolve();
        let backends = backends(&loaded, &resolved, &state, &clock)?;
        let Opened { store, set_aside } = Store::open(state.root(), clock.clone())?;
        let shelves = Shelves { store, commits: CommitStore::open(&state.commits())? };
        let freezes = freezes(&loaded, &resolved);
        let measures = Arc::new(measuring::policy(&loaded.config.metrics));
        let shown = watch::Sender::default();
        let mut painter = Painter::new(frame(&resolved, &backends, &measures), shown.clone());
        introduce(&mut painter, &backends, &shelves)?;
        let engine = Engine::new(Deps {
            backends: backends.clone(),
            journal: Arc::new(Journal::new(state.root(), clock.clone())),
            patience: Patience::from(&loaded.config.policy),
            policy: loaded.config.policy.clone(),
            environments: resolved.environments.clone().into(),
            freezes: freezes.clone(),
            ids: ids::time_ordered(clock.clone(), &seed()),
            clock: clock.clone(),
        });
        let world = Self(Arc::new(Inner {
            actor: actor(options.origin.clone()),
            loaded,
            measures,
            resolved,
            state,
            clock,
            reading: backends.iter().map(|it| (it.id().clone(), tokio::sync::Mutex::default())).collect(),
            backends,
            shelves,
            set_aside,
            engine,
            freezes,
            painter: Mutex::new(painter),
            shown,
            whole: watch::Sender::new(false),
            read: watch::Sender::new(false),
            kept: Mutex::default(),
            concluding: tokio::sync::Mutex::default(),
            asked: Mutex::default(),
            compared: Mutex::default(),
            operations: watch::Sender::new(Arc::from([])),
            tails: super::outputs::Tails::default(),
        }));
        world.publish_operations();
        if !(options.at_a_glance && world.show_glance()) {
            world.paint_what_is_stored()?;
        }
        Ok(world)
    }

    /// Paints everything that is stored, and shows it when it is whole.
    pub(super) fn paint_what_is_stored(&self) -> Result<(), WorldError> {
        let mut painter = self.painter();
        paint_what_is_stored(&mut painter, &self.0.backends, &self.0.shelves)?;
        painter.set_freezes(&self.0.freezes, self.now());
        painter.publish();
        drop(painter);
        self.show_kept_paths()?;
        self.0.whole.send_replace(true);
        Ok(())
    }
}

/// Reads the configuration; without one, makes one for the repository that `dir` is in.
fn load(options: &WorldOptions) -> Result<Loaded, WorldError> {
    let mut loaded = read(options)?;
    if options.repository || (loaded.path.is_none() && loaded.config.backend.is_empty()) {
        let root =
            options.dir.ancestors().find(|it| config::is_repository(it)).ok_or(WorldError::Nothing)?.to_path_buf();
        if options.repository {
            loaded.config.project = config::ProjectEntry::default();
        }
        loaded.config = config::for_repository(loaded.config, &root);
        loaded.base_dir = root;
    }
    Ok(loaded)
}

/// Reads the configuration that is named or lies here.
fn read(options: &WorldOptions) -> Result<Loaded, WorldError> {
    let kinds: Vec<_> = KINDS.iter().map(|kind| (kind.name, (kind.schema)())).collect();
    let user = config::user_file();
    let sources =
        Sources { cwd: &options.dir, user: user.as_deref(), project: options.config.as_deref(), kinds: &kinds };
    let loaded = config::load(&sources);
    if !loaded.errors.is_empty() {
        return Err(WorldError::Config(loaded.errors));
    }
    Ok(loaded)
}

fn backends(
    loaded: &Loaded,
    resolved: &Resolved,
    state: &StateDir,
    clock: &Clock,
) -> Result<Vec<Arc<dyn Backend>>, WorldError> {
    let environments: Vec<EnvironmentId> = resolved.environments.iter().map(|it| it.id.clone()).collect();
    let mut backends = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for (at, entry) in loaded.config.backend.iter().enumerate() {
        let Some(kind) = KINDS.iter().find(|kind| kind.name == entry.kind) else {
            let what = format!("there is no kind of backend called `{}`", entry.kind);
            problems.push(loaded.origins.problem(&format!("backend[{at}].kind"), what));
            continue;
        };
        let opening = Opening {
            id: SourceId::from(entry.name.as_str()),
            settings: &entry.settings,
            base: &loaded.base_dir,
            environments: &environments,
            cache: &state.cache(&entry.name),
            clock: clock.clone(),
        };
        match (kind.open)(&opening) {
            Ok(backend) => backends.push(backend),
            Err(problem) => {
                let separator = if problem.key.is_empty() { "" } else { "." };
                let key = format!("backend[{at}]{separator}{}", problem.key);
                problems.push(loaded.origins.problem(&key, problem.what.as_str()));
            }
        }
    }
    if problems.is_empty() { Ok(backends) } else { Err(WorldError::Config(problems)) }
}

fn freezes(loaded: &Loaded, resolved: &Resolved) -> Freezes {
    let origin = |at: usize| Text::from(loaded.origins.of(&format!("freeze[{at}]")).to_string());
    let entries = loaded.config.freeze.iter().enumerate().map(|(at, freeze)| (freeze, origin(at)));
    Freezes::new(entries, &resolved.environments)
}

fn frame(resolved: &Resolved, backends: &[Arc<dyn Backend>], measures: &Arc<Policy>) -> Frame {
    let rules = resolved.services.clone();
    let named = rules.named().collect();
    let owners: Vec<Arc<dyn Backend>> = backends.iter().filter(|it| it.operator().is_some()).cloned().collect();
    let environments = resolved.environments.clone();
    Frame {
        environments: resolved.environments.clone().into(),
        named,
        service: Arc::new(move |id| rules.service_for(id)),
        owner: Arc::new(move |track| {
            let environment = environments.iter().find(|it| it.id == track.environment);
            let preferred = environment.and_then(|it| it.operator.as_ref());
            owner::operators(&owners, track, preferred).first().map(|it| it.id().clone())
        }),
        measures: Arc::clone(measures),
        freezes: Vec::new(),
    }
}

/// Makes every backend known, with what the store remembers of its last reading.
fn introduce(painter: &mut Painter, backends: &[Arc<dyn Backend>], shelves: &Shelves) -> Result<(), WorldError> {
    let records = shelves.store.sources()?;
    for backend in backends {
        let record = records.iter().find(|it| it.id == *backend.id());
        let status = SourceStatus {
            kind: Text::from(backend.kind()),
            read_at: record.and_then(|it| it.read_at),
            problems: record.map(|it| it.problems.clone()).unwrap_or_default(),
            reading: false,
            verbs: backend.operator().map(|operator| operator.declaration().verbs).unwrap_or_default(),
            outputs: backend.outputs().is_some(),
            run_acts: backend.runner().map(|runner| runner.acts().to_vec()).unwrap_or_default(),
            restricted: Vec::new(),
            credentials: backend.credentials(),
            requests: None,
        };
        painter.introduce(backend.id().clone(), status);
    }
    Ok(())
}

fn paint_what_is_stored(
    painter: &mut Painter,
    backends: &[Arc<dyn Backend>],
    shelves: &Shelves,
) -> Result<(), WorldError> {
    for changes in backends.iter().filter_map(|it| it.changes()) {
        for repository in changes.repositories() {
            let commits = shelves.commits.repository(&repository)?;
            painter.take(News::Commits(repository, commits));
        }
    }
    // A backend that was renamed or taken out of the configuration tells nothing any more.
    let spoken_for =
        |fact: &Fact| fact.source.as_str() == OWN_SOURCE || backends.iter().any(|backend| *backend.id() == fact.source);
    painter.revision = shelves.store.each_fact(|fact| {
        if spoken_for(&fact) {
            painter.gather(fact);
        }
    })?;
    painter.fold(Vec::new());
    painter.shrink();
    Ok(())
}

/// What tells this process from every other: ids of operations are made from it.
fn seed() -> String {
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{} {} {}", whoami::hostname().unwrap_or_default(), std::process::id(), started.as_nanos())
}

fn actor(from: Text) -> Actor {
    let who = whoami::username().unwrap_or_else(|_| "unknown".to_owned());
    let host = whoami::hostname().unwrap_or_else(|_| "unknown".to_owned());
    Actor { who: Text::from(who), host: Text::from(host), from }
}
