//! What goes wrong between us and GitHub: what was read stays, what is wrong is told, and it goes on by itself.

use std::sync::Arc;

use flightdeck::backend::{BackendError, ErrorKind};
use flightdeck::fact::Body;
use flightdeck::model::{Status, Text};
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::filling::fill;
use crate::forge::big::{NAME, Size};
use crate::forge::world::Token;
use crate::forge::{Fault, Forge, TOKEN};

/// A forge with little of everything, and nothing read yet.
fn fresh(directory: &std::path::Path, more: &str) -> (Arc<Forge>, Desk) {
    let forge = Arc::new(Forge::big(Size::SMALL, directory));
    let desk = Desk::over(&forge, &format!("mirror = false\n{more}"));
    (forge, desk)
}

fn problems(all: &[Text]) -> String {
    all.iter().map(Text::as_str).collect::<Vec<_>>().join("\n")
}

/// How often a route was asked for since the last time.
fn asked(forge: &Forge, route: &str) -> usize {
    let count = forge.requests().iter().filter(|it| it.route.ends_with(route)).count();
    forge.forget();
    count
}

async fn refused(desk: &mut Desk) -> BackendError {
    match desk.read().await {
        Err(error) => error,
        // What came before it is told first.
        Ok(_) => desk.read().await.expect_err("something is wrong"),
    }
}

#[rstest]
#[case::broken(Fault::status(500))]
#[case::gateway(Fault::status(502))]
#[case::dropped(Fault::dropped())]
#[case::cut(Fault::cut())]
#[case::truncated(Fault::truncated())]
#[case::empty(Fault::answer(200, &[], ""))]
#[case::a_page_for_people(Fault::answer(200, &[("content-type", "text/html")], "<html><h1>Unicorn!</h1></html>"))]
#[tokio::test]
async fn what_goes_wrong_once_is_asked_for_once_more(#[case] fault: Fault) {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    forge.fault("GET", "/environments", fault);
    let reading = desk.read().await.expect("a reading");
    assert_eq!(reading.problems, []);
    assert_eq!(asked(&forge, "/environments"), 2);
}

#[rstest]
#[case::gateway(Fault::status(502))]
#[case::dropped(Fault::dropped())]
#[case::truncated(Fault::answer(200, &[], "{\"data\": {\"repos"))]
#[tokio::test]
async fn a_question_of_many_parts_is_asked_once_more_too(#[case] fault: Fault) {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "");
    forge.fault("POST", "/graphql", fault.after(2));
    fill(&mut desk, &forge).await;
}

#[tokio::test]
async fn history_that_makes_no_sense_for_a_while_goes_on_after_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "");
    desk.backend.attend(&flightdeck::model::Attention::Away);
    forge.fault("GET", "/actions/runs", Fault::answer(200, &[], "<html>").after(1).times(4));
    let mut told = false;
    for _ in 0..40 {
        let reading = desk.read().await.expect("a reading");
        told |= problems(&reading.problems).contains("history cannot be read further");
        forge.pass(3);
    }
    assert!(told);
    fill(&mut desk, &forge).await;
    let runs = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
    assert_eq!(runs.iter().filter(|it| !it.id.as_str().contains('/')).count(), forge.at(NAME, |it| it.runs.len()));
}

#[tokio::test]
async fn a_server_that_is_broken_for_long_is_asked_less_and_less() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "");
    fill(&mut desk, &forge).await;
    let facts = desk.facts.clone();
    forge.fault("*", "*", Fault::status(503).always());
    forge.pass(30);
    forge.forget();
    for _ in 0..600 {
        let error = desk.read().await.expect_err("it is broken");
        assert_eq!(error.kind, ErrorKind::Network);
        assert!(error.what.as_str().contains("cannot list deployments of acme/shop now"), "{error}");
        forge.pass(1);
    }
    let asked = forge.requests().len();
    assert!((8..=26).contains(&asked), "{asked} in ten minutes");
    assert_eq!(desk.facts, facts);
    forge.heal();
    forge.pass(120);
    assert_eq!(desk.read().await.expect("it goes on by itself").problems, []);
}

#[tokio::test]
async fn words_that_are_new_are_not_known_and_what_is_not_there_is_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    let ids = forge.at(NAME, |it| it.runs.iter().rev().map(|it| it.id.to_string()).collect::<Vec<_>>());
    forge.fault(
        "GET",
        "/actions/runs",
        Fault::edit(|page| {
            let runs = page["workflow_runs"].as_array_mut().expect("runs");
            runs[0]["status"] = json!("warming_up");
            runs[3]["conclusion"] = json!("shrugged");
            for field in ["name", "head_branch", "run_started_at", "actor", "html_url", "head_sha", "event"] {
                runs[4][field] = Value::Null;
                runs[5].as_object_mut().expect("a run").remove(field);
            }
        }),
    );
    forge.fault(
        "GET",
        "/deployments",
        Fault::edit(|page| {
            for field in ["creator", "payload", "description", "sha", "ref", "task", "environment", "updated_at"] {
                page[5][field] = Value::Null;
                page[6].as_object_mut().expect("a deployment").remove(field);
            }
        }),
    );
    let reading = desk.read().await.expect("a reading");
    assert_eq!(reading.problems, []);
    let run = |at: usize| {
        let all = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
        all.into_iter().find(|it| it.id.as_str() == ids[at]).expect("the run")
    };
    assert_eq!((run(0).status, run(3).status), (Status::Unknown, Status::Unknown));
    assert_eq!((run(4).commit, run(4).branch.as_ref(), run(5).url.as_ref()), (None, None, None));
    assert!(run(5).pipeline.as_str().ends_with(".yml"), "the file stands for the name");
}

