//! A repository as the measures read it: when the clock of a commit starts, and whether it counts.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::policy::{Baseline, Policy, Start};
use super::twins::Twins;
use crate::graph::{Author, CommitGraph, Deliveries, Landings, Pos, PosSet};
use crate::model::{CommitId, PullRequest};

/// A repository with a policy. What is expensive is computed when it is first asked for, once for all services whose
/// code it is.
#[derive(Debug)]
pub struct Code<'a> {
    graph: &'a CommitGraph,
    head: Option<Pos>,
    policy: &'a Policy,
    requests: &'a [Arc<PullRequest>],
    classes: &'a Classes,
    /// The requests by the commits that they hold.
    carried_by: OnceLock<HashMap<CommitId, usize>>,
    landings: OnceLock<Landings>,
    /// For each place on the branch's own line the author time of the first commit that landed there.
    first_commits: OnceLock<Vec<i64>>,
    landed: OnceLock<PosSet>,
}

/// What the policy makes of a repository's authors and of commits that are one change: the same for all services whose
/// code it is.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    /// For each author whether it is a program.
    bots: Vec<bool>,
    twins: Twins,
}

impl Classes {
    /// Looks at every author and every pick once. `same` are pairs of commits whose patches are equal.
    pub fn new(
        graph: &CommitGraph,
        requests: &[Arc<PullRequest>],
        same: &[(CommitId, CommitId)],
        policy: &Policy,
    ) -> Self {
        let is_bot = |author: &Author| {
            let named = || format!("{} <{}>", author.name.as_str(), author.email.as_str());
            policy.bots.as_ref().is_some_and(|bots| bots.is_match(&named()))
        };
        Self {
            bots: graph.authors().iter().map(is_bot).collect(),
            twins: Twins::new(graph, requests.iter().map(|it| &**it), same, policy.equivalence),
        }
    }
}

/// Some paths of a repository: the code of one service.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The repository.
    pub code: &'a Code<'a>,
    /// Whether a commit touches the paths; absent where the whole repository is the service.
    pub within: Option<&'a (dyn Fn(Pos) -> bool + Sync)>,
}

/// What a commit is to the counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A change.
    Change,
    /// Two parents or more, and merges are not counted.
    Merge,
    /// Written by a program.
    Bot,
    /// Outside the paths of the service.
    Elsewhere,
    /// Another commit of the same change is counted.
    Twin,
    /// Written before anything is counted.
    Before,
}

impl<'a> Code<'a> {
    /// A repository whose deployable branch ends at `head`.
    pub fn new(
        graph: &'a CommitGraph,
        head: Option<Pos>,
        requests: &'a [Arc<PullRequest>],
        classes: &'a Classes,
        policy: &'a Policy,
    ) -> Self {
        Self {
            graph,
            head,
            policy,
            requests,
            classes,
            carried_by: OnceLock::new(),
            landings: OnceLock::new(),
            first_commits: OnceLock::new(),
            landed: OnceLock::new(),
        }
    }

