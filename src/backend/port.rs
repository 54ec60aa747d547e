//! The contract between Flightdeck and a backend: small capability traits, each optional.
//!
//! A backend that cannot write has no [`Operator`](super::Operator), so read-only cannot be forgotten.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::approver::Approver;
use super::error::Result;
use super::operator::Operator;
use super::recorder::Recorder;
use super::runner::Runner;
use crate::fact::{Complete, Fact, FactKind};
use crate::graph::CommitGraph;
use crate::model::{
    Attention, CommitId, CommitText, RepositoryId, Requests, Restricted, RunId, SourceId, Status, Text, Time, TrackId,
};

/// A system that Flightdeck reads from or acts on.
pub trait Backend: Send + Sync {
    /// The name that the configuration gave it.
    fn id(&self) -> &SourceId;

    /// What it is: `git`, `file`, `stages`, `releases` …
    fn kind(&self) -> &'static str;

    /// The sorts of facts that it reports.
    fn reports(&self) -> &'static [FactKind];

    /// Directories whose changes mean that there is something new to read, each by name: nobody looks below them. A
    /// backend over a network has none.
    fn watched_paths(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Where the credentials come from by which it is spoken to, never what they are; absent where files of this machine
    /// are read.
    fn credentials(&self) -> Option<Text> {
        None
    }

    /// What people look at now: told when it changes, by whoever shows things for a while. A backend that has to ask asks
    /// for what is on the screen often, for the rest seldom, and for nothing that can wait while nobody looks. One that is
    /// never told is asked once. Returns at once: whatever follows from it happens elsewhere.
    fn attend(&self, _attention: &Attention) {}

    /// What was asked of it so far, and what it allows; absent where nobody is asked.
    fn requests(&self) -> Option<Requests> {
        None
    }

    /// Reads facts.
    fn reader(&self) -> Option<&dyn Reader> {
        None
    }

    /// Tells when there is something new to read, where no directory does.
    fn notices(&self) -> Option<&dyn Notices> {
        None
    }

    /// Reads commits.
    fn changes(&self) -> Option<&dyn Changes> {
        None
    }

    /// Changes the world.
    fn operator(&self) -> Option<&dyn Operator> {
        None
    }

    /// Says yes or no to deployments that wait for it.
    fn approver(&self) -> Option<&dyn Approver> {
        None
    }

    /// Stops executions of pipelines and runs them again.
    fn runner(&self) -> Option<&dyn Runner> {
        None
    }

    /// Writes down what other backends deploy.
    fn recorder(&self) -> Option<&dyn Recorder> {
        None
    }

    /// Reads the output of runs.
    fn logs(&self) -> Option<&dyn Logs> {
        None
    }

    /// Reads the output of what is live.
    fn outputs(&self) -> Option<&dyn Outputs> {
        None
    }
}

/// Reads facts.
#[async_trait]
pub trait Reader: Send + Sync {
    /// Reads what is new since `cursor`, or everything without one. Costs what changed, not what exists, as far as the
    /// system allows. A part that cannot be read becomes a problem in the reading; the rest is still read.
    ///
    /// A fact's `observed_at` is the time of the reading, not a time of what it tells: only so does a correction hold
    /// over what was read before, and what comes back over its withdrawal.
    ///
    /// # Errors
    /// When nothing could be read at all.
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading>;
}

/// Tells when there is something new to read.
#[async_trait]
pub trait Notices: Send + Sync {
    /// Waits until there is something new since the last reading. Costs nothing while nothing changes; what came while
    /// nobody waited is told at once.
    async fn next(&self);
}

/// Where a reading ended: opaque to everybody but the backend that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What a reading brought.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What was seen.
    pub facts: Vec<Fact>,
    /// Of which sorts it holds everything, so that what is missing is gone.
    pub complete: Vec<Complete>,
    /// For a promise that several readings keep together: when the first of them began. What was observed since then
    /// counts as held.
    pub began: Option<Time>,
    /// From where to go on; absent keeps the cursor before.
    pub cursor: Option<Cursor>,
    /// What could not be read, each a fragment that names file and line where there are some. A reading with problems
    /// is partial.
    pub problems: Vec<Text>,
    /// What may not be read, each with where: shown as restricted there, not as empty. Holds until the next reading that
    /// is not [`more`](Self::more).
    pub restricted: Vec<Restricted>,
    /// Whether there is more to read at once.
    pub more: bool,
}

