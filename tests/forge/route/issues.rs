//! Pull requests, issues and releases.

use std::cmp::Reverse;

use serde_json::Value;

use super::super::render;
use super::super::world::{Issue, Pull, Time, World};
use super::{Call, Reply};

pub fn pulls(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let state = call.query("state").unwrap_or("open");
    let mut found: Vec<&Pull> = repo.pulls.iter().filter(|it| in_state(state, it.closed_at)).collect();
    found.retain(|it| call.query("base").is_none_or(|base| base == it.base));
    found.retain(|it| call.query("head").is_none_or(|head| head == format!("{}:{}", repo.owner(), it.branch)));
    let by_update = call.query("sort") == Some("updated");
    // Newest first for dates of creation, as documented.
    sort(call, &mut found, |it| (if by_update { it.updated_at } else { it.created_at }, it.number));
    call.list(&found, |it| render::pull_simple(&call.at, repo, it))
}

fn in_state(state: &str, closed_at: Option<Time>) -> bool {
    state == "all" || (state == "closed") == closed_at.is_some()
}

fn sort<T, K: Ord>(call: &Call<'_>, items: &mut [T], key: impl Fn(&T) -> K) {
    items.sort_by_key(|it| Reverse(key(it)));
    if call.query("direction") == Some("asc") {
        items.reverse();
    }
}

pub fn pull(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.pulls.iter().find(|it| it.number == call.number(2));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::pull(&call.at, repo, it)))
}

pub fn reviews(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(pull) = repo.pulls.iter().find(|it| it.number == call.number(2)) else { return Reply::not_found() };
    call.list(&pull.reviews, |it| render::review(&call.at, repo, pull, it))
}

pub fn pull_commits(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(pull) = repo.pulls.iter().find(|it| it.number == call.number(2)) else { return Reply::not_found() };
    let commits: Vec<_> = pull.commits.iter().filter_map(|sha| repo.commit_of(sha)).collect();
    call.list(&commits, |it| render::commit(&call.at, repo, it))
}

/// Merged ones that brought the commit in; open ones only for a commit that is not merged.
pub fn commit_pulls(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let sha = call.name(2);
    if repo.commit_of(sha).is_none() {
        return Reply::error(422, &format!("No commit found for SHA: {sha}"));
    }
    let holds = |it: &&Pull| it.merge_commit.as_deref() == Some(sha) || it.commits.iter().any(|it| it == sha);
    let found: Vec<&Pull> = repo.pulls.iter().filter(holds).collect();
    call.list(&found, |it| render::pull_simple(&call.at, repo, it))
}

enum Either<'r> {
    Issue(&'r Issue),
    Pull(&'r Pull),
}

impl Either<'_> {
    fn labels(&self) -> &[String] {
        match self {
            Self::Issue(it) => &it.labels,
            Self::Pull(it) => &it.labels,
        }
    }

    /// Created, updated, closed.
    fn times(&self) -> (Time, Time, Option<Time>) {
        match self {
            Self::Issue(it) => (it.created_at, it.updated_at, it.closed_at),
            Self::Pull(it) => (it.created_at, it.updated_at, it.closed_at),
        }
    }

    fn number(&self) -> u64 {
        match self {
            Self::Issue(it) => it.number,
            Self::Pull(it) => it.number,
        }
    }
}

/// Pull requests are issues too.
pub fn issues(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let (state, labels) = (call.query("state").unwrap_or("open"), call.query("labels").unwrap_or_default());
    let wanted: Vec<&str> = labels.split(',').filter(|it| !it.is_empty()).collect();
    let since = call.query("since").and_then(|it| chrono::DateTime::parse_from_rfc3339(it).ok());
    let all = repo.issues.iter().map(Either::Issue).chain(repo.pulls.iter().map(Either::Pull));
    let mut found: Vec<Either<'_>> = all
        .filter(|it| in_state(state, it.times().2))
        .filter(|it| wanted.iter().all(|label| it.labels().iter().any(|it| it == label)))
        .filter(|it| since.is_none_or(|since| it.times().1 >= since))
        .collect();
    let by_update = call.query("sort") == Some("updated");
    sort(call, &mut found, |it| (if by_update { it.times().1 } else { it.times().0 }, it.number()));
    call.list(&found, |it| -> Value {
        match it {
            Either::Issue(it) => render::issue(&call.at, repo, it),
            Either::Pull(it) => render::pull_issue(&call.at, repo, it),
        }
    })
}

pub fn releases(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let newest_first: Vec<_> = repo.releases.iter().rev().collect();
    call.list(&newest_first, |it| render::release(&call.at, repo, it))
}

pub fn release(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.releases.iter().find(|it| it.tag == call.name(2) && !it.draft);
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::release(&call.at, repo, it)))
}
