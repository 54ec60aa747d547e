//! Deployments, their statuses, and environments.

use serde_json::{Value, json};

use super::super::render;
use super::super::world::{Creation, Repository, World};
use super::{Call, Reply};

const STATES: &[&str] = &["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];
/// Characters.
const LONGEST_DESCRIPTION: usize = 140;

pub fn list(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let fits = |name, value: &str| call.query(name).is_none_or(|wanted| wanted == value || wanted == "none");
    let wanted = repo.deployments.iter().rev().filter(|it| {
        fits("sha", &it.sha)
            && fits("ref", &it.reference)
            && fits("task", &it.task)
            && fits("environment", &it.environment)
    });
    call.list(&wanted.collect::<Vec<_>>(), |it| render::deployment(&call.at, repo, it))
}

pub fn one(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.deployments.iter().find(|it| it.id == call.number(2));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::deployment(&call.at, repo, it)))
}

pub fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &mut world.repositories[call.repo];
    let Some(reference) = call.text("ref") else {
        return Reply::error(422, "Invalid request.\n\n\"ref\" wasn't supplied.");
    };
    let Some(sha) = repo.resolve(reference).map(|it| it.sha.clone()) else {
        return Reply::error(422, &format!("No ref found for: {reference}"));
    };
    let auto_merge = call.body["auto_merge"].as_bool().unwrap_or(true);
    match repo.next_deployment.take() {
        Some(Creation::Merged) if auto_merge => {
            let message = format!("Auto-merged {} into {reference} on deployment.", repo.default_branch);
            return Reply::json(202, json!({ "message": message }));
        }
        Some(Creation::Conflict(message)) => return Reply::error(409, &message),
        _ => {}
    }
    if let Some(context) = unmet(repo, &sha, &call.body["required_contexts"]) {
        let message = format!("Conflict: Commit status checks failed for {reference}: {context}");
        return Reply::error(409, &message);
    }
    let environment = call.text("environment").unwrap_or("production");
    let id = repo.deploy(call.login(), environment, reference);
    let it = repo.deployment_mut(id);
    it.task = call.text("task").unwrap_or("deploy").to_owned();
    it.description = call.text("description").map(str::to_owned);
    it.transient = call.body["transient_environment"].as_bool().unwrap_or(false);
    it.production = call.body["production_environment"].as_bool().unwrap_or(environment == "production");
    if !call.body["payload"].is_null() {
        it.payload = call.body["payload"].clone();
    }
    let it = it.clone();
    Reply::json(201, render::deployment(&call.at, repo, &it))
}

/// The first status that is required and not successful. Without a list all that there are count.
fn unmet(repo: &Repository, sha: &str, required: &Value) -> Option<String> {
    let all = || repo.commit_statuses.iter().filter(|it| it.sha == sha);
    match required.as_array() {
        None => all().find(|it| it.state != "success").map(|it| it.context.clone()),
        Some(required) => {
            let met = |name: &str| all().any(|it| it.context == name && it.state == "success");
            required.iter().filter_map(Value::as_str).find(|name| !met(name)).map(str::to_owned)
        }
    }
}

pub fn statuses(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(of) = repo.deployments.iter().find(|it| it.id == call.number(2)) else { return Reply::not_found() };
    let newest_first: Vec<_> = of.statuses.iter().rev().collect();
    call.list(&newest_first, |it| render::deployment_status(&call.at, repo, of.id, it))
}

pub fn say(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &mut world.repositories[call.repo];
    let id = call.number(2);
    let Some(of) = repo.deployments.iter().find(|it| it.id == id) else { return Reply::not_found() };
    let (production, environment) = (of.production, of.environment.clone());
    let state = call.text("state").unwrap_or_default();
    let description = call.text("description").unwrap_or_default();
    if !STATES.contains(&state) || description.chars().count() > LONGEST_DESCRIPTION {
        return Reply::error(422, "Validation Failed");
    }
    // As documented: prior, not transient, not production, same environment.
    let auto_inactive = call.body["auto_inactive"].as_bool().unwrap_or(true);
    if state == "success" && auto_inactive && !production {
        repo.retire(id, &environment, call.login());
    }
    let status = repo.add_status(id, call.login(), state);
    status.description = description.to_owned();
    status.environment_url = call.text("environment_url").unwrap_or_default().to_owned();
    status.log_url = call.text("log_url").or(call.text("target_url")).unwrap_or_default().to_owned();
    if let Some(other) = call.text("environment") {
        status.environment = other.to_owned();
    }
    let status = status.clone();
    repo.deployment_mut(id).environment = status.environment.clone();
    Reply::json(201, render::deployment_status(&call.at, repo, id, &status))
}

pub fn environments(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    call.counted("environments", &repo.environments, |it| render::environment(&call.at, repo, it))
}

pub fn environment(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.environments.iter().find(|it| it.name == call.name(2));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::environment(&call.at, repo, it)))
}
