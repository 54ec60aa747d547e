//! Real release histories with known answers: the kinds of their releases and how many changes each kind brought.
//!
//! A file in `tests/histories/` is the shape and the clocks of a public project's history, without a word of its text.
//! A row is `c INDEX PARENTS AUTHORED COMMITTED AUTHOR BOT`, `t TAG INDEX TIME annotated|light` or `h INDEX`.

use std::collections::BTreeMap;
use std::io::Read;

use flightdeck::graph::{CommitGraph, Deliveries, NewCommit, Pos};
use flightdeck::model::CommitId;
use rstest::rstest;

struct History {
    graph: CommitGraph,
    /// Time, name, commit: in the order in which releases are counted.
    releases: Vec<(i64, String, Pos)>,
}

fn id(number: &str) -> CommitId {
    let number: u32 = number.parse().expect("a number");
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}

fn history(name: &str) -> History {
    let path = format!("{}/tests/histories/{name}.tsv.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a history");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("text");
    let mut history = History { graph: CommitGraph::default(), releases: Vec::new() };
    for line in text.lines() {
        let row: Vec<&str> = line.split('\t').collect();
        let time = |at: usize| row[at].parse().expect("a time");
        match row[0] {
            "c" => {
                let parents: Vec<CommitId> = row[2].split(',').filter(|it| *it != "-").map(id).collect();
                history.graph.append(&NewCommit {
                    id: id(row[1]),
                    parents: &parents,
                    authored: time(3),
                    committed: time(4),
                    ..NewCommit::default()
                });
            }
            "t" => {
                let commit = history.graph.position(&id(row[2])).expect("a commit before its tag");
                history.releases.push((time(3), row[1].to_owned(), commit));
            }
            _ => {}
        }
    }
    history.releases.sort();
    history
}

#[rstest]
#[case("ripgrep", 2_162, &[("divergent", 1), ("forward", 77), ("initial", 1)])]
#[case("k9s", 1_378, &[("divergent", 6), ("forward", 171), ("initial", 1)])]
fn releases_bring_what_is_known_of_them(#[case] name: &str, #[case] changes: usize, #[case] kinds: &[(&str, u32)]) {
    let History { graph, releases } = history(name);
    let mut deliveries = Deliveries::default();
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    let mut brought = 0;
    for (_, _, commit) in &releases {
        let delivery = deliveries.deploy(&graph, Some(*commit));
        *found.entry(delivery.kind.word()).or_default() += 1;
        brought += delivery.new.iter().filter(|pos| !graph.is_merge(**pos)).count();
    }
    assert_eq!((brought, found), (changes, kinds.iter().copied().collect()));
}
