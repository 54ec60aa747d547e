//! What a command needs of the world around it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use tempfile::TempDir;

use super::args::Global;
use super::aside;
use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::progress::{self, Manner};
use crate::backend::{ErrorKind, KINDS};
use crate::config::{self, Loaded};
use crate::model::{Clock, OperationId, Text, Time, text};
use crate::operation::{OperationError, OperationSummary};
use crate::picture::Snapshot;
use crate::view;
use crate::world::{Refreshed, World, WorldError, WorldOptions};

/// From where somebody acts who sits in the cockpit.
pub const COCKPIT: &str = "cockpit";

/// What a command needs of the world around it.
pub struct Session<'a> {
    /// What was said for every command.
    pub global: &'a Global,
    /// Where the present comes from.
    pub clock: Clock,
    /// How progress is told.
    pub manner: Manner,
    /// The moment at which the command began.
    pub began: Time,
    /// The same moment by a clock that nobody sets.
    pub started: Instant,
    /// Where the person is.
    pub directory: PathBuf,
    /// Whether somebody wants to stop.
    pub interrupt: Interrupt,
    /// Where state is kept when it cannot be kept where it belongs.
    pub makeshift: OnceLock<TempDir>,
}

impl Session<'_> {
    /// The present.
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// The kinds of backends with the schemas of their settings.
    pub fn kinds(&self) -> Vec<config::schema::Kind<'static>> {
        KINDS.iter().map(|kind| (kind.name, (kind.schema)())).collect()
    }

    /// Reads the configuration alone, with everything that is wrong with it.
    pub fn load(&self) -> Loaded {
        self.load_at(Path::new("."))
    }

    /// The same for somebody who speaks of `directory`: without a named configuration, the one there or above.
    pub fn load_at(&self, directory: &Path) -> Loaded {
        let (user, named) = (config::user_file(), self.named());
        config::load(&config::Sources {
            cwd: &self.place(directory),
            user: user.as_deref(),
            project: named.as_deref(),
            kinds: &self.kinds(),
        })
    }

    /// Whether this session may write at all: `--read-only` says no to every command.
    pub fn may_write(&self) -> Result<(), Failure> {
        if self.global.read_only { Err(Failure::usage("nothing is changed with --read-only")) } else { Ok(()) }
    }

    /// Opens the world: paints what is stored, asks nothing outside.
    pub fn open(&self) -> Result<World, Failure> {
        self.open_at(self.global.config.as_deref(), "command line")
    }

    /// Opens the world of a named configuration, for somebody who acts from `origin`.
    pub fn open_at(&self, configuration: Option<&Path>, origin: &str) -> Result<World, Failure> {
        Ok(World::open(&self.options(configuration, origin))?)
    }

    /// The same where there is neither configuration nor repository too.
    pub fn open_anywhere(&self, configuration: Option<&Path>, origin: &str) -> Result<World, Failure> {
        Ok(World::open_anywhere(&self.options(configuration, origin))?)
    }

    /// Opens the world to answer from it. Where nothing can be kept, what is read is kept for this answer alone.
    pub fn open_to_read(&self) -> Result<World, Failure> {
        Ok(self.opened_to_read(self.options(self.global.config.as_deref(), "command line"))?)
    }

    /// The same for the repository at `directory` alone, whatever backends are configured. How things are counted is
    /// what the named configuration says, else the one there or above.
    pub fn open_repository(&self, directory: &Path) -> Result<World, Failure> {
        let options = self.options(self.named().as_deref(), "command line");
        let dir = self.place(directory);
        let shown = || text::clean(&directory.to_string_lossy()).into_owned();
        if !dir.is_dir() {
            return Err(Failure::error(format!("there is no directory `{}`", shown())));
        }
        match self.opened_to_read(WorldOptions { dir, repository: true, ..options }) {
            Err(WorldError::Nothing) => {
                Err(Failure::error(format!("`{}` is in no git repository", shown())).hint("name one with `--repo`"))
            }
            opened => Ok(opened?),
        }
    }

    /// The configuration that was named, wherever one goes from here.
    fn named(&self) -> Option<PathBuf> {
        self.global.config.as_ref().map(|path| self.directory.join(path))
    }

    /// A directory as seen from where the person is.
    fn place(&self, directory: &Path) -> PathBuf {
        if directory == Path::new(".") { self.directory.clone() } else { self.directory.join(directory) }
    }

    fn opened_to_read(&self, options: WorldOptions) -> Result<World, WorldError> {
        match World::open(&options) {
            Err(error) if error.is_about_keeping() => {
                aside::warn(&format!("{error}: what is read is kept for this answer alone"));
                let state = match self.makeshift.get() {
                    Some(makeshift) => makeshift.path().to_owned(),
                    None => {
                        let fresh = tempfile::tempdir().map_err(|_| error)?;
                        self.makeshift.get_or_init(|| fresh).path().to_owned()
                    }
                };
                World::open(&WorldOptions { state: Some(state), ..options })
            }
            opened => opened,
        }
    }

    fn options(&self, configuration: Option<&Path>, origin: &str) -> WorldOptions {
        WorldOptions {
            dir: self.directory.clone(),
            config: configuration.map(Path::to_owned),
            repository: false,
            state: self.global.state.as_ref().map(|state| self.directory.join(state)),
            clock: self.clock.clone(),
            origin: Text::from(origin),
            at_a_glance: origin == COCKPIT,
        }
    }

    /// Reads what is new in every backend, unless only the stored picture is wanted, and says what could not be read.
    /// The exit code tells whether something is missing.
    pub async fn read(&self, world: &World) -> Result<Exit, Failure> {
        let exit = if self.global.offline {
            Exit::Ok
        } else {
            tell(&progress::during(self.manner, || doing(world), world.refresh()).await?)
        };
        let cut = cut_off(&world.snapshot());
        cut.iter().for_each(|what| aside::warn(what));
        cut.first().iter().for_each(|_| aside::hint(UNSHALLOW));
        Ok(exit)
    }

    /// Finds out what became of operations whose process ended, and says so before anything else is said.
    pub async fn settle(&self, world: &World) -> Result<(), Failure> {
        self.left_behind(world).await?.iter().for_each(|story| aside::warn(story));
        Ok(())
    }

    /// What became of operations whose process ended, a sentence each. To know it the world has to be looked at.
    pub async fn left_behind(&self, world: &World) -> Result<Vec<String>, Failure> {
        if self.global.offline {
            return Ok(Vec::new());
        }
        let settled = world.engine().settle_all().await?;
        let tell = |(operation, outcome): (OperationId, Result<OperationSummary, OperationError>)| match outcome {
            Ok(summary) => left_behind(&summary),
            Err(error) => format!("what became of operation {operation} cannot be told: {error}"),
        };
        Ok(settled.into_iter().map(tell).collect())
    }
}

