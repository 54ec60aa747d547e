//! Runs are cancelled and run again, on the command line and in the cockpit.

use serde_json::json;

use super::drive::{standing, until};
use super::shop::{BY_WORKFLOW, CONFIRMED, LARGE, NAME, Shop, forge, is_now, post, writes};
use crate::forge::Forge;
use crate::forge::world::NewRun;

/// A run that is at work on its first job.
fn at_work(forge: &Forge) -> u64 {
    is_now(forge);
    forge.at(NAME, |it| {
        let (workflow, event, actor) = ("deploy.yml".to_owned(), "workflow_dispatch".to_owned(), "author".to_owned());
        let (branch, sha) = ("v1.2".to_owned(), it.tags["v1.2"].clone());
        let inputs = [("environment".to_owned(), "staging".to_owned())].into();
        let run = it.start_run(NewRun { workflow, event, branch, sha, actor, inputs });
        (0..2).for_each(|_| assert!(it.advance(run)));
        run
    })
}

/// A run whose first job failed.
fn failed(forge: &Forge) -> u64 {
    let run = at_work(forge);
    is_now(forge);
    forge.at(NAME, |it| it.finish_job(run, "failure"));
    run
}

fn attempts(forge: &Forge, run: u64) -> usize {
    forge.at(NAME, |it| it.run_of(run).map_or(0, |it| it.attempts.len()))
}

#[test]
fn on_the_command_line() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let (running, broken) = (at_work(&forge), failed(&forge));
    let of = |run: u64, what: &str| format!("/actions/runs/{run}/{what}");
    let (one, other) = (running.to_string(), broken.to_string());
    let plan = shop.said(&["runs", "cancel", &one, "--plan"]);
    assert!(plan.contains(&format!("POST /repos/acme/shop{}", of(running, "cancel"))), "{plan}");
    assert_eq!(writes(&forge), []);
    shop.said(&["runs", "cancel", &one, "--yes"]);
    assert_eq!(standing(&forge, running), ("completed".to_owned(), Some("cancelled".to_owned())));
    shop.said(&["runs", "rerun-failed", &other, "--yes"]);
    assert_eq!((attempts(&forge, running), attempts(&forge, broken)), (1, 2));
    shop.said(&["runs", "rerun", &one, "--yes"]);
    assert_eq!((attempts(&forge, running), attempts(&forge, broken)), (2, 2));
    let expected = [
        post(&of(running, "cancel"), json!(null)),
        post(&of(broken, "rerun-failed-jobs"), json!(null)),
        post(&of(running, "rerun"), json!(null)),
    ];
    assert_eq!(writes(&forge), expected);
    let over = shop.run(&["runs", "cancel", &forge.at(NAME, |it| it.runs[0].id).to_string(), "--yes"]);
    assert_ne!(over.code, Some(0), "{over}");
    assert_eq!(writes(&forge).len(), 3);
}

#[test]
fn what_deployed_to_production_takes_its_name() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    // v1.1 went to production by it.
    let run = forge.at(NAME, |it| it.runs[3].id);
    let again = ["runs", "rerun", &run.to_string()].map(str::to_owned);
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    let refused = shop.run(&[&again[..], &["--yes"]].concat());
    assert_ne!(refused.code, Some(0), "{refused}");
    assert_eq!(writes(&forge), []);
    shop.said(&[&again[..], &CONFIRMED].concat());
    assert_eq!(writes(&forge), [post(&format!("/actions/runs/{run}/rerun"), json!(null))]);
}

#[test]
fn in_the_cockpit() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let run = at_work(&forge);
    let mut terminal = shop.cockpit(LARGE);
    terminal.wait("the board", |screen| screen.contains("✓ v1.1"));
    terminal.press_until("3", "the runs", |screen| screen.contains("running"));
    terminal.press_until("xx", "what is written", |screen| screen.contains(&format!("/actions/runs/{run}/cancel")));
    terminal.press_until("y", "it is asked", |_| writes(&forge).len() == 1);
    until("it is cancelled", || standing(&forge, run).1);
    terminal.press_until("\x1b", "the runs", |screen| !screen.contains("/cancel"));
    terminal.press_until("xr", "what is written", |screen| screen.contains(&format!("/actions/runs/{run}/rerun")));
    terminal.press_until("y", "it is asked", |_| writes(&forge).len() == 2);
    until("it runs again", || (attempts(&forge, run) == 2).then_some(()));
    let of = |what: &str| format!("/actions/runs/{run}/{what}");
    assert_eq!(writes(&forge), [post(&of("cancel"), json!(null)), post(&of("rerun"), json!(null))]);
}
