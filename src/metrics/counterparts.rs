//! Which commits are worth comparing by their patches: those that came with another line, and what may be the same change
//! on this one (metrics documentation, "Equivalence").
//!
//! A pick and a rebase keep the author and the author's time, so only commits that share both are compared. Who resets the
//! author's date makes a new change.

use std::collections::{HashMap, HashSet};

use super::ledger::Ledger;
use crate::graph::{CommitGraph, Pos};
use crate::model::{CommitId, Kind};

/// At most so many pairs are named, those of the newest deployments first.
pub const MOST: usize = 2_000;
/// More commits than this of one author and one second were made by a program, and tell nothing.
const MOST_ALIKE: usize = 16;

/// Pairs of commits of the repository at `line` that may make the same patch: one came with a divergent deployment, the
/// other has the same author and author time. Merges are left out.
pub fn counterparts(ledger: &Ledger, line: usize, graph: &CommitGraph) -> Vec<(CommitId, CommitId)> {
    let divergent = ledger.entries().iter().enumerate().rev().filter(|(_, it)| it.kind == Kind::Divergent);
    let new = divergent.flat_map(|(number, _)| ledger.new_commits(line, number).iter().copied());
    let asked: Vec<Pos> = new.filter(|pos| !graph.is_merge(*pos)).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let key = |pos: Pos| (graph.author(pos), graph.authored(pos));
    let mut alike: HashMap<(u32, i64), Vec<Pos>> = asked.iter().map(|pos| (key(*pos), Vec::new())).collect();
    for pos in graph.positions().filter(|pos| !graph.is_merge(*pos)) {
        alike.get_mut(&key(pos)).into_iter().for_each(|it| it.push(pos));
    }
    let mut told = HashSet::new();
    let mut pairs = Vec::new();
    for pos in asked {
        let others = alike.get(&key(pos)).filter(|it| it.len() <= MOST_ALIKE);
        for other in others.into_iter().flatten().copied().filter(|other| *other != pos) {
            if pairs.len() == MOST {
                return pairs;
            }
            if told.insert((pos.min(other), pos.max(other))) {
                pairs.push((graph.id(pos), graph.id(other)));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Commit, Deploy, Track, commit_id};
    use super::*;

    fn track(commits: &[(&str, f64, &[&str])], deploys: &[(&str, f64)]) -> Track {
        let commit = |(name, t, p): &(&str, f64, &[&str])| {
            let p = p.iter().map(|it| (*it).to_owned()).collect();
            ((*name).to_owned(), Commit { t: *t, p, ..Commit::default() })
        };
        let deploy = |(sha, at): &(&str, f64)| Deploy {
            id: format!("{sha}@{at}"),
            sha: (*sha).to_owned(),
            at: *at,
            ok: true,
            ..Deploy::default()
        };
        Track {
            commits: commits.iter().map(commit).collect(),
            deploys: deploys.iter().map(deploy).collect(),
            ..Track::default()
        }
    }

    fn pairs(track: &Track) -> Vec<(CommitId, CommitId)> {
        let graphs = track.graphs();
        counterparts(&track.ledger(&graphs), 0, &graphs[0].1)
    }

    #[test]
    fn only_what_came_with_another_line_is_compared_with_its_likes() {
        // B and B2 are one change, rebased; C has another time; D came straight.
        let commits: &[(&str, f64, &[&str])] =
            &[("A", 0.0, &[]), ("B", 1.0, &["A"]), ("B2", 1.0, &["A"]), ("C", 2.0, &["B2"]), ("D", 2.0, &["B"])];
        let rebased = track(commits, &[("A", 3.0), ("B", 4.0), ("B2", 5.0)]);
        assert_eq!(pairs(&rebased), [(commit_id("B2"), commit_id("B"))]);
        let straight = track(commits, &[("A", 3.0), ("B", 4.0), ("D", 5.0)]);
        assert_eq!(pairs(&straight), []);
    }

    #[test]
    fn a_pair_is_named_once_and_a_crowd_not_at_all() {
        let names: Vec<String> = (0..40).map(|it| format!("N{it}")).collect();
        let crowd: Vec<(&str, f64, &[&str])> = names.iter().map(|it| (it.as_str(), 1.0, &["A"][..])).collect();
        let mut few = vec![("A", 0.0, &[][..])];
        few.extend(&crowd[..2]);
        let there_and_back = [("A", 3.0), ("N0", 4.0), ("N1", 5.0), ("N0", 6.0)];
        assert_eq!(pairs(&track(&few, &there_and_back)).len(), 1);
        let mut many = vec![("A", 0.0, &[][..])];
        many.extend(&crowd);
        assert_eq!(pairs(&track(&many, &there_and_back)), []);
    }
}