#[tokio::test]
async fn a_status_of_a_deployment_that_is_new_leaves_what_is_live_as_it_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    desk.read().await.expect("a reading");
    let before = desk.state("development").live.clone().expect("something is live");
    forge.pass(30);
    // A word that GitHub does not know yet.
    forge.unjudged();
    forge.at(NAME, |it| {
        let id = it.deploy("deployer", "development", "main");
        it.add_status(id, "deployer", "teleporting");
    });
    desk.read().await.expect("a reading");
    assert_eq!(desk.state("development").live.as_ref(), Some(&before));
    assert!(desk.state("development").progress.is_some());
}

#[tokio::test]
async fn one_item_that_makes_no_sense_hides_no_other_and_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    let broken = |page: &mut Value| page["workflow_runs"][7]["id"] = json!("seven");
    forge.fault("GET", "/actions/runs", Fault::edit(broken));
    let reading = desk.read().await.expect("a reading");
    let text = problems(&reading.problems);
    assert!(text.contains("acme/shop: 1 answers make no sense") && text.contains("seven"), "{text}");
    let runs = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
    assert_eq!(runs.iter().filter(|it| !it.id.as_str().contains('/')).count(), 49);
    forge.pass(30);
    assert_eq!(desk.read().await.expect("a reading").problems, [], "what is right again is told no more");
}

#[tokio::test]
async fn an_odd_item_is_told_as_long_as_it_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    forge.fault("GET", "/actions/runs", Fault::edit(|page| page["workflow_runs"][7]["id"] = Value::Null).always());
    for _ in 0..3 {
        let text = problems(&desk.read().await.expect("a reading").problems);
        assert!(text.contains("1 answers make no sense"), "{text}");
        forge.pass(30);
    }
}

#[tokio::test]
async fn a_second_page_that_fails_is_read_the_next_time() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    forge.at(NAME, |it| {
        let sha = it.branches["main"].clone();
        for number in 0..130 {
            it.release("deployer", &format!("v7.{number}"), &sha);
            it.open_issue("deployer", "Slow", &["incident"]);
        }
    });
    forge.fault("GET", "/releases", Fault::status(500).after(1).times(2));
    forge.fault("GET", "/issues", Fault::status(500).after(1).times(2));
    refused(&mut desk).await;
    for _ in 0..4 {
        forge.pass(130);
        let _ = desk.read().await;
    }
    let (issues, releases) = forge.at(NAME, |it| (it.issues.len(), it.releases.len()));
    let count = |of: fn(&Body) -> bool| desk.facts.values().filter(|it| of(&it.body)).count();
    assert_eq!(count(|it| matches!(it, Body::Incident(_))), issues);
    assert_eq!(count(|it| matches!(it, Body::Artifact(_))), releases);
}

#[tokio::test]
#[ignore = "takes a minute: tests/run has it"]
async fn ten_thousand_runs_are_read_in_few_questions() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size { pulls: 60, deployments: 40, runs: 10_000 }, directory.path()));
    // Else it would take two hours: the jobs of 25 runs cost 13 points of 5,000.
    forge.token(TOKEN, Token::classic("deployer", &["repo"]).limit("graphql", 50_000));
    let mut desk = Desk::over(&forge, "mirror = false");
    desk.read().await.expect("a reading");
    let first = forge.requests().len();
    assert!(first <= 35, "{first}");
    crate::filling::fill(&mut desk, &forge).await;
    let runs = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
    assert_eq!(runs.iter().filter(|it| !it.id.as_str().contains('/')).count(), 10_000);
    assert!(forge.requests().len() <= 700, "{:?}", forge.counts());
    let kept = std::fs::metadata(desk.cache().join("github/github/kept.json")).expect("it is kept").len();
    println!("10,000 runs: {:?}, {kept} bytes kept", forge.counts());
    assert!(kept < 1_500_000, "{kept}");
}

