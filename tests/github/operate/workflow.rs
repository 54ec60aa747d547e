//! Promoting by a workflow.

use flightdeck::backend::{ErrorKind, Verb};
use flightdeck::model::GateKind;

use super::desk::{BY_WORKFLOW, Desk, SHOP, told};
use crate::forge::Fault;
use crate::forge::world::Token;

#[tokio::test]
async fn a_promotion_is_one_dispatch_and_its_run_is_followed() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let proposal = desk.propose(&order).await;
    let body = r#"{"inputs":{"environment":"production"},"ref":"v1.1.0","return_run_details":true}"#;
    let verbatim = format!("POST /repos/acme/shop/actions/workflows/deploy.yml/dispatches {body}");
    assert_eq!(proposal.writes[0].verbatim.as_str(), verbatim);
    assert!(proposal.gates.is_empty() && proposal.refused.is_none(), "{proposal:?}");
    assert!(desk.writes().is_empty());

    let receipt = desk.execute(&order).await.expect("a receipt");
    assert_eq!(desk.writes(), [format!("POST /actions/workflows/deploy.yml/dispatches {body} -> 200")]);
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "pending: run #2 of Deploy is queued");
    let run = desk.newest_run();
    desk.begins(run);
    let under_way = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(under_way.starts_with("pending: run #2 of Deploy is in progress: deploy"), "{under_way}");
    desk.plays();
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "healthy: run #2 of Deploy deployed to production");
    assert_eq!(desk.state().await.live.map(|it| it.version), Some("v1.1.0".into()));
}

#[tokio::test]
async fn a_run_that_waits_says_for_whom_and_a_no_has_no_effect() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("production", &["reviewer", "@ops"]);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let risks = desk.propose(&order).await.risks;
    assert!(
        risks.iter().any(|it| it.as_str() == "the run will wait for an answer of reviewer or team ops"),
        "{risks:?}"
    );
    let receipt = desk.done(&order).await;
    desk.plays();
    let waits = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(waits.contains("waits for an answer of reviewer or team ops before production"), "{waits}");
    let state = desk.state().await;
    assert_eq!(state.gates[0].kind, GateKind::Approval);
    assert_eq!(state.desired.map(|it| it.version), Some("v1.1.0".into()));
    let run = desk.newest_run();
    let environment = desk.forge.at(SHOP, |it| it.environment("production").id);
    desk.forge.at(SHOP, |it| it.review(run, &[environment], "rejected", "reviewer", "not today"));
    let no = told(&desk.verdict(&order, Some(&receipt)).await);
    assert_eq!(no, "no effect: reviewer said no: not today; v1.0.0 is live");
}

#[tokio::test]
async fn a_failure_names_job_and_step_and_a_cancelled_run_what_it_left() {
    for (conclusion, expected) in [
        ("failure", "failed: run #2 of Deploy failed in job deploy at step Roll out; v1.0.0 is live"),
        ("cancelled", "failed: run #2 of Deploy was cancelled while it deployed; v1.0.0 is live"),
    ] {
        let desk = Desk::new(BY_WORKFLOW);
        let order = desk.order(Verb::Promote, "v1.1.0").await;
        let receipt = desk.done(&order).await;
        let run = desk.newest_run();
        desk.begins(run);
        desk.forge.at(SHOP, |it| it.finish_job(run, conclusion));
        assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), expected);
    }
}

#[tokio::test]
async fn a_run_that_deploys_nothing_there_is_no_success() {
    let desk = Desk::new(&BY_WORKFLOW.replace("\"{environment}\"", "\"staging\""));
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let receipt = desk.done(&order).await;
    desk.plays();
    let early = told(&desk.verdict(&order, Some(&receipt)).await);
    assert_eq!(early, "pending: run #2 of Deploy succeeded; no deployment is shown yet");
    desk.forge.pass(90);
    let why = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(why.starts_with("failed: run #2 of Deploy succeeded and deployed nothing to production"), "{why}");
}

#[tokio::test]
async fn an_older_server_tells_no_run_and_it_is_found() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::answer(204, &[], "").but_done());
    desk.forge.unjudged();
    let receipt = desk.done(&order).await;
    desk.plays();
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "healthy: run #2 of Deploy deployed to production");
}

