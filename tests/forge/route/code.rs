//! Commits, what was said of them, and what lies between them.

use super::super::render;
use super::super::world::{Check, Commit, CommitStatus, Job, Run, World};
use super::{Call, Reply};

pub fn commits(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let name = call.query("sha").unwrap_or(&repo.default_branch);
    let Some(head) = repo.resolve(name) else { return Reply::not_found() };
    let history = repo.history(&head.sha);
    let bound = |name| call.query(name).and_then(|it| chrono::DateTime::parse_from_rfc3339(it).ok());
    let (since, until) = (bound("since"), bound("until"));
    let mut found: Vec<&Commit> = repo.commits.iter().filter(|it| history.contains(it.sha.as_str())).collect();
    found.retain(|it| since.is_none_or(|since| it.committed_at >= since));
    found.retain(|it| until.is_none_or(|until| it.committed_at <= until));
    found.reverse();
    call.list(&found, |it| render::commit(&call.at, repo, it))
}

pub fn commit(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(it) = repo.resolve(call.name(2)) else {
        return Reply::error(422, &format!("No commit found for SHA: {}", call.name(2)));
    };
    let mut body = render::commit(&call.at, repo, it);
    body["stats"] = serde_json::json!({ "additions": 0, "deletions": 0, "total": 0 });
    body["files"] = serde_json::json!([]);
    Reply::json(200, body)
}

enum Any<'r> {
    Check(&'r Check),
    Job(&'r Run, &'r Job),
}

pub fn check_runs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(commit) = repo.resolve(call.name(2)) else {
        return Reply::error(422, &format!("No commit found for SHA: {}", call.name(2)));
    };
    let runs = repo.runs.iter().filter(|it| it.sha == commit.sha);
    let jobs = runs.flat_map(|run| run.last().jobs.iter().map(move |job| Any::Job(run, job)));
    let checks = repo.checks.iter().filter(|it| it.sha == commit.sha).map(Any::Check);
    let fits = |status: &str, name: &str| {
        call.query("status").is_none_or(|it| it == status) && call.query("check_name").is_none_or(|it| it == name)
    };
    let mut found: Vec<Any<'_>> = checks.chain(jobs).collect();
    found.retain(|it| match it {
        Any::Check(it) => fits(&it.status, &it.name),
        Any::Job(_, it) => fits(&it.status, &it.name),
    });
    call.counted("check_runs", &found, |it| match it {
        Any::Check(it) => render::check(&call.at, repo, it),
        Any::Job(run, it) => render::job_check(&call.at, repo, run, it),
    })
}

pub fn status(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(commit) = repo.resolve(call.name(2)) else { return Reply::not_found() };
    let its: Vec<&CommitStatus> = repo.commit_statuses.iter().filter(|it| it.sha == commit.sha).collect();
    let body = render::combined(&call.at, repo, &commit.sha, &its, call.span());
    Reply { total: Some(its.len()), ..Reply::json(200, body) }
}

pub fn compare(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let sides = call.name(2).split_once("...");
    let Some((base, head)) = sides.and_then(|(base, head)| repo.resolve(base).zip(repo.resolve(head))) else {
        return Reply::not_found();
    };
    // Without a page the newest 250 come; with one, that page of the oldest first.
    let paged = call.query("page").is_some() || call.query("per_page").is_some();
    let span = if paged { call.span() } else { (0, 250) };
    let body = render::comparison(&call.at, repo, (base, head), span);
    let total = body["total_commits"].as_u64().and_then(|it| usize::try_from(it).ok()).filter(|_| paged);
    Reply { total, ..Reply::json(200, body) }
}

pub fn reference(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let name = call.name(2);
    let sha = match name.split_once('/') {
        Some(("heads", branch)) => repo.branches.get(branch),
        Some(("tags", tag)) => repo.tags.get(tag),
        _ => None,
    };
    sha.map_or_else(Reply::not_found, |sha| Reply::json(200, render::reference(&call.at, repo, name, sha)))
}

pub fn branch(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let name = call.name(2);
    let Some(newest) = repo.branches.get(name).and_then(|sha| repo.commit_of(sha)) else {
        return Reply::error(404, "Branch not found");
    };
    Reply::json(200, render::branch(&call.at, repo, name, newest))
}
