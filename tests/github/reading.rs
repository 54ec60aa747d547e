//! The forge answers as GitHub does.

use serde_json::json;

use crate::asking::{get, header, json, post};
use crate::forge::Forge;
use crate::forge::world::{FROM_INPUT, Plan};

fn shop() -> Forge {
    let forge = Forge::new();
    forge.repository("acme/shop", |shop| {
        shop.commit("author", "First");
        let build = Plan::new("build", &["Compile", "Test"]);
        let deploy = Plan::new("deploy", &["Roll out"]).deploys_to(FROM_INPUT);
        shop.workflow("deploy.yml", "Deploy", Some(&["environment"]), vec![build, deploy]);
        shop.environment("staging");
        shop.environment("production").reviewers(&["deployer"]);
    });
    forge
}

#[tokio::test]
async fn a_dispatched_run_waits_for_approval_and_deploys() {
    let forge = shop();
    let body = json!({ "ref": "main", "inputs": { "environment": "production" }, "return_run_details": true });
    let answer = post(&forge, "/repos/acme/shop/actions/workflows/deploy.yml/dispatches", &body).await;
    assert_eq!(answer.status(), 200);
    let run = answer.json::<serde_json::Value>().await.unwrap()["workflow_run_id"].as_u64().unwrap();
    let of = format!("/repos/acme/shop/actions/runs/{run}");
    assert_eq!(json(&forge, &of).await["status"], "queued");
    forge.at("acme/shop", |it| it.play(run));
    assert_eq!(json(&forge, &of).await["status"], "waiting");
    let pending = json(&forge, &format!("{of}/pending_deployments")).await;
    assert_eq!(pending[0]["current_user_can_approve"], true);
    let body = json!({ "environment_ids": [pending[0]["environment"]["id"]], "state": "approved", "comment": "Go" });
    let answer = post(&forge, &format!("{of}/pending_deployments"), &body).await;
    assert_eq!(
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap()[0]["environment"].clone()),
        (200, json!("production"))
    );
    forge.pass(60);
    forge.at("acme/shop", |it| it.play(run));
    assert_eq!(json(&forge, &of).await["conclusion"], "success");
    let jobs = json(&forge, &format!("{of}/jobs")).await;
    assert_eq!((&jobs["total_count"], &jobs["jobs"][1]["name"]), (&json!(2), &json!("deploy")));
    assert_eq!(json(&forge, &format!("{of}/approvals")).await[0]["comment"], "Go");
    let deployments = json(&forge, "/repos/acme/shop/deployments?environment=production").await;
    let statuses = json(&forge, &format!("/repos/acme/shop/deployments/{}/statuses", deployments[0]["id"])).await;
    let states: Vec<&str> = statuses.as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["success", "in_progress", "queued", "waiting"]);
}

#[tokio::test]
async fn what_is_known_costs_nothing() {
    let forge = shop();
    let first = get(&forge, "/repos/acme/shop/environments").await;
    let tag = header(&first, "etag");
    let again = crate::asking::client()
        .get(format!("{}/repos/acme/shop/environments", forge.url()))
        .bearer_auth(crate::forge::TOKEN)
        .header("if-none-match", tag);
    let again = again.send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "x-ratelimit-used")), (304, "1".to_owned()));
    assert_eq!(json(&forge, "/rate_limit").await["rate"]["used"], 1);
}