#[tokio::test]
async fn a_server_that_does_not_know_the_question_is_asked_without_it() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let said = r#"{"message": "Invalid request.\n\n\"return_run_details\" is not a permitted key."}"#;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::answer(422, &[], said));
    let receipt = desk.done(&order).await;
    let statuses: Vec<String> =
        desk.writes().iter().filter_map(|it| Some(it.split(" -> ").nth(1)?.to_owned())).collect();
    assert_eq!(statuses, ["422", "204"]);
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "pending: run #2 of Deploy is queued");
}

#[tokio::test]
async fn several_runs_that_may_be_it_are_told_apart_by_the_environment() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::answer(204, &[], "").but_done());
    desk.forge.unjudged();
    let receipt = desk.done(&order).await;
    let other = desk.dispatches("v1.1.0", "staging");
    desk.forge.at(SHOP, |it| it.runs.iter_mut().for_each(|it| it.actor = "deployer".into()));
    let open = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(open.starts_with("pending: each of #3 of Deploy, #2 of Deploy may be it"), "{open}");
    let ours = desk.forge.at(SHOP, |it| it.runs.iter().rev().find(|it| it.id != other).expect("a run").id);
    desk.forge.at(SHOP, |it| it.play(ours));
    let done = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(
        done.starts_with("healthy: each of") && done.ends_with("run #2 of Deploy deployed to production"),
        "{done}"
    );
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_sent_again() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::cut());
    let (kind, _) = desk.refused(&order).await;
    assert!(matches!(kind, ErrorKind::Network | ErrorKind::Protocol), "{kind:?}");
    assert_eq!(told(&desk.verdict(&order, None).await), "pending: run #2 of Deploy is queued");
    desk.plays();
    assert_eq!(told(&desk.verdict(&order, None).await), "healthy: run #2 of Deploy deployed to production");
    assert_eq!(desk.writes().len(), 1, "{:?}", desk.writes());
}

#[tokio::test]
async fn what_stopped_before_the_write_or_was_refused_is_told_from_a_lost_answer() {
    let dispatch = "/actions/workflows/{workflow_id}/dispatches";
    let cases = [
        ("GET", "/repos/{owner}/{repo}", Fault::dropped().always(), true),
        ("GET", "/deployments", Fault::status(502).always(), true),
        ("POST", dispatch, Fault::secondary(403, Some(60)), true),
        ("POST", dispatch, Fault::secondary(429, None), true),
        ("POST", dispatch, Fault::status(404), true),
        ("POST", dispatch, Fault::status(502), false),
        ("POST", dispatch, Fault::dropped(), false),
        ("POST", dispatch, Fault::cut(), false),
    ];
    for (at, (method, route, fault, unwritten)) in cases.into_iter().enumerate() {
        let desk = Desk::new(BY_WORKFLOW);
        let order = desk.order(Verb::Promote, "v1.1.0").await;
        desk.forge.fault(method, route, fault);
        let error = desk.execute(&order).await.expect_err("a fault");
        assert_eq!((error.unwritten, error.may_have_written()), (unwritten, !unwritten), "{at}: {error:?}");
        assert_eq!(desk.writes().len(), usize::from(method == "POST"), "{at}");
    }
}

#[tokio::test]
async fn what_never_arrived_has_no_effect_after_a_while() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::dropped());
    // Somebody read the plan for a while before they confirmed it.
    desk.forge.pass(600);
    desk.refused(&order).await;
    assert_eq!(told(&desk.verdict(&order, None).await), "pending: GitHub shows nothing of it yet");
    desk.forge.pass(300);
    let nothing = told(&desk.verdict(&order, None).await);
    assert_eq!(nothing, "no effect: GitHub shows nothing of it; v1.0.0 is live");
    assert_eq!(desk.writes().len(), 1);
}

#[tokio::test]
async fn what_clocks_could_hide_is_not_called_nothing() {
    let desk = Desk::new(BY_WORKFLOW);
    // By GitHub's clock it was dispatched before it was planned by ours.
    let run = desk.dispatches("v1.1.0", "production");
    desk.forge.at(SHOP, |it| it.run_mut(run).actor = "deployer".into());
    desk.forge.pass(120);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.fault("POST", "/actions/workflows/{workflow_id}/dispatches", Fault::dropped());
    desk.refused(&order).await;
    desk.forge.pass(170);
    let unknown = told(&desk.verdict(&order, None).await);
    let expected = "pending: whether it was sent cannot be told from what GitHub shows; v1.0.0 is live";
    assert_eq!(unknown, expected);
}

