//! What a reading does to the store.

use super::super::{OWN_SOURCE, Retention, Revision};
use super::*;
use crate::backend::{Cursor, Reading};
use crate::model::{CommitId, Reference, ReferenceKind};

fn reading(facts: &[Fact]) -> Reading {
    Reading { facts: facts.to_vec(), ..Reading::default() }
}

fn complete(facts: &[Fact]) -> Reading {
    Reading { complete: vec![everything()], ..reading(facts) }
}

#[test]
fn a_reading_is_kept_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let facts = [mark("1.0", "slow", 1), mark("1.1", "leaks", 2)];
    open(dir.path()).apply(&source(), &reading(&facts)).unwrap();
    assert_eq!(open(dir.path()).facts().unwrap().0, facts);
}

#[test]
fn an_equal_observation_changes_nothing_but_its_time() {
    let (_dir, store) = fresh();
    let first = store.apply(&source(), &reading(&[mark("1.0", "slow", 1)])).unwrap();
    let again = store.apply(&source(), &reading(&[mark("1.0", "slow", 5)])).unwrap();
    assert_eq!((again.changed.len(), again.revision), (0, first.revision));
    assert_eq!(store.facts().unwrap().0, [mark("1.0", "slow", 5)]);
    let stale = store.apply(&source(), &reading(&[mark("1.0", "fast", 3)])).unwrap();
    assert_eq!(stale.changed, []);
}

#[test]
fn a_key_that_comes_twice_in_one_reading_is_reported_once_as_it_ended() {
    let (_dir, store) = fresh();
    let facts = [mark("1.0", "slow", 1), mark("1.0", "leaks", 2)];
    assert_eq!(store.apply(&source(), &reading(&facts)).unwrap().changed, facts[1..]);
}

#[test]
fn what_a_complete_reading_no_longer_holds_is_withdrawn() {
    let (_dir, store) = fresh();
    let (kept, gone) = (mark("1.0", "slow", 1), mark("1.1", "leaks", 1));
    store.apply(&source(), &complete(&[kept.clone(), gone.clone()])).unwrap();
    let other = SourceId::from("elsewhere");
    let elsewhere = Fact { source: other.clone(), ..gone.clone() };
    store.apply(&other, &reading(std::slice::from_ref(&elsewhere))).unwrap();

    let kept = mark("1.0", "slow", 7);
    let applied = store.apply(&source(), &complete(std::slice::from_ref(&kept))).unwrap();
    assert_eq!(applied.changed, [withdrawn(&gone, 7)]);
    assert_eq!(store.facts().unwrap().0, [kept, elsewhere]);

    // It is withdrawn once, and comes back when it is seen again.
    assert_eq!(store.apply(&source(), &complete(&[mark("1.0", "slow", 8)])).unwrap().changed, []);
    let back = mark("1.1", "leaks", 9);
    assert_eq!(store.apply(&source(), &reading(std::slice::from_ref(&back))).unwrap().changed, [back]);
}

#[test]
fn an_empty_complete_reading_withdraws_everything_as_of_now() {
    let (_dir, store) = fresh();
    let fact = mark("1.0", "slow", 1);
    store.apply(&source(), &reading(std::slice::from_ref(&fact))).unwrap();
    assert_eq!(store.apply(&source(), &complete(&[])).unwrap().changed, [withdrawn(&fact, 1000)]);
}

#[test]
fn what_was_observed_after_the_reading_stays() {
    let (_dir, store) = fresh();
    let newer = mark("1.1", "leaks", 50);
    store.apply(&source(), &reading(std::slice::from_ref(&newer))).unwrap();
    let late = store.apply(&source(), &complete(&[mark("1.0", "slow", 20)])).unwrap();
    assert_eq!(late.changed.len(), 1);
    assert_eq!(store.facts().unwrap().0.len(), 2);
}

#[test]
fn a_promise_within_a_part_leaves_the_rest() {
    let (_dir, store) = fresh();
    let reference = |repository: &str, name: &str| {
        let body = Reference {
            repository: repository.into(),
            name: name.into(),
            kind: ReferenceKind::Tag,
            commit: CommitId([7; 20]),
            created_at: at(0),
            annotated: false,
        };
        Fact::new(source(), at(1), body)
    };
    // Names that begin alike, and one that looks like a pattern.
    let all = ["shop", "shop-2", "shop%", "sh_p"].map(|repository| reference(repository, "refs/tags/1.0"));
    store.apply(&source(), &reading(&all)).unwrap();
    let within = Complete { kind: FactKind::Reference, within: vec!["shop".to_owned()] };
    let nothing = Reading { complete: vec![within], ..Reading::default() };
    assert_eq!(store.apply(&source(), &nothing).unwrap().changed, [withdrawn(&all[0], 1000)]);
}

