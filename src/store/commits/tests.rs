//! The files against kills at any byte, damage, other processes and other versions.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::backend::CommitRecord;
use crate::model::{CommitId, CommitText, Text};

fn repository() -> RepositoryId {
    RepositoryId::from("team/app \u{1b}[31m")
}

fn id(number: u32) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}

fn record(number: u32) -> CommitRecord {
    CommitRecord {
        id: id(number),
        parents: number.checked_sub(1).map(id).into_iter().collect(),
        authored: i64::from(number) * 10,
        committed: i64::from(number) * 10 + 1,
        text: CommitText {
            author: Text::from(format!("Person {}", number % 3)),
            email: Text::from(format!("p{}@example.org", number % 3)),
            subject: Text::from(format!("Subject of ABC-{number}")),
        },
        reverts: if number % 5 == 4 { vec![id(number - 1)] } else { Vec::new() },
        picked_from: if number % 7 == 6 { vec![id(900)] } else { Vec::new() },
    }
}

fn batch(numbers: std::ops::Range<u32>) -> CommitBatch {
    CommitBatch { commits: numbers.map(record).collect(), ..CommitBatch::default() }
}

fn open(directory: &TempDir) -> CommitStore {
    CommitStore::open(directory.path()).expect("a store")
}

fn graph_file(directory: &TempDir) -> PathBuf {
    Place::of(directory.path(), &repository()).graph()
}

/// Id, parents, author and committer time, whether history is cut off there, what is written and linked, author.
type Row = (CommitId, Vec<Pos>, i64, i64, bool, String, Author);

/// Every commit with everything about it.
fn all(of: &RepositoryCommits) -> Vec<Row> {
    let graph = &of.graph;
    let one = |pos: Pos| {
        let text = of.texts.text(pos);
        let text = format!("{} {} {}", text.author, text.email, text.subject);
        let links = graph.reverts(pos).count() + graph.picked_from(pos).count();
        let boundary = graph.is_boundary(pos);
        (
            graph.id(pos),
            graph.parents(pos).to_vec(),
            graph.authored(pos),
            graph.committed(pos),
            boundary,
            format!("{text} {links}"),
            graph.authors()[graph.author(pos) as usize].clone(),
        )
    };
    graph.positions().map(one).collect()
}

#[test]
fn what_was_appended_is_there_after_a_restart() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    assert!(store.repository(&repository()).expect("nothing yet").graph.is_empty());
    store.append(&repository(), &batch(0..10)).expect("written");
    let written = store.append(&repository(), &batch(8..25)).expect("written");
    let read = open(&directory).repository(&repository()).expect("read");
    assert_eq!(read.graph.len(), 25);
    assert_eq!(all(&read), all(&written));
    assert_eq!(read.texts.text(Pos(24)), record(24).text);
    assert_eq!(read.texts.text(Pos(25)), CommitText::default());
    assert_eq!(read.graph.reverts(Pos(4)).collect::<Vec<_>>(), [id(3)]);
}

#[test]
fn while_nothing_is_new_the_graph_is_the_same_one() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    let first = store.append(&repository(), &batch(0..5)).expect("written");
    let length = std::fs::metadata(graph_file(&directory)).expect("a file").len();
    let again = store.append(&repository(), &batch(0..5)).expect("nothing to write");
    assert!(Arc::ptr_eq(&first.graph, &again.graph));
    assert!(Arc::ptr_eq(&first.graph, &store.repository(&repository()).expect("read").graph));
    assert_eq!(std::fs::metadata(graph_file(&directory)).expect("a file").len(), length);
}

#[test]
fn another_process_is_heard() {
    let directory = TempDir::new().expect("a directory");
    let (one, other) = (open(&directory), open(&directory));
    one.append(&repository(), &batch(0..5)).expect("written");
    assert_eq!(other.repository(&repository()).expect("read").graph.len(), 5);
    other.append(&repository(), &batch(5..9)).expect("written");
    let seen = one.append(&repository(), &batch(7..12)).expect("written");
    assert_eq!(seen.graph.len(), 12);
    assert_eq!(all(&other.repository(&repository()).expect("read")), all(&seen));
}