/// Reads commits of repositories.
#[async_trait]
pub trait Changes: Send + Sync {
    /// The repositories that it reads.
    fn repositories(&self) -> Vec<RepositoryId>;

    /// Whether it holds what other backends hold of the repository too, so that it is the one to ask: a mirror that lies
    /// beside a clone and borrows its objects.
    fn is_wider(&self, _repository: &RepositoryId) -> bool {
        false
    }

    /// The commits that are reachable from any reference and that `known` does not hold, parents before children.
    ///
    /// # Errors
    /// When the repository cannot be opened or an object that a reference needs cannot be read.
    async fn commits(&self, repository: &RepositoryId, known: Arc<CommitGraph>) -> Result<CommitBatch>;

    /// Those of `wanted` that no reference leads to and the repository still holds, with what they hold that `known` does
    /// not: a branch that was moved or deleted takes nothing from what was deployed. What is not there is left out.
    ///
    /// # Errors
    /// When the repository cannot be opened or a commit that another one names cannot be read.
    async fn beyond(
        &self,
        repository: &RepositoryId,
        known: Arc<CommitGraph>,
        wanted: &[CommitId],
    ) -> Result<CommitBatch>;

    /// Which of `filters` (lists of path globs) each of `commits` touches in the difference to its first parent: one
    /// row a commit, one bit a filter, filter 0 lowest. At most 64 filters a call.
    ///
    /// # Errors
    /// When the repository or one of the commits' trees cannot be read.
    async fn touched(
        &self,
        repository: &RepositoryId,
        commits: &[CommitId],
        filters: &[Vec<String>],
    ) -> Result<Vec<u64>>;

    /// Those of `pairs` that make the same difference to their first parents, white space and places left aside. Reads
    /// the contents of what they change, so ask for few.
    ///
    /// # Errors
    /// When the repository cannot be opened or something that it holds cannot be read.
    async fn same_patches(
        &self,
        repository: &RepositoryId,
        pairs: &[(CommitId, CommitId)],
    ) -> Result<Vec<(CommitId, CommitId)>>;
}

/// Which of `backends` to ask about the commits of a repository: the one that holds most of it, else the first.
pub fn changes_of<'a>(
    backends: impl IntoIterator<Item = &'a Arc<dyn Backend>>,
    repository: &RepositoryId,
) -> Option<&'a dyn Changes> {
    let readers = backends.into_iter().filter_map(|it| it.changes());
    let own: Vec<&dyn Changes> = readers.filter(|it| it.repositories().contains(repository)).collect();
    own.iter().find(|it| it.is_wider(repository)).or(own.first()).copied()
}

/// New commits of one repository.
#[derive(Clone, Debug, Default)]
pub struct CommitBatch {
    /// The commits, parents before children.
    pub commits: Vec<CommitRecord>,
    /// Commits whose parents the repository does not have (a shallow clone's boundary): all of them, known or new.
    pub boundary: Vec<CommitId>,
    /// Whether what was known before has to be forgotten: a shallow clone was deepened, so children came before parents.
    pub restart: bool,
}

/// One commit as the graph needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitRecord {
    /// Its id.
    pub id: CommitId,
    /// Its parents, in order.
    pub parents: Vec<CommitId>,
    /// Author time, seconds since 1970 UTC.
    pub authored: i64,
    /// Committer time, seconds since 1970 UTC.
    pub committed: i64,
    /// Who wrote it and what it says.
    pub text: CommitText,
    /// Commits that its message says it reverts (`This reverts commit …`).
    pub reverts: Vec<CommitId>,
    /// Commits that its message says it was picked from (`(cherry picked from commit …)`).
    pub picked_from: Vec<CommitId>,
}

