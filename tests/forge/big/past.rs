//! What happened in the repository, played in the order of time.

use std::collections::BTreeMap;

use chrono::Duration;

use super::super::world::{FROM_INPUT, NewRun, Plan, Repository, Time};
use super::history::{Change, git};
use super::{CI, DEPLOY, ENVIRONMENTS, Size};

/// Seconds from one event of a run to the next.
const PACE: i64 = 45;
const ROLLBACK: &str = "rollback.yml";

/// Lives through all changes.
pub fn lived(shop: &mut Repository, size: Size, changes: &[Change]) {
    let now = shop.clock.now();
    workflows(shop, changes.first().map_or(now, |it| it.opened_at));
    let per_change = (size.runs.saturating_sub(size.deployments) / size.pulls.max(1)).max(1);
    for change in changes {
        let number = opened(shop, change);
        for round in 0..per_change {
            let spare = size.runs.saturating_sub(shop.runs.len() + 4);
            if spare > 0 {
                let at = change.opened_at + Duration::minutes(round as i64);
                tested(shop, change, at, (number + round as u64).is_multiple_of(11));
            }
        }
        if let Some((merge, at)) = &change.merge {
            let left = (size.deployments.saturating_sub(2)).saturating_sub(shop.deployments.len());
            merged(shop, number, change, merge, *at);
            deployed(shop, number, merge, *at + Duration::minutes(2), left);
        } else if change.dropped {
            shop.clock.set(change.opened_at + Duration::hours(5));
            shop.close_pull(number);
        }
    }
    fill(shop, size, changes);
    wait(shop, changes);
    shop.clock.set(now);
}

fn workflows(shop: &mut Repository, since: Time) {
    shop.clock.set(since);
    for name in ENVIRONMENTS {
        shop.environment(name);
    }
    shop.workflow(
        CI,
        "CI",
        None,
        vec![Plan::new("test", &["Check out", "Compile", "Test"]), Plan::new("lint", &["Lint"])],
    );
    let deploys = ENVIRONMENTS
        .map(|it| Plan::new(&format!("deploy to {it}"), &["Download", "Roll out", "Smoke test"]).deploys_to(it));
    let build = Plan::new("build", &["Check out", "Compile", "Package"]);
    shop.workflow(DEPLOY, "Deploy", Some(&["version"]), [build].into_iter().chain(deploys).collect());
    let back = Plan::new("put back", &["Roll out"]).deploys_to(FROM_INPUT);
    shop.workflow(ROLLBACK, "Put back", Some(&["environment", "version"]), vec![back]);
}

fn opened(shop: &mut Repository, change: &Change) -> u64 {
    shop.clock.set(change.opened_at);
    let number = shop.open_pull(&change.author, &change.title, &change.branch, &change.commits);
    if number.is_multiple_of(9) {
        shop.pull_mut(number).labels.push("feature".to_owned());
    }
    shop.clock.pass(1800);
    if number.is_multiple_of(4) {
        shop.review_pull(number, "reviewer", "CHANGES_REQUESTED");
        shop.clock.pass(300);
    }
    if change.merge.is_some() {
        shop.review_pull(number, "reviewer", "APPROVED");
    }
    number
}

fn tested(shop: &mut Repository, change: &Change, at: Time, fails: bool) {
    shop.clock.set(at);
    let (workflow, event, actor) = (CI.to_owned(), "pull_request".to_owned(), change.author.clone());
    let sha = change.commits.last().cloned().unwrap_or_default();
    let run =
        shop.start_run(NewRun { workflow, event, branch: change.branch.clone(), sha, actor, inputs: BTreeMap::new() });
    played(shop, run, if fails { 2 } else { usize::MAX });
    if fails {
        shop.finish_job(run, "failure");
    }
}

/// So many events of a run.
fn played(shop: &mut Repository, run: u64, events: usize) {
    for _ in 0..events {
        shop.clock.pass(PACE);
        if !shop.advance(run) {
            return;
        }
    }
}

fn merged(shop: &mut Repository, number: u64, change: &Change, merge: &str, at: Time) {
    shop.clock.set(at);
    shop.merge_pull(number, "reviewer", merge);
    shop.branches.remove(&change.branch);
    shop.commit_status(merge, "ci/external", "success");
}

