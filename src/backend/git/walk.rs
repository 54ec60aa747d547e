//! Reading commits: everything reachable that is not known yet, each object once, on a few threads.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use gix::hashtable::{HashMap as IdMap, HashSet as IdSet};
use gix::objs::Kind;

use super::commit::RawCommit;
use super::repository::{Objects, Opened, commit_id, object_id};
use crate::backend::{BackendError, CommitRecord, ErrorKind, Result};
use crate::graph::CommitGraph;
use crate::model::{CommitId, CommitText, Text};

/// What a walk leaves alone.
pub struct Limits<'a> {
    /// Commits that are known, and with them all of their ancestors.
    pub known: &'a CommitGraph,
    /// Commits whose parents a shallow clone does not have, sorted.
    pub shallow: &'a [CommitId],
}

/// The commits that are reachable from `tips` and not known, parents before children and otherwise oldest first. A tip
/// that the repository does not have is left out.
///
/// # Errors
/// When a commit that another one names cannot be read.
pub fn gather(opened: &Opened, tips: &[CommitId], limits: &Limits<'_>) -> Result<Vec<CommitRecord>> {
    let tips: Vec<gix::ObjectId> =
        tips.iter().filter(|tip| limits.known.position(tip).is_none()).map(object_id).collect();
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    let queue =
        if limits.shallow.is_empty() { through_commit_graph(opened, &tips, limits.known) } else { tips.clone() };
    let walk = Walk::new(queue, &tips);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let mut records = Vec::new();
    std::thread::scope(|scope| {
        let started: Vec<_> = (1..workers)
            .map(|_| {
                let objects = opened.handle();
                scope.spawn(|| work(&walk, &Reading::new(objects, limits)))
            })
            .collect();
        records = work(&walk, &Reading::new(opened.handle(), limits));
        for worker in started {
            match worker.join() {
                Ok(more) => records.extend(more),
                Err(_) => walk.fail(opened.error(ErrorKind::Protocol, "reading commits failed in the middle")),
            }
        }
    });
    match walk.into_failure() {
        Some(failure) => Err(failure),
        None => Ok(in_order(records)),
    }
}

