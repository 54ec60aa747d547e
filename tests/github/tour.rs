//! Every route of the forge once, on a repository with a past; where the packages are, GitHub's description judges.

use reqwest::Method;
use serde_json::{Value, json};

use crate::asking::{client, get, header, json, post, send};
use crate::forge::big::{self, NAME, Size};
use crate::forge::{Forge, REVIEWER, TOKEN};

const OF: &str = "/repos/acme/shop";

fn forge() -> (Forge, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Forge::big(Size::SMALL, directory.path()), directory)
}

#[tokio::test]
async fn everything_can_be_read() {
    let (forge, _directory) = forge();
    let waiting = json(&forge, &format!("{OF}/actions/runs?status=waiting")).await;
    assert_eq!(waiting["total_count"], 2);
    let run = &waiting["workflow_runs"][0];
    let failed = json(&forge, &format!("{OF}/actions/runs?status=failure&event=pull_request")).await;
    let failed = &failed["workflow_runs"][0];
    let jobs = json(&forge, &format!("{OF}/actions/runs/{}/jobs?filter=all", failed["id"])).await;
    let job = &jobs["jobs"][0];
    assert_eq!(job["steps"][3]["conclusion"], "failure");
    let deployment = json(&forge, &format!("{OF}/deployments?environment=production&per_page=1")).await;
    let sha = run["head_sha"].as_str().unwrap();
    let (run, deployment, job) = (&run["id"], &deployment[0]["id"], &job["id"]);
    let failed = &failed["id"];
    for path in [
        "",
        "/deployments",
        &format!("/deployments/{deployment}"),
        &format!("/deployments/{deployment}/statuses"),
        "/environments",
        "/environments/production",
        &format!("/actions/runs/{failed}"),
        &format!("/actions/runs/{failed}/attempts/1"),
        &format!("/actions/runs/{failed}/attempts/1/jobs"),
        &format!("/actions/jobs/{job}"),
        "/actions/workflows",
        "/actions/workflows/deploy.yml",
        "/actions/workflows/deploy.yml/runs?created=%3E%3D2026-08-20",
        &format!("/actions/runs/{run}/pending_deployments"),
        &format!("/actions/runs/{run}/approvals"),
        "/pulls?state=all&sort=updated&direction=desc&per_page=100",
        "/pulls/8",
        "/pulls/8/reviews",
        "/pulls/8/commits",
        &format!("/commits/{sha}/pulls"),
        &format!("/commits/{sha}/check-runs"),
        &format!("/commits/{sha}/status"),
        &format!("/commits/{sha}"),
        "/commits?per_page=5",
        "/issues?labels=incident&state=all&since=2026-01-01T00:00:00Z&sort=updated&direction=asc",
        "/issues?state=all",
        "/releases",
        "/compare/v1.1...main?per_page=10",
        "/git/ref/tags/v1.1",
        "/branches/main",
    ] {
        json(&forge, &format!("{OF}{path}")).await;
    }
    json(&forge, "/user").await;
    json(&forge, "/rate_limit").await;
    assert_eq!(get(&forge, &format!("{OF}/releases/tags/v9")).await.status(), 404);
    assert_eq!(forge.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn pages_lead_to_each_other() {
    let (forge, _directory) = forge();
    let mut url = Some(format!("{}{OF}/actions/runs?per_page=40", forge.url()));
    let mut ids = Vec::new();
    while let Some(next) = url.take() {
        let answer = client().get(next).bearer_auth(TOKEN).send().await.unwrap();
        let link = header(&answer, "link");
        let links = link.split(", ").filter_map(|it| it.split_once(">; rel="));
        url = links
            .into_iter()
            .find(|(_, name)| *name == "\"next\"")
            .map(|(url, _)| url.trim_start_matches('<').to_owned());
        let page: Value = answer.json().await.unwrap();
        ids.extend(page["workflow_runs"].as_array().unwrap().iter().map(|it| it["id"].as_u64().unwrap()));
    }
    assert_eq!((ids.len(), forge.requests().len()), (100, 3));
    assert!(ids.is_sorted_by(|newer, older| newer > older));
}

#[tokio::test]
async fn a_log_lies_elsewhere_and_gets_no_token() {
    let (forge, _directory) = forge();
    let failed = json(&forge, &format!("{OF}/actions/runs?status=failure")).await;
    let jobs = json(&forge, &format!("{OF}/actions/runs/{}/jobs", failed["workflow_runs"][0]["id"])).await;
    let answer = get(&forge, &format!("{OF}/actions/jobs/{}/logs", jobs["jobs"][0]["id"])).await;
    let there = header(&answer, "location");
    assert_eq!(answer.status(), 302);
    let log = client().get(&there).send().await.unwrap().text().await.unwrap();
    assert!(log.contains("##[error]Process completed with exit code 1."), "{log}");
    assert_eq!(forge.violations(), Vec::<String>::new());
    client().get(&there).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(forge.violations().len(), 1);
    forge.pass(61);
    assert_eq!(client().get(&there).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn deployments_are_made_by_hand() {
    let (forge, _directory) = forge();
    let body = json!({ "ref": "main", "environment": "staging", "auto_merge": false, "required_contexts": [],
        "description": "By hand", "payload": { "by": "test" } });
    let made = post(&forge, &format!("{OF}/deployments"), &body).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    let statuses = format!("{OF}/deployments/{}/statuses", made["id"]);
    for state in ["in_progress", "success"] {
        assert_eq!(
            post(&forge, &statuses, &json!({ "state": state, "log_url": "https://example.com/1" })).await.status(),
            201
        );
    }
    assert_eq!(json(&forge, &statuses).await[0]["state"], "success");
    let active = forge.at(NAME, |it| {
        let last = |it: &&crate::forge::world::Deployment| it.statuses.last().is_some_and(|it| it.state == "success");
        it.deployments.iter().filter(|it| it.environment == "staging").filter(last).count()
    });
    assert_eq!(active, 1);
}

#[tokio::test]
async fn runs_are_rejected_cancelled_and_run_again() {
    let (forge, _directory) = forge();
    let waiting = json(&forge, &format!("{OF}/actions/runs?status=waiting")).await;
    let [one, other] = [0, 1].map(|it| format!("{OF}/actions/runs/{}", waiting["workflow_runs"][it]["id"]));
    let pending = format!("{one}/pending_deployments");
    let environment = json(&forge, &pending).await[0]["environment"]["id"].clone();
    let body = json!({ "environment_ids": [environment], "state": "rejected", "comment": "Not now" });
    assert_eq!(send(&forge, Method::POST, &pending, REVIEWER, &body).await.status(), 200);
    assert_eq!(send(&forge, Method::POST, &pending, REVIEWER, &body).await.status(), 422);
    assert_eq!(json(&forge, &one).await["conclusion"], "failure");
    assert_eq!(post(&forge, &format!("{other}/cancel"), &Value::Null).await.status(), 202);
    assert_eq!(post(&forge, &format!("{other}/cancel"), &Value::Null).await.status(), 409);
    assert_eq!(json(&forge, &other).await["conclusion"], "cancelled");
    assert_eq!(post(&forge, &format!("{other}/rerun-failed-jobs"), &Value::Null).await.status(), 201);
    assert_eq!(json(&forge, &other).await["run_attempt"], 2);
    assert_eq!(post(&forge, &format!("{other}/rerun"), &Value::Null).await.status(), 403);
}

#[test]
fn a_big_repository_has_what_it_says() {
    let directory = tempfile::tempdir().unwrap();
    let forge = Forge::big(Size::USUAL, directory.path());
    forge.at(NAME, |shop| {
        assert_eq!((shop.runs.len(), shop.pulls.len(), shop.environments.len()), (2000, 300, big::ENVIRONMENTS.len()));
        assert!((190..=202).contains(&shop.deployments.len()), "{}", shop.deployments.len());
        let with = |state: &str| {
            shop.deployments.iter().filter(|it| it.statuses.last().is_some_and(|it| it.state == state)).count()
        };
        assert!(with("failure") > 5 && with("waiting") == 2, "{} {}", with("failure"), with("waiting"));
        assert!(!shop.releases.is_empty() && !shop.issues.is_empty());
    });
}

#[tokio::test]
async fn ten_thousand_runs_come_in_a_hundred_pages() {
    let directory = tempfile::tempdir().unwrap();
    let forge = Forge::big(Size::RUNS, directory.path());
    let last = json(&forge, &format!("{OF}/actions/runs?per_page=100&page=100")).await;
    assert_eq!((&last["total_count"], last["workflow_runs"].as_array().unwrap().len()), (&json!(10_000), 100));
    let searched = json(&forge, &format!("{OF}/actions/runs?per_page=100&event=pull_request")).await;
    assert_eq!(searched["total_count"], 1000, "GitHub finds no more of a search");
}

#[tokio::test]
async fn a_server_of_ones_own_has_its_api_below_a_path() {
    let (forge, _directory) = forge();
    let ask = async |url: String| client().get(url).bearer_auth(TOKEN).send().await.unwrap();
    let runs = ask(format!("{}{OF}/actions/runs?per_page=1", forge.enterprise_url())).await;
    let base = format!("<{}/repositories/", forge.enterprise_url());
    assert!(header(&runs, "link").starts_with(&base), "{}", header(&runs, "link"));
    let runs: Value = runs.json().await.unwrap();
    let url = runs["workflow_runs"][0]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&forge.enterprise_url()), "{url}");
    assert_eq!(ask(url).await.status(), 200);
    let body = json!({ "query": "query Who { viewer { login } }", "operationName": "Who" });
    let answer: Value = post(&forge, "/api/graphql", &body).await.json().await.unwrap();
    assert_eq!(answer, json!({ "data": { "viewer": { "login": "deployer" } } }));
}

#[tokio::test]
#[ignore = "needs GitHub's description: tests/run installs it"]
async fn what_github_does_not_describe_is_noticed() {
    let (forge, _directory) = forge();
    crate::forge::others::packages();
    let body = json!({ "ref": "main", "enviroment": "staging" });
    post(&forge, &format!("{OF}/deployments"), &body).await;
    get(&forge, &format!("{OF}/deployments?env=staging")).await;
    get(&forge, &format!("{OF}/pulls?state=merged")).await;
    forge.at(NAME, |it| it.runs.last_mut().unwrap().last_mut().jobs.last_mut().unwrap().status = "frozen".to_owned());
    let run = forge.at(NAME, |it| it.runs.last().unwrap().id);
    get(&forge, &format!("{OF}/actions/runs/{run}/jobs")).await;
    let violations = forge.violations();
    let about = ["enviroment", "parameter env ", "may not be merged", "/jobs/0/status"];
    assert_eq!(violations.len(), about.len(), "{violations:#?}");
    for (violation, about) in violations.iter().zip(about) {
        assert!(violation.contains(about), "{violation}");
    }
}