#[tokio::test]
async fn a_renamed_repository_is_read_and_says_its_new_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    forge.at(NAME, |it| it.rename("acme/store"));
    for _ in 0..2 {
        let text = problems(&desk.read().await.expect("a reading").problems);
        assert_eq!(text, "acme/shop is called acme/store now: write that into the configuration");
        forge.pass(3_700);
    }
    assert!(desk.state("production").live.is_some());
    desk.restart();
    let text = problems(&desk.read().await.expect("a reading").problems);
    assert!(text.contains("acme/store"), "{text}");
}

#[tokio::test]
async fn a_token_goes_to_no_other_server_however_it_is_sent_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    let elsewhere = Forge::new();
    forge.fault(
        "GET",
        "/environments",
        Fault::moved(&format!("{}/repos/acme/shop/environments", elsewhere.url())).always(),
    );
    let reading = desk.read().await.expect("a reading");
    assert!(!elsewhere.requests().is_empty());
    assert!(elsewhere.requests().iter().all(|it| !it.headers.contains_key("authorization")));
    assert!(problems(&reading.problems).contains("list environments"), "{:?}", reading.problems);
}

#[tokio::test]
async fn what_is_switched_off_is_asked_for_seldom_and_the_rest_works() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "");
    forge.fault("GET", "/issues", Fault::status(410).always());
    forge.fault("GET", "/actions/runs", Fault::status(404).always());
    for _ in 0..30 {
        let text = problems(&desk.read().await.expect("a reading").problems);
        assert!(text.contains("cannot list workflow runs of acme/shop") && !text.contains("issues"), "{text}");
        forge.pass(100);
    }
    assert!(desk.state("production").live.is_some());
    assert_eq!(forge.requests().iter().filter(|it| it.route.ends_with("/issues")).count(), 1);
    assert!(forge.requests().iter().filter(|it| it.route.ends_with("/actions/runs")).count() <= 2);
}

#[tokio::test]
async fn a_token_that_is_revoked_half_way_is_told_and_another_one_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let file = directory.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    let more = format!("mirror = false\nhistory_budget = 0\ntoken_command = [\"cat\", \"{}\"]", file.display());
    let mut desk = Desk::plain(&forge, &more);
    desk.read().await.expect("a reading");
    let facts = desk.facts.clone();
    forge.pass(30);
    forge.fault("GET", "/actions/runs", Fault::revoked());
    let error = refused(&mut desk).await;
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.what.as_str().contains("the token from the command cat is not accepted"), "{error}");
    assert!(error.hint.as_ref().is_some_and(|it| it.as_str().contains("/settings/tokens")), "{error:?}");
    assert_eq!(desk.facts, facts);
    std::fs::write(&file, crate::forge::REVIEWER).expect("written");
    forge.pass(6);
    assert_eq!(desk.read().await.expect("it goes on by itself").problems, []);
}

#[tokio::test]
async fn a_list_that_leads_back_to_itself_ends() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    let run = forge.at(NAME, |it| it.runs.last().expect("a run").id);
    for (route, body) in [
        (format!("/repos/acme/shop/actions/runs/{run}/jobs"), json!({ "total_count": 0, "jobs": [] })),
        ("/releases".to_owned(), json!([])),
        ("/issues".to_owned(), json!([])),
    ] {
        let path = if route.starts_with("/repos") { route.clone() } else { format!("/repos/acme/shop{route}") };
        let link = format!("<{}{path}>; rel=\"next\"", forge.url());
        forge.fault("GET", &route, Fault::answer(200, &[("link", &link)], body.to_string()).always());
    }
    desk.read().await.expect("a reading");
    assert!(forge.requests().len() < 150, "{:?}", forge.counts());
}

#[tokio::test]
async fn a_clock_that_is_set_back_stops_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, mut desk) = fresh(directory.path(), "history_budget = 0");
    desk.read().await.expect("a reading");
    forge.pass(-86_400);
    forge.forget();
    desk.read().await.expect("a reading");
    assert!(forge.requests().len() >= 7, "everything is looked at again: {:?}", forge.counts());
    forge.fault("GET", "/deployments", Fault::secondary(429, Some(600)));
    forge.pass(30);
    refused(&mut desk).await;
    forge.pass(-86_400);
    desk.read().await.expect("a pause of a day is none that GitHub asked for");
}

#[tokio::test]
async fn a_run_that_has_waited_for_long_is_found_and_followed() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    // The two that wait are the newest ones; a hundred others come after them.
    forge.at(NAME, |it| {
        let sha = it.branches["main"].clone();
        for _ in 0..100 {
            let (workflow, event, branch) = ("ci.yml".to_owned(), "push".to_owned(), "main".to_owned());
            let (actor, inputs) = ("deployer".to_owned(), std::collections::BTreeMap::new());
            let new = crate::forge::world::NewRun { workflow, event, branch, sha: sha.clone(), actor, inputs };
            let run = it.start_run(new);
            it.play(run);
        }
    });
    let mut desk = Desk::over(&forge, "mirror = false");
    fill(&mut desk, &forge).await;
    assert_eq!(desk.state("production").gates.len(), 2, "{:?}", desk.state("production"));
}
