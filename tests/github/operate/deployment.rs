//! Promoting by a deployment that automation acts on.

use flightdeck::backend::{ErrorKind, Verb};
use serde_json::json;

use super::desk::{BY_DEPLOYMENT, Desk, SHOP, told};
use crate::forge::Fault;
use crate::forge::world::Creation;

#[tokio::test]
async fn a_promotion_is_one_deployment_and_its_statuses_are_followed() {
    let desk = Desk::new(BY_DEPLOYMENT);
    let sha = desk.forge.at(SHOP, |it| it.resolve("v1.1.0").expect("a tag").sha.clone());
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let receipt = desk.done(&order).await;
    let seen = desk.forge.requests().into_iter().rfind(|it| it.method == "POST").expect("a write");
    assert_eq!((seen.path.as_str(), seen.status), ("/repos/acme/shop/deployments", 201));
    let expected = json!({
        "ref": sha, "task": "deploy", "auto_merge": false, "environment": "production", "description": "because",
        "production_environment": true,
        "payload": { "version": "v1.1.0", "who": "shop", "flightdeck": order.operation.as_str() },
    });
    assert_eq!(seen.body, expected);
    let id = desk.forge.at(SHOP, |it| it.deployments.last().expect("a deployment").id);
    let say = |state: &str| {
        desk.forge.at(SHOP, |it| it.deployment_status(id, "automation", state).id);
    };
    let silent = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(silent.contains("nobody has picked it up yet"), "{silent}");
    say("in_progress");
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), format!("pending: deployment {id} is in progress"));
    say("success");
    let done = told(&desk.verdict(&order, Some(&receipt)).await);
    assert_eq!(done, format!("healthy: deployment {id} succeeded; v1.1.0 is live"));
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn a_failure_says_what_was_said() {
    let desk = Desk::new(BY_DEPLOYMENT);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let receipt = desk.done(&order).await;
    desk.forge.at(SHOP, |it| {
        let id = it.deployments.last().expect("a deployment").id;
        it.deployment_status(id, "automation", "in_progress");
        it.deployment_status(id, "automation", "failure").description = "the disk is full".into();
    });
    let why = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(why.ends_with("failed: the disk is full; v1.0.0 is live"), "{why}");
}

#[tokio::test]
async fn conflicts_and_merges_are_told_in_words() {
    let cases = [
        (Creation::Conflict("Conflict merging main into v1.1.0".into()), "has to be merged by hand first"),
        (
            Creation::Conflict("Conflict: Commit status checks failed for v1.1.0".into()),
            "`required_contexts` says which",
        ),
    ];
    for (creation, expected) in cases {
        let desk = Desk::new(BY_DEPLOYMENT);
        let order = desk.order(Verb::Promote, "v1.1.0").await;
        desk.forge.at(SHOP, |it| it.next_deployment = Some(creation));
        let (kind, why) = desk.refused(&order).await;
        assert_eq!(kind, ErrorKind::Check);
        assert!(why.contains("nothing is deployed") && why.contains(expected), "{why}");
    }
    let desk = Desk::new(BY_DEPLOYMENT);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let merged = Fault::answer(202, &[], r#"{"message": "Auto-merged main into v1.1.0 on deployment."}"#);
    desk.forge.fault("POST", "/deployments", merged);
    let (kind, why) = desk.refused(&order).await;
    assert_eq!(kind, ErrorKind::Check);
    assert!(why.contains("merged a branch instead of deploying"), "{why}");
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_operation_and_never_sent_again() {
    let desk = Desk::new(BY_DEPLOYMENT);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/deployments", Fault::cut());
    desk.refused(&order).await;
    let silent = told(&desk.verdict(&order, None).await);
    assert!(silent.contains("nobody has picked it up yet"), "{silent}");
    let (kind, why) = desk.refused(&order).await;
    assert_eq!(kind, ErrorKind::Check);
    assert!(why.starts_with("this operation was sent before, as deployment"), "{why}");
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn a_later_deployment_that_takes_over_is_told() {
    let desk = Desk::new(BY_DEPLOYMENT);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let receipt = desk.done(&order).await;
    desk.deploys("v1.0.0", "production");
    let why = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(why.starts_with("failed: a later deployment than") && why.ends_with("v1.0.0 is live"), "{why}");
}