#[tokio::test]
async fn after_the_process_a_plan_has_time_to_be_confirmed() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.pass(600);
    let recovered = async || told(&desk.operator().recover(&order).await.expect("a verdict"));
    assert_eq!(recovered().await, "pending: GitHub shows nothing of it yet");
    desk.forge.pass(600);
    assert_eq!(recovered().await, "no effect: GitHub shows nothing of it; v1.0.0 is live");
}

#[tokio::test]
async fn what_is_live_is_found_behind_other_tasks_and_many_failures() {
    let desk = Desk::new(BY_WORKFLOW);
    for _ in 0..40 {
        desk.forge.at(SHOP, |it| {
            let migrated = it.deploy("somebody", "production", "v1.1.0");
            it.deployment_mut(migrated).task = "migrate".into();
            it.deployment_status(migrated, "somebody", "success");
        });
    }
    assert_eq!(desk.state().await.live.map(|it| it.version), Some("v1.0.0".into()));
    assert!(desk.forge.requests().iter().any(|it| it.query.get("task").is_some_and(|it| it == "deploy")));
    for _ in 0..40 {
        desk.forge.at(SHOP, |it| {
            let failed = it.deploy("somebody", "production", "v1.1.0");
            it.deployment_status(failed, "somebody", "failure");
        });
    }
    assert_eq!(desk.state().await.live.map(|it| it.version), Some("v1.0.0".into()));
}

#[tokio::test]
async fn following_what_stands_still_costs_nothing_and_what_moves_is_seen() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let receipt = desk.done(&order).await;
    let before = told(&desk.verdict(&order, Some(&receipt)).await);
    desk.forge.forget();
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), before);
    let asked: Vec<u16> = desk.forge.requests().iter().map(|it| it.status).collect();
    assert!(!asked.is_empty() && asked.iter().all(|it| *it == 304), "{asked:?}");
    desk.plays();
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "healthy: run #2 of Deploy deployed to production");
}

#[tokio::test]
async fn who_is_second_writes_nothing() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.pass(5);
    let run = desk.dispatches("v1.1.0", "production");
    let (kind, why) = desk.refused(&order).await;
    assert_eq!(
        (kind, why.as_str()),
        (ErrorKind::Conflict, "run #2 of Deploy was dispatched by somebody since this was planned")
    );
    desk.forge.at(SHOP, |it| it.play(run));
    let (kind, why) = desk.refused(&order).await;
    assert_eq!(kind, ErrorKind::Conflict);
    assert!(why.contains("is success now; v1.1.0 is live"), "{why}");
    assert!(desk.writes().is_empty());
}

#[tokio::test]
async fn what_is_in_the_way_is_told_before() {
    let desk = Desk::new(BY_WORKFLOW);
    let sha = desk.forge.at(SHOP, |it| it.resolve("v1.1.0").expect("a tag").sha.clone());
    desk.forge.at(SHOP, |it| {
        it.check(&sha, "test", "completed", Some("failure"));
        it.check(&sha, "e2e", "in_progress", None);
        it.environment("production").wait(10);
    });
    desk.dispatches("v1.1.0", "staging");
    let proposal = desk.propose(&desk.order(Verb::Promote, "v1.1.0").await).await;
    let kinds: Vec<GateKind> = proposal.gates.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [GateKind::Checks], "{proposal:?}");
    let risks: Vec<&str> = proposal.risks.iter().map(|it| it.as_str()).collect();
    assert!(
        risks.contains(&"run #2 of Deploy, dispatched by somebody, is queued: it may deploy here too"),
        "{risks:?}"
    );
    assert!(
        risks.contains(&"the run will wait 10 min") && risks.iter().any(|it| it.ends_with("are not over: e2e")),
        "{risks:?}"
    );
    desk.forge.fault("GET", "/repos/{owner}/{repo}", Fault::set("/permissions/push", false.into()));
    let gates = desk.propose(&desk.order(Verb::Promote, "v1.1.0").await).await.gates;
    assert!(gates.iter().any(|it| it.forbids(Verb::Promote)), "{gates:?}");
}

