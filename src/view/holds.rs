//! What holds some tracks already and will hold them next: for who locks, unlocks, or wonders why nothing moves.

use super::gates;
use super::{Line, Present, Role, format};
use crate::model::{Gate, GateKind, Scope};
use crate::picture::Snapshot;

/// How many gates are told at most.
const MOST: usize = 12;

/// Locks and freezes of anything in `scopes`, those that hold now first, then the next period of each window.
pub fn lines(snapshot: &Snapshot, scopes: &[Scope], present: &Present) -> Vec<Line> {
    let about = |gate: &&Gate| scopes.iter().any(|scope| meets(scope, &gate.scope));
    let kinds = |gate: &&Gate| matches!(gate.kind, GateKind::Lock | GateKind::Freeze);
    let ended = |gate: &&Gate| gate.until.is_some_and(|until| until <= present.now());
    let mut all: Vec<&Gate> = snapshot.gates.iter().filter(kinds).filter(about).filter(|it| !ended(it)).collect();
    let coming = |gate: &Gate| gate.since.is_some_and(|since| since > present.now());
    all.sort_by_key(|gate| (coming(gate), gate.since.filter(|_| coming(gate)), gate.kind, gate.scope.clone()));
    if all.is_empty() {
        return vec![Line::of(Role::Muted, "nothing holds it now, and no freeze is near")];
    }
    let line = |gate: &&Gate| {
        [gate.since, gate.until].into_iter().flatten().for_each(|at| present.remember(at));
        let when = if coming(gate) { "next  " } else { "holds " };
        Line::of(Role::Muted, when).with(Role::Strong, format!("{} ", gate.scope)).then(gates::line(gate, present))
    };
    let mut lines: Vec<Line> = all.iter().take(MOST).map(line).collect();
    let left = all.len().saturating_sub(MOST);
    if left > 0 {
        lines.push(Line::of(Role::Muted, format!("and {} more", format::count_of(left))));
    }
    lines
}

/// Whether there is a track that both cover.
fn meets(a: &Scope, b: &Scope) -> bool {
    let services = a.service.is_none() || b.service.is_none() || a.service == b.service;
    let environments = a.environment.is_none() || b.environment.is_none() || a.environment == b.environment;
    services && environments
}

/// Whether a lock with exactly this scope holds now: only such a one is taken away by unlocking it.
pub fn is_locked(snapshot: &Snapshot, scope: &Scope, present: &Present) -> bool {
    let locks = snapshot.gates.iter().filter(|gate| gate.kind == GateKind::Lock && gate.scope == *scope);
    locks.into_iter().any(|gate| gate.until.is_none_or(|until| until > present.now()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;
    use chrono_tz::Tz;

    fn scope(service: &str, environment: &str) -> Scope {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Scope {
            service: some(service).map(|it| it.as_str().into()),
            environment: some(environment).map(|it| it.as_str().into()),
        }
    }

    #[test]
    fn what_holds_and_what_comes_next_is_told_for_whatever_is_asked() {
        let (snapshot, present) = (fixture::small(), Present::new(fixture::now(), Tz::UTC));
        let told = |service: &str, environment: &str| -> Vec<String> {
            lines(&snapshot, &[scope(service, environment)], &present).iter().map(Line::plain).collect()
        };
        let payments = told("payments", "staging");
        assert!(payments.iter().any(|line| line.starts_with("holds payments in staging lock:")), "{payments:?}");
        assert_eq!(told("checkout", "staging"), ["nothing holds it now, and no freeze is near"]);
        assert!(told("", "").len() > payments.len());
        let freeze = told("", "production");
        assert!(freeze.iter().any(|line| line.contains("freeze:")), "{freeze:?}");
    }

    #[test]
    fn only_a_lock_with_the_same_scope_is_taken_away() {
        let (snapshot, present) = (fixture::small(), Present::new(fixture::now(), Tz::UTC));
        assert!(is_locked(&snapshot, &scope("payments", "staging"), &present));
        assert!(!is_locked(&snapshot, &scope("payments", ""), &present));
    }
}
