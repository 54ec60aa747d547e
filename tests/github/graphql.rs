//! GraphQL: what a query selects, in pages, judged by GitHub's schema.

use serde_json::{Value, json};

use crate::asking::post;
use crate::forge::Forge;
use crate::forge::big::{NAME, Size};

/// What the program asks.
const PULLS: &str = include_str!("../../src/backend/github/graphql/pull_requests.graphql");
const DEPLOYMENTS: &str = include_str!("../../src/backend/github/graphql/deployments.graphql");
const JOBS: &str = include_str!("../../src/backend/github/graphql/jobs.graphql");

async fn ask(forge: &Forge, operation: &str, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "operationName": operation, "variables": variables });
    post(forge, "/graphql", &body).await.json().await.unwrap()
}

async fn all(forge: &Forge, operation: &str, query: &str, list: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "owner": "acme", "name": "shop", "first": 25, "after": after });
        let answer = ask(forge, operation, query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let page = &answer["data"]["repository"][list];
        nodes.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn everything(forge: &Forge) {
    let pulls = all(forge, "PullRequests", PULLS, "pullRequests").await;
    assert_eq!(pulls.len(), 30);
    assert!(pulls.is_sorted_by(|newer, older| newer["updatedAt"].as_str() >= older["updatedAt"].as_str()));
    let deployments = all(forge, "Deployments", DEPLOYMENTS, "deployments").await;
    assert_eq!(deployments.len(), forge.at(NAME, |it| it.deployments.len()));
    assert_eq!(deployments[0]["statuses"]["nodes"][0]["state"], "WAITING");
    assert_eq!(deployments[0]["creator"]["login"], "github-actions");
    let suite = forge.at(NAME, |it| it.runs.last().unwrap().check_suite);
    let answer = ask(forge, "Jobs", JOBS, json!({ "ids": [format!("CS_{suite}")] })).await;
    assert_eq!(answer["data"]["nodes"][0]["checkRuns"]["nodes"][0]["status"], "WAITING");
    let variables = json!({ "owner": "acme", "name": "nothing", "first": 1 });
    let none = ask(forge, "PullRequests", PULLS, variables).await;
    assert_eq!((&none["data"]["repository"], &none["errors"][0]["type"]), (&Value::Null, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn queries_are_answered_in_pages() {
    let directory = tempfile::tempdir().unwrap();
    everything(&Forge::big(Size::SMALL, directory.path())).await;
}

#[tokio::test]
#[ignore = "needs Node and GitHub's schema: tests/run installs them"]
async fn queries_and_answers_are_as_github_s_schema_has_them() {
    let directory = tempfile::tempdir().unwrap();
    let forge = Forge::big(Size::SMALL, directory.path());
    everything(&forge).await;
    assert_eq!(forge.wrong_graphql(), Vec::<String>::new());
    let mut bent = forge.graphql();
    bent.truncate(1);
    bent[0].answer["data"]["repository"]["pullRequests"]["nodes"][0]["title"] = Value::Null;
    bent[0].answer["data"]["repository"]["pullRequests"]["nodes"][0]["state"] = json!("FROZEN");
    assert_eq!(crate::forge::wrong_graphql(&bent).len(), 1, "a null where none may be takes its list with it");
    bent[0].query = bent[0].query.replace("headRefName", "headName");
    assert!(crate::forge::wrong_graphql(&bent)[0].contains("headName"));
}
