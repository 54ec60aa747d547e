//! A repository with a long past: everything that a program that reads GitHub must cope with, and much of it.

mod history;
mod past;

use super::Forge;

/// What it is called.
pub const NAME: &str = "acme/shop";
/// Its environments, in the order in which a change goes through them.
pub const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
/// Its workflow that deploys.
pub const DEPLOY: &str = "deploy.yml";
/// Its workflow that tests.
pub const CI: &str = "ci.yml";

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub pulls: usize,
    pub deployments: usize,
    pub runs: usize,
}

impl Size {
    /// 300 pull requests, 200 deployments, 2,000 runs.
    pub const USUAL: Self = Self { pulls: 300, deployments: 200, runs: 2000 };
    /// The same with 10,000 runs.
    pub const RUNS: Self = Self { runs: 10_000, ..Self::USUAL };
    /// Little of everything.
    pub const SMALL: Self = Self { pulls: 30, deployments: 40, runs: 100 };
}

impl Forge {
    /// A forge with [`NAME`]: half a year of pull requests (some open, some closed unmerged), runs with jobs and steps,
    /// deployments (failed, cancelled, rolled back), releases, incidents as issues, and two runs that wait for
    /// `reviewer`. Its commits are those of a real bare repository in this directory.
    pub fn big(size: Size, directory: &std::path::Path) -> Self {
        let forge = Self::new();
        forge.repository(NAME, |shop| {
            let history = history::made(shop, size, &directory.join("shop.git"));
            past::lived(shop, size, &history);
        });
        forge
    }
}
