//! Opening a repository for reading, and nothing else: no configuration of the user or the system, no environment.

use std::path::{Path, PathBuf};

use gix::objs::{Find, FindHeader};
use gix::odb::pack::cache::lru::StaticLinkedList;

use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{CommitId, SourceId};

/// An open repository with what errors are told with.
pub struct Opened {
    /// The repository.
    pub repository: gix::Repository,
    /// Where it lies.
    pub path: PathBuf,
    source: SourceId,
}

impl Opened {
    /// Opens the repository at `path`: bare, ordinary, a linked worktree.
    ///
    /// # Errors
    /// When there is none, or one in a format that cannot be read.
    pub fn at(source: &SourceId, path: &Path) -> Result<Self> {
        let error = |kind, what: String| Err(BackendError::new(source, kind, format!("{}: {what}", path.display())));
        // Asked through the directory: what may not be entered is not the same as no repository.
        let denied = |it: &std::io::Error| it.kind() == std::io::ErrorKind::PermissionDenied;
        if let Err(missing) = path.metadata() {
            return Err(BackendError::io(source, path, &missing));
        }
        if let Some(closed) = path.join("HEAD").metadata().err().filter(denied) {
            return Err(BackendError::io(source, path, &closed));
        }
        let repository = match gix::open_opts(path, gix::open::Options::isolated()) {
            Ok(repository) => repository,
            Err(no) => return error(ErrorKind::NotFound, format!("not a repository that can be read: {no}")),
        };
        let form = repository.config_snapshot().string("extensions.refStorage");
        if form.is_some_and(|form| form != "files") {
            return error(ErrorKind::Protocol, "keeps its references in a form that cannot be read".to_owned())
                .map_err(|it| it.hint("git refs migrate --ref-format=files"));
        }
        if repository.object_hash() != gix::hash::Kind::Sha1 {
            return error(ErrorKind::Protocol, "its object ids are not SHA-1".to_owned());
        }
        Ok(Self { repository, path: path.to_owned(), source: source.clone() })
    }

    /// The error for `what` in this repository.
    pub fn error(&self, kind: ErrorKind, what: impl std::fmt::Display) -> BackendError {
        error(&self.source, kind, &self.path, what)
    }

    /// The commits at which a shallow clone is cut off, sorted.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn shallow(&self) -> Result<Vec<CommitId>> {
        let list = self.repository.shallow_commits().map_err(|it| self.error(ErrorKind::Io, it))?;
        let mut all: Vec<CommitId> = list.iter().flat_map(|list| list.iter()).filter_map(|id| commit_id(id)).collect();
        all.sort_unstable();
        Ok(all)
    }

    /// Another handle to the same repository, for another thread. It keeps the objects it read last: neighbours are
    /// packed as differences to each other.
    pub fn handle(&self) -> Objects {
        let mut odb = self.repository.objects.clone();
        odb.set_pack_cache(|| Box::<StaticLinkedList<64>>::default());
        Objects { odb, path: self.path.clone(), source: self.source.clone() }
    }
}

/// The objects of a repository, for one thread.
pub struct Objects {
    odb: gix::OdbHandle,
    path: PathBuf,
    source: SourceId,
}

impl Objects {
    /// Reads an object into `buffer`; `None` when the repository does not have it.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read<'a>(&self, id: &gix::oid, buffer: &'a mut Vec<u8>) -> Result<Option<(gix::objs::Kind, &'a [u8])>> {
        match self.odb.try_find(id, buffer) {
            Ok(found) => Ok(found.map(|data| (data.kind, data.data))),
            Err(broken) => Err(self.error(ErrorKind::Integrity, format!("object {id} cannot be read: {broken}"))),
        }
    }

    /// How long an object is, in bytes, without reading it; `None` when the repository does not have it.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn size(&self, id: &gix::oid) -> Result<Option<u64>> {
        match self.odb.try_header(id) {
            Ok(header) => Ok(header.map(|it| it.size)),
            Err(broken) => Err(self.error(ErrorKind::Integrity, format!("object {id} cannot be read: {broken}"))),
        }
    }

    /// The error for an object that should be there.
    pub fn missing(&self, what: &str, id: &gix::oid) -> BackendError {
        self.error(ErrorKind::Integrity, format!("{what} {id} is missing"))
            .hint("a partial clone, or damage: git fsck tells, git fetch --refetch brings it back")
    }

    /// The error for `what` in this repository.
    pub fn error(&self, kind: ErrorKind, what: impl std::fmt::Display) -> BackendError {
        error(&self.source, kind, &self.path, what)
    }
}

fn error(source: &SourceId, kind: ErrorKind, path: &Path, what: impl std::fmt::Display) -> BackendError {
    BackendError::new(source, kind, format!("{}: {what}", path.display()))
}

/// Our id for git's.
pub fn commit_id(id: &gix::oid) -> Option<CommitId> {
    id.as_bytes().try_into().ok().map(CommitId)
}

/// Git's id for ours.
pub fn object_id(id: &CommitId) -> gix::ObjectId {
    gix::ObjectId::Sha1(id.0)
}
