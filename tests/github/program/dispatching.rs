//! A version goes on by a workflow that is dispatched: on the command line and in the cockpit, through an approval.

use serde_json::{Value, json};

use super::drive::{self, begun, play, standing};
use super::shop::{BY_WORKFLOW, CONFIRMED, LARGE, NAME, SMALL, Shop, dispatch, finish, forge, post, writes};
use crate::forge::{Forge, REVIEWER};

const PROMOTE: [&str; 4] = ["promote", "shop", "--to", "production"];
const VERBATIM: &str = "POST /repos/acme/shop/actions/workflows/deploy.yml/dispatches \
                        {\"inputs\":{\"environment\":\"production\",\"version\":\"v1.2\"},\"ref\":\"v1.2\",\
                        \"return_run_details\":true}";

/// The project of somebody who may say yes.
fn reviewing(forge: &Forge) -> Shop {
    Shop::with(forge, REVIEWER, &["staging", "production"], &format!("mirror = false\n{BY_WORKFLOW}"))
}

/// The answer to what waits before production.
fn answer(forge: &Forge, run: u64, state: &str, comment: &str) -> (String, String, Value) {
    let environment = forge.at(NAME, |it| it.environment("production").id);
    let body = json!({ "environment_ids": [environment], "state": state, "comment": comment });
    post(&format!("/actions/runs/{run}/pending_deployments"), body)
}

/// What the journal says of the newest operation.
fn newest(shop: &Shop) -> Value {
    shop.said(&["journal", "verify"]);
    shop.json(&["journal"])["operations"][0].clone()
}

#[test]
fn a_plan_shows_the_request_and_sends_nothing() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let plan = shop.json(&[&PROMOTE[..], &["--plan"]].concat());
    assert_eq!(plan["plan"]["writes"][0]["verbatim"], VERBATIM);
    assert_eq!(plan["plan"]["writes"].as_array().map(Vec::len), Some(1));
    let said = shop.said(&[&PROMOTE[..], &["--plan"]].concat());
    assert!(said.contains(&format!("   {VERBATIM}\n")), "{said}");
    assert!(said.contains("risk: the run will wait for an answer of reviewer"), "{said}");
    let unnamed = shop.run(&[&PROMOTE[..], &["--yes"]].concat());
    assert_eq!(unnamed.code, Some(2), "{unnamed}");
    assert_eq!(writes(&forge), []);
}

#[test]
fn the_command_line_follows_a_run_through_an_approval() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let child = shop.start(&[&PROMOTE[..], &CONFIRMED, &["--reason", "it is time"]].concat());
    let run = begun(&forge);
    play(&forge, run);
    assert_eq!(standing(&forge, run).0, "waiting");
    let reviewer = reviewing(&forge);
    let waiting = reviewer.json(&["approvals"]);
    assert_eq!(waiting["waiting"][0]["waiting"]["version"], "v1.2", "{waiting}");
    let approve = ["approve", "shop", "production"];
    let plan = reviewer.said(&[&approve[..], &["--plan"]].concat());
    assert!(plan.contains(&format!("POST /repos/acme/shop/actions/runs/{run}/pending_deployments {{")), "{plan}");
    let own = shop.run(&[&approve[..], &CONFIRMED].concat());
    assert_ne!(own.code, Some(0), "deployer is no reviewer: {own}");
    assert_eq!(writes(&forge), [dispatch("v1.2", "production")]);
    let said = reviewer.said(&[&approve[..], &CONFIRMED, &["--comment", "read it"]].concat());
    assert!(said.contains("approved run #6 of Deploy for production"), "{said}");
    play(&forge, run);
    let told = finish(child);
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains("done: run #6 of Deploy deployed to production"), "{told}");
    assert!(told.out.contains("live: v1.2 in production"), "{told}");
    assert_eq!(writes(&forge), [dispatch("v1.2", "production"), answer(&forge, run, "approved", "read it")]);
    assert_eq!(shop.live("production"), "v1.2");
    let operation = newest(&shop);
    let [verb, from, to, reason] = ["verb", "from", "to", "reason"].map(|it| operation[it].clone());
    assert_eq!((verb, from, to, reason), (json!("promote"), json!("v1.1"), json!("v1.2"), json!("it is time")));
    assert_eq!(operation["ending"], json!({ "is": "succeeded", "why": "run #6 of Deploy deployed to production" }));
}

