//! A real release history: the shape and the clocks of a public project, without a word of its text.
//!
//! A row of a file is `c INDEX PARENTS AUTHORED COMMITTED AUTHOR BOT`, `t TAG INDEX TIME annotated|light` or `h INDEX`,
//! where `PARENTS` are indexes in order with commas between them, or `-`, and `AUTHOR` is a number.

use std::collections::HashMap;
use std::io::Read;

use flightdeck::graph::{Author, CommitGraph, NewCommit, Pos};
use flightdeck::model::{CommitId, Text};

/// A history with its releases. A commit's position is its index in the file.
pub struct History {
    pub graph: CommitGraph,
    /// In the order in which they are counted.
    pub releases: Vec<Release>,
    /// The head of the default branch.
    pub head: Option<Pos>,
}

/// A release: a tag with its creation date, seconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    pub at: i64,
    pub tag: String,
    pub commit: Pos,
    /// Whether the date is the tag's own; else it is the commit's.
    pub annotated: bool,
}

/// The history of that name in `tests/histories/`.
pub fn history(name: &str) -> History {
    let path = format!("{}/tests/histories/{name}.tsv.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a history");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("text");
    parse(&text)
}

fn parse(text: &str) -> History {
    let mut history = History { graph: CommitGraph::default(), releases: Vec::new(), head: None };
    let mut authors: HashMap<&str, Author> = HashMap::new();
    for line in text.lines() {
        let row: Vec<&str> = line.split('\t').collect();
        match row[..] {
            ["c", index, parents, authored, committed, person, bot] => {
                let parents: Vec<CommitId> = parents.split(',').filter(|it| *it != "-").map(id).collect();
                let author = authors.entry(person).or_insert_with(|| author(person, bot == "1"));
                history.graph.append(&NewCommit {
                    id: id(index),
                    parents: &parents,
                    authored: number(authored),
                    committed: number(committed),
                    author: Some(author),
                    ..NewCommit::default()
                });
            }
            ["t", tag, index, at, form] => {
                let commit = Pos(index.parse().expect("an index"));
                history.releases.push(Release {
                    at: number(at),
                    tag: tag.to_owned(),
                    commit,
                    annotated: form == "annotated",
                });
            }
            ["h", index] => history.head = Some(Pos(index.parse().expect("an index"))),
            _ => panic!("a row that is none: {line}"),
        }
    }
    history.releases.sort();
    history
}

fn author(number: &str, bot: bool) -> Author {
    let name = if bot { format!("bot-{number}[bot]") } else { format!("dev-{number}") };
    Author { name: Text::from(name.as_str()), email: Text::from(format!("{name}@example.org")) }
}

fn number(text: &str) -> i64 {
    text.parse().expect("a number")
}

/// An id that spreads like a hash.
fn id(index: &str) -> CommitId {
    let number: u32 = index.parse().expect("an index");
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}