/// Every third merge goes out: it succeeds, fails somewhere, or is cancelled; a failure in production is put back and
/// has an incident.
fn deployed(shop: &mut Repository, number: u64, merge: &str, at: Time, left: usize) {
    if !number.is_multiple_of(3) || left < 5 {
        return;
    }
    shop.clock.set(at);
    let before = shop
        .deployments
        .iter()
        .rev()
        .find(|it| it.environment == "production" && it.statuses.iter().any(|it| it.state == "success"));
    let before = before.map(|it| it.sha.clone());
    let (workflow, event, branch) = (DEPLOY.to_owned(), "push".to_owned(), "main".to_owned());
    let (sha, actor) = (merge.to_owned(), "reviewer".to_owned());
    let run = shop.start_run(NewRun { workflow, event, branch, sha, actor, inputs: BTreeMap::new() });
    // Start, then two events for each job: build, development, staging, production.
    match number % 15 {
        3 => {
            played(shop, run, 6);
            shop.finish_job(run, "failure");
            shop.clock.pass(900);
            shop.rerun(run, "deployer", super::super::world::From::Failed);
            played(shop, run, usize::MAX);
        }
        6 => {
            played(shop, run, 4);
            shop.cancel(run, false);
        }
        9 => {
            played(shop, run, 8);
            shop.finish_job(run, "failure");
            back(shop, before.as_deref());
        }
        _ => {
            played(shop, run, usize::MAX);
            if number.is_multiple_of(12) {
                let tag = format!("v1.{}", shop.releases.len() + 1);
                shop.release("deployer", &tag, merge);
                if let Some(directory) = shop.git.clone() {
                    git(&["tag", &tag, merge], &directory, "");
                }
            }
        }
    }
}

fn back(shop: &mut Repository, to: Option<&str>) {
    let Some(sha) = to.map(str::to_owned) else { return };
    let issue = shop.open_issue("deployer", "Orders cannot be paid", &["incident"]);
    shop.clock.pass(600);
    let inputs = [("environment".to_owned(), "production".to_owned()), ("version".to_owned(), sha.clone())].into();
    let (workflow, event, branch) = (ROLLBACK.to_owned(), "workflow_dispatch".to_owned(), "main".to_owned());
    let run = shop.start_run(NewRun { workflow, event, branch, sha, actor: "deployer".to_owned(), inputs });
    played(shop, run, usize::MAX);
    shop.clock.pass(1200);
    shop.close_issue(issue);
}

/// Nightly runs until there are as many as wanted, but for the two that wait.
fn fill(shop: &mut Repository, size: Size, changes: &[Change]) {
    let Some(sha) = changes.iter().rev().find_map(|it| it.merge.as_ref()).map(|(sha, _)| sha.clone()) else { return };
    let end = changes.last().map_or(shop.created_at, |it| it.opened_at);
    while shop.runs.len() + 2 < size.runs {
        shop.clock.set(end + Duration::minutes(shop.runs.len() as i64 % 300));
        let (workflow, event, branch) = (CI.to_owned(), "schedule".to_owned(), "main".to_owned());
        let new =
            NewRun { workflow, event, branch, sha: sha.clone(), actor: "deployer".to_owned(), inputs: BTreeMap::new() };
        let run = shop.start_run(new);
        played(shop, run, usize::MAX);
    }
}

/// Two runs wait before production.
fn wait(shop: &mut Repository, changes: &[Change]) {
    shop.environment("production").reviewers(&["reviewer", "@operators"]);
    shop.teams.insert("operators".to_owned(), vec!["deployer".to_owned()]);
    let merges: Vec<String> = changes.iter().filter_map(|it| it.merge.as_ref()).map(|(sha, _)| sha.clone()).collect();
    for sha in merges.into_iter().rev().take(2) {
        shop.clock.pass(600);
        let inputs = [("environment".to_owned(), "production".to_owned())].into();
        let (workflow, event, branch) = (ROLLBACK.to_owned(), "workflow_dispatch".to_owned(), "main".to_owned());
        let run = shop.start_run(NewRun { workflow, event, branch, sha, actor: "deployer".to_owned(), inputs });
        played(shop, run, usize::MAX);
    }
}
