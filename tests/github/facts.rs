//! Small histories and exactly what they make: what is live, what waits, versions, pull requests, runs, incidents,
//! releases.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use flightdeck::fact::Body;
use flightdeck::model::{Artifact, Deployment, GateKind, Incident, Outcome, PullRequest, Run, Status};
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::forge::Forge;
use crate::forge::world::{FROM_INPUT, From, NewRun, Plan, Repository};

const SHOP: &str = "acme/shop";

/// A repository with one commit and one workflow that deploys.
fn shop(fill: impl FnOnce(&mut Repository)) -> Arc<Forge> {
    let forge = Forge::new();
    forge.repository(SHOP, |it| {
        it.commit("author", "First");
        let build = Plan::new("build", &["Compile"]);
        let deploy = Plan::new("deploy", &["Roll out"]).deploys_to(FROM_INPUT);
        it.workflow("deploy.yml", "Deploy", Some(&["environment"]), vec![build, deploy]);
        it.environment("production").reviewers(&["reviewer"]);
        it.environment("staging");
        fill(it);
    });
    Arc::new(forge)
}

async fn read(forge: &Arc<Forge>, more: &str) -> Desk {
    let mut desk = Desk::over(forge, &format!("mirror = false\nhistory_budget = 0\n{more}"));
    let reading = desk.read().await.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(reading.problems, []);
    desk
}

fn deployments(desk: &Desk) -> Vec<&Deployment> {
    desk.all(|it| if let Body::Deployment(it) = it { Some(&**it) } else { None })
}

fn dispatch(it: &mut Repository, environment: &str) -> u64 {
    let (workflow, event, branch) = ("deploy.yml".to_owned(), "workflow_dispatch".to_owned(), "main".to_owned());
    let (sha, actor) = (it.branches["main"].clone(), "deployer".to_owned());
    let inputs: BTreeMap<_, _> = [("environment".to_owned(), environment.to_owned())].into();
    it.start_run(NewRun { workflow, event, branch, sha, actor, inputs })
}

/// A deployment of a version, with its statuses from the oldest on, a minute apart.
fn deployed(it: &mut Repository, version: &str, states: &[&str]) -> u64 {
    it.clock.pass(60);
    let id = it.deploy("deployer", "staging", "main");
    it.deployment_mut(id).payload = json!({ "version": version });
    for state in states {
        it.clock.pass(60);
        it.add_status(id, "deployer", state);
    }
    id
}

#[rstest]
#[case::success_under_one_that_is_under_way("1 success; 2 in_progress", Some("1"), Some("2"))]
#[case::failure_on_top("1 success; 2 in_progress failure", Some("1"), None)]
#[case::taken_over("1 in_progress success inactive; 2 success", Some("2"), None)]
#[case::switched_off_for_an_earlier_one_that_stayed("1 success; 2 success inactive", Some("1"), None)]
#[case::given_up("1 success; 2 in_progress inactive", Some("1"), None)]
#[case::waits("1 success; 2 waiting", Some("1"), Some("2"))]
#[case::nothing_yet("1 queued", None, Some("1"))]
#[case::no_status("1 success; 2", Some("1"), Some("2"))]
#[tokio::test]
async fn what_is_live_follows_from_statuses(
    #[case] history: &str,
    #[case] live: Option<&str>,
    #[case] desired: Option<&str>,
) {
    let forge = shop(|it| {
        for one in history.split("; ") {
            let words: Vec<&str> = one.split(' ').collect();
            deployed(it, words[0], &words[1..]);
        }
    });
    let desk = read(&forge, "").await;
    let state = desk.state("staging");
    let version = |it: &Option<flightdeck::model::Installed>| it.as_ref().map(|it| it.version.to_string());
    assert_eq!((version(&state.live).as_deref(), version(&state.desired).as_deref()), (live, desired));
    assert_eq!(state.progress.is_some(), desired.is_some());
}

