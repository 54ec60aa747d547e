//! The commit graph and the texts of each repository, kept in files of our own so that a start costs milliseconds.
//!
//! It is a cache of what a backend read: what is damaged or of a later version is set aside and read again. Per
//! repository there is a directory with
//!
//! - `graph`: a header, then one segment for each batch of commits, each with a checksum that covers the one before.
//!   What is written is only ever appended. A segment that was not written whole, or that is damaged, is not there, and
//!   neither is what follows it;
//! - `texts-N`: subjects, written before the segment of `graph` that tells where they are;
//! - `touched-…`: which paths commits touch, for one list of filters;
//! - `lock`: held while somebody writes. Readers need no lock.

mod bytes;
mod log;
mod place;
mod segment;
#[cfg(test)]
mod tests;
mod texts;
mod touched;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use self::log::Log;
use self::place::Place;
use super::StoreError;
use crate::backend::{CommitBatch, CommitRecord};
use crate::graph::{Author, CommitGraph, CommitTexts, NewCommit, Pos, Touched};
use crate::model::RepositoryId;

/// Commit graphs and texts by repository. Cheap to clone, usable from any thread and by several processes at once.
/// Every method blocks for as long as the disk takes.
#[derive(Clone, Debug)]
pub struct CommitStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    directory: PathBuf,
    loaded: Mutex<HashMap<RepositoryId, Log>>,
}

/// What is known of a repository's commits.
#[derive(Clone, Debug)]
pub struct RepositoryCommits {
    /// The commits.
    pub graph: Arc<CommitGraph>,
    /// What people wrote about them.
    pub texts: Arc<dyn CommitTexts>,
    /// After which commits something was written down, and the checksum there.
    marks: Arc<[log::Mark]>,
}

impl CommitStore {
    /// The store in `directory`, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory).map_err(|error| StoreError::io(directory, error))?;
        Ok(Self(Arc::new(Shared { directory: directory.to_owned(), loaded: Mutex::default() })))
    }

    /// What is known of a repository, with what other processes wrote since it was last asked. While nothing is new the
    /// answer is the same graph, not a copy.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or has to be set aside and cannot be.
    pub fn repository(&self, repository: &RepositoryId) -> Result<RepositoryCommits, StoreError> {
        self.with(repository, |place, before| place.load(before))
    }

    /// Takes in what a backend read, and says what is known now. Commits that are known stay as they are. A batch that
    /// does not fit what is there, because somebody else began anew in the meantime, changes nothing: reading again with
    /// the graph that is returned brings what is missing.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn append(&self, repository: &RepositoryId, batch: &CommitBatch) -> Result<RepositoryCommits, StoreError> {
        self.with(repository, |place, before| {
            let _lock = place.lock()?;
            let log = place.load_locked(before)?;
            let known = if batch.restart { CommitGraph::default() } else { CommitGraph::clone(&log.graph) };
            let Some(grown) = Grown::of(known, batch) else { return Ok(log) };
            let same = !batch.restart && grown.new.is_empty() && grown.graph.boundary().eq(log.graph.boundary());
            if same { Ok(log) } else { place.write(log, grown, batch.restart) }
        })
    }

    /// Forgets a repository.
    ///
    /// # Errors
    /// When its files cannot be removed.
    pub fn reset(&self, repository: &RepositoryId) -> Result<(), StoreError> {
        self.with(repository, |place, _| {
            let _lock = place.lock()?;
            place.remove()?;
            Ok(Log::default())
        })?;
        Ok(())
    }

    /// Which of `filters` commits touch, as far as it was kept; no rows where nothing was.
    pub fn touched(&self, repository: &RepositoryId, of: &RepositoryCommits, filters: &[Vec<String>]) -> Touched {
        let place = Place::of(&self.0.directory, repository);
        touched::read(&place, &of.marks, filters).unwrap_or_else(|| Touched::new(filters.len()))
    }

    /// Keeps which of `filters` the commits touch. It is kept only if every commit of `of` has a row.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_touched(
        &self,
        repository: &RepositoryId,
        of: &RepositoryCommits,
        filters: &[Vec<String>],
        rows: &Touched,
    ) -> Result<(), StoreError> {
        let Some(mark) = of.marks.last().filter(|mark| mark.commits as usize == rows.len()) else { return Ok(()) };
        let place = Place::of(&self.0.directory, repository);
        let _lock = place.lock()?;
        touched::write(&place, mark, filters, rows)
    }

    /// Runs `change` on what is loaded of a repository and keeps what comes of it.
    fn with(
        &self,
        repository: &RepositoryId,
        change: impl FnOnce(&Place, Option<Log>) -> Result<Log, StoreError>,
    ) -> Result<RepositoryCommits, StoreError> {
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Place::of(&self.0.directory, repository);
        let log = change(&place, loaded.get(repository).cloned())?;
        loaded.insert(repository.clone(), log.clone());
        Ok(RepositoryCommits { graph: log.graph, texts: log.texts, marks: log.marks })
    }
}

/// A graph with what a batch brought.
struct Grown<'a> {
    graph: CommitGraph,
    /// How many commits it had before.
    from: usize,
    /// The commits that it did not have, in the order of their positions.
    new: Vec<&'a CommitRecord>,
}

impl<'a> Grown<'a> {
    /// `None` when the batch leans on commits that the graph does not have.
    fn of(mut graph: CommitGraph, batch: &'a CommitBatch) -> Option<Self> {
        let from = graph.len();
        let mut new = Vec::with_capacity(batch.commits.len());
        graph.reserve(batch.commits.len());
        for commit in &batch.commits {
            let author = Author { name: commit.text.author.clone(), email: commit.text.email.clone() };
            let pos = graph.append(&NewCommit {
                id: commit.id,
                parents: &commit.parents,
                authored: commit.authored,
                committed: commit.committed,
                author: Some(&author),
                reverts: &commit.reverts,
                picked_from: &commit.picked_from,
            });
            if pos.index() == from + new.len() {
                new.push(commit);
            }
        }
        let is_new = |pos: &Pos| pos.index() >= from;
        let fits = graph.boundary().filter(is_new).all(|pos| batch.boundary.contains(&graph.id(pos)));
        batch.boundary.iter().for_each(|id| graph.cut_off_at(id));
        fits.then_some(Self { graph, from, new })
    }
}
