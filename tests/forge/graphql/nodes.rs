//! Whole nodes, from which a query selects.

use serde_json::{Value, json};

use super::super::render::{At, node};
use super::super::world::{Deployment, Job, Pull, Repository, Run, Status, Step, Time, stamp};

/// Who did something. Bots have no `[bot]` here.
pub fn actor(at: &At, login: &str) -> Value {
    let name = login.trim_end_matches("[bot]");
    let of = if name == login { "User" } else { "Bot" };
    json!({ "__typename": of, "login": name, "url": format!("{}/{name}", at.root) })
}

fn list(of: &str, nodes: Vec<Value>) -> Value {
    let page = json!({ "__typename": "PageInfo", "hasNextPage": false, "hasPreviousPage": false, "endCursor": null,
        "startCursor": null });
    json!({ "__typename": of, "totalCount": nodes.len(), "nodes": nodes, "pageInfo": page })
}

fn maybe(time: Option<Time>) -> Value {
    time.map_or(Value::Null, |it| stamp(it).into())
}

/// A repository without its lists.
pub fn repository(at: &At, it: &Repository) -> Value {
    json!({ "__typename": "Repository", "id": node("R", it.id), "databaseId": it.id, "name": it.name(),
        "nameWithOwner": it.full_name, "url": at.html(&it.full_name), "isPrivate": it.private,
        "defaultBranchRef": reference(it, &it.default_branch) })
}

fn reference(repo: &Repository, name: &str) -> Value {
    let prefix = match () {
        () if repo.branches.contains_key(name) => "refs/heads/",
        () if repo.tags.contains_key(name) => "refs/tags/",
        () => return Value::Null,
    };
    json!({ "__typename": "Ref", "name": name, "prefix": prefix })
}

/// `OPEN`, `CLOSED`, `MERGED`.
pub fn pull_state(it: &Pull) -> &'static str {
    match (it.merged_at, it.closed_at) {
        (Some(_), _) => "MERGED",
        (None, Some(_)) => "CLOSED",
        (None, None) => "OPEN",
    }
}

pub fn pull(at: &At, repo: &Repository, it: &Pull) -> Value {
    let label = |name: &String| json!({ "__typename": "Label", "name": name });
    let commit = |sha: &String| {
        let authored = repo.commit_of(sha).map(|it| it.authored_at);
        let commit = json!({ "__typename": "Commit", "oid": sha, "authoredDate": maybe(authored),
            "committedDate": maybe(repo.commit_of(sha).map(|it| it.committed_at)) });
        json!({ "__typename": "PullRequestCommit", "commit": commit })
    };
    let review = |it: &super::super::world::Review| {
        json!({ "__typename": "PullRequestReview", "submittedAt": stamp(it.at), "state": it.state,
            "author": actor(at, &it.author) })
    };
    json!({
        "__typename": "PullRequest", "id": node("PR", it.id), "databaseId": it.id, "number": it.number,
        "title": it.title, "url": format!("{}/pull/{}", at.html(&repo.full_name), it.number),
        "author": actor(at, &it.author), "createdAt": stamp(it.created_at), "updatedAt": stamp(it.updated_at),
        "mergedAt": maybe(it.merged_at), "closedAt": maybe(it.closed_at), "state": pull_state(it),
        "merged": it.merged_at.is_some(), "isDraft": it.draft, "headRefName": it.branch, "baseRefName": it.base,
        "headRefOid": it.commits.last(), "mergedBy": it.merged_by.as_ref().map(|by| actor(at, by)),
        "mergeCommit": it.merge_commit.as_ref().map(|sha| json!({ "__typename": "Commit", "oid": sha })),
        "labels": list("LabelConnection", it.labels.iter().map(label).collect()),
        "commits": list("PullRequestCommitConnection", it.commits.iter().map(commit).collect()),
        "reviews": list("PullRequestReviewConnection", it.reviews.iter().map(review).collect()),
    })
}

pub fn deployment(at: &At, repo: &Repository, it: &Deployment) -> Value {
    let status = |status: &Status| status_of(at, status);
    let newest_first: Vec<Value> = it.statuses.iter().rev().map(status).collect();
    let state = it.statuses.last().map_or("PENDING".to_owned(), |it| it.state.to_uppercase());
    json!({
        "__typename": "Deployment", "id": node("DE", it.id), "databaseId": it.id, "createdAt": stamp(it.created_at),
        "updatedAt": stamp(it.updated_at), "environment": it.environment, "latestEnvironment": it.environment,
        "originalEnvironment": it.original_environment, "task": it.task, "description": it.description,
        "payload": it.payload.to_string(), "ref": reference(repo, &it.reference), "commitOid": it.sha,
        "creator": actor(at, &it.creator), "state": if state == "SUCCESS" { "ACTIVE" } else { &state },
        "latestStatus": newest_first.first(), "statuses": list("DeploymentStatusConnection", newest_first),
    })
}

fn status_of(at: &At, it: &Status) -> Value {
    let url = |text: &str| match text {
        "" => Value::Null,
        it if it.starts_with('/') => format!("{}{it}", at.root).into(),
        it => it.into(),
    };
    json!({
        "__typename": "DeploymentStatus", "id": node("DES", it.id), "state": it.state.to_uppercase(),
        "createdAt": stamp(it.at), "updatedAt": stamp(it.at), "description": it.description,
        "environment": it.environment, "environmentUrl": url(&it.environment_url), "logUrl": url(&it.log_url),
        "creator": actor(at, &it.creator),
    })
}

/// The check suite of a run with its jobs as check runs, of the newest attempt.
pub fn check_suite(at: &At, repo: &Repository, run: &Run) -> Value {
    let runs = run.last().jobs.iter().map(|it| check_run(at, repo, run, it)).collect();
    let upper = |it: &String| it.to_uppercase();
    json!({
        "__typename": "CheckSuite", "id": node("CS", run.check_suite), "databaseId": run.check_suite,
        "status": upper(&run.last().status), "conclusion": run.last().conclusion.as_ref().map(upper),
        "workflowRun": { "__typename": "WorkflowRun", "databaseId": run.id, "runNumber": run.number },
        "checkRuns": list("CheckRunConnection", runs),
    })
}

fn check_run(at: &At, repo: &Repository, run: &Run, it: &Job) -> Value {
    let html = format!("{}/actions/runs/{}/job/{}", at.html(&repo.full_name), run.id, it.id);
    json!({
        "__typename": "CheckRun", "id": node("CR", it.id), "databaseId": it.id, "name": it.name,
        "status": it.status.to_uppercase(), "conclusion": it.conclusion.as_ref().map(|it| it.to_uppercase()),
        "startedAt": stamp(it.started_at), "completedAt": maybe(it.completed_at), "detailsUrl": html, "url": html,
        "steps": list("CheckStepConnection", it.steps.iter().map(step).collect()),
    })
}

fn step(it: &Step) -> Value {
    json!({
        "__typename": "CheckStep", "number": it.number, "name": it.name, "status": it.status.to_uppercase(),
        "conclusion": it.conclusion.as_ref().map(|it| it.to_uppercase()), "startedAt": maybe(it.started_at),
        "completedAt": maybe(it.completed_at),
    })
}
