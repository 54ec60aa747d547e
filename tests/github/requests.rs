//! How much is asked: the first fill, an hour in which nothing happens, an hour of a rollout; beside it what plain polling
//! of the same would cost. The numbers are printed (`--nocapture`).

use std::sync::Arc;

use flightdeck::fact::Body;
use flightdeck::model::{Attention, Outcome, Scope, Sight};

use crate::asking;
use crate::desk::Desk;
use crate::filling::fill;
use crate::forge::Forge;
use crate::forge::big::{DEPLOY, NAME, Size};
use crate::forge::world::{NewRun, Repository};

/// How often plain polling asks, in seconds.
const EVERY: usize = 20;

/// What was asked in a while.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Spent {
    /// GETs that were answered with something.
    full: usize,
    /// GETs whose answer had not changed.
    unchanged: usize,
    /// Questions of many parts.
    queries: usize,
    /// Points of the limit for requests.
    core: u64,
    /// Points of the limit for questions of many parts.
    points: u64,
}

impl Spent {
    fn all(&self) -> usize {
        self.full + self.unchanged + self.queries
    }

    /// What counts against a limit.
    fn counted(&self) -> usize {
        self.full + self.queries
    }
}

/// What was asked since the last time, and of which limit so much was used since then.
async fn spent(forge: &Forge, before: &mut (u64, u64)) -> Spent {
    let mut spent = Spent::default();
    for (of, count) in forge.counts() {
        match (of.0.as_str(), of.1) {
            ("GET", 200) => spent.full += count,
            ("GET", 304) => spent.unchanged += count,
            ("POST", 200) => spent.queries += count,
            other => panic!("{other:?} {count} times"),
        }
    }
    let limits = asking::json(forge, "/rate_limit").await;
    let used = |what: &str| limits["resources"][what]["used"].as_u64().expect("a number");
    let now = (used("core"), used("graphql"));
    (spent.core, spent.points) = (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1));
    *before = now;
    forge.forget();
    spent
}

/// A new hour of the limits begins, and everything is looked at once in it.
async fn begin(desk: &mut Desk, forge: &Forge, used: &mut (u64, u64)) {
    forge.pass(3_601);
    desk.read().await.expect("a reading");
    spent(forge, used).await;
}

/// A while, second by second; asks nothing where nothing is due.
async fn live(desk: &mut Desk, forge: &Forge, seconds: i64, mut happens: impl FnMut(&Desk, i64)) {
    for second in 1..seconds {
        forge.pass(1);
        happens(desk, second);
        let reading = desk.read().await.expect("a reading");
        assert_eq!(reading.problems, Vec::<flightdeck::model::Text>::new());
    }
}

/// What polling asks in so many seconds: deployments and the statuses of the newest ten, runs and the jobs of those that are open,
/// environments, pull requests, incidents, releases.
fn polling(seconds: i64, open_runs: usize) -> usize {
    usize::try_from(seconds).expect("a number") / EVERY * (1 + 10 + 1 + open_runs + 4)
}

/// What asking for everything one by one takes: pages of a hundred, and what belongs to each thing.
fn one_by_one(size: Size, issues: usize, releases: usize) -> usize {
    let pages = |count: usize| count.div_ceil(100).max(1);
    let deployments = pages(size.deployments) + size.deployments;
    let runs = pages(size.runs) + size.runs;
    let pulls = pages(size.pulls) + 2 * size.pulls;
    deployments + runs + pulls + pages(issues) + pages(releases) + 1
}

fn looking_at_service(name: &str) -> Attention {
    Attention::At([Sight::Tracks(Scope { service: Some(name.into()), environment: None })].into())
}

/// Polled once: what is due would be asked now.
fn poll_notices(desk: &Desk) -> bool {
    let notices = desk.backend.notices().expect("tells what is new");
    let mut next = std::pin::pin!(notices.next());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    next.as_mut().poll(&mut context).is_ready()
}

#[tokio::test]
async fn some_minutes_cost_little() {
    cost(Size::SMALL, 720, 20).await;
}

#[tokio::test]
#[ignore = "takes a minute: tests/run has it"]
async fn an_hour_costs_little() {
    cost(Size::USUAL, 3_600, 60).await;
}