#[tokio::test]
async fn what_cannot_be_dispatched_is_refused_in_words() {
    let other = |from: &str, to: &str| BY_WORKFLOW.replace(from, to);
    let cases = [
        (other("deploy.yml", "other.yml"), "has no workflow other.yml"),
        (other("\"{version}\"", "\"{commit}\""), "`ref` is a commit"),
        (String::new(), "it was not said how to promote here: set `promote = "),
    ];
    for (settings, expected) in cases {
        let desk = Desk::new(&settings);
        let refused = desk.propose(&desk.order(Verb::Promote, "v1.1.0").await).await.refused.unwrap_or_default();
        assert!(refused.as_str().contains(expected), "{refused}");
    }
    let desk = Desk::new(BY_WORKFLOW);
    desk.forge.at(SHOP, |it| it.workflows[0].state = "disabled_manually".into());
    let refused = desk.propose(&desk.order(Verb::Promote, "v1.1.0").await).await.refused.unwrap_or_default();
    assert_eq!(refused.as_str(), "deploy.yml is switched off (disabled manually)");
}

#[tokio::test]
async fn a_refusal_says_which_setting_it_is_about() {
    let cases = [
        (BY_WORKFLOW.replace("environment =", "nonsense ="), "Unexpected inputs", "does not declare"),
        (BY_WORKFLOW.replace("\"{version}\"", "\"nowhere\""), "No ref found", "names a branch or a tag"),
    ];
    for (settings, expected, hint) in cases {
        let desk = Desk::new(&settings);
        let (kind, why) = desk.refused(&desk.order(Verb::Promote, "v1.1.0").await).await;
        assert_eq!(kind, ErrorKind::Check, "{why}");
        assert!(why.contains(expected) && why.contains(hint), "{why}");
    }
}

#[tokio::test]
async fn names_from_outside_stay_where_they_belong() {
    let settings = BY_WORKFLOW.replace("deploy.yml", "../../issues?x=");
    let desk = Desk::new(&format!("{settings}\nenvironments = {{ production = 'eu west/1', staging = 's' }}"));
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    let write = desk.propose(&order).await;
    assert!(write.refused.is_some_and(|it| it.as_str().contains("has no workflow")));
    let asked = desk.forge.requests();
    assert!(asked.iter().any(|it| it.query.get("environment").is_some_and(|it| it == "eu west/1")), "{asked:?}");
    assert!(asked.iter().all(|it| !it.path.ends_with("/issues")));
    desk.forge.unjudged();
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_before_anything_is_sent() {
    let desk = Desk::new(BY_WORKFLOW);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.at(SHOP, |it| it.private = false);
    desk.forge.token(crate::forge::TOKEN, Token::classic("deployer", &["workflow", "repo:status"]));
    let gates = desk.propose(&order).await.gates;
    let [gate] = gates.as_slice() else { panic!("{gates:?}") };
    assert!(gate.forbids(Verb::Promote));
    let why = "the token needs the scope repo and has workflow, repo:status: `gh auth refresh --scopes repo`";
    assert_eq!(gate.why.as_str(), why);
}

#[tokio::test]
async fn what_may_not_be_read_is_told_and_stops_nothing() {
    let desk = Desk::new(BY_WORKFLOW);
    for route in
        ["/environments/{environment_name}", "/commits/{ref}/check-runs", "/actions/workflows/{workflow_id}/runs"]
    {
        desk.forge.fault("GET", route, Fault::status(403));
    }
    let proposal = desk.propose(&desk.order(Verb::Promote, "v1.1.0").await).await;
    let unread = proposal.risks.iter().filter(|it| it.as_str().contains("could not be read")).count();
    assert_eq!((proposal.writes.len(), unread), (1, 3), "{proposal:?}");
}

#[tokio::test]
async fn our_own_other_runs_and_those_that_wait_elsewhere_are_no_rivals() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.is_reviewed("staging", &["reviewer"]);
    let order = desk.order(Verb::Promote, "v1.1.0").await;
    desk.forge.pass(5);
    desk.deploys("v1.1.0", "staging");
    let own = desk.dispatches("v1.1.0", "staging");
    desk.forge.at(SHOP, |it| it.run_mut(own).actor = "deployer".into());
    desk.execute(&order).await.expect("a receipt");
    assert_eq!(desk.writes().len(), 1);
}
