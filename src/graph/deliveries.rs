//! The deployments of one track over the graph of one repository: what each brought, and what it did to what was live.

use super::kind::Change;
use super::{CommitGraph, First, Paint, Pos};

/// The deployments of a track, taken in one by one in their order. They are numbered from 0.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    paint: Paint,
    /// Everything that was claimed, deployment after deployment.
    claimed: Vec<Pos>,
    steps: Vec<Step>,
    /// What was live before the first deployment, where that was seen.
    found: Option<Pos>,
    /// Whether it was said what had been delivered before the first deployment.
    declared: bool,
}

/// What a deployment carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// Nothing of this repository reached users: it failed, or it was about other repositories.
    Nothing,
    /// A commit that the graph does not hold.
    Unknown,
    /// This commit.
    Commit(Pos),
}

/// A deployment with what the graph says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it carried.
    pub cargo: Cargo,
    /// What was live before it.
    pub before: Option<Pos>,
    /// What it did; `None` where that cannot be told: nothing or an unknown commit was deployed, or nothing was live
    /// before.
    pub change: Option<Change>,
    /// Whether history is cut off below it, so that more may have come with it.
    pub truncated: bool,
    /// Whether a deployment of an unknown commit stands before it, so that some of what is new may have come with that.
    pub may_overcount: bool,
    /// Where its commits end among all that were claimed.
    end: u32,
}

impl Deliveries {
    /// Declares what had been delivered before the first deployment. Without it the first deployment is the baseline.
    pub fn declare_baseline(&mut self, graph: &CommitGraph, root: Pos) {
        self.paint.baseline(graph, root);
        self.declared = true;
    }

    /// Declares that nothing had been delivered before the first deployment.
    pub fn declare_empty(&mut self) {
        self.declared = true;
    }

    /// Says what was found live before any deployment: it is the baseline, and what the first deployment replaces.
    pub fn found_live(&mut self, graph: &CommitGraph, root: Pos) {
        self.declare_baseline(graph, root);
        self.found = Some(root);
    }

    /// Whether something was found live before any deployment.
    pub fn was_found_live(&self) -> bool {
        self.found.is_some()
    }

    /// Takes in the next deployment.
    pub fn deploy(&mut self, graph: &CommitGraph, cargo: Cargo) -> Step {
        let before = self.live();
        let blank = Step { cargo, before, change: None, truncated: false, may_overcount: false, end: self.end() };
        let step = match cargo {
            Cargo::Nothing | Cargo::Unknown => {
                self.paint.skip();
                blank
            }
            Cargo::Commit(commit) => {
                let met = self.paint.deploy_onto(graph, commit, before, &mut self.claimed);
                let end = self.end();
                let new = end > blank.end;
                // Which sets hold anything is all that is asked for, and ancestry tells it far sooner than the sets.
                let change = before.map(|live| Change {
                    new,
                    added: new || !graph.is_ancestor(commit, live),
                    removed: !met.live && !graph.is_ancestor(live, commit),
                });
                Step { end, change, truncated: met.truncated, may_overcount: self.unknown_before(), ..blank }
            }
        };
        self.steps.push(step);
        step
    }

    /// Forgets all deployments but the first `count`.
    pub fn rewind(&mut self, count: usize) {
        if count >= self.steps.len() {
            return;
        }
        self.steps.truncate(count);
        let end = self.steps.last().map_or(0, |step| step.end as usize);
        self.paint.rewind(u32::try_from(count).unwrap_or(u32::MAX), &self.claimed[end..]);
        self.claimed.truncate(end);
    }

    /// What each deployment did, in their order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The commits that came with the deployment of that number for the first time, in no order that means anything. For
    /// the baseline: everything that it holds.
    pub fn brought(&self, number: usize) -> &[Pos] {
        let start = number.checked_sub(1).and_then(|before| self.steps.get(before)).map_or(0, |step| step.end as usize);
        self.steps.get(number).and_then(|step| self.claimed.get(start..step.end as usize)).unwrap_or_default()
    }

