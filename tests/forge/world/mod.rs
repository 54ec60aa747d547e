//! What a forge knows: people, repositories, limits, and the time.

mod clock;
mod code;
mod deployment;
mod drive;
mod people;
mod repository;
mod run;
mod workflow;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::clock::{Clock, Time, stamp, time};
pub use self::code::{Check, Commit, CommitStatus, Issue, Pull, Release, Review};
pub use self::deployment::{Deployment, Environment, Reviewer, Status};
pub use self::drive::From;
pub(crate) use self::people::owned;
pub use self::people::{App, Kind, Token};
pub use self::repository::{Creation, Repository};
pub use self::run::{Approval, Attempt, Job, NewRun, Run, Step};
pub use self::workflow::{FROM_INPUT, Plan, Workflow};
use super::book::Book;
use super::fault::Fault;
use super::limit::Limits;

/// All of it.
pub struct World {
    pub clock: Arc<Clock>,
    /// Where answers say that things are: `http://127.0.0.1:PORT`.
    pub root: String,
    /// The same for the API, as it was asked: with `/api/v3` or without.
    pub api: String,
    pub tokens: BTreeMap<String, Token>,
    pub app: Option<App>,
    pub repositories: Vec<Repository>,
    pub limits: Limits,
    pub faults: Vec<Fault>,
    pub book: Book,
    /// Whether answers and requests are judged.
    pub judged: bool,
}

impl World {
    /// An empty one.
    pub fn new(now: Time) -> Self {
        Self {
            clock: Arc::new(Clock::at(now)),
            root: String::new(),
            api: String::new(),
            tokens: BTreeMap::new(),
            app: None,
            repositories: Vec::new(),
            limits: Limits::default(),
            faults: Vec::new(),
            book: Book::default(),
            judged: true,
        }
    }

    /// A repository by its name now or before, and whether it is the name now.
    pub fn find(&self, full_name: &str) -> Option<(usize, bool)> {
        let same = |name: &str| name.eq_ignore_ascii_case(full_name);
        let now = self.repositories.iter().position(|it| same(&it.full_name));
        let before = || self.repositories.iter().position(|it| it.former_names.iter().any(|it| same(it)));
        now.map(|it| (it, true)).or_else(|| before().map(|it| (it, false)))
    }
}
