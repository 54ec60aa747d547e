//! The picture in the making: news goes in, snapshots come out.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::fact::Fact;
use crate::graph::Touched;
use crate::model::{CommitId, Lock, RepositoryId, Requests, Restricted, ServiceId, SourceId, Text, Time};
use crate::operation::Freezes;
use crate::picture::{Commits, Frame, Glance, Picture, Snapshot, SourceStatus};
use crate::store::Revision;
use crate::store::commits::RepositoryCommits;
use crate::sync::News;

/// The picture in the making.
pub struct Painter {
    picture: Picture,
    sources: BTreeMap<SourceId, SourceStatus>,
    /// Up to where the store was read: what other processes wrote comes after it.
    pub revision: Revision,
    out: watch::Sender<Arc<Snapshot>>,
}

/// What became of reading a source.
pub struct Read {
    /// When it ended.
    pub at: Time,
    /// Whether nothing was missing.
    pub whole: bool,
    /// What was missing.
    pub problems: Vec<Text>,
    /// What may not be read, each with where.
    pub restricted: Vec<Restricted>,
    /// What was asked of it so far.
    pub requests: Option<Requests>,
}

impl Painter {
    /// A painter of the empty picture in `frame`, whose snapshots come out at `out`.
    pub fn new(frame: Frame, out: watch::Sender<Arc<Snapshot>>) -> Self {
        Self { picture: Picture::new(frame), sources: BTreeMap::new(), revision: Revision::default(), out }
    }

    /// Lets a glance come out in the place of the picture, which is still empty.
    pub fn show(&self, glance: Glance, freezes: &Freezes, now: Time) {
        let gates = freezes.gates_around(now, glance.services());
        let glance = glance.snapshot(self.picture.frame(), gates);
        self.out.send_replace(Arc::new(Snapshot { sources: self.sources.clone(), ..glance }));
    }

    /// Lets a snapshot come out, if it is another one than the last.
    pub fn publish(&self) {
        let snapshot = self.picture.snapshot();
        if snapshot.generation != self.out.borrow().generation {
            self.out.send_replace(Arc::new(snapshot));
        }
    }

    /// Takes facts in; whether anything changed.
    pub fn fold(&mut self, facts: Vec<Fact>) -> bool {
        self.picture.fold(facts)
    }

    /// Gives back the room that folding took ahead.
    pub fn shrink(&mut self) {
        self.picture.shrink();
    }

    /// Takes a fact in that is not drawn before the next [`fold`](Self::fold).
    pub fn gather(&mut self, fact: Fact) {
        self.picture.gather(fact);
    }

    /// Takes in what reading brought; whether anything changed.
    pub fn take(&mut self, news: News) -> bool {
        match news {
            News::Facts(facts) => self.fold(facts),
            News::Commits(repository, commits) => {
                let before = self.picture.commits(&repository);
                let touched = before.map(|it| (it.touched.clone(), it.filters.clone())).unwrap_or_default();
                self.set_commits(repository, commits, touched.0, touched.1);
                true
            }
        }
    }

    /// Takes in a repository's commits with the path filters of its services.
    pub fn set_commits(
        &mut self,
        repository: RepositoryId,
        commits: RepositoryCommits,
        touched: Arc<Touched>,
        filters: BTreeMap<ServiceId, usize>,
    ) {
        let RepositoryCommits { graph, texts, .. } = commits;
        let same = self.picture.commits(&repository).map(|it| it.same.clone()).unwrap_or_default();
        self.picture.set_commits(repository, Commits { graph, texts, touched, filters, same });
    }

    /// Takes in pairs of a repository's commits that make the same patch, besides those that are known.
    pub fn add_same(&mut self, repository: &RepositoryId, same: Vec<(CommitId, CommitId)>) {
        let Some(commits) = self.picture.commits(repository).filter(|_| !same.is_empty()) else { return };
        let same = commits.same.iter().copied().chain(same).collect();
        let commits = Commits { same, ..commits.clone() };
        self.picture.set_commits(repository.clone(), commits);
    }

    /// The commits of a repository as they are painted now.
    pub fn commits(&self, repository: &RepositoryId) -> Option<&Commits> {
        self.picture.commits(repository)
    }

    /// Takes in the freeze windows around `now`.
    pub fn set_freezes(&mut self, freezes: &Freezes, now: Time) {
        let gates = freezes.gates_around(now, self.picture.services());
        self.picture.set_freezes(gates);
    }

    /// Every lock that was ever set and is not withdrawn.
    pub fn locks(&self) -> Vec<Lock> {
        self.picture.locks().cloned().collect()
    }

    /// Makes a source known before anything was read from it.
    pub fn introduce(&mut self, source: SourceId, status: SourceStatus) {
        self.picture.set_source(source.clone(), status.clone());
        self.sources.insert(source, status);
    }

    /// Says that sources are being read.
    pub fn begin<'a>(&mut self, sources: impl IntoIterator<Item = &'a SourceId>) {
        for source in sources {
            self.change(source, |status| status.reading = true);
        }
    }

    /// Says what became of reading a source.
    pub fn end(&mut self, source: &SourceId, read: Read) {
        self.change(source, |status| {
            status.reading = false;
            status.problems = read.problems;
            status.requests = read.requests;
            if read.whole {
                status.restricted = read.restricted;
                status.read_at = Some(read.at);
            }
        });
    }

    fn change(&mut self, source: &SourceId, change: impl FnOnce(&mut SourceStatus)) {
        if let Some(status) = self.sources.get_mut(source) {
            change(status);
            self.picture.set_source(source.clone(), status.clone());
        }
    }
}
