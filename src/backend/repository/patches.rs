//! Whether two commits make the same patch (metrics documentation, "Equivalence").
//!
//! The rule, close to that of `git patch-id` and without its dependence on how a difference is laid out: the same files,
//! and in each the same lines that there are more of and fewer of than in the first parent, white space and places left
//! aside. A rebase or a pick keeps that; what stands around the lines does not matter. A file that is binary or larger
//! than a mebibyte is compared by what it was and what it became.
//!
//! A commit that changes nothing by this rule is like no other, and so is one whose history or contents are not there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use gix::objs::tree::name_order;
use gix::objs::{Kind, TreeRefIter, tree::EntryRef};
use sha2::{Digest, Sha256};

use super::commit::RawCommit;
use super::open::{Objects, object_id};
use crate::backend::{ErrorKind, Result};
use crate::model::CommitId;

/// Larger files are compared by their ids.
const LARGEST: u64 = 1 << 20;
/// A commit that changes more files than this is like no other: an import, a reformatting.
const MOST_FILES: usize = 1_000;
/// What shows that a file is binary stands in its first bytes, as git looks for it.
const BINARY_WITHIN: usize = 8_000;

/// The digest of a patch; none where commits cannot be compared by it.
type Patch = Option<[u8; 32]>;

/// Compares the patches of commits, each read once.
pub struct Patches {
    objects: Objects,
    known: HashMap<CommitId, Patch>,
    buffer: Vec<u8>,
}

/// A file before and after, each by its id; none where it was not there.
struct Changed {
    path: Vec<u8>,
    before: Option<gix::ObjectId>,
    after: Option<gix::ObjectId>,
    /// Whether the ids are those of contents, and not of another repository's commits.
    is_blob: bool,
}

/// What a file holds, as far as it is compared.
enum Contents {
    /// Its lines without white space, with how often each stands there.
    Lines(BTreeMap<Vec<u8>, i64>),
    /// Binary or large.
    Opaque,
    /// Not in this repository.
    Missing,
}

impl Patches {
    /// A comparison over `objects`.
    pub fn new(objects: Objects) -> Self {
        Self { objects, known: HashMap::new(), buffer: Vec::new() }
    }

    /// Whether two commits make the same patch.
    ///
    /// # Errors
    /// When an object is there and cannot be read.
    pub fn are_same(&mut self, a: &CommitId, b: &CommitId) -> Result<bool> {
        let a = self.patch(a)?;
        Ok(a.is_some() && a == self.patch(b)?)
    }

    fn patch(&mut self, commit: &CommitId) -> Result<Patch> {
        if let Some(known) = self.known.get(commit) {
            return Ok(*known);
        }
        let patch = match self.trees(commit)? {
            Some((before, after)) => self.compare(before, after)?,
            None => None,
        };
        self.known.insert(*commit, patch);
        Ok(patch)
    }

    /// The trees of the first parent, if it has one, and of the commit; none where one of the commits is not there.
    fn trees(&mut self, commit: &CommitId) -> Result<Option<(Option<gix::ObjectId>, gix::ObjectId)>> {
        let Some((tree, parent)) = self.commit(commit)? else { return Ok(None) };
        let Some(parent) = parent else { return Ok(Some((None, tree))) };
        Ok(self.commit(&parent)?.map(|(before, _)| (Some(before), tree)))
    }

    fn commit(&mut self, commit: &CommitId) -> Result<Option<(gix::ObjectId, Option<CommitId>)>> {
        let Some((Kind::Commit, bytes)) = self.objects.read(&object_id(commit), &mut self.buffer)? else {
            return Ok(None);
        };
        Ok(RawCommit::read(bytes).map(|it| (object_id(&it.tree), it.parents.first().copied())))
    }