#[tokio::test]
async fn what_waits_for_somebody_is_no_deployment_yet_and_what_is_refused_is_cancelled() {
    let mut run = 0;
    let forge = shop(|it| {
        run = dispatch(it, "production");
        it.play(run);
    });
    let mut desk = read(&forge, "").await;
    assert_eq!(deployments(&desk), Vec::<&Deployment>::new());
    let state = desk.state("production");
    assert_eq!((state.live.as_ref(), state.gates.len(), state.gates[0].kind), (None, 1, GateKind::Approval));
    assert_eq!(state.gates[0].who.as_str(), "reviewer");
    assert!(state.desired.is_some());
    assert!(state.progress.as_ref().is_some_and(|it| it.what.as_str().contains("waits for an answer of reviewer")));
    let waits = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
    assert_eq!((waits.len(), waits[0].status), (1, Status::Held));

    forge.pass(300);
    forge.at(SHOP, |it| {
        let environment = it.environment("production").id;
        it.review(run, &[environment], "rejected", "reviewer", "No");
    });
    desk.read().await.expect("a reading");
    let all = deployments(&desk);
    assert_eq!((all.len(), all[0].outcome), (1, Outcome::Cancelled));
    let state = desk.state("production");
    assert!(state.gates.is_empty() && state.progress.is_none() && state.live.is_none(), "{state:?}");
}

#[tokio::test]
async fn who_approved_deployment_ran_is_told_with_its_times() {
    let forge = shop(|it| {
        let run = dispatch(it, "staging");
        while it.advance(run) {
            it.clock.pass(30);
        }
    });
    let desk = read(&forge, "").await;
    let all = deployments(&desk);
    let one = all[0];
    assert_eq!((one.outcome, one.actor.as_ref().map(|it| it.as_str())), (Outcome::Success, Some("deployer")));
    let took = one.finished_at.expect("it ended") - one.started_at.expect("it began");
    assert_eq!(took, Duration::seconds(30), "from the start of its work to success");
    assert!(one.url.as_ref().is_some_and(|it| it.as_str().contains("/actions/runs/")));
}

#[rstest]
#[case::payload(json!({ "version": "1.4.2" }), "main", "", "1.4.2")]
#[case::text(json!("{\"version\": \"1.4.3\"}"), "main", "", "1.4.3")]
#[case::tag(json!({}), "v2.0.1", "", "v2.0.1")]
#[case::other_key(json!({ "build": 77 }), "main", "version = ['payload build']", "77")]
#[case::release_of_the_commit(json!({}), "main", "version = ['tag', 'sha']", "v2.0.1")]
#[case::commit(json!({}), "main", "version = ['sha']", "")]
#[tokio::test]
async fn a_version_is_where_the_settings_say(
    #[case] payload: Value,
    #[case] reference: &str,
    #[case] more: &str,
    #[case] expected: &str,
) {
    let mut sha = String::new();
    let forge = shop(|it| {
        sha = it.branches["main"].clone();
        it.release("deployer", "v2.0.1", &sha);
        it.releases.last_mut().expect("a release").target = sha.clone();
        let id = it.deploy("deployer", "staging", reference);
        it.deployment_mut(id).payload = payload;
        it.add_status(id, "deployer", "success");
    });
    let desk = read(&forge, more).await;
    let version = desk.state("staging").live.as_ref().expect("live").version.to_string();
    assert_eq!(version, if expected.is_empty() { &sha[..7] } else { expected });
}

#[tokio::test]
async fn environments_are_called_as_the_settings_say() {
    let forge = shop(|it| {
        for name in ["search-prd", "checkout-prd", "checkout-staging", "prd"] {
            let id = it.deploy("deployer", name, "main");
            it.add_status(id, "deployer", "success");
        }
    });
    let more = "environment = '{service}-{environment}'\nenvironments = { production = 'prd', staging = 'staging' }";
    let desk = read(&forge, more).await;
    let mut tracks: Vec<String> = deployments(&desk).iter().map(|it| it.track().to_string()).collect();
    tracks.sort();
    assert_eq!(tracks.len(), 3, "{tracks:?}");
    assert!(tracks[0].contains("checkout") && tracks[2].contains("search"), "{tracks:?}");
}

