//! Which commit of a branch's own line brought each commit into the branch.

use super::{CommitGraph, First, Paint, Pos};

/// The branch's own line, the first parents from its head down, painted over the graph.
#[derive(Clone, Debug, Default)]
pub struct Landings {
    /// Oldest first.
    line: Vec<Pos>,
    paint: Paint,
}

impl Landings {
    /// The landings of the branch whose head is at `head`.
    pub fn new(graph: &CommitGraph, head: Pos) -> Self {
        let mut line: Vec<Pos> =
            std::iter::successors(Some(head), |pos| graph.parents(*pos).first().copied()).collect();
        line.reverse();
        let (mut paint, mut claimed) = (Paint::default(), Vec::new());
        for &pos in &line {
            claimed.clear();
            paint.deploy_onto(graph, pos, None, &mut claimed);
        }
        Self { line, paint }
    }

    /// The commit of the branch's own line that brought `pos` in: itself, or the merge; `None` for what has not landed.
    pub fn by(&self, pos: Pos) -> Option<Pos> {
        self.line.get(self.number(pos)?).copied()
    }

    /// The place on the branch's own line, counted from its root, at which `pos` landed.
    pub fn number(&self, pos: Pos) -> Option<usize> {
        match self.paint.first(pos)? {
            First::Deployment(number) => usize::try_from(number).ok(),
            First::Baseline => None,
        }
    }

    /// How long the branch's own line is.
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether nothing ever landed.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::build;
    use super::*;

    #[test]
    fn a_merge_lands_what_it_brings() {
        // 0 ─ 1 ─ 4 ─ 5   the branch's own line; 4 merges 2 ─ 3
        let graph = build(&[vec![], vec![0], vec![0], vec![2], vec![1, 3], vec![4], vec![2]]);
        let landings = Landings::new(&graph, Pos(5));
        let by: Vec<Option<u32>> = graph.positions().map(|pos| landings.by(pos).map(|by| by.0)).collect();
        assert_eq!(by, [Some(0), Some(1), Some(4), Some(4), Some(4), Some(5), None]);
        assert_eq!((landings.number(Pos(3)), landings.len(), landings.is_empty()), (Some(2), 4, false));
    }
}
