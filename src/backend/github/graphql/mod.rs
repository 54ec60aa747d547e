//! Questions of many parts: one of them saves a hundred single ones where history is read.

mod answer;

use serde_json::json;

pub use self::answer::{DeploymentNode, JobsAnswer, PullNode, RepositoryAnswer};
use super::client::Query;

const PULL_REQUESTS: &str = include_str!("pull_requests.graphql");
const DEPLOYMENTS: &str = include_str!("deployments.graphql");
const JOBS: &str = include_str!("jobs.graphql");

/// Pull requests, those first that changed last, with their commits and reviews.
pub fn pull_requests(slug: &str, first: u32, after: Option<&str>) -> Query {
    of_repository("PullRequests", PULL_REQUESTS, slug, first, after)
}

/// Deployments, newest first, with their statuses.
pub fn deployments(slug: &str, first: u32, after: Option<&str>) -> Query {
    of_repository("Deployments", DEPLOYMENTS, slug, first, after)
}

/// The jobs of runs, by the ids of their sets of checks.
pub fn jobs(suites: &[&str]) -> Query {
    Query { name: "Jobs", query: JOBS, variables: json!({ "ids": suites }) }
}

fn of_repository(name: &'static str, query: &'static str, slug: &str, first: u32, after: Option<&str>) -> Query {
    let (owner, repository) = slug.split_once('/').unwrap_or((slug, ""));
    let variables = json!({ "owner": owner, "name": repository, "first": first, "after": after });
    Query { name, query, variables }
}