    fn compare(&mut self, before: Option<gix::ObjectId>, after: gix::ObjectId) -> Result<Patch> {
        let Some(mut files) = self.files(before, after)? else { return Ok(None) };
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let (mut digest, mut empty) = (Sha256::new(), true);
        for file in files {
            let (before, after) = (self.contents(&file, file.before)?, self.contents(&file, file.after)?);
            let mut parts: Vec<(Vec<u8>, i64)> = Vec::new();
            match (before, after) {
                (Contents::Missing, _) | (_, Contents::Missing) => return Ok(None),
                (Contents::Lines(before), Contents::Lines(mut after)) => {
                    before.into_iter().for_each(|(line, times)| *after.entry(line).or_default() -= times);
                    parts.extend(after.into_iter().filter(|(_, times)| *times != 0));
                }
                _ => {
                    let id = |id: Option<gix::ObjectId>| id.map(|id| id.as_slice().to_vec()).unwrap_or_default();
                    parts.extend([(id(file.before), -1), (id(file.after), 1)]);
                }
            }
            if parts.is_empty() {
                continue;
            }
            empty = false;
            feed(&mut digest, &file.path, i64::try_from(parts.len()).unwrap_or(i64::MAX));
            parts.iter().for_each(|(part, times)| feed(&mut digest, part, *times));
        }
        Ok((!empty).then(|| digest.finalize().into()))
    }

    /// The files that differ; none where there are too many, or where a tree is not there.
    fn files(&mut self, before: Option<gix::ObjectId>, after: gix::ObjectId) -> Result<Option<Vec<Changed>>> {
        let mut files = Vec::new();
        let mut waiting = vec![(Vec::new(), before, Some(after))];
        while let Some((path, before, after)) = waiting.pop() {
            let (Some(old), Some(new)) = (self.tree(before)?, self.tree(after)?) else { return Ok(None) };
            for (name, before, after) in self.differing(&old, &new)? {
                let path = [&path[..], name].concat();
                let either = before.or(after);
                if either.is_some_and(|it| it.mode.is_tree()) {
                    let id = |it: Option<EntryRef<'_>>| it.map(|it| it.oid.to_owned());
                    waiting.push(([&path[..], b"/"].concat(), id(before), id(after)));
                    continue;
                }
                let id = |it: Option<EntryRef<'_>>| it.map(|it| it.oid.to_owned());
                let is_blob = [before, after].into_iter().flatten().all(|it| !it.mode.is_commit());
                files.push(Changed { path, before: id(before), after: id(after), is_blob });
                if files.len() > MOST_FILES {
                    return Ok(None);
                }
            }
        }
        Ok(Some(files))
    }

    /// The entries whose objects differ. Before and after have one name and are both trees or neither is.
    fn differing<'t>(&self, old: &'t [u8], new: &'t [u8]) -> Result<Vec<Pair<'t>>> {
        let entries =
            |bytes| TreeRefIter::from_bytes(bytes, gix::hash::Kind::Sha1).collect::<std::result::Result<Vec<_>, _>>();
        let malformed = |error| self.objects.error(ErrorKind::Integrity, format!("a tree is malformed: {error}"));
        let (old, new) = (entries(old).map_err(malformed)?, entries(new).map_err(malformed)?);
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        let mut pairs = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(pairs),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => name_order(a.filename, a.mode.is_tree(), b.filename, b.mode.is_tree()),
            };
            let before = if order.is_le() { old.next() } else { None };
            let after = if order.is_ge() { new.next() } else { None };
            let Some(either) = before.or(after) else { return Ok(pairs) };
            if before.map(|it| it.oid) != after.map(|it| it.oid) {
                pairs.push((either.filename, before, after));
            }
        }
    }

    /// The bytes of a tree, none for no tree; nothing where it is not there.
    fn tree(&mut self, id: Option<gix::ObjectId>) -> Result<Option<Vec<u8>>> {
        let Some(id) = id.filter(|id| !id.is_empty_tree()) else { return Ok(Some(Vec::new())) };
        Ok(match self.objects.read(&id, &mut self.buffer)? {
            Some((Kind::Tree, bytes)) => Some(bytes.to_vec()),
            _ => None,
        })
    }

    fn contents(&mut self, file: &Changed, id: Option<gix::ObjectId>) -> Result<Contents> {
        let Some(id) = id else { return Ok(Contents::Lines(BTreeMap::new())) };
        if !file.is_blob {
            return Ok(Contents::Opaque);
        }
        match self.objects.size(&id)? {
            None => return Ok(Contents::Missing),
            Some(size) if size > LARGEST => return Ok(Contents::Opaque),
            Some(_) => {}
        }
        let Some((_, bytes)) = self.objects.read(&id, &mut self.buffer)? else { return Ok(Contents::Missing) };
        if bytes.iter().take(BINARY_WITHIN).any(|byte| *byte == 0) {
            return Ok(Contents::Opaque);
        }
        let mut lines = BTreeMap::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let line: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            if !line.is_empty() {
                *lines.entry(line).or_default() += 1;
            }
        }
        Ok(Contents::Lines(lines))
    }
}

