//! A made-up company of a million commits: a main line with merges, release branches with picked fixes, and twenty
//! thousand deployments to six environments, some of them rollbacks. The same seed gives the same company.

use flightdeck::graph::{Author, CommitGraph, NewCommit, Pos};
use flightdeck::model::{CommitId, Text};

pub const COMMITS: u32 = 1_000_000;
pub const DEPLOYMENTS: usize = 20_000;
pub const ENVIRONMENTS: usize = 6;

const PEOPLE: usize = 400;
/// A release branch is cut after that many steps of the main line, and holds that many fixes.
const STEPS_A_RELEASE: u32 = 500;
const FIXES: u32 = 6;

pub struct Company {
    pub graph: CommitGraph,
    /// For each environment its deployments in order: when, and of which commit.
    pub environments: Vec<Vec<(i64, Pos)>>,
}

impl Company {
    pub fn new(seed: u64) -> Self {
        let mut history = Growing::new(seed);
        let mut versions: Vec<(i64, Pos)> = Vec::new();
        let mut steps = 0;
        while history.graph.len() < COMMITS as usize {
            history.step();
            steps += 1;
            if steps % STEPS_A_RELEASE == 0 {
                versions.push(history.head_now());
                versions.extend(history.release_branch());
            } else if steps % 40 == 0 {
                versions.push(history.head_now());
            }
        }
        let environments = deploy(&versions, &mut history.random);
        Self { graph: history.graph, environments }
    }
}

/// Each environment gets versions in the order in which they were made, evenly chosen; one in fifty deployments goes
/// back to one of the ten before.
fn deploy(versions: &[(i64, Pos)], random: &mut Random) -> Vec<Vec<(i64, Pos)>> {
    let each = DEPLOYMENTS.div_ceil(ENVIRONMENTS);
    let one = |environment: usize, random: &mut Random| {
        let mut all: Vec<(i64, Pos)> = Vec::with_capacity(each);
        for number in 0..each {
            let (made, version) = versions[number * versions.len() / each];
            let back = all.len().checked_sub(1 + random.below(10)).filter(|_| random.below(50) == 0);
            let after = 3_600 * (1 + environment as i64);
            let at = all.last().map_or(made, |(last, _)| made.max(*last + 1)) + after;
            all.push((at, back.map_or(version, |before| all[before].1)));
        }
        all
    };
    (0..ENVIRONMENTS).map(|environment| one(environment, random)).collect()
}

struct Growing {
    graph: CommitGraph,
    random: Random,
    people: Vec<Author>,
    head: Option<CommitId>,
    now: i64,
}

impl Growing {
    fn new(seed: u64) -> Self {
        let person = |number: usize| Author {
            name: Text::from(format!("Person {number}")),
            email: Text::from(format!("person-{number}@example.org")),
        };
        let people = (0..PEOPLE).map(person).collect();
        Self { graph: CommitGraph::default(), random: Random(seed), people, head: None, now: 1_000_000_000 }
    }

    /// One step of the main line: a commit, or a branch of a few that is merged.
    fn step(&mut self) {
        let base: Vec<CommitId> = self.head.into_iter().collect();
        if base.is_empty() || self.random.below(10) < 6 {
            self.head = Some(self.commit(&base));
            return;
        }
        let mut branch = self.commit(&base);
        for _ in 0..self.random.below(6) {
            branch = self.commit(&[branch]);
        }
        self.head = Some(self.commit(&[base[0], branch]));
    }

    /// A release branch from the head: after each fix it can be deployed.
    fn release_branch(&mut self) -> Vec<(i64, Pos)> {
        let Some(mut tip) = self.head else { return Vec::new() };
        let fix = |_| {
            tip = self.commit(&[tip]);
            (self.now, self.last())
        };
        (0..FIXES).map(fix).collect()
    }

    fn commit(&mut self, parents: &[CommitId]) -> CommitId {
        self.now += 1 + self.random.below(600) as i64;
        let id = id(self.graph.len() as u64);
        // Most changes wait for hours, some for months.
        let waited = 60 << self.random.below(18);
        self.graph.append(&NewCommit {
            id,
            parents,
            authored: self.now - waited,
            committed: self.now,
            author: self.people.get(self.random.below(PEOPLE)),
            ..NewCommit::default()
        });
        id
    }

    fn last(&self) -> Pos {
        Pos(self.graph.len() as u32 - 1)
    }

    fn head_now(&self) -> (i64, Pos) {
        let head = self.head.and_then(|head| self.graph.position(&head));
        (self.now, head.unwrap_or(Pos(0)))
    }
}

/// An id that spreads like a hash and is never given twice.
fn id(number: u64) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&Random(number).next().to_be_bytes());
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}

/// SplitMix64: numbers that look random and are the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}