#[test]
fn a_promise_over_several_readings_counts_what_each_of_them_saw() {
    let (_dir, store) = fresh();
    let old = [mark("1.0", "slow", 1), mark("1.1", "leaks", 1), mark("1.2", "loud", 1)];
    store.apply(&source(), &reading(&old)).unwrap();
    let part = Reading { more: true, ..reading(&[mark("1.0", "slow", 10)]) };
    assert_eq!(store.apply(&source(), &part).unwrap().changed, []);
    let last = Reading { began: Some(at(10)), ..complete(&[mark("1.1", "leaks", 11)]) };
    assert_eq!(store.apply(&source(), &last).unwrap().changed, [withdrawn(&old[2], 11)]);
}

#[test]
fn others_learn_what_changed_and_nothing_else() {
    let (dir, mine) = fresh();
    let other = open(dir.path());
    mine.apply(&source(), &reading(&[mark("1.0", "slow", 1)])).unwrap();
    let (facts, seen) = other.facts().unwrap();
    assert_eq!(facts.len(), 1);
    assert_eq!(other.changes_since(seen).unwrap(), (Vec::new(), seen));

    mine.apply(&source(), &complete(&[mark("1.1", "leaks", 2)])).unwrap();
    let (changed, now) = other.changes_since(seen).unwrap();
    assert_eq!(changed, [withdrawn(&mark("1.0", "slow", 1), 2), mark("1.1", "leaks", 2)]);
    assert!(now > seen);
    assert_eq!(other.changes_since(Revision::default()).unwrap().0.len(), 2);
}

#[test]
fn the_cursor_holds_until_a_reading_moves_it_or_it_is_forgotten() {
    let (_dir, store) = fresh();
    assert_eq!(store.cursor(&source()).unwrap(), None);
    let cursor = Cursor("page 2".to_owned());
    store.apply(&source(), &Reading { cursor: Some(cursor.clone()), ..Reading::default() }).unwrap();
    store.apply(&source(), &Reading::default()).unwrap();
    assert_eq!(store.cursor(&source()).unwrap(), Some(cursor));
    store.forget_cursor(&source()).unwrap();
    assert_eq!(store.cursor(&source()).unwrap(), None);
}

#[test]
fn problems_of_a_reading_in_parts_are_gathered_and_then_replaced() {
    let (_dir, store) = fresh();
    let part = |problem: &str, more: bool| Reading { problems: vec![Text::from(problem)], more, ..Reading::default() };
    let record = || store.sources().unwrap().remove(0);
    store.apply(&source(), &part("line 1", true)).unwrap();
    assert_eq!(record().read_at, None);
    store.apply(&source(), &part("line 9", false)).unwrap();
    assert_eq!(record().problems, ["line 1", "line 9"].map(Text::from));
    assert_eq!(record().read_at, Some(at(1000)));
    store.apply(&source(), &Reading::default()).unwrap();
    assert_eq!(record().problems, []);
}

#[test]
fn own_facts_are_put_and_read_like_others() {
    let (_dir, store) = fresh();
    let own = Fact { source: SourceId::from(OWN_SOURCE), ..mark("1.0", "slow", 1) };
    assert_eq!(store.put(std::slice::from_ref(&own)).unwrap().changed.as_slice(), std::slice::from_ref(&own));
    assert_eq!(store.facts().unwrap().0, [own]);
    assert_eq!(store.sources().unwrap(), []);
}

#[test]
fn old_runs_and_old_withdrawals_are_let_go() {
    let (_dir, store) = fresh();
    let day = 86_400;
    let gone = mark("1.0", "slow", -3 * day);
    let facts =
        [run("old", -20 * day), run("new", -5 * day), mark("1.1", "leaks", -900 * day), withdrawn(&gone, -3 * day)];
    store.apply(&source(), &reading(&facts)).unwrap();
    let before = store.facts().unwrap().1;
    assert_eq!(store.retain(Retention { runs_days: 10, withdrawn_days: 2 }).unwrap(), 2);
    assert_eq!(store.facts().unwrap().0.len(), 2);
    assert_eq!(store.retain(Retention { runs_days: u32::MAX, withdrawn_days: u32::MAX }).unwrap(), 0);

    // The revision never goes back, even when its rows are gone.
    let next = store.apply(&source(), &reading(&[mark("2.0", "new", 1)])).unwrap();
    assert!(next.revision > before);
}

#[test]
fn names_and_times_at_the_edge_survive() {
    let (_dir, store) = fresh();
    let hostile = ["../../x", "-rf", "a b", "\u{1b}[31m", "'; DROP TABLE fact; --", "\0", "日本", ""];
    let mut facts: Vec<Fact> = hostile.iter().map(|name| mark(name, name, 1)).collect();
    facts.push(Fact { observed_at: Time::MIN_UTC, ..mark("first", "", 0) });
    facts.push(Fact { observed_at: Time::MAX_UTC, ..mark("last", "", 0) });
    store.apply(&source(), &reading(&facts)).unwrap();
    let mut expected = facts;
    expected.sort_by_key(Fact::key);
    assert_eq!(store.facts().unwrap().0, expected);
}
