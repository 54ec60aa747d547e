//! What each deployment of a track did to the set of delivered commits (metrics documentation, "deployment kinds").

use super::{CommitGraph, Paint, Pos};
use crate::model::Kind;

/// The successful deployments of one track, taken in one by one in their order.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    paint: Paint,
    live: Option<Pos>,
    declared: bool,
    unknown_before: bool,
}

/// A successful deployment with what the graph says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it did.
    pub kind: Kind,
    /// The commits that came with it for the first time, in no order that means anything. Empty for the baseline.
    pub new: Vec<Pos>,
    /// Whether history is cut off below it, so that more may have come with it: it has no lead times.
    pub truncated: bool,
    /// Whether a deployment of an unknown commit stands before it, so that some of `new` may have come with that one.
    pub may_overcount: bool,
}

impl Deliveries {
    /// Declares what had been delivered before the first deployment. Without it the first deployment is the baseline.
    pub fn declare_baseline(&mut self, graph: &CommitGraph, root: Pos) {
        self.paint.baseline(graph, root);
        self.declared = true;
    }

    /// Takes in the next successful deployment; `None` when its commit is not known.
    pub fn deploy(&mut self, graph: &CommitGraph, commit: Option<Pos>) -> Delivery {
        let Some(commit) = commit else {
            self.paint.skip();
            self.unknown_before = true;
            return Delivery::of(Kind::Unknown);
        };
        let may_overcount = std::mem::take(&mut self.unknown_before);
        let Some(live) = self.live.replace(commit) else {
            return Delivery { may_overcount, ..self.initial(graph, commit) };
        };
        let flood = self.paint.deploy(graph, commit);
        // Which sets hold anything is all that the kind asks for, and ancestry tells it far sooner than the sets.
        let new = !flood.new.is_empty();
        let added = new || !graph.is_ancestor(commit, live);
        let removed = !graph.is_ancestor(live, commit);
        Delivery { kind: kind(new, added, removed), new: flood.new, truncated: flood.truncated, may_overcount }
    }

    /// The paint: which deployment delivered each commit first. Deployments are numbered as they were taken in.
    pub fn paint(&self) -> &Paint {
        &self.paint
    }

    /// The paint, when no more deployments are to come.
    pub fn into_paint(self) -> Paint {
        self.paint
    }

    /// The last commit that went live.
    pub fn live(&self) -> Option<Pos> {
        self.live
    }

    fn initial(&mut self, graph: &CommitGraph, commit: Pos) -> Delivery {
        if self.declared {
            let flood = self.paint.deploy(graph, commit);
            return Delivery { new: flood.new, truncated: flood.truncated, ..Delivery::of(Kind::Initial) };
        }
        self.paint.skip();
        self.paint.baseline(graph, commit);
        Delivery::of(Kind::Initial)
    }
}

impl Delivery {
    fn of(kind: Kind) -> Self {
        Self { kind, new: Vec::new(), truncated: false, may_overcount: false }
    }
}

/// The kind of a deployment by which of three sets hold anything: commits delivered for the first time, commits that
/// what was live before does not hold, commits of what was live before that it does not hold.
pub fn kind(new: bool, added: bool, removed: bool) -> Kind {
    match (new, added, removed) {
        (false, false, false) => Kind::Redeploy,
        (false, false, true) => Kind::Rollback,
        (false, true, false) => Kind::Rollforward,
        (false, true, true) => Kind::Switch,
        // What is new was added: there is no row without.
        (true, _, false) => Kind::Forward,
        (true, _, true) => Kind::Divergent,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::random::{ancestors, build, graphs, linear};
    use super::*;

    // 0 ─ 1 ─ 2 ─ 3   main
    //      └─ 4       hotfix on 1
    fn forked() -> CommitGraph {
        build(&[vec![], vec![0], vec![1], vec![2], vec![1]])
    }

    #[rstest]
    #[case::straight(&[0, 1, 3], &[Kind::Initial, Kind::Forward, Kind::Forward])]
    #[case::same_again(&[1, 1], &[Kind::Initial, Kind::Redeploy])]
    #[case::back_and_forth(&[1, 3, 1, 3], &[Kind::Initial, Kind::Forward, Kind::Rollback, Kind::Rollforward])]
    #[case::back_to_what_never_was_deployed(&[0, 3, 2], &[Kind::Initial, Kind::Forward, Kind::Rollback])]
    #[case::hotfix(&[2, 4, 3], &[Kind::Initial, Kind::Divergent, Kind::Divergent])]
    #[case::leaving_a_hotfix(&[2, 4, 2], &[Kind::Initial, Kind::Divergent, Kind::Switch])]
    fn kinds_follow_the_table(#[case] deployed: &[u32], #[case] expected: &[Kind]) {
        let graph = forked();
        let mut deliveries = Deliveries::default();
        let kinds: Vec<Kind> = deployed.iter().map(|pos| deliveries.deploy(&graph, Some(Pos(*pos))).kind).collect();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_deployment_of_an_unknown_commit_paints_nothing_and_marks_the_next() {
        let graph = linear(4);
        let mut deliveries = Deliveries::default();
        deliveries.deploy(&graph, Some(Pos(0)));
        assert_eq!(deliveries.deploy(&graph, None).kind, Kind::Unknown);
        let next = deliveries.deploy(&graph, Some(Pos(2)));
        assert_eq!((next.kind, next.new.len(), next.may_overcount), (Kind::Forward, 2, true));
        assert!(!deliveries.deploy(&graph, Some(Pos(3))).may_overcount);
        assert_eq!(deliveries.paint().first(Pos(2)), Some(super::super::First::Deployment(2)));
    }

    #[test]
    fn a_declared_baseline_lets_the_first_deployment_deliver() {
        let graph = linear(4);
        let mut deliveries = Deliveries::default();
        deliveries.declare_baseline(&graph, Pos(1));
        let first = deliveries.deploy(&graph, Some(Pos(3)));
        assert_eq!((first.kind, first.new.len()), (Kind::Initial, 2));
        assert_eq!(deliveries.live(), Some(Pos(3)));
    }

    proptest! {
        #[test]
        fn kinds_agree_with_set_algebra(graph in graphs(30), picks in prop::collection::vec(0_u32..30, 1..8)) {
            let last = u32::try_from(graph.len()).expect("small") - 1;
            let roots: Vec<Pos> = picks.into_iter().map(|pick| Pos(pick.min(last))).collect();
            let mut deliveries = Deliveries::default();
            deliveries.deploy(&graph, Some(roots[0]));
            let mut seen = ancestors(&graph, roots[0]);
            for pair in roots.windows(2) {
                let (live, next) = (ancestors(&graph, pair[0]), ancestors(&graph, pair[1]));
                let expected =
                    kind(!next.is_subset(&seen), !next.is_subset(&live), !live.is_subset(&next));
                let it = deliveries.deploy(&graph, Some(pair[1]));
                prop_assert_eq!(it.kind, expected);
                prop_assert_eq!(it.new.len(), next.difference(&seen).count());
                seen.extend(next);
            }
        }
    }
}
