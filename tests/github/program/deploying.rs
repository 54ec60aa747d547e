//! A version goes on by a deployment that somebody's automation acts on.

use serde_json::{Value, json};

use super::drive::until;
use super::shop::{CONFIRMED, NAME, Shop, finish, forge, is_now, post, writes};
use crate::forge::{Fault, Forge};

const BY_DEPLOYMENT: &str = "promote = { by = \"deployment\" }\n";
const PROMOTE: [&str; 6] = ["promote", "shop", "--to", "production", "--reason", "it is time"];

/// What is sent, but for the operation, which is another one each time.
fn created(forge: &Forge) -> (String, String, Value) {
    let commit = forge.at(NAME, |it| it.tags["v1.2"].clone());
    let body = json!({
        "ref": commit, "task": "deploy", "auto_merge": false, "environment": "production",
        "description": "it is time", "production_environment": true,
        "payload": { "version": "v1.2", "flightdeck": "the operation" },
    });
    post("/deployments", body)
}

/// Everything that was sent, with the operation taken out.
fn sent(forge: &Forge, operation: &Value) -> Vec<(String, String, Value)> {
    let mut all = writes(forge);
    for (_, _, body) in &mut all {
        assert_eq!(&body["payload"]["flightdeck"], operation);
        body["payload"]["flightdeck"] = json!("the operation");
    }
    all
}

#[test]
fn it_is_created_without_a_merge_and_followed() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_DEPLOYMENT);
    let child = shop.start(&[&PROMOTE[..], &CONFIRMED].concat());
    let ours = |forge: &Forge| {
        forge.at(NAME, |it| it.deployments.last().filter(|it| it.creator == "deployer").map(|it| it.id))
    };
    let id = until("it is created", || ours(&forge));
    is_now(&forge);
    forge.at(NAME, |it| it.deployment_status(id, "deployer", "in_progress").state.clone());
    is_now(&forge);
    forge.at(NAME, |it| it.deployment_status(id, "deployer", "success").state.clone());
    let told = finish(child);
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains(&format!("deployment {id} succeeded")), "{told}");
    let journal = shop.json(&["journal"]);
    assert_eq!(sent(&forge, &journal["operations"][0]["operation"]), [created(&forge)]);
    assert_eq!(shop.live("production"), "v1.2");
}

#[test]
fn a_merge_or_a_conflict_instead_deploys_nothing_and_says_so() {
    let merged = json!({ "message": "Auto-merged main into v1.2 on deployment." }).to_string();
    let failed = "Conflict: Commit status checks failed for v1.2.";
    let conflict = json!({ "message": failed, "documentation_url": "https://docs.github.com/rest" }).to_string();
    for (status, body, why) in [(202, merged, "GitHub merged a branch instead of deploying"), (409, conflict, failed)] {
        let forge = forge();
        forge.fault("POST", "/deployments", Fault::answer(status, &[], body));
        let shop = Shop::new(&forge, BY_DEPLOYMENT);
        let told = shop.run(&[&PROMOTE[..], &CONFIRMED].concat());
        assert_eq!(told.code, Some(5), "{status}: {told}");
        assert!(told.out.contains(why) && told.out.contains("nothing is deployed"), "{status}: {told}");
        assert!(told.out.contains("live: v1.1 in production"), "{status}: {told}");
        let journal = shop.json(&["journal"]);
        assert_eq!(sent(&forge, &journal["operations"][0]["operation"]), [created(&forge)]);
        assert_eq!(journal["operations"][0]["ending"]["is"], "failed");
        assert_eq!(shop.live("production"), "v1.1");
    }
}
