//! What goes wrong goes wrong as it was told.

use reqwest::Method;
use serde_json::{Value, json};

use crate::asking::{client, get, header, json, post, send};
use crate::forge::world::{Creation, Token};
use crate::forge::{Fault, Forge, REVIEWER, TOKEN};

const RUNS: &str = "/repos/acme/shop/actions/runs";
const DEPLOYMENTS: &str = "/repos/acme/shop/deployments";

fn forge() -> Forge {
    let forge = Forge::new();
    forge.repository("acme/shop", |shop| {
        shop.commit("author", "First");
        shop.deploy("deployer", "production", "main");
    });
    forge
}

#[tokio::test]
async fn faults_hit_their_route_as_often_as_told() {
    let forge = forge();
    forge.fault("GET", "/actions/runs", Fault::status(502).times(2).after(1));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(get(&forge, RUNS).await.status().as_u16());
    }
    assert_eq!(seen, [200, 502, 502, 200]);
    forge.fault("*", "*", Fault::secondary(429, Some(60)));
    let limited = get(&forge, RUNS).await;
    assert_eq!((limited.status().as_u16(), header(&limited, "retry-after")), (429, "60".to_owned()));
    assert_eq!(forge.counts()[&("GET".to_owned(), 502)], 2);
}

#[tokio::test]
async fn a_post_that_fails_may_have_happened() {
    let forge = forge();
    let body = json!({ "ref": "main", "environment": "production" });
    let count = || forge.at("acme/shop", |it| it.deployments.len());
    forge.fault("POST", "/deployments", Fault::status(502));
    forge.fault("POST", "/deployments", Fault::status(502).but_done());
    forge.fault("POST", "/deployments", Fault::dropped().but_done());
    assert_eq!((post(&forge, DEPLOYMENTS, &body).await.status().as_u16(), count()), (502, 1));
    assert_eq!((post(&forge, DEPLOYMENTS, &body).await.status().as_u16(), count()), (502, 2));
    let request = client().post(format!("{}{DEPLOYMENTS}", forge.url())).bearer_auth(TOKEN).json(&body);
    assert!(request.send().await.is_err());
    assert_eq!(count(), 3);
    forge.at("acme/shop", |it| it.next_deployment = Some(Creation::Merged));
    assert_eq!(post(&forge, DEPLOYMENTS, &body).await.status(), 202);
}

#[tokio::test]
async fn answers_are_bent() {
    let forge = forge();
    forge.fault("GET", "/deployments", Fault::set("/0/task", Value::Null));
    forge.fault("GET", "/deployments", Fault::missing("/0/creator"));
    forge.fault("GET", "/deployments", Fault::truncated());
    assert_eq!(json(&forge, DEPLOYMENTS).await[0]["task"], Value::Null);
    assert!(json(&forge, DEPLOYMENTS).await[0].get("creator").is_none());
    assert!(get(&forge, DEPLOYMENTS).await.json::<Value>().await.is_err());
    let (held, gate) = Fault::held();
    forge.fault("GET", "/deployments", held);
    let request = client().get(format!("{}{DEPLOYMENTS}", forge.url())).bearer_auth(TOKEN);
    let answer = tokio::spawn(async move { request.send().await.unwrap().status().as_u16() });
    while forge.requests().len() < 4 {
        tokio::task::yield_now().await;
    }
    assert!(!answer.is_finished());
    gate.open();
    assert_eq!(answer.await.unwrap(), 200);
}

#[tokio::test]
async fn limits_end_with_their_hour() {
    let forge = forge();
    forge.token(TOKEN, Token::classic("deployer", &["repo"]).limit("core", 2));
    assert_eq!(get(&forge, RUNS).await.status(), 200);
    assert_eq!(header(&get(&forge, RUNS).await, "x-ratelimit-remaining"), "0");
    let refused = get(&forge, RUNS).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "x-ratelimit-used")), (403, "2".to_owned()));
    forge.pass(3600);
    assert_eq!(get(&forge, RUNS).await.status(), 200);
    forge.fault("GET", "/actions/runs", Fault::exhausted());
    forge.token(TOKEN, Token::classic("deployer", &["repo"]));
    assert_eq!(get(&forge, RUNS).await.status(), 403);
}

#[tokio::test]
async fn rights_are_those_of_the_token() {
    let forge = forge();
    let narrow = Token::fine_grained("deployer", &[("actions", "read")]);
    forge.token("github_pat_narrow", narrow);
    forge.token("ghp_narrow", Token::classic("deployer", &["public_repo"]));
    let refused = send(&forge, Method::GET, DEPLOYMENTS, "github_pat_narrow", &Value::Null).await;
    assert_eq!(
        (refused.status().as_u16(), header(&refused, "x-accepted-github-permissions")),
        (403, "deployments=read".to_owned())
    );
    assert_eq!(refused.json::<Value>().await.unwrap()["message"], "Resource not accessible by personal access token");
    assert_eq!(send(&forge, Method::GET, RUNS, "github_pat_narrow", &Value::Null).await.status(), 200);
    assert_eq!(send(&forge, Method::GET, RUNS, "ghp_narrow", &Value::Null).await.status(), 404);
    assert_eq!(send(&forge, Method::GET, RUNS, "ghp_unknown", &Value::Null).await.status(), 401);
    forge.fault("GET", "/actions/runs", Fault::revoked().after(1));
    assert_eq!(send(&forge, Method::GET, RUNS, REVIEWER, &Value::Null).await.status(), 200);
    assert_eq!(send(&forge, Method::GET, RUNS, REVIEWER, &Value::Null).await.status(), 401);
    assert!(forge.requests().iter().all(|it| it.headers["authorization"] == "Bearer <token>"));
}

#[tokio::test]
async fn a_renamed_repository_is_found() {
    let forge = forge();
    forge.at("acme/shop", |it| it.rename("acme/store"));
    let moved = get(&forge, DEPLOYMENTS).await;
    assert_eq!(moved.status(), 301);
    let there = client().get(header(&moved, "location")).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(there.json::<Value>().await.unwrap()[0]["environment"], "production");
}
