//! Commits that are one change: picked, squashed, or the same difference (metrics documentation, "Equivalence").
//!
//! The class is delivered when its first member is; the others are not counted. A revert is no equivalence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::policy::Equivalence;
use crate::graph::{CommitGraph, Deliveries, First, Pos};
use crate::model::{CommitId, PullRequest};

/// Which commits of a repository are one change.
#[derive(Clone, Debug, Default)]
pub struct Twins {
    /// The class of each commit that has company.
    class: BTreeMap<Pos, usize>,
    members: Vec<Vec<Pos>>,
    /// Commits of a pull request and the squash commit that stands for them: never both count.
    squashed: BTreeMap<Pos, Vec<Pos>>,
}

impl Twins {
    /// The classes that trailers and pull requests tell of, and `same`, pairs whose patches are known to be equal.
    pub fn new<'a>(
        graph: &CommitGraph,
        requests: impl IntoIterator<Item = &'a PullRequest>,
        same: &[(CommitId, CommitId)],
        rule: Equivalence,
    ) -> Self {
        let mut twins = Self::default();
        let picks = graph.all_picked_from().iter().filter(|_| rule.trailer);
        // Picks of one commit are one change, whether that commit is still there or not.
        let mut stands_for = HashMap::new();
        for (pos, from) in picks {
            let from = graph.position(from).unwrap_or_else(|| *stands_for.entry(*from).or_insert(*pos));
            if from != *pos {
                twins.join(*pos, from);
            }
        }
        for (a, b) in same.iter().filter(|_| rule.patch) {
            graph.position(a).zip(graph.position(b)).into_iter().for_each(|(a, b)| twins.join(a, b));
        }
        for request in requests.into_iter().filter(|_| rule.forge) {
            twins.squash(graph, request);
        }
        twins
    }

    /// Whether another commit of the same change counts instead of the one at `pos`: one that was delivered before it,
    /// or comes before it in the same deployment, or among all that wait. Of those that wait the ones on the deployable
    /// branch come first: a fix that is picked to the branch waits, even where its original lies on a line of its own.
    pub fn is_counted_elsewhere(&self, pos: Pos, deliveries: &Deliveries, has_landed: impl Fn(Pos) -> bool) -> bool {
        if self.class.is_empty() && self.squashed.is_empty() {
            return false;
        }
        let key = |pos: Pos| {
            let first = deliveries.first(pos);
            (rank(first), first.is_none() && !has_landed(pos), pos)
        };
        let class = self.class.get(&pos).and_then(|class| self.members.get(*class)).map_or(&[][..], Vec::as_slice);
        let others = self.squashed.get(&pos).map_or(&[][..], Vec::as_slice);
        let mut company = class.iter().chain(others).filter(|other| **other != pos).peekable();
        let Some(own) = company.peek().map(|_| key(pos)) else { return false };
        company.any(|other| key(*other) < own)
    }

    fn join(&mut self, a: Pos, b: Pos) {
        match (self.class.get(&a).copied(), self.class.get(&b).copied()) {
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                let moved = self.members.get_mut(other).map(std::mem::take).unwrap_or_default();
                moved.iter().for_each(|pos| {
                    self.class.insert(*pos, one);
                });
                self.members.get_mut(one).into_iter().for_each(|it| it.extend(&moved));
            }
            (Some(class), None) => self.put(b, class),
            (None, Some(class)) => self.put(a, class),
            (None, None) => {
                self.members.push(Vec::new());
                let class = self.members.len() - 1;
                [a, b].into_iter().collect::<BTreeSet<_>>().into_iter().for_each(|pos| self.put(pos, class));
            }
        }
    }

    fn put(&mut self, pos: Pos, class: usize) {
        self.class.insert(pos, class);
        self.members.get_mut(class).into_iter().for_each(|it| it.push(pos));
    }

    /// A merge commit brings the commits of its request itself; a squash commit stands for them.
    fn squash(&mut self, graph: &CommitGraph, request: &PullRequest) {
        let Some(squash) = request.merge_commit.and_then(|id| graph.position(&id)) else { return };
        if graph.is_merge(squash) || request.commits.iter().any(|id| *id == graph.id(squash)) {
            return;
        }
        for pos in request.commits.iter().filter_map(|id| graph.position(id)) {
            self.squashed.entry(pos).or_default().push(squash);
            self.squashed.entry(squash).or_default().push(pos);
        }
    }
}

/// What was delivered first comes first; what waits comes last.
fn rank(first: Option<First>) -> u64 {
    match first {
        Some(First::Baseline) => 0,
        Some(First::Deployment(number)) => u64::from(number) + 1,
        None => u64::MAX,
    }
}
