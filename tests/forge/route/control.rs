//! What people do with runs: dispatch, approve, cancel, run again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::render;
use super::super::world::{Deployment, Environment, From, NewRun, Repository, Run, World};
use super::{Call, Reply};

const NOTHING_PENDING: &str = "There are no pending deployment requests to approve or reject";
const MUST_WRITE: &str = "Must have admin rights to Repository.";

/// The environment that a run waits for.
fn waits_for<'r>(repo: &'r Repository, run: &Run) -> Option<&'r Environment> {
    let job = run.last().current().filter(|it| it.status == "waiting")?;
    repo.environments.iter().find(|it| Some(&it.name) == job.environment.as_ref())
}

fn may_approve(repo: &Repository, environment: &Environment, run: &Run, login: &str) -> bool {
    let own = environment.prevent_self_review && run.last().actor == login;
    repo.reviews(environment, login) && !own && !repo.readers.iter().any(|it| it == login)
}

pub fn pending(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(run) = repo.run_of(call.number(2)) else { return Reply::not_found() };
    let since = repo.waits_since(run.id);
    let waiting = waits_for(repo, run).zip(since).into_iter();
    let shown = waiting.map(|(it, since)| {
        let approved = run.last().current().is_some_and(|it| it.approved);
        let may = !approved && may_approve(repo, it, run, call.login());
        render::pending(&call.at, repo, it, since, may)
    });
    Reply::json(200, shown.collect::<Vec<_>>().into())
}

pub fn review(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &mut world.repositories[call.repo];
    let id = call.number(2);
    let Some(run) = repo.run_of(id) else { return Reply::not_found() };
    let ids: Vec<u64> =
        call.body["environment_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let (Some(state @ ("approved" | "rejected")), Some(comment)) = (call.text("state"), call.text("comment")) else {
        return Reply::error(422, "Invalid request.");
    };
    let open = waits_for(repo, run).filter(|it| ids.contains(&it.id) && may_approve(repo, it, run, call.login()));
    if open.is_none() {
        return Reply::error(422, NOTHING_PENDING);
    }
    let changed = repo.review(id, &ids, state, call.login(), comment);
    let changed: Vec<&Deployment> = repo.deployments.iter().filter(|it| changed.contains(&it.id)).collect();
    Reply::json(200, changed.into_iter().map(|it| render::deployment(&call.at, repo, it)).collect::<Vec<_>>().into())
}

pub fn approvals(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(run) = repo.run_of(call.number(2)) else { return Reply::not_found() };
    let shown = run.approvals.iter().rev().map(|it| render::approval(&call.at, repo, it));
    Reply::json(200, shown.collect::<Vec<_>>().into())
}

pub fn dispatch(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &mut world.repositories[call.repo];
    if let Some(refused) = refused(repo, call) {
        return refused;
    }
    let Some(workflow) = repo.workflow_of(call.name(2)) else { return Reply::not_found() };
    let Some(declared) = workflow.inputs.as_ref().filter(|_| workflow.state == "active") else {
        return Reply::error(422, "Workflow does not have 'workflow_dispatch' trigger");
    };
    let Some(reference) = call.text("ref") else {
        return Reply::error(422, "Invalid request.\n\n\"ref\" wasn't supplied.");
    };
    let named = reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/").to_owned();
    // A bare commit id is no reference that can be dispatched.
    let known = repo.branches.contains_key(&named) || repo.tags.contains_key(&named);
    let Some(sha) = repo.resolve(&named).filter(|_| known).map(|it| it.sha.clone()) else {
        return Reply::error(422, &format!("No ref found for: {reference}"));
    };
    let inputs = call.body["inputs"].as_object().cloned().unwrap_or_default();
    let unexpected: Vec<String> =
        inputs.keys().filter(|it| !declared.contains(it)).map(|it| format!("\"{it}\"")).collect();
    if !unexpected.is_empty() {
        return Reply::error(422, &format!("Unexpected inputs provided: [{}]", unexpected.join(", ")));
    }
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let inputs: BTreeMap<String, String> = inputs.into_iter().map(|(name, value)| (name, text(value))).collect();
    let (workflow, actor, event) = (workflow.file.clone(), call.login().to_owned(), "workflow_dispatch".to_owned());
    let id = repo.start_run(NewRun { workflow, event, branch: named, sha, actor, inputs });
    if call.body["return_run_details"] != json!(true) {
        return Reply::empty(204);
    }
    let name = &repo.full_name;
    Reply::json(
        200,
        json!({ "workflow_run_id": id, "run_url": format!("{}/actions/runs/{id}", call.at.repo(name)),
        "html_url": format!("{}/actions/runs/{id}", call.at.html(name)) }),
    )
}

pub fn cancel(world: &mut World, call: &Call<'_>) -> Reply {
    stop(world, call, false)
}

pub fn force_cancel(world: &mut World, call: &Call<'_>) -> Reply {
    stop(world, call, true)
}

fn stop(world: &mut World, call: &Call<'_>, force: bool) -> Reply {
    let repo = &mut world.repositories[call.repo];
    if let Some(refused) = refused(repo, call) {
        return refused;
    }
    let id = call.number(2);
    let Some(attempt) = repo.run_of(id).map(Run::last) else { return Reply::not_found() };
    if force && !attempt.cancel_asked && !attempt.is_over() {
        return Reply::error(409, "Cannot force cancel a workflow run that was not cancelled.");
    }
    match repo.cancel(id, force) {
        true => Reply::json(202, json!({})),
        false => Reply::error(409, "Cannot cancel a workflow run that is completed."),
    }
}

pub fn rerun(world: &mut World, call: &Call<'_>) -> Reply {
    again(world, call, call.number(2), From::Start)
}

pub fn rerun_failed(world: &mut World, call: &Call<'_>) -> Reply {
    again(world, call, call.number(2), From::Failed)
}

pub fn rerun_job(world: &mut World, call: &Call<'_>) -> Reply {
    let job = call.number(2);
    let run = world.repositories[call.repo].job_of(job).map(|(run, _, _)| run.id);
    run.map_or_else(Reply::not_found, |run| again(world, call, run, From::Job(job)))
}

fn again(world: &mut World, call: &Call<'_>, run: u64, from: From) -> Reply {
    let repo = &mut world.repositories[call.repo];
    if let Some(refused) = refused(repo, call) {
        return refused;
    }
    let Some(attempt) = repo.run_of(run).map(Run::last) else { return Reply::not_found() };
    if from == From::Failed && attempt.conclusion.as_deref() == Some("success") {
        return Reply::error(403, "This workflow run cannot be retried");
    }
    match repo.rerun(run, call.login(), from) {
        true => Reply::json(201, json!({})),
        false => Reply::error(403, "This workflow is already running"),
    }
}

/// Those who may only read may start and stop nothing.
fn refused(repo: &Repository, call: &Call<'_>) -> Option<Reply> {
    repo.readers.iter().any(|it| it == call.login()).then(|| Reply::error(403, MUST_WRITE))
}
