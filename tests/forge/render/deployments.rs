use serde_json::{Value, json};

use super::super::world::{Deployment, Environment, Repository, Reviewer, Status, stamp};
use super::{At, node, number, user};

/// A deployment.
pub fn deployment(at: &At, repo: &Repository, it: &Deployment) -> Value {
    let url = format!("{}/deployments/{}", at.repo(&repo.full_name), it.id);
    json!({
        "url": url, "id": it.id, "node_id": node("DE", it.id), "task": it.task,
        "original_environment": it.original_environment, "environment": it.environment, "description": it.description,
        "created_at": stamp(it.created_at), "updated_at": stamp(it.updated_at), "statuses_url": format!("{url}/statuses"),
        "repository_url": at.repo(&repo.full_name), "creator": user(at, &it.creator), "sha": it.sha,
        "ref": it.reference, "payload": it.payload, "transient_environment": it.transient,
        "production_environment": it.production, "performed_via_github_app": null,
    })
}

/// What was said of a deployment.
pub fn deployment_status(at: &At, repo: &Repository, deployment: u64, it: &Status) -> Value {
    let of = format!("{}/deployments/{deployment}", at.repo(&repo.full_name));
    let log = if it.log_url.starts_with('/') { format!("{}{}", at.root, it.log_url) } else { it.log_url.clone() };
    json!({
        "url": format!("{of}/statuses/{}", it.id), "id": it.id, "node_id": node("DES", it.id), "state": it.state,
        "creator": user(at, &it.creator), "description": it.description, "environment": it.environment,
        "target_url": log, "created_at": stamp(it.at), "updated_at": stamp(it.at), "deployment_url": of,
        "repository_url": at.repo(&repo.full_name), "environment_url": it.environment_url, "log_url": log,
        "performed_via_github_app": null,
    })
}

/// An environment with its rules.
pub fn environment(at: &At, repo: &Repository, it: &Environment) -> Value {
    let mut rules = Vec::new();
    if it.wait_timer > 0 {
        let id = it.id * 10 + 1;
        rules.push(json!({ "id": id, "node_id": node("GA", id), "type": "wait_timer", "wait_timer": it.wait_timer }));
    }
    if !it.reviewers.is_empty() {
        let id = it.id * 10 + 2;
        let reviewers: Vec<Value> = it.reviewers.iter().map(|who| reviewer(at, repo, who)).collect();
        rules.push(json!({ "id": id, "node_id": node("GA", id), "type": "required_reviewers",
            "prevent_self_review": it.prevent_self_review, "reviewers": reviewers }));
    }
    if it.branch_policy.is_some() {
        let id = it.id * 10 + 3;
        rules.push(json!({ "id": id, "node_id": node("GA", id), "type": "branch_policy" }));
    }
    json!({
        "id": it.id, "node_id": node("EN", it.id), "name": it.name,
        "url": format!("{}/environments/{}", at.repo(&repo.full_name), encoded(&it.name)),
        "html_url": format!("{}/deployments/activity_log?environments_filter={}", at.html(&repo.full_name),
            encoded(&it.name)),
        "created_at": stamp(it.created_at), "updated_at": stamp(it.updated_at), "protection_rules": rules,
        "deployment_branch_policy": it.branch_policy.map(|protected|
            json!({ "protected_branches": protected, "custom_branch_policies": !protected })),
    })
}

/// Somebody who may let a deployment through.
pub fn reviewer(at: &At, repo: &Repository, it: &Reviewer) -> Value {
    match it {
        Reviewer::User(login) => json!({ "type": "User", "reviewer": user(at, login) }),
        Reviewer::Team(slug) => {
            let id = number(slug);
            let url = format!("{}/organizations/{}/team/{id}", at.api, repo.id);
            json!({ "type": "Team", "reviewer": {
                "id": id, "node_id": node("T", id), "name": slug, "slug": slug, "description": null, "privacy": "closed",
                "notification_setting": "notifications_enabled", "permission": "pull", "url": url,
                "html_url": format!("{}/orgs/{}/teams/{slug}", at.root, repo.owner()),
                "members_url": format!("{url}/members{{/member}}"), "repositories_url": format!("{url}/repos"),
                "type": "organization", "organization_id": repo.id, "parent": null,
            } })
        }
    }
}

/// A name as part of an address.
pub fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}