#[test]
fn a_kill_at_any_byte_leaves_the_old_or_the_new_content() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    let old = store.append(&repository(), &batch(0..4)).expect("written");
    let before = std::fs::read(graph_file(&directory)).expect("bytes");
    let new = store.append(&repository(), &batch(4..8)).expect("written");
    let after = std::fs::read(graph_file(&directory)).expect("bytes");
    for length in before.len()..=after.len() {
        std::fs::write(graph_file(&directory), &after[..length]).expect("cut");
        let store = open(&directory);
        let read = store.repository(&repository()).expect("read");
        assert_eq!(all(&read), all(if length == after.len() { &new } else { &old }), "cut at {length}");
        let gone_on = store.append(&repository(), &batch(4..10)).expect("written");
        assert_eq!(gone_on.graph.len(), 10);
        assert_eq!(all(&open(&directory).repository(&repository()).expect("read")), all(&gone_on));
    }
}

#[test]
fn a_damaged_segment_and_what_follows_it_are_read_again() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    for start in [0, 5, 10] {
        store.append(&repository(), &batch(start..start + 5)).expect("written");
    }
    let good = std::fs::read(graph_file(&directory)).expect("bytes");
    let mut lengths = BTreeSet::new();
    for at in (24..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        std::fs::write(graph_file(&directory), &bad).expect("damage");
        let store = open(&directory);
        lengths.insert(store.repository(&repository()).expect("read").graph.len());
        assert_eq!(store.append(&repository(), &batch(0..15)).expect("written").graph.len(), 15);
        std::fs::write(graph_file(&directory), &good).expect("repaired");
    }
    assert_eq!(lengths, [0, 5, 10].into());
}

#[test]
fn a_file_of_another_kind_or_version_is_set_aside() {
    let version = |number: u32| [&b"fdcommit"[..], &number.to_le_bytes(), &[0; 400]].concat();
    for bytes in [b"".to_vec(), b"short".to_vec(), vec![7; 500], version(1), version(9)] {
        let directory = TempDir::new().expect("a directory");
        open(&directory).append(&repository(), &batch(0..5)).expect("written");
        std::fs::write(graph_file(&directory), &bytes).expect("damage");
        let store = open(&directory);
        assert!(store.repository(&repository()).expect("set aside").graph.is_empty());
        assert_eq!(std::fs::read(graph_file(&directory).with_file_name("graph.set-aside")).expect("kept"), bytes);
        let again = store.append(&repository(), &batch(0..5)).expect("written");
        assert_eq!(again.texts.text(Pos(3)), record(3).text);
    }
}

#[test]
fn texts_that_are_gone_take_the_graph_along() {
    let directory = TempDir::new().expect("a directory");
    open(&directory).append(&repository(), &batch(0..5)).expect("written");
    let texts = Place::of(directory.path(), &repository()).texts(1);
    std::fs::write(&texts, b"less").expect("damage");
    assert!(open(&directory).repository(&repository()).expect("set aside").graph.is_empty());
    open(&directory).append(&repository(), &batch(0..5)).expect("written");
    std::fs::remove_file(Place::of(directory.path(), &repository()).texts(2)).expect("gone");
    assert!(open(&directory).repository(&repository()).expect("set aside").graph.is_empty());
}

#[test]
fn a_batch_that_begins_anew_replaces_what_was_there() {
    let directory = TempDir::new().expect("a directory");
    let (store, other) = (open(&directory), open(&directory));
    let cut = CommitBatch {
        boundary: vec![id(5)],
        commits: vec![CommitRecord { parents: vec![], ..record(5) }, record(6)],
        ..CommitBatch::default()
    };
    let shallow = store.append(&repository(), &cut).expect("written");
    assert!(shallow.graph.is_boundary(Pos(0)));
    let held = other.repository(&repository()).expect("read");
    assert!(held.graph.is_boundary(Pos(0)));
    let whole = store.append(&repository(), &CommitBatch { restart: true, ..batch(0..8) }).expect("written");
    assert_eq!((whole.graph.len(), whole.graph.is_cut_off()), (8, false));
    assert_eq!(held.texts.text(Pos(1)), record(6).text, "who holds the old one can still read it");
    assert_eq!(all(&other.repository(&repository()).expect("read")), all(&whole));
}

#[test]
fn a_batch_that_leans_on_what_is_not_there_changes_nothing() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    store.append(&repository(), &batch(0..3)).expect("written");
    assert_eq!(store.append(&repository(), &batch(7..9)).expect("refused").graph.len(), 3);
    assert_eq!(open(&directory).repository(&repository()).expect("read").graph.len(), 3);
}