/// What a person can do about a history that is cut off.
pub const UNSHALLOW: &str = "`git fetch --unshallow --filter=blob:none` there brings the rest";

/// What has to be known before an answer from a history that is cut off is believed, a sentence a repository.
pub fn cut_off(snapshot: &Snapshot) -> Vec<String> {
    snapshot.cut_off().map(view::cut_off).collect()
}

/// The sources that are being read.
fn doing(world: &World) -> String {
    let snapshot = world.snapshot();
    let reading: Vec<String> =
        snapshot.sources.iter().filter(|(_, status)| status.reading).map(|(id, _)| id.to_string()).collect();
    if reading.is_empty() { "reading".to_owned() } else { format!("reading {}", reading.join(", ")) }
}

fn tell(refreshed: &Refreshed) -> Exit {
    for (source, problems) in &refreshed.problems {
        problems.iter().for_each(|problem| aside::warn(&format!("{source}: {problem}")));
    }
    refreshed.errors.iter().filter_map(|error| error.hint.as_ref()).for_each(|hint| aside::hint(hint.as_str()));
    let refused = refreshed.errors.iter().any(|error| error.kind == ErrorKind::Auth);
    match (refused, refreshed.is_partial()) {
        (true, _) => Exit::Auth,
        (false, true) => Exit::Partial,
        (false, false) => Exit::Ok,
    }
}

/// An operation whose process ended, in one sentence.
fn left_behind(summary: &OperationSummary) -> String {
    let OperationSummary { operation, track, to, who, ending, .. } = summary;
    format!("operation {operation} of {who} ({to} to {track}) was interrupted: {}", ending.why())
}
