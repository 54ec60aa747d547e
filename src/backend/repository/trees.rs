//! Which filters a commit touches: its tree compared with that of its first parent, entry by entry, reading only
//! directories in which a filter may still say yes. Needs trees and no file contents, so a blobless clone is enough.

use std::collections::HashMap;
use std::rc::Rc;

use gix::hashtable::HashMap as IdMap;
use gix::objs::tree::name_order;
use gix::objs::{Kind, TreeRefIter, tree::EntryRef};

use super::commit::RawCommit;
use super::open::{Objects, object_id};
use super::paths::{Filters, Place};
use crate::backend::{ErrorKind, Result};
use crate::model::CommitId;

/// Compares the trees of commits, one after the other.
pub struct Comparison<'a> {
    objects: Objects,
    filters: &'a Filters,
    /// Commits at which a shallow clone is cut off, sorted.
    shallow: &'a [CommitId],
    commits: HashMap<CommitId, Commit>,
    trees: IdMap<gix::ObjectId, Rc<[u8]>>,
    /// Bytes that `trees` holds.
    held: usize,
    buffer: Vec<u8>,
    path: Vec<u8>,
    touched: u64,
}

#[derive(Clone, Copy)]
struct Commit {
    tree: CommitId,
    first_parent: Option<CommitId>,
}

/// Bytes of trees that are kept for the next commits.
const KEEP: usize = 48 << 20;
/// Directories deeper than this are not written by any git.
const DEEPEST: usize = 1_024;

impl<'a> Comparison<'a> {
    /// A comparison over `objects`.
    pub fn new(objects: Objects, filters: &'a Filters, shallow: &'a [CommitId]) -> Self {
        Self {
            objects,
            filters,
            shallow,
            commits: HashMap::new(),
            trees: IdMap::default(),
            held: 0,
            buffer: Vec::new(),
            path: Vec::new(),
            touched: 0,
        }
    }

    /// The filters that `commit` touches, one bit each.
    ///
    /// # Errors
    /// When a commit or a tree cannot be read.
    pub fn touched(&mut self, commit: &CommitId) -> Result<u64> {
        let new = self.commit(commit)?;
        let old = match new.first_parent {
            Some(parent) => Some(self.commit(&parent)?.tree),
            None => None,
        };
        self.touched = self.filters.always;
        if old != Some(new.tree) {
            let (root, whole) = self.filters.root();
            let (old, new) = (old.map(|it| object_id(&it)), object_id(&new.tree));
            self.path.clear();
            // A first commit without any file changes nothing.
            if old.is_some() || !self.tree(Some(&new))?.is_empty() {
                self.touched |= whole;
            }
            self.directory(old.as_deref(), Some(&new), root, 0)?;
        }
        Ok(self.touched)
    }

    fn commit(&mut self, id: &CommitId) -> Result<Commit> {
        if let Some(known) = self.commits.get(id) {
            return Ok(*known);
        }
        let oid = object_id(id);
        let Some((kind, bytes)) = self.objects.read(&oid, &mut self.buffer)? else {
            return Err(self.objects.missing("commit", &oid));
        };
        let Some(raw) = (kind == Kind::Commit).then(|| RawCommit::read(bytes)).flatten() else {
            return Err(self.objects.error(ErrorKind::Integrity, format!("commit {id} is malformed")));
        };
        let cut = self.shallow.binary_search(id).is_ok();
        let commit = Commit { tree: raw.tree, first_parent: raw.parents.first().copied().filter(|_| !cut) };
        self.commits.insert(*id, commit);
        Ok(commit)
    }

    /// The bytes of a tree; none for no tree.
    fn tree(&mut self, id: Option<&gix::oid>) -> Result<Rc<[u8]>> {
        let Some(id) = id.filter(|id| !id.is_empty_tree()) else { return Ok(Rc::from([])) };
        if let Some(known) = self.trees.get(id) {
            return Ok(Rc::clone(known));
        }
        let tree: Rc<[u8]> = match self.objects.read(id, &mut self.buffer)? {
            Some((Kind::Tree, bytes)) => Rc::from(bytes),
            Some(_) => return Err(self.objects.error(ErrorKind::Integrity, format!("{id} is not a tree"))),
            None => return Err(self.objects.missing("tree", id)),
        };
        if self.held > KEEP {
            self.trees.clear();
            self.held = 0;
        }
        self.held += tree.len();
        self.trees.insert(id.to_owned(), Rc::clone(&tree));
        Ok(tree)
    }

    fn directory(&mut self, old: Option<&gix::oid>, new: Option<&gix::oid>, place: Place, depth: usize) -> Result<()> {
        if self.filters.may_take_below(place) & !self.touched == 0 {
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(self.objects.error(ErrorKind::Integrity, "directories lie too deep"));
        }
        let (old, new) = (self.tree(old)?, self.tree(new)?);
        let entries = |bytes| TreeRefIter::from_bytes(bytes, gix::hash::Kind::Sha1);
        let (mut old, mut new) = (entries(&old), entries(&new));
        let (mut left, mut right) = (self.next(&mut old)?, self.next(&mut new)?);
        loop {
            let order = match (&left, &right) {
                (None, None) => return Ok(()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(a), Some(b)) => name_order(a.filename, a.mode.is_tree(), b.filename, b.mode.is_tree()),
            };
            let (before, after) = (left.filter(|_| order.is_le()), right.filter(|_| order.is_ge()));
            if before.map(|it| (it.oid, it.mode)) != after.map(|it| (it.oid, it.mode)) {
                self.entry(before, after, place, depth)?;
            }
            if order.is_le() {
                left = self.next(&mut old)?;
            }
            if order.is_ge() {
                right = self.next(&mut new)?;
            }
        }
    }

    fn next<'t>(&self, entries: &mut TreeRefIter<'t>) -> Result<Option<EntryRef<'t>>> {
        let next = entries.next().transpose();
        next.map_err(|error| self.objects.error(ErrorKind::Integrity, format!("a tree is malformed: {error}")))
    }

    /// An entry that came, went or changed. Before and after have one name and are both trees or neither is.
    fn entry(
        &mut self,
        before: Option<EntryRef<'_>>,
        after: Option<EntryRef<'_>>,
        place: Place,
        depth: usize,
    ) -> Result<()> {
        let Some(either) = before.or(after) else { return Ok(()) };
        let (entered, by_name) = self.filters.enter(place, either.filename);
        self.touched |= by_name;
        let length = self.path.len();
        self.path.extend_from_slice(either.filename);
        if either.mode.is_tree() {
            self.path.push(b'/');
            self.directory(before.map(|it| it.oid), after.map(|it| it.oid), entered, depth + 1)?;
        } else {
            self.touched |= self.filters.take(place, !self.touched, &self.path);
        }
        self.path.truncate(length);
        Ok(())
    }
}