#[test]
fn a_known_commit_can_become_a_boundary() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    store.append(&repository(), &batch(0..3)).expect("written");
    store.append(&repository(), &CommitBatch { boundary: vec![id(0)], ..CommitBatch::default() }).expect("written");
    assert!(open(&directory).repository(&repository()).expect("read").graph.is_boundary(Pos(0)));
}

#[test]
fn a_repository_can_be_forgotten() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    store.append(&repository(), &batch(0..3)).expect("written");
    store.append(&RepositoryId::from("other"), &batch(0..4)).expect("written");
    store.reset(&repository()).expect("forgotten");
    assert!(store.repository(&repository()).expect("read").graph.is_empty());
    assert_eq!(store.repository(&RepositoryId::from("other")).expect("read").graph.len(), 4);
    assert_eq!(store.append(&repository(), &batch(0..2)).expect("written").graph.len(), 2);
}

#[test]
fn a_search_finds_the_newest_first_whatever_the_case() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    store.append(&repository(), &batch(0..20)).expect("written");
    let read = store.append(&repository(), &batch(20..40)).expect("written");
    assert_eq!(read.texts.find("abc-1", 100).len(), 11);
    assert_eq!(read.texts.find("abc-1", 2), [Pos(19), Pos(18)]);
    assert_eq!(read.texts.find("ABC-39", 5), [Pos(39)]);
    assert_eq!(read.texts.find("Person", 5), [], "only subjects");
    assert_eq!(read.texts.find("", 3), [Pos(39), Pos(38), Pos(37)]);
    assert_eq!(read.texts.find("é", 3), []);
}

#[test]
fn touched_paths_are_kept_for_the_commits_they_were_read_for() {
    let directory = TempDir::new().expect("a directory");
    let store = open(&directory);
    let filters = vec![vec!["a/**".to_owned()], vec![]];
    let first = store.append(&repository(), &batch(0..4)).expect("written");
    assert!(store.touched(&repository(), &first, &filters).is_empty());
    let mut rows = Touched::new(2);
    rows.append(&[vec![1, 2, 3, 0]]);
    store.keep_touched(&repository(), &first, &filters, &rows).expect("kept");
    assert_eq!(store.touched(&repository(), &first, &filters), rows);
    assert!(store.touched(&repository(), &first, &filters[..1]).is_empty(), "other filters");

    let grown = store.append(&repository(), &batch(4..6)).expect("written");
    assert_eq!(store.touched(&repository(), &grown, &filters), rows, "the first rows still hold");
    store.keep_touched(&repository(), &grown, &filters, &rows).expect("nothing kept");
    let anew = store.append(&repository(), &CommitBatch { restart: true, ..batch(2..6) }).expect("refused");
    assert_eq!(anew.graph.len(), 6);
    let other = CommitBatch {
        restart: true,
        commits: (0..4).map(|n| CommitRecord { authored: 5, ..record(n) }).collect(),
        boundary: vec![],
    };
    let anew = store.append(&repository(), &other).expect("written");
    assert!(store.touched(&repository(), &anew, &filters).is_empty(), "other commits");
}

#[test]
fn names_of_repositories_stay_within_the_directory() {
    let root = std::path::Path::new("/root");
    let names: BTreeSet<PathBuf> = ["../x", "..-x", "a/b", "", "A", "a"]
        .iter()
        .map(|name| Place::of(root, &RepositoryId::from(*name)).directory)
        .collect();
    assert_eq!(names.len(), 6);
    assert!(names.iter().all(|path| path.parent() == Some(root) && !path.ends_with("..")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn batches_of_any_size_make_the_same_whole(cuts in prop::collection::vec(0_u32..60, 0..6)) {
        let directory = TempDir::new().expect("a directory");
        let mut cuts = cuts;
        cuts.extend([0, 60]);
        cuts.sort_unstable();
        for pair in cuts.windows(2) {
            open(&directory).append(&repository(), &batch(pair[0]..pair[1])).expect("written");
        }
        let at_once = TempDir::new().expect("a directory");
        let expected = open(&at_once).append(&repository(), &batch(0..60)).expect("written");
        prop_assert_eq!(all(&open(&directory).repository(&repository()).expect("read")), all(&expected));
    }
}