    /// What delivered a commit first; `None` while nothing has.
    pub fn first(&self, pos: Pos) -> Option<First> {
        match self.paint.first(pos)? {
            First::Deployment(number) if self.is_baseline(number as usize) => Some(First::Baseline),
            first => Some(first),
        }
    }

    /// Whether the deployment of that number is the baseline: the first one that holds a known commit, unless something
    /// else was declared.
    pub fn is_baseline(&self, number: usize) -> bool {
        !self.declared
            && self.steps.get(number).is_some_and(|it| it.before.is_none() && matches!(it.cargo, Cargo::Commit(_)))
    }

    /// What is reachable from `head` and was never delivered, newest position first.
    pub fn undelivered(&self, graph: &CommitGraph, head: Pos) -> Vec<Pos> {
        self.paint.undelivered(graph, head)
    }

    /// The last known commit that went live.
    pub fn live(&self) -> Option<Pos> {
        self.steps.last().map_or(self.found, |step| match step.cargo {
            Cargo::Commit(commit) => Some(commit),
            Cargo::Nothing | Cargo::Unknown => step.before,
        })
    }

    /// What deploying `commit` next would do where `live` is live, whether it was deployed or only found there.
    pub fn would(&self, graph: &CommitGraph, live: Pos, commit: Pos) -> Change {
        let new = self.paint.first(commit).is_none() && !graph.is_ancestor(commit, live);
        Change { new, added: !graph.is_ancestor(commit, live), removed: !graph.is_ancestor(live, commit) }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.claimed.len()).unwrap_or(u32::MAX)
    }

    /// Whether the last deployment that reached users was of an unknown commit.
    fn unknown_before(&self) -> bool {
        let last = self.steps.iter().rev().find(|it| it.cargo != Cargo::Nothing);
        last.is_some_and(|it| it.cargo == Cargo::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::random::{ancestors, build, graphs, linear};
    use super::*;
    use crate::model::Kind;

    // 0 ─ 1 ─ 2 ─ 3   main
    //      └─ 4       hotfix on 1
    fn forked() -> CommitGraph {
        build(&[vec![], vec![0], vec![1], vec![2], vec![1]])
    }

    fn deploy(graph: &CommitGraph, deliveries: &mut Deliveries, at: u32) -> Step {
        deliveries.deploy(graph, Cargo::Commit(Pos(at)))
    }

    #[rstest]
    #[case::straight(&[0, 1, 3], &[Kind::Forward, Kind::Forward])]
    #[case::same_again(&[1, 1], &[Kind::Redeploy])]
    #[case::back_and_forth(&[1, 3, 1, 3], &[Kind::Forward, Kind::Rollback, Kind::Rollforward])]
    #[case::back_to_what_never_was_deployed(&[0, 3, 2], &[Kind::Forward, Kind::Rollback])]
    #[case::hotfix(&[2, 4, 3], &[Kind::Divergent, Kind::Divergent])]
    #[case::leaving_a_hotfix(&[2, 4, 2], &[Kind::Divergent, Kind::Switch])]
    fn kinds_follow_the_table(#[case] deployed: &[u32], #[case] expected: &[Kind]) {
        let graph = forked();
        let mut deliveries = Deliveries::default();
        let changes: Vec<_> = deployed.iter().map(|pos| deploy(&graph, &mut deliveries, *pos).change).collect();
        assert_eq!(changes[0], None, "nothing was live before");
        assert_eq!(changes.into_iter().flatten().map(Change::kind).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_deployment_of_an_unknown_commit_paints_nothing_and_marks_the_next() {
        let graph = linear(4);
        let mut deliveries = Deliveries::default();
        deploy(&graph, &mut deliveries, 0);
        assert_eq!(deliveries.deploy(&graph, Cargo::Unknown).change, None);
        deliveries.deploy(&graph, Cargo::Nothing);
        let next = deploy(&graph, &mut deliveries, 2);
        assert!(next.may_overcount && next.change.is_some());
        assert_eq!(deliveries.brought(3).len(), 2);
        assert!(!deploy(&graph, &mut deliveries, 3).may_overcount);
        assert_eq!(deliveries.first(Pos(2)), Some(First::Deployment(3)));
    }

    #[test]
    fn the_first_deployment_is_the_baseline_unless_one_is_declared() {
        let graph = linear(4);
        let mut first = Deliveries::default();
        deploy(&graph, &mut first, 1);
        assert_eq!((first.brought(0).len(), first.first(Pos(1))), (2, Some(First::Baseline)));
        let mut declared = Deliveries::default();
        declared.declare_baseline(&graph, Pos(1));
        deploy(&graph, &mut declared, 3);
        assert_eq!((declared.brought(0), declared.first(Pos(1))), (&[Pos(3), Pos(2)][..], Some(First::Baseline)));
        assert_eq!(declared.first(Pos(2)), Some(First::Deployment(0)));
    }

    #[test]
    fn what_was_found_live_is_what_the_first_deployment_replaces() {
        let graph = linear(4);
        let mut deliveries = Deliveries::default();
        deliveries.found_live(&graph, Pos(3));
        assert_eq!(deliveries.live(), Some(Pos(3)));
        assert_eq!(deploy(&graph, &mut deliveries, 1).change.map(Change::kind), Some(Kind::Rollback));
    }

    proptest! {
        #[test]
        fn changes_agree_with_set_algebra(graph in graphs(30), picks in prop::collection::vec(0_u32..30, 1..8)) {
            let last = u32::try_from(graph.len()).expect("small") - 1;
            let roots: Vec<Pos> = picks.into_iter().map(|pick| Pos(pick.min(last))).collect();
            let mut deliveries = Deliveries::default();
            deploy(&graph, &mut deliveries, roots[0].0);
            let mut seen = ancestors(&graph, roots[0]);
            for (number, pair) in roots.windows(2).enumerate() {
                let (live, next) = (ancestors(&graph, pair[0]), ancestors(&graph, pair[1]));
                let expected = Change {
                    new: !next.is_subset(&seen),
                    added: !next.is_subset(&live),
                    removed: !live.is_subset(&next),
                };
                prop_assert_eq!(deliveries.would(&graph, pair[0], pair[1]), expected);
                prop_assert_eq!(deploy(&graph, &mut deliveries, pair[1].0).change, Some(expected));
                let new: Vec<Pos> = next.difference(&seen).copied().collect();
                let mut found = deliveries.brought(number + 1).to_vec();
                found.sort_unstable();
                prop_assert_eq!(found, new);
                seen.extend(next);
            }
        }

        /// Taking deployments back and making others gives what making them at once gives: late facts cost no more than
        /// what comes after them.
        #[test]
        fn a_rewound_history_is_like_new(
            graph in graphs(30),
            kept in prop::collection::vec(0_u32..30, 0..5),
            dropped in prop::collection::vec(0_u32..30, 0..5),
            after in prop::collection::vec(0_u32..30, 0..5),
        ) {
            let last = u32::try_from(graph.len()).expect("small") - 1;
            let make = |deliveries: &mut Deliveries, all: &[u32]| {
                all.iter().for_each(|at| { deploy(&graph, deliveries, (*at).min(last)); });
            };
            let mut rewound = Deliveries::default();
            make(&mut rewound, &kept);
            make(&mut rewound, &dropped);
            rewound.rewind(kept.len());
            make(&mut rewound, &after);
            let mut straight = Deliveries::default();
            make(&mut straight, &kept);
            make(&mut straight, &after);
            prop_assert_eq!(rewound.steps(), straight.steps());
            prop_assert!((0..rewound.steps().len()).all(|number| rewound.brought(number) == straight.brought(number)));
            prop_assert!(graph.positions().all(|pos| rewound.first(pos) == straight.first(pos)));
        }
    }
}
