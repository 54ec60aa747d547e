use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::world::{Check, Commit, CommitStatus, Job, Repository, Run, stamp};
use super::actions::email;
use super::{At, minimal, node, user};

/// A commit.
pub fn commit(at: &At, repo: &Repository, it: &Commit) -> Value {
    let (url, html) = (at.repo(&repo.full_name), at.html(&repo.full_name));
    let who = |when| json!({ "name": it.author, "email": email(&it.author), "date": stamp(when) });
    let parent = |sha: &String| json!({ "sha": sha, "url": format!("{url}/commits/{sha}"), "html_url": format!("{html}/commit/{sha}") });
    json!({
        "sha": it.sha, "node_id": node("C", &it.sha), "url": format!("{url}/commits/{}", it.sha),
        "html_url": format!("{html}/commit/{}", it.sha), "comments_url": format!("{url}/commits/{}/comments", it.sha),
        "commit": {
            "url": format!("{url}/git/commits/{}", it.sha), "author": who(it.authored_at),
            "committer": who(it.committed_at), "message": it.message, "comment_count": 0,
            "tree": { "sha": it.tree, "url": format!("{url}/git/trees/{}", it.tree) },
            "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null,
                "verified_at": null },
        },
        "author": user(at, &it.author), "committer": user(at, &it.author),
        "parents": it.parents.iter().map(parent).collect::<Vec<_>>(),
    })
}

/// What lies between two commits, oldest first; `shown` of it on this page.
pub fn comparison(at: &At, repo: &Repository, (base, head): (&Commit, &Commit), page: (usize, usize)) -> Value {
    let (before, after) = (repo.history(&base.sha), repo.history(&head.sha));
    let mut ahead: Vec<&Commit> = repo.commits.iter().filter(|it| only(&after, &before, it)).collect();
    ahead.sort_by_key(|it| it.committed_at);
    let behind = before.difference(&after).count();
    let common = repo.commits.iter().filter(|it| before.contains(it.sha.as_str()) && after.contains(it.sha.as_str()));
    let merge_base = common.max_by_key(|it| it.committed_at).unwrap_or(base);
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let name = format!("{}...{}", base.sha, head.sha);
    let html = format!("{}/compare/{name}", at.html(&repo.full_name));
    let shown = ahead.iter().skip(page.0).take(page.1);
    json!({
        "url": format!("{}/compare/{name}", at.repo(&repo.full_name)), "html_url": html, "permalink_url": html,
        "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
        "base_commit": commit(at, repo, base), "merge_base_commit": commit(at, repo, merge_base), "status": status,
        "ahead_by": ahead.len(), "behind_by": behind, "total_commits": ahead.len(),
        "commits": shown.map(|it| commit(at, repo, it)).collect::<Vec<_>>(), "files": [],
    })
}

fn only(these: &BTreeSet<&str>, not: &BTreeSet<&str>, it: &Commit) -> bool {
    these.contains(it.sha.as_str()) && !not.contains(it.sha.as_str())
}

/// A branch with its newest commit.
pub fn branch(at: &At, repo: &Repository, name: &str, newest: &Commit) -> Value {
    let url = format!("{}/branches/{name}", at.repo(&repo.full_name));
    json!({
        "name": name, "commit": commit(at, repo, newest), "protected": false, "protection_url": format!("{url}/protection"),
        "_links": { "self": url, "html": format!("{}/tree/{name}", at.html(&repo.full_name)) },
        "protection": { "enabled": false, "required_status_checks": { "enforcement_level": "off", "contexts": [],
            "checks": [] } },
    })
}

/// A reference: `heads/main`, `tags/v1`.
pub fn reference(at: &At, repo: &Repository, name: &str, sha: &str) -> Value {
    let url = at.repo(&repo.full_name);
    json!({ "ref": format!("refs/{name}"), "node_id": node("REF", super::number(name)),
        "url": format!("{url}/git/refs/{name}"),
        "object": { "type": "commit", "sha": sha, "url": format!("{url}/git/commits/{sha}") } })
}

/// A check run of something that is no workflow.
pub fn check(at: &At, repo: &Repository, it: &Check) -> Value {
    let html = format!("{}/runs/{}", at.html(&repo.full_name), it.id);
    let times = (stamp(it.started_at), it.completed_at.map(stamp));
    a_check(at, repo, (it.id, &it.name, &it.sha), (&it.status, it.conclusion.as_deref()), times, (it.id, html))
}

/// The check run that a job of a workflow is.
pub fn job_check(at: &At, repo: &Repository, run: &Run, it: &Job) -> Value {
    let html = format!("{}/actions/runs/{}/job/{}", at.html(&repo.full_name), run.id, it.id);
    let times = (stamp(it.started_at), it.completed_at.map(stamp));
    let suite = (run.check_suite, html);
    a_check(at, repo, (it.id, &it.name, &run.sha), (&it.status, it.conclusion.as_deref()), times, suite)
}

fn a_check(
    at: &At,
    repo: &Repository,
    (id, name, sha): (u64, &str, &str),
    (status, conclusion): (&str, Option<&str>),
    (started, completed): (String, Option<String>),
    (suite, html): (u64, String),
) -> Value {
    let url = format!("{}/check-runs/{id}", at.repo(&repo.full_name));
    json!({
        "id": id, "name": name, "node_id": node("CR", id), "head_sha": sha, "external_id": format!("check-{id}"),
        "url": url, "html_url": html, "details_url": html, "status": status, "conclusion": conclusion,
        "started_at": started, "completed_at": completed, "check_suite": { "id": suite }, "app": null,
        "pull_requests": [],
        "output": { "title": null, "summary": null, "text": null, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations") },
    })
}

/// What all statuses of a commit say together.
pub fn combined(at: &At, repo: &Repository, sha: &str, its: &[&CommitStatus], page: (usize, usize)) -> Value {
    let any = |state: &[&str]| its.iter().any(|it| state.contains(&it.state.as_str()));
    let state = match () {
        () if any(&["failure", "error"]) => "failure",
        () if its.is_empty() || any(&["pending"]) => "pending",
        () => "success",
    };
    let url = at.repo(&repo.full_name);
    let one = |it: &&CommitStatus| {
        json!({ "url": format!("{url}/statuses/{sha}"), "id": it.id, "node_id": node("SC", it.id), "state": it.state,
            "avatar_url": null, "description": it.description, "target_url": null, "context": it.context,
            "created_at": stamp(it.at), "updated_at": stamp(it.at) })
    };
    json!({
        "state": state, "sha": sha, "total_count": its.len(), "repository": minimal(at, repo),
        "statuses": its.iter().skip(page.0).take(page.1).map(one).collect::<Vec<_>>(),
        "commit_url": format!("{url}/commits/{sha}"), "url": format!("{url}/commits/{sha}/status"),
    })
}
