//! Answers to runs that wait.

use flightdeck::backend::ErrorKind;
use flightdeck::backend::approver::Answer;

use crate::forge::Fault;

use super::desk::{BY_WORKFLOW, Desk, SHOP, production};

fn answer(waiting: &flightdeck::backend::approver::Waiting, approved: bool) -> Answer {
    Answer { waiting: waiting.clone(), who: "ann".into(), approved, comment: "looks good".into() }
}

#[tokio::test]
async fn what_waits_is_answered_once() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("production", &["deployer", "@ops"]);
    assert!(desk.approver().guards(&production()) && desk.waiting().await.is_empty());
    let run = desk.deploys("v1.1.0", "production");
    let waiting = desk.waiting().await;
    let [one] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((one.version.as_str(), one.needed, one.own), ("v1.1.0", 1, true));
    assert_eq!(one.reviewers, ["deployer".into(), "team ops".into()]);
    assert!(one.refused.is_none() && one.commit.is_some() && one.url.is_some());
    let yes = answer(one, true);
    let drafted = desk.approver().draft(&yes);
    let said = desk.approver().answer(&yes).await.expect("an answer");
    assert_eq!(said.as_str(), "approved run #2 of Deploy for production");
    let environment = desk.forge.at(SHOP, |it| it.environment("production").id);
    let body = format!(r#"{{"comment":"looks good","environment_ids":[{environment}],"state":"approved"}}"#);
    let path = format!("/actions/runs/{run}/pending_deployments");
    assert_eq!(desk.writes(), [format!("POST {path} {body} -> 200")]);
    assert_eq!(drafted.verbatim.as_str(), format!("POST /repos/acme/shop{path} {body}"));
    assert!(desk.waiting().await.is_empty());
    let late = desk.approver().answer(&answer(one, false)).await.expect_err("it does not wait");
    assert_eq!(late.kind, ErrorKind::Conflict);
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_may_have_been_given_and_a_look_that_failed_gave_none() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("production", &["deployer"]);
    desk.deploys("v1.1.0", "production");
    let yes = answer(&desk.waiting().await[0], true);
    desk.forge.fault("GET", "/actions/runs/{run_id}", Fault::status(502).times(2));
    let error = desk.approver().answer(&yes).await.expect_err("no look");
    assert!(error.unwritten && desk.writes().is_empty(), "{error:?}");
    desk.forge.fault("POST", "/actions/runs/{run_id}/pending_deployments", Fault::cut());
    let error = desk.approver().answer(&yes).await.expect_err("no answer");
    assert!(error.may_have_written(), "{error:?}");
    assert!(desk.waiting().await.is_empty());
}

#[tokio::test]
async fn who_may_not_answer_is_told_why() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("production", &["reviewer"]);
    desk.deploys("v1.1.0", "production");
    let waiting = desk.waiting().await;
    let refused = waiting[0].refused.clone().unwrap_or_default();
    assert_eq!(refused.as_str(), "GitHub does not take your answer: it waits for an answer of reviewer");
    let error = desk.approver().answer(&answer(&waiting[0], true)).await.expect_err("a refusal");
    assert_eq!(error.kind, ErrorKind::Check);
    assert!(error.what.as_str().contains("it was not answered"), "{error}");
    assert!(error.hint.is_some_and(|it| it.as_str().contains("the answer of reviewer counts")));
}

#[tokio::test]
async fn a_timer_waits_for_nobody() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.forge.at(SHOP, |it| {
        it.environment("production").wait(30);
    });
    desk.deploys("v1.1.0", "production");
    let waiting = desk.waiting().await;
    assert_eq!((waiting[0].needed, waiting[0].reviewers.len()), (0, 0));
    assert_eq!(waiting[0].until, Some(desk.forge.now() + chrono::Duration::minutes(30)));
    assert!(waiting[0].refused.as_ref().is_some_and(|it| it.as_str().ends_with("nobody is asked")));
}
