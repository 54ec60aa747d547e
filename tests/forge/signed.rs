//! Addresses that need no token and must not get one: logs lie elsewhere.

use super::scripted::{Answer, Request};
use super::world::World;

/// How long such an address is good.
pub const SECONDS: i64 = 60;
const PREFIX: &str = "/_signed/logs/";

/// Where the log of a job lies until a time in seconds since 1970.
pub fn address(root: &str, repo: usize, job: u64, expires: i64) -> String {
    format!("{root}{PREFIX}{repo}/{job}?se={expires}&sig=s1gned")
}

/// The answer, if the path is such an address.
pub fn answer(world: &mut World, request: &Request) -> Option<Answer> {
    let (repo, job) = request.path.strip_prefix(PREFIX)?.split_once('/')?;
    if request.header("authorization").is_some() {
        world.book.violations.push(format!("{} got a token that is not for it", request.path));
    }
    let expires: i64 = request.query("se").and_then(|it| it.parse().ok()).unwrap_or(0);
    if request.query("sig") != Some("s1gned") || world.clock.now().timestamp() > expires {
        return Some(Answer::bytes("AuthenticationFailed").claims("application/xml").code(403));
    }
    let repo = world.repositories.get(repo.parse::<usize>().ok()?)?;
    let (_, _, job) = repo.job_of(job.parse().ok()?)?;
    Some(Answer::bytes(job.log()).text())
}