/// A name with what it stood for before and stands for after.
type Pair<'t> = (&'t [u8], Option<EntryRef<'t>>, Option<EntryRef<'t>>);

/// Takes in bytes and a number so that no two sequences are taken for one.
fn feed(digest: &mut Sha256, bytes: &[u8], number: i64) {
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
    digest.update(number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::super::open::Opened;
    use super::*;

    fn write(fixture: &mut Fixture, file: &str, contents: &[u8]) -> CommitId {
        std::fs::write(fixture.app().join(file), contents).unwrap();
        fixture.tick().git(&["add", "-A"]);
        fixture.git(&["commit", "-q", "-m", "a change"]);
        head(fixture)
    }

    fn head(fixture: &Fixture) -> CommitId {
        fixture.head().parse().unwrap()
    }

    fn same(fixture: &Fixture, a: CommitId, b: CommitId) -> bool {
        let opened = Opened::at(&"code".into(), &fixture.app()).unwrap();
        Patches::new(opened.handle()).are_same(&a, &b).unwrap()
    }

    fn lines(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
        numbers.into_iter().map(|it| format!("line {it}\n")).collect::<String>().into_bytes()
    }

    /// What git calls a patch.
    fn patch_id(fixture: &Fixture, commit: CommitId) -> String {
        let shell = format!("git diff-tree -p {commit} | git patch-id --stable");
        let output =
            fixture.command(&fixture.app(), &["-c", &format!("alias.patch=!{shell}"), "patch"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split_whitespace().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_pick_onto_another_base_is_the_same_patch() {
        let mut fixture = Fixture::new();
        let base = write(&mut fixture, "code", &lines(0..40));
        let fix = write(&mut fixture, "code", &lines((0..20).chain([99]).chain(20..40)));
        fixture.git(&["checkout", "-q", "-b", "release", &base.to_string()]);
        let other = write(&mut fixture, "code", &lines([77].into_iter().chain(0..40)));
        fixture.tick().git(&["cherry-pick", &fix.to_string()]);
        let picked = head(&fixture);
        assert!(picked != fix && same(&fixture, fix, picked));
        assert!(!same(&fixture, fix, other) && !same(&fixture, base, picked));
        assert_eq!(patch_id(&fixture, fix), patch_id(&fixture, picked), "git says so too");
        assert_ne!(patch_id(&fixture, fix), patch_id(&fixture, other));
    }

    #[test]
    fn white_space_is_left_aside_and_paths_are_not() {
        let mut fixture = Fixture::new();
        write(&mut fixture, "a", b"one\n");
        let indented = write(&mut fixture, "a", b"one\n  two\n");
        fixture.git(&["checkout", "-q", "-b", "other", "HEAD~"]);
        let plain = write(&mut fixture, "a", b"one\ntwo\n");
        let spaces = write(&mut fixture, "a", b"one\n\ttwo\n");
        let elsewhere = write(&mut fixture, "b", b"two\n");
        assert!(same(&fixture, indented, plain));
        assert!(!same(&fixture, plain, elsewhere));
        assert!(!same(&fixture, spaces, spaces), "what changes nothing is like nothing");
    }

    #[test]
    fn binary_files_are_the_same_when_they_were_and_became_the_same() {
        let mut fixture = Fixture::new();
        let base = write(&mut fixture, "image", b"\0old");
        let one = write(&mut fixture, "image", b"\0new");
        fixture.git(&["checkout", "-q", "-b", "other", &base.to_string()]);
        fixture.commit("deep/down/file", "something else");
        let two = write(&mut fixture, "image", b"\0new");
        let three = write(&mut fixture, "image", b"\0newer");
        assert!(same(&fixture, one, two) && !same(&fixture, two, three));
    }

    #[test]
    fn what_is_not_there_is_like_nothing() {
        let mut fixture = Fixture::new();
        let commit = write(&mut fixture, "a", b"one\n");
        let nowhere = CommitId([7; 20]);
        assert!(!same(&fixture, commit, nowhere) && !same(&fixture, nowhere, nowhere));
    }
}