#[tokio::test]
async fn a_pull_request_has_its_times() {
    let mut times = Vec::new();
    let forge = shop(|it| {
        let mut now = |it: &Repository| times.push(it.clock.now());
        now(it);
        let commit = it.commit("author", "Work");
        it.clock.pass(3_600);
        now(it);
        let number = it.open_pull("author", "SHOP-12: faster", "faster", &[commit]);
        it.clock.pass(600);
        now(it);
        it.review_pull(number, "reviewer", "CHANGES_REQUESTED");
        it.clock.pass(600);
        now(it);
        it.review_pull(number, "reviewer", "APPROVED");
        it.clock.pass(600);
        now(it);
        let merge = it.commit("reviewer", "Merge");
        it.merge_pull(number, "reviewer", &merge);
    });
    let desk = read(&forge, "").await;
    let all: Vec<&PullRequest> = desk.all(|it| if let Body::PullRequest(it) = it { Some(&**it) } else { None });
    let one = all[0];
    let told = [one.first_commit_at, one.opened_at, one.first_review_at, one.approved_at, one.merged_at];
    assert_eq!(told.map(|it| it.expect("a time")).to_vec(), times);
    assert_eq!((one.closed_at, one.ticket.as_ref().map(|it| it.as_str())), (None, Some("SHOP-12")));
    assert!(one.merge_commit.is_some() && one.commits.len() == 1);
}

#[tokio::test]
async fn a_run_has_its_queue_its_jobs_and_its_attempts() {
    let mut id = 0;
    let forge = shop(|it| {
        id = dispatch(it, "staging");
        for pass in [10, 40, 100] {
            it.clock.pass(pass);
            it.advance(id);
        }
        // Asked for, 10 s later queued as a job, 40 s later begun, 100 s later built; the deployment fails.
        it.clock.pass(5);
        it.advance(id);
        it.clock.pass(20);
        it.finish_job(id, "failure");
        it.clock.pass(600);
        it.rerun(id, "reviewer", From::Failed);
        it.play(id);
    });
    let desk = read(&forge, "").await;
    let all: Vec<&Run> = desk.all(|it| if let Body::Run(it) = it { Some(&**it) } else { None });
    let find = |name: String| all.iter().find(|it| it.id.as_str() == name).unwrap_or_else(|| panic!("{name}: {all:?}"));
    let first = find(format!("{id}/1"));
    assert_eq!((first.status, first.attempt), (Status::Failed, Some(1)));
    let span = |from: Option<flightdeck::model::Time>, to: Option<flightdeck::model::Time>| {
        (to.expect("an end") - from.expect("a beginning")).num_seconds()
    };
    let build = &first.jobs[0];
    assert_eq!((span(build.queued_at, build.started_at), span(build.started_at, build.finished_at)), (40, 100));
    assert_eq!(span(first.queued_at, first.started_at), 50);
    let second = find(id.to_string());
    assert_eq!((second.status, second.attempt), (Status::Ok, Some(2)));
    assert_eq!(second.trigger.as_ref().map(|it| it.as_str()), Some("reviewer"));
}

#[tokio::test]
async fn incidents_and_releases_are_what_their_issues_and_tags_say() {
    let mut deployment = 0;
    let forge = shop(|it| {
        deployment = deployed(it, "1", &["success"]);
        let issue =
            it.open_issue("deployer", "Orders are lost", &["incident", "service: checkout", "environment: production"]);
        it.issues.last_mut().expect("an issue").body = Some(format!("Since deployment #{deployment}"));
        it.open_issue("deployer", "A wish", &["feature"]);
        it.clock.pass(1_800);
        it.close_issue(issue);
        let sha = it.branches["main"].clone();
        it.release("deployer", "v1.0.0", &sha);
        it.releases.last_mut().expect("a release").target = sha;
    });
    let desk = read(&forge, "").await;
    let all: Vec<&Incident> = desk.all(|it| if let Body::Incident(it) = it { Some(&**it) } else { None });
    assert_eq!(all.len(), 1);
    let one = all[0];
    let names = (one.service.as_ref().map(|it| it.as_str()), one.environment.as_ref().map(|it| it.as_str()));
    assert_eq!(names, (Some("checkout"), Some("production")));
    assert_eq!(one.caused_by.as_ref().map(ToString::to_string), Some(deployment.to_string()));
    assert_eq!(one.resolved_at.map(|at| at - one.opened_at), Some(Duration::seconds(1_800)));
    let all: Vec<&Artifact> = desk.all(|it| if let Body::Artifact(it) = it { Some(&**it) } else { None });
    assert_eq!((all.len(), all[0].version.as_str(), all[0].location.as_str()), (1, "v1.0.0", "release"));
    assert!(all[0].commit.is_some() && all[0].arrived_at.is_some());
}
