//! GitHub for tests: a server on loopback with a memory, which a test fills, drives and breaks.
//!
//! [`Forge`] answers REST and GraphQL from a [`World`]: repositories with commits, deployments, environments and their
//! rules, runs that a test drives, pull requests, issues, releases. Its time is the test's. What goes wrong at GitHub
//! goes wrong on demand ([`Fault`]). Where `FLIGHTDECK_TEST_FORGE` names what `tests/forge/install` prints, every
//! answer and every request is judged by GitHub's published description, and a test fails that broke it.
//!
//! ```ignore
//! let forge = Forge::new();
//! forge.repository("acme/shop", |shop| {
//!     shop.commit("author", "First");
//!     shop.workflow("deploy.yml", "Deploy", Some(&["environment"]), vec![Plan::new("deploy", &["Roll out"]).deploys_to(FROM_INPUT)]);
//!     shop.environment("production").reviewers(&["reviewer"]);
//! });
//! // the program dispatches; then:
//! forge.at("acme/shop", |shop| shop.play(run)); // until it waits for somebody
//! ```

// Each test binary uses its part of it.
#![allow(dead_code)]

mod access;
pub mod big;
mod book;
mod fault;
mod git;
mod graphql;
mod judge;
mod jwt;
mod limit;
pub mod others;
mod render;
mod route;
#[path = "../cluster/scripted/mod.rs"]
pub mod scripted;
mod serve;
mod signed;
pub mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

pub use self::book::{Recorded, Seen};
pub use self::fault::Fault;
pub use self::graphql::judge::wrong as wrong_graphql;
use self::scripted::Scripted;
use self::world::{App, Repository, Time, Token, World, owned, time};

/// The classic token of a new forge, with the scopes `repo` and `workflow`; its owner is `deployer`.
pub const TOKEN: &str = "ghp_TestsOnly00000000000000000000deployer";
/// Another one; its owner is `reviewer`.
pub const REVIEWER: &str = "ghp_TestsOnly00000000000000000000reviewer";
/// The private key of the app that [`Forge::install_app`] installs. It opens nothing else.
pub const APP_KEY: &str = include_str!("key.pem");
/// When a new forge begins.
pub const BEGINNING: &str = "2026-09-01T08:00:00Z";

/// The server. It ends when it is dropped, and fails the test then if something was not as GitHub describes it.
pub struct Forge {
    server: Scripted,
    world: Arc<Mutex<World>>,
}

impl Default for Forge {
    fn default() -> Self {
        Self::new()
    }
}

impl Forge {
    /// One without repositories, with the tokens [`TOKEN`] and [`REVIEWER`].
    pub fn new() -> Self {
        let world = Arc::new(Mutex::new(World::new(time(BEGINNING))));
        let its = world.clone();
        let server = Scripted::start(move |request| serve::answer(&mut lock(&its), request));
        lock(&world).root = server.url();
        let forge = Self { server, world };
        forge.token(TOKEN, Token::classic("deployer", &["repo", "workflow"]));
        forge.token(REVIEWER, Token::classic("reviewer", &["repo", "workflow"]));
        forge
    }

    /// The API's address as on github.com; its GraphQL is at `/graphql`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The API's address as on a server of one's own; its GraphQL is at `/api/graphql`.
    pub fn enterprise_url(&self) -> String {
        format!("{}/api/v3", self.server.url())
    }

    /// The address of a repository's git, over which [`Repository::git`] is served.
    pub fn git_url(&self, full_name: &str) -> String {
        format!("{}/{full_name}.git", self.server.url())
    }

    /// Adds a repository and fills it.
    pub fn repository<T>(&self, full_name: &str, fill: impl FnOnce(&mut Repository) -> T) -> T {
        let mut world = self.lock();
        let mut repository = Repository::new(world.clock.clone(), full_name);
        let filled = fill(&mut repository);
        world.repositories.push(repository);
        filled
    }

    /// Reads or changes a repository that is there.
    pub fn at<T>(&self, full_name: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        let mut world = self.lock();
        let (place, _) = world.find(full_name).unwrap_or_else(|| panic!("no repository {full_name}"));
        change(&mut world.repositories[place])
    }

    /// Reads or changes anything.
    pub fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.lock())
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        self.lock().clock.now()
    }

    /// Sets the time: `2026-09-01T08:00:00Z`.
    pub fn set_time(&self, now: &str) {
        self.lock().clock.set(time(now));
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.lock().clock.pass(seconds);
    }

    /// Knows a token, or knows it otherwise.
    pub fn token(&self, value: &str, token: Token) {
        self.lock().tokens.insert(value.to_owned(), token);
    }

    /// Answers 401 to a token from now on.
    pub fn revoke(&self, value: &str) {
        self.lock().tokens.get_mut(value).unwrap_or_else(|| panic!("no such token")).revoked = true;
    }

    /// Installs an app with [`APP_KEY`]: its number, that of its installation, and its permissions.
    pub fn install_app(&self, id: u64, installation: u64, permissions: &[(&str, &str)]) {
        let slug = "flightdeck-tests".to_owned();
        let public_key = public_key(APP_KEY);
        self.lock().app = Some(App { id, slug, installation, permissions: owned(permissions), public_key });
    }

    /// Something goes wrong with the next request of a route, after the faults that were queued before. A route is
    /// written as in GitHub's description, with or without `/repos/{owner}/{repo}`, or as the path of one request;
    /// `*` stands for all.
    pub fn fault(&self, method: &str, route: &str, fault: Fault) {
        self.lock().faults.push(fault.of(method, route));
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.lock().faults.clear();
    }

    /// All requests since the start or since they were forgotten. Those to git and to logs are not among them.
    pub fn requests(&self) -> Vec<Seen> {
        self.lock().book.seen.clone()
    }

    /// How many requests there were, by method and status.
    pub fn counts(&self) -> BTreeMap<(String, u16), usize> {
        self.lock().book.counts()
    }

    /// Counts from here.
    pub fn forget(&self) {
        self.lock().book.seen.clear();
    }

    /// Every GraphQL request with its answer.
    pub fn graphql(&self) -> Vec<Recorded> {
        self.lock().book.graphql.clone()
    }

    /// What GitHub's schema forbids of all that; needs the packages.
    pub fn wrong_graphql(&self) -> Vec<String> {
        wrong_graphql(&self.graphql())
    }

    /// What was not as GitHub describes it, taken.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().book.violations)
    }

    /// Nothing is judged from now on: for tests that ask wrongly on purpose.
    pub fn unjudged(&self) {
        self.lock().judged = false;
    }

    /// The server is gone until it is [resumed](Scripted::resume).
    pub fn server(&self) -> &Scripted {
        &self.server
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        let violations = self.violations();
        if !violations.is_empty() && !std::thread::panicking() {
            panic!("not as GitHub describes it:\n{}", violations.join("\n"));
        }
    }
}

/// The `RSAPublicKey` of a private key.
fn public_key(pem: &str) -> Vec<u8> {
    let private = PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("a key");
    let key = rustls::crypto::ring::sign::any_supported_type(&private).expect("a key");
    let spki = key.public_key().expect("a public key").to_vec();
    // SubjectPublicKeyInfo: the key stands behind a header of fixed length for 2048 bits.
    spki[24..].to_vec()
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
