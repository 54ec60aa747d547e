//! Servers that others wrote.

use serde_json::{Value, json};

use crate::asking::client;
use crate::forge::others::{EMULATED, Other};

async fn get(url: String) -> (u16, Value) {
    let answer = client().get(url).bearer_auth(EMULATED).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
#[ignore = "needs the emulator: tests/run installs it"]
async fn the_emulator_has_commits() {
    let server = Other::emulate();
    let (status, commits) = get(format!("{}/repos/deployer/shop/commits", server.url())).await;
    assert_eq!((status, commits.as_array().map(Vec::len)), (200, Some(1)), "{}", server.log());
}

#[tokio::test]
#[ignore = "needs prism: tests/run installs it"]
async fn prism_knows_every_route_and_refuses_bad_bodies() {
    let server = Other::mock();
    let of = format!("{}/repos/acme/shop/deployments", server.url());
    let (status, deployments) = get(of.clone()).await;
    assert_eq!((status, deployments[0]["environment"].is_string()), (200, true), "{}", server.log());
    let bad =
        client().post(of).bearer_auth(EMULATED).json(&json!({ "environment": "production" })).send().await.unwrap();
    assert_eq!(bad.status(), 422);
}

#[tokio::test]
#[ignore = "needs the emulator and prism: tests/run installs them"]
async fn prism_judges_before_the_emulator() {
    let emulator = Other::emulate();
    let server = Other::proxy(&emulator.url());
    let (status, user) = get(format!("{}/user", server.url())).await;
    assert_eq!((status, &user["login"]), (200, &json!("deployer")), "{}", server.log());
    let (status, _) = get(format!("{}/repos/deployer/shop/actions/runs?per_page=many", server.url())).await;
    assert_eq!(status, 422);
}
