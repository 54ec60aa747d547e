//! Reading commits: everything reachable that is not known yet, each object once, on a few threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use gix::hashtable::HashSet as IdSet;
use gix::objs::Kind;

use super::commit::RawCommit;
use super::open::{Objects, Opened, commit_id, object_id};
use super::order;
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
        None => Ok(order::parents_first(records)),
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
    queue: Mutex<Queue>,
    changed: Condvar,
    /// How many threads wait for something to read.
    hungry: AtomicUsize,
    failed: AtomicBool,
    claimed: Claims,
    tips: IdSet<gix::ObjectId>,
}

struct Queue {
    waiting: Vec<gix::ObjectId>,
    busy: usize,
    failure: Option<BackendError>,
}

impl Walk {
    fn new(waiting: Vec<gix::ObjectId>, tips: &[gix::ObjectId]) -> Self {
        let claimed = Claims::default();
        for id in &waiting {
            claimed.claim(id);
        }
        let queue = Mutex::new(Queue { waiting, busy: 0, failure: None });
        let tips = tips.iter().copied().collect();
        let (hungry, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { queue, changed: Condvar::new(), hungry, failed, claimed, tips }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the next commits to read into `mine`, waiting for some while others may still find them. Whether there are
    /// any. `mine` has to be empty; a worker that had some is not busy any more.
    fn take(&self, mine: &mut Vec<gix::ObjectId>, was_busy: bool) -> bool {
        let mut queue = self.lock();
        queue.busy -= usize::from(was_busy);
        loop {
            if queue.failure.is_some() || (queue.waiting.is_empty() && queue.busy == 0) {
                self.changed.notify_all();
                return false;
            }
            if !queue.waiting.is_empty() {
                // Neighbours share delta bases, so a thread takes some at once; never so many that another goes idle.
                let some = (queue.waiting.len() / 16).clamp(1, 64);
                let from = queue.waiting.len() - some;
                mine.extend(queue.waiting.drain(from..));
                queue.busy += 1;
                return true;
            }
            self.hungry.fetch_add(1, Ordering::Relaxed);
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            self.hungry.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Gives half of `mine` to those who wait, if anybody does. Whether to go on at all.
    fn share(&self, mine: &mut Vec<gix::ObjectId>) -> bool {
        if self.hungry.load(Ordering::Relaxed) > 0 && mine.len() > 1 {
            self.lock().waiting.extend(mine.drain(..mine.len() / 2));
            self.changed.notify_all();
        }
        !self.failed.load(Ordering::Relaxed)
    }

    fn fail(&self, failure: BackendError) {
        self.lock().failure.get_or_insert(failure);
        self.failed.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    fn into_failure(self) -> Option<BackendError> {
        self.queue.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }
}

/// Who reads a commit is settled here, in many small sets so that threads seldom wait for each other.
struct Claims([Mutex<IdSet<gix::ObjectId>>; 64]);

impl Default for Claims {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Claims {
    /// Whether nobody claimed the commit before.
    fn claim(&self, id: &gix::ObjectId) -> bool {
        // The first bytes place it within its set, the last one chooses the set.
        let chosen = id.as_bytes().last().map_or(0, |last| usize::from(*last) % self.0.len());
        self.0[chosen].lock().unwrap_or_else(PoisonError::into_inner).insert(*id)
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
                    mine.extend(unknown.map(object_id).filter(|parent| walk.claimed.claim(parent)));
                    records.push(record);
                }
                Ok(None) if walk.tips.contains(&id) => {}
                Ok(None) => walk.fail(reading.objects.missing("commit", &id)),
                Err(error) => walk.fail(error),
            }
            if !walk.share(&mut mine) {
                break;
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
