//! An older version is put back: by another dispatch, and by the job that deployed it.

use serde_json::json;

use super::drive::{begun, play, until};
use super::shop::{BY_WORKFLOW, CONFIRMED, NAME, Shop, dispatch, finish, forge, post, writes};
use crate::forge::world::Run;

const BACK: [&str; 6] = ["rollback", "shop", "--in", "production", "--reason", "orders are lost"];

#[test]
fn by_a_dispatch() {
    let forge = forge();
    forge.at(NAME, |it| it.environment("production").reviewers.clear());
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let plan = shop.json(&[&BACK[..], &["--plan"]].concat());
    assert_eq!((&plan["plan"]["from"]["version"], &plan["plan"]["to"]["version"]), (&json!("v1.1"), &json!("v1.0")));
    let child = shop.start(&[&BACK[..], &CONFIRMED].concat());
    play(&forge, begun(&forge));
    let told = finish(child);
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains("live: v1.0 in production"), "{told}");
    assert_eq!(writes(&forge), [dispatch("v1.0", "production")]);
    assert_eq!(shop.live("production"), "v1.0");
    let journal = shop.json(&["journal"]);
    let operation = &journal["operations"][0];
    assert_eq!((&operation["verb"], &operation["reason"]), (&json!("roll_back"), &json!("orders are lost")));
}

#[test]
fn by_running_its_job_again() {
    let forge = forge();
    forge.at(NAME, |it| it.environment("production").reviewers.clear());
    let shop = Shop::new(&forge, &format!("{BY_WORKFLOW}rollback = {{ by = \"rerun-job\" }}\n"));
    // The second run brought v1.0 to production, by its second job.
    let (run, job) = forge.at(NAME, |it| (it.runs[1].id, it.runs[1].last().jobs[1].id));
    let sent = format!("/actions/jobs/{job}/rerun");
    let plan = shop.json(&[&BACK[..], &["--plan"]].concat());
    let verbatim = plan["plan"]["writes"][0]["verbatim"].as_str().expect("a request").to_owned();
    assert!(verbatim.starts_with(&format!("POST /repos/acme/shop{sent}")), "{verbatim}");
    let child = shop.start(&[&BACK[..], &CONFIRMED].concat());
    let again = |it: &Run| it.last().number == 2;
    until("it runs again", || forge.at(NAME, |it| it.run_of(run).is_some_and(again)).then_some(()));
    play(&forge, run);
    let told = finish(child);
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains("live: v1.0 in production"), "{told}");
    assert_eq!(writes(&forge), [post(&sent, json!(null))]);
    assert_eq!(shop.live("production"), "v1.0");
}
