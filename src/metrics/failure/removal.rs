//! Whose commits a deployment took away from users.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Seen};
use crate::graph::Cargo;
use crate::model::Kind;

/// What each rollback and switch took away.
pub(super) struct Removals(BTreeMap<usize, Removed>);

/// What a deployment took away of the service.
#[derive(Debug, Default)]
pub(super) struct Removed {
    /// The deployments that had finished when it began, and whose commits it took away.
    pub from: BTreeSet<usize>,
    /// Those that finished while it was under way: it knew nothing of them.
    pub raced: BTreeSet<usize>,
    /// Whether it took away what came with no deployment.
    pub from_baseline: bool,
}

impl Removed {
    /// Whether somebody meant to take something back.
    pub fn is_meant(&self) -> bool {
        self.from_baseline || !self.from.is_empty()
    }

    /// All deployments whose commits it took away.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        self.from.union(&self.raced).copied()
    }
}

impl Removals {
    pub fn of(case: &Case<'_>) -> Self {
        let back = case.deployments().filter(|it| matches!(it.entry.kind, Kind::Rollback | Kind::Switch));
        Self(back.map(|it| (it.number, removed(case, &it))).collect())
    }

    /// What the rollback or switch of that number took away.
    pub fn get(&self, number: usize) -> Option<&Removed> {
        self.0.get(&number)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Removed)> {
        self.0.iter().map(|(number, removed)| (*number, removed))
    }

    /// The deployments that overwrote newer code because they began before it was there.
    pub fn races(&self) -> impl Iterator<Item = usize> {
        self.iter().filter(|(_, removed)| !removed.raced.is_empty()).map(|(number, _)| number)
    }
}

/// What a deployment took away. Costs about as much as it differs from what was live.
pub(super) fn removed(case: &Case<'_>, it: &Seen<'_>) -> Removed {
    let mut removed = Removed::default();
    for (line, scope) in case.scopes.iter().enumerate() {
        let Some(step) = case.ledger.line(line).and_then(|line| line.steps().get(it.number)) else { continue };
        let (Some(before), Cargo::Commit(now)) = (step.before, step.cargo) else { continue };
        for pos in scope.code.graph().difference(before, now).removed.into_iter().filter(|pos| scope.holds(*pos)) {
            let Some(owner) = case.owner(line, pos) else {
                removed.from_baseline = true;
                continue;
            };
            let raced = case.seen(owner).is_some_and(|owner| owner.at > it.started());
            if raced { &mut removed.raced } else { &mut removed.from }.insert(owner);
        }
    }
    removed
}