#[test]
fn a_no_ends_it_and_nothing_changed() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let child = shop.start(&[&PROMOTE[..], &CONFIRMED].concat());
    let run = begun(&forge);
    play(&forge, run);
    let reviewer = reviewing(&forge);
    reviewer.said(&[&["reject", "shop", "production", "--comment", "not today"], &CONFIRMED[..]].concat());
    let told = finish(child);
    assert_eq!(told.code, Some(5), "{told}");
    assert!(told.out.contains("reviewer said no: not today") && told.out.contains("v1.1"), "{told}");
    assert_eq!(writes(&forge), [dispatch("v1.2", "production"), answer(&forge, run, "rejected", "not today")]);
    assert_eq!(newest(&shop)["ending"]["is"], "no_effect");
    assert_eq!(shop.live("production"), "v1.1");
}

#[test]
fn the_command_line_says_for_whom_it_waits() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let mut terminal = shop.terminal(&PROMOTE, (200, LARGE.1));
    terminal.wait_for("type its name to confirm");
    assert!(terminal.contents().contains(VERBATIM), "{}", terminal.contents());
    terminal.send("production\r");
    let run = begun(&forge);
    terminal.wait_for("run #6 of Deploy is queued");
    play(&forge, run);
    terminal.wait_for("run #6 of Deploy waits for an answer of reviewer before production");
    forge.at(NAME, |it| {
        let environment = it.environment("production").id;
        it.review(run, &[environment], "approved", "reviewer", "");
    });
    play(&forge, run);
    terminal.wait_for("live: v1.2 in production");
    assert_eq!(terminal.wait_for_end(), 0);
    assert_eq!(writes(&forge), [dispatch("v1.2", "production")]);
}

#[test]
fn the_cockpit_promotes_and_another_one_approves() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let mut terminal = shop.cockpit(LARGE);
    terminal.wait("the board", |screen| screen.contains("✓ v1.1") && screen.contains("✓ v1.2"));
    let screen = drive::open_plan(&mut terminal, "p", "v1.1 → v1.2");
    assert!(screen.contains("POST /repos/acme/shop/actions/workflows/deploy.yml/dispatches"), "{screen}");
    drive::confirm(&mut terminal);
    let run = begun(&forge);
    play(&forge, run);
    terminal.wait_for("run #6 of Deploy waits for an answer of reviewer before production");

    let reviewer = reviewing(&forge);
    let mut other = reviewer.cockpit(SMALL);
    let screen =
        other.wait("what waits", |screen| screen.contains("✓ v1.2") && screen.contains("v1.2 waits for an answer"));
    assert!(screen.contains("approval: run #6 waits for an answer of reviewer"), "{screen}");
    other.press_until("a", "what is written", |screen| screen.contains("pending_deployments"));
    other.press_until("\x15production", "the name", |screen| screen.contains("approve it: production"));
    other.send("\r");
    until_answered(&forge);
    play(&forge, run);
    terminal.wait_for("undo …");
    assert_eq!(
        writes(&forge),
        [dispatch("v1.2", "production"), answer(&forge, run, "approved", "answered in Flightdeck")]
    );
    terminal.press_until("\x1b", "the board", |screen| !screen.contains("undo …"));
    terminal.wait("the board", |screen| screen.matches("✓ v1.2").count() == 2);
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
    assert_eq!(newest(&shop)["ending"]["is"], "succeeded");
}

fn until_answered(forge: &Forge) {
    drive::until("it is answered", || (writes(forge).len() == 2).then_some(()));
}
