//! The references of a repository, peeled to commits, with git's creation date.

use gix::bstr::ByteSlice;
use gix::objs::Kind;
use gix::refs::TargetRef;

use super::commit::{RawCommit, RawTag};
use super::open::{Objects, Opened, commit_id, object_id};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::graph::CommitGraph;
use crate::model::{CommitId, RefName, Reference, ReferenceKind, RepositoryId, Text, Time};

/// The references that mean something to people, and what is wrong with others.
#[derive(Debug, Default)]
pub struct References {
    /// Branches, remote branches, tags and `HEAD`.
    pub all: Vec<Reference>,
    /// References that lead nowhere.
    pub problems: Vec<Text>,
}

/// Reads the references that are reported.
///
/// # Errors
/// When they cannot be listed.
pub fn read(opened: &Opened, repository: &RepositoryId) -> Result<References> {
    let objects = opened.handle();
    let mut found = References::default();
    for named in list(opened)? {
        let Some(kind) = kind(&named.name) else { continue };
        match named.target.and_then(|target| peel(&objects, target)) {
            Ok(Some(peeled)) => found.all.push(Reference {
                repository: repository.clone(),
                name: RefName::from(named.name),
                kind,
                commit: peeled.commit,
                created_at: peeled.created_at,
                annotated: peeled.annotated,
            }),
            Ok(None) => {}
            Err(error) => found.problems.push(Text::from(format!("{}: {}", named.name, error.what))),
        }
    }
    Ok(found)
}

/// The commits from which history is walked: whatever any reference leads to that `known` does not hold, notes, stashes
/// and replacements aside. References that lead nowhere are left out here; [`read`] tells of them.
///
/// # Errors
/// When they cannot be listed.
pub fn tips(opened: &Opened, known: &CommitGraph) -> Result<Vec<CommitId>> {
    let objects = opened.handle();
    let mut tips = Vec::new();
    for named in list(opened)? {
        if ["refs/notes/", "refs/stash", "refs/replace/"].iter().any(|not| named.name.starts_with(not)) {
            continue;
        }
        // Nearly all are known, by their own id or by the one that git wrote down beside it: no object has to be read.
        let is_known = |id: &CommitId| known.position(id).is_some();
        if named.target.as_ref().is_ok_and(is_known) || named.peeled.as_ref().is_some_and(is_known) {
            continue;
        }
        let commit = named.target.and_then(|target| peel(&objects, target)).ok().flatten().map(|it| it.commit);
        tips.extend(commit);
    }
    tips.sort_unstable();
    tips.dedup();
    Ok(tips)
}

/// A reference and the object that it names, after following other references.
struct Named {
    name: String,
    target: Result<CommitId>,
    /// What is behind it, where git wrote that down: the commit that a tag tags, mostly.
    peeled: Option<CommitId>,
}

fn list(opened: &Opened) -> Result<Vec<Named>> {
    let failed = |error: gix::Error| opened.error(ErrorKind::Io, format!("references cannot be listed: {error}"));
    let platform = opened.repository.references().map_err(failed)?;
    let found: Vec<_> = platform.all().map_err(failed)?.collect();
    let mut all = Vec::with_capacity(found.len() + 1);
    for reference in found {
        // One that cannot be parsed has no name to report it by; git ignores it too.
        let Ok(mut reference) = reference else { continue };
        let Ok(name) = reference.name().as_bstr().to_str().map(ToOwned::to_owned) else { continue };
        let direct = match reference.target() {
            TargetRef::Object(id) => commit_id(id),
            TargetRef::Symbolic(_) => None,
        };
        let peeled = reference.inner.peeled.as_deref().and_then(commit_id);
        let target = direct.map(Ok).unwrap_or_else(|| {
            let followed = reference.follow_to_object().map_err(|error| opened.error(ErrorKind::NotFound, error))?;
            commit_id(&followed).ok_or_else(|| opened.error(ErrorKind::Protocol, "an id that is not SHA-1"))
        });
        all.push(Named { name, target, peeled });
    }
    if let Some(head) = opened.repository.head().ok().and_then(|head| commit_id(head.id()?.as_ref())) {
        all.push(Named { name: "HEAD".to_owned(), target: Ok(head), peeled: None });
    }
    Ok(all)
}

fn kind(name: &str) -> Option<ReferenceKind> {
    match name {
        "HEAD" => Some(ReferenceKind::Head),
        _ if name.starts_with("refs/heads/") => Some(ReferenceKind::Branch),
        _ if name.starts_with("refs/remotes/") => Some(ReferenceKind::RemoteBranch),
        _ if name.starts_with("refs/tags/") => Some(ReferenceKind::Tag),
        _ => None,
    }
}

struct Peeled {
    commit: CommitId,
    created_at: Time,
    annotated: bool,
}

/// Follows tags of tags, as many as anybody ever made.
const DEEPEST: usize = 32;

/// The commit behind an object, with the creation date of the object; `None` when it is no commit.
fn peel(objects: &Objects, target: CommitId) -> Result<Option<Peeled>> {
    let mut buffer = Vec::new();
    let mut made = None;
    let mut id = target;
    for depth in 0..DEEPEST {
        let oid = object_id(&id);
        let Some((kind, bytes)) = objects.read(&oid, &mut buffer)? else {
            return Err(objects.missing("object", &oid));
        };
        match kind {
            Kind::Commit => {
                let commit = RawCommit::read(bytes).ok_or_else(|| malformed(objects, "commit", &oid))?;
                let seconds = made.unwrap_or(commit.committer.time);
                let created_at = Time::from_timestamp(seconds, 0).unwrap_or_default();
                return Ok(Some(Peeled { commit: id, created_at, annotated: depth > 0 }));
            }
            Kind::Tag => {
                let tag = RawTag::read(bytes).ok_or_else(|| malformed(objects, "tag", &oid))?;
                made = made.or(tag.made.filter(|_| depth == 0));
                id = tag.target;
            }
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Err(objects.error(ErrorKind::Protocol, format!("tag {} tags too many tags", object_id(&target))))
}

fn malformed(objects: &Objects, what: &str, id: &gix::oid) -> BackendError {
    objects.error(ErrorKind::Integrity, format!("{what} {id} is malformed"))
}
