//! What does not work: a run that fails, and what holds a version back before anything is sent.

use chrono::{Duration, Utc};

use super::drive::{begun, play};
use super::shop::{BY_WORKFLOW, CONFIRMED, NAME, Shop, dispatch, finish, forge, is_now, writes};

const PROMOTE: [&str; 4] = ["promote", "shop", "--to", "production"];

#[test]
fn a_run_that_fails_is_told_with_its_job_and_step() {
    let forge = forge();
    forge.at(NAME, |it| it.environment("production").reviewers.clear());
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let child = shop.start(&[&PROMOTE[..], &CONFIRMED].concat());
    let run = begun(&forge);
    is_now(&forge);
    // It begins, builds, and is at work on the second job.
    forge.at(NAME, |it| (0..4).for_each(|_| assert!(it.advance(run))));
    is_now(&forge);
    forge.at(NAME, |it| it.finish_job(run, "failure"));
    let told = finish(child);
    assert_eq!(told.code, Some(5), "{told}");
    assert!(told.out.contains("run #6 of Deploy failed in job deploy at step Smoke test"), "{told}");
    assert!(told.out.contains("live: v1.1 in production"), "{told}");
    assert_eq!(writes(&forge), [dispatch("v1.2", "production")]);
    let journal = shop.json(&["journal"]);
    assert_eq!(journal["operations"][0]["ending"]["is"], "failed");
    play(&forge, run);
    assert_eq!(shop.live("production"), "v1.1");
}

#[test]
fn a_lock_or_a_freeze_holds_it() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    assert_eq!(shop.live("production"), "v1.1");
    shop.said(&["lock", "shop", "--in", "production", "--reason", "the database moves", "--for", "2h"]);
    let held = shop.run(&[&PROMOTE[..], &CONFIRMED].concat());
    assert_eq!(held.code, Some(1), "{held}");
    assert!(held.err.contains("the database moves") && held.err.contains("--override lock"), "{held}");
    shop.said(&["unlock", "shop", "--in", "production"]);

    let path = shop.root().join("flightdeck.toml");
    let day = |days: i64| (Utc::now() + Duration::days(days)).format("%Y-%m-%d").to_string();
    let freeze = format!(
        "[[freeze]]\nenvironments = [\"production\"]\nfrom = {:?}\nuntil = {:?}\nwhy = \"the quarter ends\"\n",
        day(-2),
        day(2)
    );
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, format!("{text}{freeze}")).expect("written");
    let held = shop.run(&[&PROMOTE[..], &CONFIRMED].concat());
    assert_eq!(held.code, Some(1), "{held}");
    assert!(held.err.contains("the quarter ends") && held.err.contains("--override freeze"), "{held}");
    assert_eq!(writes(&forge), []);
}