/// The tips, and what the repository's own commit-graph file says is reachable from them: so that threads need not
/// follow one line of history step by step. Oldest first. The file is a hint; without one the walk finds everything.
fn through_commit_graph(opened: &Opened, tips: &[gix::ObjectId], known: &CommitGraph) -> Vec<gix::ObjectId> {
    let Ok(Some(graph)) = opened.repository.commit_graph_if_enabled() else { return tips.to_vec() };
    let mut all: Vec<(u64, gix::ObjectId)> = Vec::new();
    let mut seen = vec![false; graph.num_commits() as usize];
    let mut stack = Vec::new();
    for tip in tips {
        match graph.lookup(tip) {
            Some(pos) => stack.push(pos),
            None => all.push((u64::MAX, *tip)),
        }
        while let Some(pos) = stack.pop() {
            let Some(seen) = seen.get_mut(pos.0 as usize) else { continue };
            let commit = graph.commit_at(pos);
            if std::mem::replace(seen, true) || commit_id(commit.id()).is_some_and(|id| known.position(&id).is_some()) {
                continue;
            }
            all.push((commit.committer_timestamp(), commit.id().to_owned()));
            stack.extend(commit.iter_parents().filter_map(std::result::Result::ok));
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(_, id)| id).collect()
}

/// What the threads of a walk share.
struct Walk {
    shared: Mutex<Shared>,
    changed: Condvar,
    tips: IdSet<gix::ObjectId>,
}

struct Shared {
    queue: Vec<gix::ObjectId>,
    claimed: IdSet<gix::ObjectId>,
    busy: usize,
    failure: Option<BackendError>,
}

impl Walk {
    fn new(queue: Vec<gix::ObjectId>, tips: &[gix::ObjectId]) -> Self {
        let claimed = queue.iter().copied().collect();
        let shared = Mutex::new(Shared { queue, claimed, busy: 0, failure: None });
        Self { shared, changed: Condvar::new(), tips: tips.iter().copied().collect() }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the next commits to read into `mine`, waiting for some while others may still find them. Whether there are
    /// any. `mine` has to be empty; a worker that had some is not busy any more.
    fn take(&self, mine: &mut Vec<gix::ObjectId>, was_busy: bool) -> bool {
        let mut shared = self.lock();
        shared.busy -= usize::from(was_busy);
        loop {
            if shared.failure.is_some() || (shared.queue.is_empty() && shared.busy == 0) {
                self.changed.notify_all();
                return false;
            }
            if !shared.queue.is_empty() {
                // Neighbours share delta bases, so a thread takes some at once; never so many that another goes idle.
                let some = (shared.queue.len() / 16).clamp(1, 64);
                let from = shared.queue.len() - some;
                mine.extend(shared.queue.drain(from..));
                shared.busy += 1;
                return true;
            }
            shared = self.changed.wait(shared).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Claims those of `parents` that nobody has: the first for the caller, the others for anybody.
    fn claim(&self, parents: impl Iterator<Item = gix::ObjectId>, mine: &mut Vec<gix::ObjectId>) {
        let mut shared = self.lock();
        for parent in parents {
            if !shared.claimed.insert(parent) {
                continue;
            }
            if mine.is_empty() {
                mine.push(parent);
            } else {
                shared.queue.push(parent);
                self.changed.notify_one();
            }
        }
    }

    fn fail(&self, failure: BackendError) {
        self.lock().failure.get_or_insert(failure);
        self.changed.notify_all();
    }

    fn into_failure(self) -> Option<BackendError> {
        self.shared.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }
}

/// What one thread of a walk reads with.
struct Reading<'a> {
    objects: Objects,
    limits: &'a Limits<'a>,
}

fn work(walk: &Walk, reading: &Reading<'_>) -> Vec<CommitRecord> {
    let mut records = Vec::new();
    let mut people = People::default();
    let mut buffer = Vec::new();
    let mut mine = Vec::new();
    let mut busy = false;
    while walk.take(&mut mine, busy) {
        busy = true;
        while let Some(id) = mine.pop() {
            match reading.record(&id, &mut buffer, &mut people) {
                Ok(Some(record)) => {
                    let unknown = record.parents.iter().filter(|it| reading.limits.known.position(it).is_none());
                    walk.claim(unknown.map(object_id), &mut mine);
                    records.push(record);
                }
                Ok(None) if walk.tips.contains(&id) => {}
                Ok(None) => walk.fail(reading.objects.missing("commit", &id)),
                Err(error) => walk.fail(error),
            }
        }
    }
    records
}

/// The names and addresses of people, each kept once.
type People = HashMap<Vec<u8>, Text>;

impl<'a> Reading<'a> {
    fn new(objects: Objects, limits: &'a Limits<'a>) -> Self {
        Self { objects, limits }
    }

    /// Reads a commit; `None` when the repository does not have it.
    fn record(&self, id: &gix::oid, buffer: &mut Vec<u8>, people: &mut People) -> Result<Option<CommitRecord>> {
        let Some((kind, bytes)) = self.objects.read(id, buffer)? else { return Ok(None) };
        let malformed = || self.objects.error(ErrorKind::Integrity, format!("commit {id} is malformed"));
        let raw = (kind == Kind::Commit).then(|| RawCommit::read(bytes)).flatten().ok_or_else(malformed)?;
        let id = commit_id(id).ok_or_else(malformed)?;
        let mut person = |name: &[u8]| {
            if let Some(known) = people.get(name) {
                return known.clone();
            }
            let text = Text::from(raw.decode(name).as_ref());
            people.insert(name.to_vec(), text.clone());
            text
        };
        Ok(Some(CommitRecord {
            id,
            authored: raw.author.time,
            committed: raw.committer.time,
            text: CommitText {
                author: person(raw.author.name),
                email: person(raw.author.email),
                subject: Text::from(raw.decode(&raw.subject()).as_ref()),
            },
            reverts: raw.reverts(),
            picked_from: raw.picked_from(),
            parents: if self.limits.shallow.binary_search(&id).is_ok() { Vec::new() } else { raw.parents },
        }))
    }
}

/// Parents before children, otherwise by commit time: so that positions read like time, whatever threads did.
fn in_order(records: Vec<CommitRecord>) -> Vec<CommitRecord> {
    let index: IdMap<gix::ObjectId, usize> =
        records.iter().enumerate().map(|(at, record)| (object_id(&record.id), at)).collect();
    let mut children = vec![Vec::new(); records.len()];
    let mut missing = vec![0_usize; records.len()];
    for (at, record) in records.iter().enumerate() {
        for parent in record.parents.iter().filter_map(|parent| index.get(&object_id(parent))) {
            children[*parent].push(at);
            missing[at] += 1;
        }
    }
    let entry = |at: usize, record: &CommitRecord| Reverse((record.committed, record.id, at));
    let mut ready: BinaryHeap<_> =
        records.iter().enumerate().filter(|(at, _)| missing[*at] == 0).map(|(at, record)| entry(at, record)).collect();
    let mut waiting: Vec<Option<CommitRecord>> = records.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        for &child in &children[at] {
            missing[child] -= 1;
            if missing[child] == 0
                && let Some(record) = &waiting[child]
            {
                ready.push(entry(child, record));
            }
        }
        ordered.extend(waiting[at].take());
    }
    ordered
}
