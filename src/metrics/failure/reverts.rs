//! Commits that take others back. A revert of a revert brings something back and says nothing against anybody.

use std::collections::BTreeSet;

use super::case::{Case, Seen};
use crate::graph::{CommitGraph, Pos};
use crate::metrics::code::Class;

/// Deployments whose commits a later one reverted within the horizon, with that later one.
pub(super) fn of_delivered<'a>(case: &Case<'a>) -> impl Iterator<Item = (usize, Seen<'a>)> {
    case.scopes.iter().enumerate().flat_map(move |(line, scope)| {
        let graph = scope.code.graph();
        graph.all_reverts().iter().filter_map(move |(revert, of)| {
            let of = graph.position(of).filter(|of| graph.reverts(*of).next().is_none())?;
            let (earlier, later) = (case.seen(case.owner(line, of)?)?, case.seen(case.owner(line, *revert)?)?);
            let counts = earlier.number < later.number
                && case.is_within_horizon(&earlier, &later)
                && scope.holds(of)
                && scope.holds(*revert);
            counts.then_some((earlier.number, later))
        })
    })
}

/// Deployments all of whose changes are reverts, and that have some.
pub(super) fn alone(case: &Case<'_>) -> BTreeSet<usize> {
    let mut bring = BTreeSet::new();
    for (line, scope) in case.scopes.iter().enumerate() {
        bring.extend(scope.code.graph().all_reverts().iter().filter_map(|(revert, _)| case.owner(line, *revert)));
    }
    bring.retain(|number| case.seen(*number).is_some_and(|it| !it.entry.baseline && are_reverts(case, *number)));
    bring
}

fn are_reverts(case: &Case<'_>, number: usize) -> bool {
    let mut some = false;
    for (line, scope) in case.scopes.iter().enumerate() {
        let Some(deliveries) = case.ledger.line(line) else { continue };
        // What comes with the first deployment of another repository is its baseline.
        if deliveries.is_baseline(number) {
            continue;
        }
        for &pos in case.ledger.new_commits(line, number) {
            if scope.class(pos, deliveries) != Class::Change {
                continue;
            }
            if !is_plain(scope.code.graph(), pos) {
                return false;
            }
            some = true;
        }
    }
    some
}

/// Whether a commit reverts others, none of which is a revert itself.
fn is_plain(graph: &CommitGraph, pos: Pos) -> bool {
    let mut of = graph.reverts(pos).peekable();
    let is_revert = |pos: Pos| graph.reverts(pos).next().is_some();
    of.peek().is_some() && !of.any(|id| graph.position(&id).is_some_and(is_revert))
}
