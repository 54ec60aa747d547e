//! The output of jobs.

use flightdeck::backend::ErrorKind;

use super::desk::{BY_WORKFLOW, Desk, SHOP};
use crate::forge::Fault;

#[tokio::test]
async fn the_output_comes_when_the_job_has_ended() {
    let desk = Desk::new(BY_WORKFLOW);
    let run = desk.dispatches("v1.1.0", "staging");
    let id = run.to_string().into();
    desk.begins(run);
    let early = desk.logs().log(&id, "deploy", None, 100).await.expect_err("it runs");
    assert!(early.what.as_str().ends_with("GitHub gives out its output when it has ended"), "{early}");
    desk.forge.at(SHOP, |it| it.finish_job(run, "failure"));
    let part = desk.logs().log(&id, "deploy", None, 100).await.expect("output");
    let lines: Vec<&str> = part.lines.iter().map(|it| it.as_str()).collect();
    let expected = [
        "Job deploy is about to start running.",
        "▸ Run Set up job",
        "▸ Run Roll out",
        "error: Process completed with exit code 1.",
        "▸ Run Complete job",
    ];
    assert_eq!(lines, expected);
    let end = desk.logs().log(&id, "deploy", None, 2).await.expect("output");
    assert!(end.cut && end.lines.len() == 2);
    let more = desk.logs().log(&id, "deploy", part.cursor.as_ref(), 100).await.expect("nothing new");
    assert!(!more.says_something());
    let unknown = desk.logs().log(&id, "other", None, 100).await.expect_err("no job");
    assert_eq!(unknown.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn output_that_is_gone_is_said_to_be() {
    let desk = Desk::new(BY_WORKFLOW);
    let run = desk.deploys("v1.1.0", "staging");
    for status in [404, 410] {
        desk.forge.fault("GET", "/actions/jobs/{job_id}/logs", Fault::status(status));
        let gone = desk.logs().log(&run.to_string().into(), "deploy", None, 100).await.expect_err("gone");
        assert!(gone.what.as_str().starts_with("the output of deploy is gone"), "{gone}");
    }
}
