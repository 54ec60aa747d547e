//! Several Flightdecks on one store, and one that dies.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;

use super::*;
use crate::backend::Reading;

/// How many facts a transaction of the writing child holds.
const BATCH: i64 = 20;
const WHERE: &str = "FLIGHTDECK_TEST_STORE";

#[test]
fn handles_that_write_at_once_lose_nothing() {
    let (dir, reader) = fresh();
    thread::scope(|scope| {
        for writer in 0..3 {
            let store = open(dir.path());
            scope.spawn(move || {
                for n in 0..40 {
                    let fact = mark(&format!("{writer}.{n}"), "slow", n);
                    store.apply(&source(), &Reading { facts: vec![fact], ..Reading::default() }).unwrap();
                }
            });
        }
        scope.spawn(|| {
            let (mut known, mut seen) = reader.facts().unwrap();
            while known.len() < 120 {
                let (changed, now) = reader.changes_since(seen).unwrap();
                assert!(now >= seen);
                known.extend(changed);
                seen = now;
                thread::yield_now();
            }
            assert_eq!(known.len(), 120, "each change is told once");
        });
    });
    assert_eq!(reader.facts().unwrap().0.len(), 120);
}

#[test]
fn a_first_start_of_many_at_once_makes_one_store() {
    let dir = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        for n in 0..8 {
            let dir = dir.path();
            scope.spawn(move || open(dir).put(&[mark(&format!("1.{n}"), "", n)]).unwrap());
        }
    });
    assert_eq!(open(dir.path()).facts().unwrap().0.len(), 8);
}

/// Not a test of its own: what [`a_writer_that_is_killed_leaves_whole_transactions`] starts and kills.
#[test]
#[ignore = "started by another test"]
fn child_that_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(WHERE) else { return };
    let store = open(Path::new(&dir));
    for round in 0.. {
        let facts = (0..BATCH).map(|n| mark(&format!("{round}.{n}"), "slow", n)).collect();
        store.apply(&source(), &Reading { facts, ..Reading::default() }).unwrap();
        println!("round {round}");
    }
}

#[test]
fn a_writer_that_is_killed_leaves_whole_transactions() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::tests::processes::child_that_writes_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(WHERE, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let written = lines.filter(|line| line.contains("round")).take(25).count();
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(written, 25);
    let store = open(dir.path());
    let check: String = store.writer().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let facts = store.facts().unwrap().0.len() as i64;
    assert!(facts >= 25 * BATCH && facts % BATCH == 0, "{facts}");
    store.put(&[mark("after", "", 1)]).unwrap();
}