/// Reads the output of runs.
#[async_trait]
pub trait Logs: Send + Sync {
    /// The output of a job of a run, at most the last `lines` lines, oldest first: all of it, or what came after the
    /// place where an earlier part ended. Reads are bounded, however long the output is.
    ///
    /// # Errors
    /// When the run is not known or its output is gone.
    async fn log(&self, run: &RunId, job: &str, after: Option<&LogCursor>, lines: usize) -> Result<LogPart>;
}

/// Reads the output of what is live in a track: of its pods, tasks or processes.
#[async_trait]
pub trait Outputs: Send + Sync {
    /// Whether the track is one of this backend's. Asks nobody.
    fn owns(&self, track: &TrackId) -> bool;

    /// What there is to look at, in an order that stays: of each instance each of its containers.
    ///
    /// # Errors
    /// When it cannot be told what runs there.
    async fn outputs(&self, track: &TrackId) -> Result<Vec<Output>>;

    /// The end of the output, at most the last `lines` lines in all, oldest first; or what came after the place where an
    /// earlier part of the same `which` ended. Where lines come from more than one output, each begins with the end of
    /// the instance's name (and the container's, where an instance has several) and ` │ `. What is held in memory is
    /// bounded by `lines`, however long the outputs are; [`LogPart::watch`] stays empty.
    ///
    /// # Errors
    /// When there is no such output, or none of several can be read. Where only some cannot, a line of the part says so.
    async fn output(&self, track: &TrackId, which: &Which, after: Option<&LogCursor>, lines: usize) -> Result<LogPart>;

    /// Goes on after the place where a part of the same `which` ended, for as long as the tail is kept. Instances that
    /// come later are taken in where `which` means them.
    ///
    /// # Errors
    /// When it cannot be followed.
    async fn follow(&self, track: &TrackId, which: &Which, after: &LogCursor) -> Result<Box<dyn Tail>>;
}

/// Something that is read as it is written. Dropping it ends the reading; nothing goes on behind it.
#[async_trait]
pub trait Tail: Send {
    /// What came, once there is something: waits without asking again and again, gathers what comes together, and holds
    /// a bounded number of lines (those that were left out are told with [`LogPart::cut`]). `None` when it is over: what
    /// runs no more writes no more. A future that is dropped may lose what it had read: whoever drops it follows anew
    /// from the last cursor.
    ///
    /// # Errors
    /// When the connection is lost for good; the lines before it were given out.
    async fn next(&mut self) -> Result<Option<LogPart>>;
}

/// Something in a track that writes output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The instance: a pod, a task, a process.
    pub pod: Text,
    /// The container in it; absent where an instance is one.
    pub container: Option<Text>,
    /// How it stands.
    pub status: Status,
    /// The same in words: `running since 12:01`, `waits: the image cannot be pulled`.
    pub state: Text,
    /// How often it was started again.
    pub restarts: u32,
    /// Whether the output of the one before it, that ended, can still be read.
    pub previous: bool,
}

/// Which of the outputs of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Which {
    /// Of this instance alone; absent means all.
    pub pod: Option<Text>,
    /// Of the containers of this name alone; absent means all.
    pub container: Option<Text>,
    /// Of the one before, that ended, instead of the one that runs.
    pub previous: bool,
}

/// Where a part of an output ended: opaque to everybody but the backend that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCursor(pub String);

/// A part of the output of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPart {
    /// Whole lines, oldest first.
    pub lines: Vec<Text>,
    /// The beginning of a line whose end has not come yet: the next part has it again.
    pub unfinished: Option<Text>,
    /// Whether lines before these were left out because there are too many.
    pub cut: bool,
    /// Whether the output is another one than the one that was read before: it begins anew.
    pub anew: bool,
    /// Where to go on.
    pub cursor: Option<LogCursor>,
    /// The directories whose changes mean that there may be more; empty where that cannot be told.
    pub watch: Vec<PathBuf>,
}

impl LogPart {
    /// Whether it holds anything new for who knows what came before it.
    pub fn says_something(&self) -> bool {
        self.anew || !self.lines.is_empty()
    }
}
