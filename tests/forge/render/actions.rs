use serde_json::{Value, json};

use super::super::world::{Approval, Attempt, Environment, Job, Repository, Run, Step, Time, Workflow, stamp};
use super::deployments::{encoded, reviewer};
use super::{At, minimal, node, user};

/// A run as one of its attempts left it.
pub fn run(at: &At, repo: &Repository, it: &Run, attempt: &Attempt) -> Value {
    let url = format!("{}/actions/runs/{}", at.repo(&repo.full_name), it.id);
    let html = format!("{}/actions/runs/{}", at.html(&repo.full_name), it.id);
    let workflow = repo.workflow_of(&it.workflow);
    let workflow_id = workflow.map_or(0, |it| it.id);
    let repository = minimal(at, repo);
    let previous = (attempt.number > 1).then(|| format!("{url}/attempts/{}", attempt.number - 1));
    json!({
        "id": it.id, "name": workflow.map(|it| &it.name), "node_id": node("WFR", it.id),
        "check_suite_id": it.check_suite, "check_suite_node_id": node("CS", it.check_suite),
        "head_branch": it.branch, "head_sha": it.sha, "path": format!(".github/workflows/{}", it.workflow),
        "run_number": it.number, "run_attempt": attempt.number, "referenced_workflows": [], "event": it.event,
        "status": attempt.status, "conclusion": attempt.conclusion, "workflow_id": workflow_id, "url": url,
        "html_url": html, "pull_requests": pulls(at, repo, it), "created_at": stamp(it.created_at),
        "updated_at": stamp(attempt.updated_at), "actor": user(at, &it.actor),
        "triggering_actor": user(at, &attempt.actor), "run_started_at": stamp(attempt.started_at),
        "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"),
        "check_suite_url": format!("{}/check-suites/{}", at.repo(&repo.full_name), it.check_suite),
        "artifacts_url": format!("{url}/artifacts"), "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"), "previous_attempt_url": previous,
        "workflow_url": format!("{}/actions/workflows/{workflow_id}", at.repo(&repo.full_name)),
        "head_commit": head_commit(repo, it), "repository": repository, "head_repository": repository,
        "head_repository_id": repo.id, "display_title": it.title,
    })
}

fn head_commit(repo: &Repository, run: &Run) -> Value {
    let Some(commit) = repo.commit_of(&run.sha) else { return Value::Null };
    let who = json!({ "name": commit.author, "email": email(&commit.author) });
    json!({ "id": commit.sha, "tree_id": commit.tree, "message": commit.message,
        "timestamp": stamp(commit.committed_at), "author": who, "committer": who })
}

/// Where somebody can be written to.
pub fn email(login: &str) -> String {
    format!("{}@users.noreply.example.com", login.trim_end_matches("[bot]"))
}

fn pulls(at: &At, repo: &Repository, run: &Run) -> Vec<Value> {
    let open = repo.pulls.iter().filter(|it| it.branch == run.branch && it.closed_at.is_none());
    let short = json!({ "id": repo.id, "name": repo.name(), "url": at.repo(&repo.full_name) });
    let base = |name: &str| repo.branches.get(name).cloned().unwrap_or_default();
    let one = |it: &super::super::world::Pull| {
        json!({ "id": it.id, "number": it.number, "url": format!("{}/pulls/{}", at.repo(&repo.full_name), it.number),
            "head": { "ref": it.branch, "sha": it.commits.last(), "repo": short },
            "base": { "ref": it.base, "sha": base(&it.base), "repo": short } })
    };
    open.map(one).collect()
}

/// A job of an attempt.
pub fn job(at: &At, repo: &Repository, run: &Run, attempt: &Attempt, it: &Job) -> Value {
    let repo_url = at.repo(&repo.full_name);
    let run_url = format!("{repo_url}/actions/runs/{}", run.id);
    let html = format!("{}/actions/runs/{}/job/{}", at.html(&repo.full_name), run.id, it.id);
    let works = !it.steps.is_empty() && !matches!(it.status.as_str(), "queued" | "waiting");
    json!({
        "id": it.id, "run_id": run.id, "workflow_name": repo.workflow_of(&run.workflow).map(|it| &it.name),
        "head_branch": run.branch, "run_url": run_url, "run_attempt": attempt.number, "node_id": node("CR", it.id),
        "head_sha": run.sha, "url": format!("{repo_url}/actions/jobs/{}", it.id), "html_url": html,
        "status": it.status, "conclusion": it.conclusion, "created_at": stamp(it.created_at),
        "started_at": stamp(it.started_at), "completed_at": it.completed_at.map(stamp), "name": it.name,
        "steps": it.steps.iter().map(step).collect::<Vec<_>>(),
        "check_run_url": format!("{repo_url}/check-runs/{}", it.id), "labels": ["ubuntu-latest"],
        "runner_id": works.then_some(1), "runner_name": works.then_some("GitHub Actions 1"),
        "runner_group_id": works.then_some(0), "runner_group_name": works.then_some("GitHub Actions"),
    })
}

fn step(it: &Step) -> Value {
    json!({ "name": it.name, "status": it.status, "conclusion": it.conclusion, "number": it.number,
        "started_at": it.started_at.map(stamp), "completed_at": it.completed_at.map(stamp) })
}

/// A workflow.
pub fn workflow(at: &At, repo: &Repository, it: &Workflow) -> Value {
    let html = at.html(&repo.full_name);
    json!({
        "id": it.id, "node_id": node("W", it.id), "name": it.name, "path": format!(".github/workflows/{}", it.file),
        "state": it.state, "created_at": stamp(it.created_at), "updated_at": stamp(it.created_at),
        "url": format!("{}/actions/workflows/{}", at.repo(&repo.full_name), it.id),
        "html_url": format!("{html}/blob/{}/.github/workflows/{}", repo.default_branch, it.file),
        "badge_url": format!("{html}/workflows/{}/badge.svg", encoded(&it.name)),
    })
}

/// What a run waits for.
pub fn pending(at: &At, repo: &Repository, it: &Environment, since: Time, may_approve: bool) -> Value {
    json!({
        "environment": {
            "id": it.id, "node_id": node("EN", it.id), "name": it.name,
            "url": format!("{}/environments/{}", at.repo(&repo.full_name), encoded(&it.name)),
            "html_url": format!("{}/deployments/activity_log?environments_filter={}", at.html(&repo.full_name),
                encoded(&it.name)),
        },
        "wait_timer": it.wait_timer, "wait_timer_started_at": (it.wait_timer > 0).then(|| stamp(since)),
        "current_user_can_approve": may_approve,
        "reviewers": it.reviewers.iter().map(|who| reviewer(at, repo, who)).collect::<Vec<_>>(),
    })
}

/// Who let something through.
pub fn approval(at: &At, repo: &Repository, it: &Approval) -> Value {
    let named = repo.environments.iter().filter(|environment| it.environments.contains(&environment.id));
    let environments: Vec<Value> = named
        .map(|it| {
            let mut all = super::members(super::environment(at, repo, it));
            all.retain(|name, _| !["protection_rules", "deployment_branch_policy"].contains(&name.as_str()));
            all.into()
        })
        .collect();
    json!({ "state": it.state, "comment": it.comment, "environments": environments, "user": user(at, &it.user) })
}
