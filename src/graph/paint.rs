//! Which deployment delivered each commit first: every commit is claimed once, every edge looked at once.
//!
//! When a deployment is painted, what is painted already holds every ancestor of each of its commits, so the walk may
//! stop at a painted commit. The order of deployments decides, not topology: an older deployment that holds newer
//! commits takes them.

use super::{CommitGraph, Pos};

const NONE: u32 = u32::MAX;
const BASE: u32 = u32::MAX - 1;

/// The deployments of one track, painted over the graph in their order.
#[derive(Clone, Default)]
pub struct Paint {
    first: Vec<u32>,
    deployments: u32,
}

/// Shows what is painted, whatever room was made for it.
impl std::fmt::Debug for Paint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let painted = self.first.iter().zip(0_u32..).filter(|(first, _)| **first != NONE);
        let painted: Vec<(u32, u32)> = painted.map(|(first, pos)| (pos, *first)).collect();
        f.debug_struct("Paint").field("painted", &painted).field("deployments", &self.deployments).finish()
    }
}

/// What delivered a commit first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// It was there before anything was counted.
    Baseline,
    /// The deployment of that number, counted from 0.
    Deployment(u32),
}

/// What painting a deployment claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flood {
    /// The commits that came with it for the first time, in no order that means anything.
    pub new: Vec<Pos>,
    /// Whether the walk came to where history is cut off: there may be more that came with it.
    pub truncated: bool,
}

/// What the walk of a deployment came upon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Where history is cut off: there may be more that came with it.
    pub truncated: bool,
    /// What was live before. Not meeting it says nothing.
    pub live: bool,
}

impl Paint {
    /// Paints what was there before anything is counted.
    pub fn baseline(&mut self, graph: &CommitGraph, root: Pos) -> Flood {
        self.flood(graph, root, BASE)
    }

    /// Paints the next deployment. Deployments are numbered in the order in which they are painted.
    pub fn deploy(&mut self, graph: &CommitGraph, root: Pos) -> Flood {
        let number = self.skip();
        self.flood(graph, root, number)
    }

    /// Uses up the number of a deployment that paints nothing, and says which it was.
    pub fn skip(&mut self) -> u32 {
        let number = self.deployments;
        self.deployments += 1;
        number
    }

    /// Paints the next deployment, puts what it claimed at the end of `new` and says what the walk met. `live` is the
    /// commit that was deployed before: where the walk comes upon it, nothing of it can be missing.
    pub fn deploy_onto(&mut self, graph: &CommitGraph, root: Pos, live: Option<Pos>, new: &mut Vec<Pos>) -> Met {
        let number = self.skip();
        self.claim(graph, root, number, live, new)
    }

    /// Takes the last deployments back: `new` is everything that those after the first `deployments` claimed.
    pub fn rewind(&mut self, deployments: u32, new: &[Pos]) {
        self.deployments = deployments;
        for pos in new {
            if let Some(first) = self.first.get_mut(pos.index()) {
                *first = NONE;
            }
        }
    }

    /// What delivered the commit first; `None` while nothing has.
    pub fn first(&self, pos: Pos) -> Option<First> {
        match self.first.get(pos.index()) {
            None | Some(&NONE) => None,
            Some(&BASE) => Some(First::Baseline),
            Some(&number) => Some(First::Deployment(number)),
        }
    }

    /// What is reachable from `head` and was never delivered, newest position first.
    pub fn undelivered(&self, graph: &CommitGraph, head: Pos) -> Vec<Pos> {
        let mut all = self.clone().flood(graph, head, BASE).new;
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    }

    fn flood(&mut self, graph: &CommitGraph, root: Pos, number: u32) -> Flood {
        let mut new = Vec::new();
        let Met { truncated, .. } = self.claim(graph, root, number, None, &mut new);
        Flood { new, truncated }
    }

    fn claim(&mut self, graph: &CommitGraph, root: Pos, number: u32, live: Option<Pos>, new: &mut Vec<Pos>) -> Met {
        self.first.resize(graph.len().max(self.first.len()), NONE);
        let mut met = Met { truncated: false, live: live == Some(root) };
        if self.first[root.index()] != NONE {
            return met;
        }
        let mut next = new.len();
        self.first[root.index()] = number;
        new.push(root);
        while let Some(&pos) = new.get(next) {
            next += 1;
            met.truncated |= graph.is_boundary(pos);
            for &parent in graph.parents(pos) {
                met.live |= live == Some(parent);
                let first = &mut self.first[parent.index()];
                if *first == NONE {
                    *first = number;
                    new.push(parent);
                }
            }
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::random::{ancestors, build, graphs, linear, newest_first};
    use super::*;

    proptest! {
        /// New of a deployment is what it holds and neither the baseline nor any deployment before it held.
        #[test]
        fn paint_agrees_with_set_algebra(graph in graphs(40), picks in prop::collection::vec(0_u32..40, 1..8)) {
            let last = u32::try_from(graph.len()).expect("small") - 1;
            let roots: Vec<Pos> = picks.into_iter().map(|pick| Pos(pick.min(last))).collect();
            let mut paint = Paint::default();
            let mut before = BTreeSet::new();
            for (number, root) in (0..).zip(&roots) {
                let all = ancestors(&graph, *root);
                let waiting: Vec<Pos> = newest_first(&all, &before);
                prop_assert_eq!(paint.undelivered(&graph, *root), waiting.clone());
                let mut new = paint.deploy(&graph, *root).new;
                new.sort_unstable_by(|a, b| b.cmp(a));
                prop_assert_eq!(&new, &waiting);
                prop_assert!(new.iter().all(|pos| paint.first(*pos) == Some(First::Deployment(number))));
                before.extend(all);
            }
            prop_assert!(graph.positions().all(|pos| paint.first(pos).is_some() == before.contains(&pos)));
        }
    }

    #[test]
    fn the_baseline_delivers_nothing() {
        let graph = linear(10);
        let mut paint = Paint::default();
        assert_eq!(paint.baseline(&graph, Pos(4)).new.len(), 5);
        assert_eq!(paint.deploy(&graph, Pos(6)).new, [Pos(6), Pos(5)]);
        assert_eq!(paint.first(Pos(4)), Some(First::Baseline));
        assert_eq!(paint.first(Pos(5)), Some(First::Deployment(0)));
        assert_eq!(paint.first(Pos(7)), None);
    }

    #[test]
    fn painting_goes_on_over_a_graph_that_grew() {
        let mut paint = Paint::default();
        paint.deploy(&linear(3), Pos(2));
        assert_eq!(paint.deploy(&linear(5), Pos(4)).new, [Pos(4), Pos(3)]);
        assert_eq!(paint.deploy(&linear(100_000), Pos(99_999)).new.len(), 99_995);
    }

    #[test]
    fn a_walk_that_reaches_the_end_of_known_history_says_so() {
        let graph = build(&[vec![], vec![90], vec![1], vec![2, 0]]);
        let mut paint = Paint::default();
        assert!(!paint.deploy(&graph, Pos(0)).truncated);
        assert!(paint.deploy(&graph, Pos(2)).truncated);
        assert!(!paint.deploy(&graph, Pos(3)).truncated, "the cut was painted by another deployment");
    }
}
