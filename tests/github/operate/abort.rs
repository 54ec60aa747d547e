//! Giving up what is on its way: its run is cancelled.

use flightdeck::backend::{ErrorKind, Verb};

use super::desk::{BY_DEPLOYMENT, BY_WORKFLOW, Desk, SHOP, told};

#[tokio::test]
async fn the_run_that_is_on_its_way_is_cancelled() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("production", &["reviewer"]);
    let run = desk.deploys("v1.1.0", "production");
    let order = desk.order(Verb::Abort, "v1.0.0").await;
    let receipt = desk.done(&order).await;
    assert_eq!(desk.writes(), [format!("POST /actions/runs/{run}/cancel -> 202")]);
    assert_eq!(
        told(&desk.verdict(&order, Some(&receipt)).await),
        "healthy: run #2 of Deploy was cancelled; v1.0.0 is live"
    );
    assert_eq!(desk.refused(&desk.order(Verb::Abort, "v1.0.0").await).await.0, ErrorKind::Check);
}

#[tokio::test]
async fn a_run_that_does_not_obey_is_waited_for_and_never_forced() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.forge.at(SHOP, |it| it.stubborn = true);
    let run = desk.dispatches("v1.1.0", "production");
    desk.begins(run);
    let order = desk.order(Verb::Abort, "v1.0.0").await;
    let receipt = desk.done(&order).await;
    let pending = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(pending.contains("is asked to end") && pending.contains("/force-cancel"), "{pending}");
    desk.forge.at(SHOP, |it| it.cancel_now(run));
    assert!(told(&desk.verdict(&order, Some(&receipt)).await).starts_with("healthy"));
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn what_no_run_carries_out_cannot_be_stopped_from_here() {
    let desk = Desk::new(BY_DEPLOYMENT);
    desk.forge.at(SHOP, |it| it.deploy("automation", "production", "v1.1.0"));
    let refused = desk.propose(&desk.order(Verb::Abort, "v1.0.0").await).await.refused.unwrap_or_default();
    assert!(refused.as_str().contains("only who carries it out can stop it"), "{refused}");
}
