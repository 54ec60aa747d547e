//! Walks over the graph: ancestors, descendants, and the difference of two versions.
//!
//! None recurses: histories are hundreds of thousands of commits deep.

use std::collections::BinaryHeap;

use super::{CommitGraph, Pos, PosSet};

/// The commits in which two versions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Reachable from the second and not from the first, newest position first.
    pub added: Vec<Pos>,
    /// Reachable from the first and not from the second, newest position first.
    pub removed: Vec<Pos>,
}

impl CommitGraph {
    /// Whether `ancestor` is reachable from `descendant`. A commit is its own ancestor.
    pub fn is_ancestor(&self, ancestor: Pos, descendant: Pos) -> bool {
        if ancestor >= descendant {
            return ancestor == descendant;
        }
        // Positions below the one that is looked for cannot lead to it.
        let mut seen = PosSet::with_room((descendant.0 - ancestor.0) as usize);
        let mut stack = vec![descendant];
        while let Some(pos) = stack.pop() {
            for &parent in self.parents(pos) {
                if parent == ancestor {
                    return true;
                }
                if parent > ancestor && seen.insert(Pos(parent.0 - ancestor.0)) {
                    stack.push(parent);
                }
            }
        }
        false
    }

    /// Everything that is reachable from `roots`, the roots among them.
    pub fn ancestors(&self, roots: &[Pos]) -> PosSet {
        let mut seen = PosSet::with_room(self.len());
        let mut stack: Vec<Pos> = roots.iter().copied().filter(|root| seen.insert(*root)).collect();
        while let Some(pos) = stack.pop() {
            stack.extend(self.parents(pos).iter().copied().filter(|parent| seen.insert(*parent)));
        }
        seen
    }

    /// Everything from which `root` is reachable, `root` among them: one pass over what comes after it.
    pub fn descendants(&self, root: Pos) -> PosSet {
        let mut reach = PosSet::with_room(self.len());
        reach.insert(root);
        for pos in self.positions().skip(root.index() + 1) {
            if self.parents(pos).iter().any(|parent| reach.contains(*parent)) {
                reach.insert(pos);
            }
        }
        reach
    }

    /// What is gained and lost by going from one commit to another. Costs about as much as there is difference.
    pub fn difference(&self, from: Pos, to: Pos) -> Difference {
        // Greatest position first: when one is taken, all of its descendants have been, so its sides are final. Once
        // everything that waits is on both sides, so is everything below it.
        let mut waiting = BinaryHeap::from([(from, FROM), (to, TO)]);
        let mut one_sided = 2_usize;
        let mut difference = Difference::default();
        while one_sided > 0 {
            let Some((pos, mut sides)) = waiting.pop() else { break };
            one_sided -= usize::from(sides != BOTH);
            while let Some(&(same, more)) = waiting.peek() {
                if same != pos {
                    break;
                }
                waiting.pop();
                one_sided -= usize::from(more != BOTH);
                sides |= more;
            }
            match sides {
                FROM => difference.removed.push(pos),
                TO => difference.added.push(pos),
                _ => {}
            }
            for &parent in self.parents(pos) {
                waiting.push((parent, sides));
                one_sided += usize::from(sides != BOTH);
            }
        }
        difference
    }
}

const FROM: u8 = 1;
const TO: u8 = 2;
const BOTH: u8 = FROM | TO;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::random::{ancestors, graphs, linear, newest_first};
    use super::*;

    proptest! {
        #[test]
        fn walks_agree_with_set_algebra(graph in graphs(40), a in 0_u32..40, b in 0_u32..40) {
            let last = u32::try_from(graph.len()).expect("small") - 1;
            let (a, b) = (Pos(a.min(last)), Pos(b.min(last)));
            let (of_a, of_b) = (ancestors(&graph, a), ancestors(&graph, b));
            prop_assert_eq!(graph.is_ancestor(a, b), of_b.contains(&a));
            let expected = Difference {
                added: newest_first(&of_b, &of_a),
                removed: newest_first(&of_a, &of_b),
            };
            prop_assert_eq!(graph.difference(a, b), expected);
            let both: Vec<Pos> = of_a.union(&of_b).copied().collect();
            prop_assert_eq!(graph.ancestors(&[a, b]).iter().collect::<Vec<_>>(), both);
            let below: Vec<Pos> = graph.positions().filter(|pos| ancestors(&graph, *pos).contains(&a)).collect();
            prop_assert_eq!(graph.descendants(a).len(), below.len());
            prop_assert_eq!(graph.descendants(a).iter().collect::<Vec<_>>(), below);
        }
    }

    #[test]
    fn a_deep_history_does_not_recurse() {
        let graph = linear(100_000);
        let (first, last) = (Pos(0), Pos(99_999));
        assert!(graph.is_ancestor(first, last) && !graph.is_ancestor(last, first));
        assert_eq!(graph.ancestors(&[last]).len(), 100_000);
        assert_eq!(graph.descendants(first).len(), 100_000);
        assert_eq!(graph.difference(first, last).added.len(), 99_999);
    }

    #[test]
    fn an_empty_set_is_empty() {
        assert!(CommitGraph::default().ancestors(&[]).is_empty());
    }
}