/// So many seconds of each; something happens in the rollout every `pace` seconds.
async fn cost(size: Size, seconds: i64, pace: i64) {
    let most = |an_hour: i64| usize::try_from(an_hour * seconds / 3_600).expect("a number") + 20;

    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(size, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false");
    let mut used = (0, 0);

    fill(&mut desk, &forge).await;
    let first = spent(&forge, &mut used).await;
    let (issues, releases) = forge.at(NAME, |it| (it.issues.len(), it.releases.len()));
    let plain = one_by_one(size, issues, releases);
    println!("first fill: {first:?}, all {}, one by one {plain}", first.all());
    assert!(first.all() < plain / 4 && first.counted() <= 300, "{first:?}");
    assert_eq!(first.core, first.full as u64, "what has not changed costs nothing");

    begin(&mut desk, &forge, &mut used).await;
    live(&mut desk, &forge, seconds, |_, _| ()).await;
    let idle = spent(&forge, &mut used).await;
    println!("idle, looked at: {idle:?}, all {}, polling {}", idle.all(), polling(seconds, 2));
    assert!(idle.counted() <= 5 && idle.all() <= most(1_000), "{idle:?}");
    assert_eq!((idle.core, idle.points), (idle.full as u64, 0));

    desk.backend.attend(&looking_at_service("another"));
    begin(&mut desk, &forge, &mut used).await;
    live(&mut desk, &forge, seconds, |_, _| ()).await;
    let elsewhere = spent(&forge, &mut used).await;
    println!("idle, elsewhere: {elsewhere:?}, all {}", elsewhere.all());
    assert!(elsewhere.counted() <= 5 && elsewhere.all() <= most(180), "{elsewhere:?}");

    desk.backend.attend(&Attention::Away);
    begin(&mut desk, &forge, &mut used).await;
    for _ in 1..seconds {
        forge.pass(1);
        assert!(!poll_notices(&desk));
    }
    assert_eq!(spent(&forge, &mut used).await.all(), 0, "nobody looks");

    desk.backend.attend(&looking_at_service("shop"));
    begin(&mut desk, &forge, &mut used).await;
    let mut rollout = Rollout { pace, ..Rollout::default() };
    live(&mut desk, &forge, seconds, |desk, second| {
        rollout.look(desk, second);
        forge.at(NAME, |shop| rollout.happen(shop, second));
    })
    .await;
    let busy = spent(&forge, &mut used).await;
    println!("one rollout: {busy:?}, all {}, polling {}, seen {:?}", busy.all(), polling(seconds, 3), rollout.seen);
    assert!(busy.counted() <= 150 && busy.all() <= most(1_800), "{busy:?}");
    assert_eq!(busy.core, busy.full as u64);
    let (ended, seen) = (rollout.ended.expect("it ended"), rollout.seen.expect("it was seen"));
    assert!(seen - ended <= 20, "ended at {ended}, seen at {seen}");
}

/// A run that is queued, builds, goes to two environments, waits for somebody (ten minutes at the pace of a minute), and
/// goes to the third.
#[derive(Default)]
struct Rollout {
    pace: i64,
    run: u64,
    waits: Option<i64>,
    ended: Option<i64>,
    seen: Option<i64>,
}

impl Rollout {
    fn happen(&mut self, shop: &mut Repository, second: i64) {
        if second == self.pace {
            let (workflow, event, branch) = (DEPLOY.to_owned(), "push".to_owned(), "main".to_owned());
            let (sha, actor) = (shop.branches["main"].clone(), "deployer".to_owned());
            let inputs = [("version".to_owned(), "9.9.9".to_owned())].into();
            self.run = shop.start_run(NewRun { workflow, event, branch, sha, actor, inputs });
        }
        if self.run == 0 || second % self.pace != 15 || self.ended.is_some() {
            return;
        }
        match self.waits {
            Some(since) if second - since == 10 * self.pace => {
                let environment = shop.environment("production").id;
                shop.review(self.run, &[environment], "approved", "reviewer", "Go");
            }
            _ if shop.advance(self.run) => {
                let over = shop.run_of(self.run).is_some_and(|it| it.last().is_over());
                self.ended = over.then_some(second);
            }
            None => self.waits = Some(second),
            Some(_) => {}
        }
    }

    fn look(&mut self, desk: &Desk, second: i64) {
        let Some(newest) = desk
            .all(|it| if let Body::Deployment(it) = it { Some(&**it) } else { None })
            .into_iter()
            .filter(|it| it.environment.as_str() == "production")
            .max_by_key(|it| it.started_at)
        else {
            return;
        };
        if self.ended.is_some()
            && self.seen.is_none()
            && newest.outcome == Outcome::Success
            && newest.finished_at > newest.started_at
        {
            let live = desk.state("production").live.as_ref().and_then(|it| it.commit);
            self.seen = (live == newest.commit).then_some(second);
        }
    }
}

/// What was read under a later clock is still corrected by what is read now.
#[tokio::test]
async fn a_clock_that_was_set_back_hides_nothing_that_is_new() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false\nhistory_budget = 0");
    desk.read().await.expect("a reading");
    let before = desk.facts.values().map(|it| it.observed_at).max().expect("facts");
    desk.restart();
    forge.pass(-7_200);
    forge.at(NAME, |it| {
        let id = it.deploy("deployer", "development", "main");
        it.add_status(id, "deployer", "success");
    });
    let reading = desk.read().await.expect("a reading");
    assert!(!reading.facts.is_empty() && reading.facts.iter().all(|it| it.observed_at > before));
}