    /// The commits.
    pub fn graph(&self) -> &'a CommitGraph {
        self.graph
    }

    /// The head of the deployable branch.
    pub fn head(&self) -> Option<Pos> {
        self.head
    }

    /// When the clock of the commit starts, seconds since 1970 UTC. What has not landed starts by its committer time
    /// where the policy asks for its landing.
    pub fn start(&self, pos: Pos) -> i64 {
        match self.policy.start {
            Start::Author => self.graph.authored(pos),
            Start::Commit => self.graph.committed(pos),
            Start::Landed => self.landed_at(pos).unwrap_or_else(|| self.graph.committed(pos)),
            Start::FirstCommit => self.first_commit(pos),
        }
    }

    /// When the commit reached the deployable branch, seconds since 1970 UTC: when its pull request was merged, else the
    /// committer time of the commit of the branch's own line that brought it in.
    pub fn landed_at(&self, pos: Pos) -> Option<i64> {
        let merged = self.request(pos).and_then(|it| it.merged_at).map(|at| at.timestamp());
        merged.or_else(|| Some(self.graph.committed(self.landings().by(pos)?)))
    }

    /// The pull request that carried the commit.
    pub fn request(&self, pos: Pos) -> Option<&'a PullRequest> {
        if self.requests.is_empty() {
            return None;
        }
        let carried_by = self.carried_by.get_or_init(|| {
            let all = self.requests.iter().enumerate().rev();
            all.flat_map(|(at, it)| it.commits.iter().chain(&it.merge_commit).map(move |id| (*id, at))).collect()
        });
        self.requests.get(*carried_by.get(&self.graph.id(pos))?).map(|it| &**it)
    }

    /// Whether the commit is reachable from the head of the deployable branch.
    pub fn has_landed(&self, pos: Pos) -> bool {
        self.landed
            .get_or_init(|| self.head.map(|head| self.graph.ancestors(&[head])).unwrap_or_default())
            .contains(pos)
    }

    /// Whether the commit's author time is more than a year before its committer time: history that was imported.
    pub fn is_imported(&self, pos: Pos) -> bool {
        const YEAR: i64 = 365 * 86_400;
        self.graph.authored(pos) < self.graph.committed(pos).saturating_sub(YEAR)
    }

    /// The author time of the first commit of the pull request, else of what landed together with it.
    fn first_commit(&self, pos: Pos) -> i64 {
        let own = self.graph.authored(pos);
        if let Some(first) = self.request(pos).and_then(|it| it.first_commit_at) {
            return first.timestamp();
        }
        let firsts = self.first_commits.get_or_init(|| {
            let landings = self.landings();
            let mut firsts = vec![i64::MAX; landings.len()];
            for pos in self.graph.positions() {
                if let Some(first) = landings.number(pos).and_then(|number| firsts.get_mut(number)) {
                    *first = self.graph.authored(pos).min(*first);
                }
            }
            firsts
        });
        self.landings().number(pos).and_then(|number| firsts.get(number)).map_or(own, |first| own.min(*first))
    }

    fn landings(&self) -> &Landings {
        self.landings.get_or_init(|| self.head.map(|head| Landings::new(self.graph, head)).unwrap_or_default())
    }
}

impl Scope<'_> {
    /// What the commit is to the counting. `deliveries` tells which of several commits that are one change counts.
    pub fn class(&self, pos: Pos, deliveries: &Deliveries) -> Class {
        match self.own_class(pos) {
            Class::Change
                if self.code.classes.twins.is_counted_elsewhere(pos, deliveries, |it| self.code.has_landed(it)) =>
            {
                Class::Twin
            }
            class => class,
        }
    }

    fn own_class(&self, pos: Pos) -> Class {
        let Code { graph, policy, classes, .. } = self.code;
        if !policy.count_merges && graph.is_merge(pos) {
            return Class::Merge;
        }
        if self.within.is_some_and(|within| !within(pos)) {
            return Class::Elsewhere;
        }
        if classes.bots.get(graph.author(pos) as usize).is_some_and(|bot| *bot) {
            return Class::Bot;
        }
        if matches!(policy.baseline, Baseline::Since(since) if graph.authored(pos) < since.timestamp()) {
            return Class::Before;
        }
        Class::Change
    }

    /// Whether the commit touches the paths of the service.
    pub fn holds(&self, pos: Pos) -> bool {
        self.within.is_none_or(|within| within(pos))
    }

    /// Whether the commit is a change of its own accord, whatever else was delivered.
    pub fn is_change(&self, pos: Pos) -> bool {
        self.own_class(pos) == Class::Change
    }

    /// Whether nothing that the paths hold is among the commits.
    pub fn is_untouched_by(&self, commits: &[Pos]) -> bool {
        self.within.is_some_and(|within| !commits.iter().any(|pos| within(*pos)))
    }
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("within", &self.within.is_some()).finish_non_exhaustive()
    }
}
