//! Stopping runs and running them again.

use flightdeck::backend::{ErrorKind, Verdict};
use flightdeck::model::RunAct;

use super::desk::{BY_WORKFLOW, Desk, SHOP, told};
use crate::forge::Fault;

#[tokio::test]
async fn each_act_is_one_write() {
    let cases = [
        (RunAct::Cancel, None, "in_progress", "/cancel", 202),
        (RunAct::Rerun, None, "success", "/rerun", 201),
        (RunAct::RerunFailed, None, "failure", "/rerun-failed-jobs", 201),
        (RunAct::RerunJob, Some("deploy"), "failure", "", 201),
    ];
    for (act, job, standing, path, status) in cases {
        let desk = Desk::new(BY_WORKFLOW);
        let run = desk.dispatches("v1.1.0", "staging");
        desk.begins(run);
        if standing != "in_progress" {
            desk.forge.at(SHOP, |it| it.finish_job(run, standing));
        }
        let order = desk.run_order(act, run, job).await;
        let draft = desk.runner().draft(&order).await.expect("a draft");
        assert_eq!(draft.refused, None, "{act:?}");
        desk.runner().act(&order).await.unwrap_or_else(|why| panic!("{act:?}: {why}"));
        let path = match job {
            None => format!("/actions/runs/{run}{path}"),
            Some(_) => {
                let job = desk.forge.at(SHOP, |it| it.run_of(run).expect("a run").attempts[0].jobs[0].id);
                format!("/actions/jobs/{job}/rerun")
            }
        };
        assert_eq!(desk.writes(), [format!("POST {path} -> {status}")]);
        assert_eq!(draft.writes[0].verbatim.as_str(), format!("POST /repos/acme/shop{path}"));
        let verdict = desk.runner().verify(&order).await.expect("a verdict");
        assert!(matches!(verdict, Verdict::Healthy(_)), "{act:?}: {}", told(&verdict));
        let error = desk.runner().act(&order).await.expect_err("it was done");
        assert_eq!(error.kind, ErrorKind::Conflict, "{act:?}");
        assert_eq!(desk.writes().len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_words() {
    let desk = Desk::new(BY_WORKFLOW);
    let done = desk.deploys("v1.1.0", "staging");
    let open = desk.dispatches("v1.1.0", "staging");
    let refusal = async |act, run, job| {
        let order = desk.run_order(act, run, job).await;
        desk.runner().draft(&order).await.expect("a draft").refused.unwrap_or_default().to_string()
    };
    assert_eq!(refusal(RunAct::Cancel, done, None).await, "run #2 of Deploy is over already (success)");
    assert_eq!(refusal(RunAct::RerunFailed, done, None).await, "nothing failed in run #2 of Deploy");
    assert_eq!(refusal(RunAct::Rerun, open, None).await, "run #3 of Deploy is queued: what runs cannot run again");
    assert_eq!(refusal(RunAct::RerunJob, done, Some("x")).await, "run #2 of Deploy has no job x: it has deploy");
    desk.forge.pass(31 * 86_400);
    assert!(refusal(RunAct::Rerun, done, None).await.contains("31 days old"));
    let mut order = desk.run_order(RunAct::Rerun, done, None).await;
    order.run = "4711".into();
    assert_eq!(desk.runner().draft(&order).await.expect_err("no run").kind, ErrorKind::NotFound);
    order.run = "build/x".into();
    assert_eq!(desk.runner().draft(&order).await.expect_err("no run").kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn what_could_not_be_looked_at_was_not_sent() {
    let desk = Desk::new(BY_WORKFLOW);
    let run = desk.deploys("v1.1.0", "staging");
    let order = desk.run_order(RunAct::Rerun, run, None).await;
    desk.forge.fault("GET", "/actions/runs/{run_id}", Fault::status(502).always());
    let error = desk.runner().act(&order).await.expect_err("no look");
    assert!(error.is_transient() && !error.may_have_written(), "{error:?}");
    assert!(desk.writes().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    let desk = Desk::new(BY_WORKFLOW);
    let run = desk.deploys("v1.1.0", "staging");
    let order = desk.run_order(RunAct::Rerun, run, None).await;
    desk.forge.fault("POST", "/actions/runs/{run_id}/rerun", Fault::cut());
    desk.runner().act(&order).await.expect_err("no answer");
    let verdict = desk.runner().verify(&order).await.expect("a verdict");
    assert_eq!(told(&verdict), "healthy: attempt 2 of run #2 of Deploy was begun: queued");
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn a_run_is_found_in_whichever_repository_it_is() {
    let forge = crate::forge::Forge::new();
    forge.repository("acme/tools", |it| drop(it.commit("author", "First")));
    let run = forge.repository(SHOP, |shop| {
        let sha = shop.commit("author", "First");
        shop.workflow("build.yml", "Build", None, vec![crate::forge::world::Plan::new("build", &["Compile"])]);
        let (workflow, event, branch) = ("build.yml".into(), "push".into(), "main".into());
        let run = crate::forge::world::NewRun { workflow, event, branch, sha, ..Default::default() };
        let run = crate::forge::world::NewRun { actor: "author".into(), ..run };
        let id = shop.start_run(run);
        shop.play(id);
        id
    });
    let desk = Desk::of(forge, "[\"acme/tools\", \"acme/shop\"]", "");
    let order = desk.run_order(RunAct::Rerun, run, None).await;
    desk.runner().act(&order).await.expect("it is asked");
    assert_eq!(desk.writes(), [format!("POST /actions/runs/{run}/rerun -> 201")]);
    assert!(desk.logs().log(&run.to_string().into(), "build", None, 5).await.is_err());
}
