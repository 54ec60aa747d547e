//! What waits for a yes or no, without a terminal: listed, approved, rejected; and runs where nobody can stop them.

use serde_json::Value;

use crate::chain::{CONFIGURATION, Chain};
use crate::room::{Said, say};

/// A chain in which every version needs a yes before testing.
fn guarded() -> Chain {
    let rule = "environments = [\"dev\", \"testing\"]\n[[backend.approvals]]\nenvironment = \"testing\"\nservices = [\"*\"]\nneeded = 1\nown = true";
    Chain::with(&CONFIGURATION.replace("environments = [\"dev\", \"testing\"]", rule))
}

fn flightdeck(chain: &Chain, arguments: &[&str]) -> Said {
    say(&mut chain.room.flightdeck(), arguments)
}

fn parsed(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("not JSON: {}{}", said.out, said.err))
}

#[test]
fn what_waits_is_listed_and_a_yes_lets_it_go() {
    let chain = guarded();
    let said = flightdeck(&chain, &["approvals"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("checkout in testing  1.2.0  0 of 1 approval"), "{}", said.out);
    let listed = parsed(&flightdeck(&chain, &["approvals", "checkout", "--in", "testing", "--format", "json"]));
    assert_eq!(listed["waiting"][0]["waiting"]["version"], "1.2.0");
    assert_eq!(listed["waiting"][0]["backend"], "packages");

    let held = flightdeck(&chain, &["promote", "checkout", "--to", "testing", "--yes"]);
    assert_ne!(held.code, 0, "{}", held.out);
    let planned = flightdeck(&chain, &["approve", "checkout", "testing", "--plan"]);
    assert_eq!(planned.code, 0, "{}", planned.err);
    assert!(planned.out.contains("writes: "), "{}", planned.out);
    assert!(flightdeck(&chain, &["approvals"]).out.contains("0 of 1"), "a plan changes nothing");

    let said =
        flightdeck(&chain, &["approve", "checkout", "testing", "--comment", "read it", "--yes", "--format", "json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let answer = parsed(&said);
    assert_eq!((answer["approved"].as_bool(), answer["done"].is_string()), (Some(true), true));
    let went = flightdeck(&chain, &["promote", "checkout", "--to", "testing", "--yes"]);
    assert_eq!(went.code, 0, "{}{}", went.out, went.err);
}

#[test]
fn a_no_needs_a_word_and_nothing_is_said_by_mistake() {
    let chain = guarded();
    for (arguments, code, why) in [
        (&["reject", "checkout", "testing", "--yes"][..], 2, "a no needs a word"),
        (&["approve", "checkout", "testing"], 2, "add --yes"),
        (&["approve", "checkout", "testing", "--yes", "--confirm", "testing"], 2, "no name is asked for"),
        (&["approve", "checkout", "testing", "--version", "9", "--yes"], 1, "--version 1.2.0"),
        (&["approve", "checkout", "production", "--yes"], 1, "nothing needs an approval"),
        (&["approve", "checkout", "testing", "--yes", "--offline"], 2, "leave --offline out"),
        (&["approve", "checkout", "testing", "--yes", "--read-only"], 1, "nothing may be changed"),
    ] {
        let said = flightdeck(&chain, arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(why), "{arguments:?}: {}", said.err);
    }
    assert!(flightdeck(&chain, &["approvals"]).out.contains("0 of 1"), "nothing was answered");
    let said = flightdeck(&chain, &["reject", "checkout", "testing", "--comment", "it loses carts", "--yes"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let held = flightdeck(&chain, &["promote", "checkout", "--to", "testing", "--yes"]);
    assert!(held.err.contains("it loses carts"), "{}{}", held.out, held.err);
}

#[test]
fn runs_are_listed_and_nobody_pretends_to_stop_them() {
    let chain = Chain::new();
    let listed = flightdeck(&chain, &["runs"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    for act in ["cancel", "rerun", "rerun-failed"] {
        let said = flightdeck(&chain, &["runs", act, "812", "--yes"]);
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(said.err.contains(&format!("no backend can {act} runs")), "{}", said.err);
    }
}
