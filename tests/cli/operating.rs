//! Promote, roll back, lock, mark: everything that changes something, without a terminal.

use std::path::PathBuf;

use serde_json::Value;

use crate::chain::{CONFIGURATION, Chain};
use crate::room::{Said, say};

/// A chain with 1.0.0 live in production and 1.1.0 in testing.
fn delivered() -> Chain {
    let chain = Chain::new();
    for (to, version) in [("testing", "1.0.0"), ("production", "1.0.0"), ("testing", "1.1.0")] {
        let said = promote(&chain, &["--to", to, "--version", version, "--yes", "--reason", "first steps"]);
        let said = if to == "production" { promote(&chain, &["--to", to, "--yes", "--confirm", to]) } else { said };
        assert_eq!(said.code, 0, "{to} {version}: {}{}", said.out, said.err);
    }
    chain
}

fn promote(chain: &Chain, arguments: &[&str]) -> Said {
    say(&mut chain.room.flightdeck(), &[&["promote", "checkout"], arguments].concat())
}

fn rollback(chain: &Chain, arguments: &[&str]) -> Said {
    say(&mut chain.room.flightdeck(), &[&["rollback", "checkout", "--in", "production"], arguments].concat())
}

fn parsed(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("not JSON: {}{}", said.out, said.err))
}

#[test]
fn a_version_goes_to_production_and_comes_back() {
    let chain = delivered();
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));
    let said = promote(&chain, &["--to", "production", "--yes", "--confirm", "production", "--format", "json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let answer = parsed(&said);
    assert_eq!(answer["schema"], 1);
    assert_eq!(answer["plan"]["kind"], "forward");
    assert_eq!(answer["plan"]["added"]["count"], 1);
    assert_eq!(answer["outcome"]["ending"]["is"], "succeeded");
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.1.0")));

    let said = rollback(&chain, &["--yes", "--confirm", "production", "--reason", "logins fail"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("live: 1.0.0 in production"), "{}", said.out);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));

    let said = say(&mut chain.room.flightdeck(), &["journal", "--in", "production", "--format", "json"]);
    let operations = parsed(&said)["operations"].as_array().cloned().expect("a list");
    let verbs: Vec<&str> = operations.iter().filter_map(|it| it["verb"].as_str()).collect();
    assert_eq!(verbs, ["roll_back", "promote", "promote"]);
    assert_eq!(operations[0]["reason"], "logins fail");
    assert_eq!(operations[0]["origin"], "command line");
    assert_eq!(say(&mut chain.room.flightdeck(), &["journal", "verify"]).code, 0);
}

#[test]
fn a_plan_changes_nothing() {
    let chain = delivered();
    let said = promote(&chain, &["--to", "production", "--plan", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let answer = parsed(&said);
    assert_eq!(answer["plan"]["to"]["version"], "1.1.0");
    assert!(answer.get("outcome").is_none());
    let said = promote(&chain, &["--to", "production", "--plan"]);
    assert!(said.out.contains("1.1.0") && said.out.contains("1.0.0"), "{}", said.out);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));
}

#[test]
fn nothing_is_done_without_a_word() {
    let chain = delivered();
    for (arguments, hint) in [
        (&["--to", "production"][..], "hint: add --yes --confirm production"),
        (&["--to", "production", "--yes"], "hint: add --confirm production"),
        (&["--to", "production", "--yes", "--confirm", "testing"], "error: --confirm names `testing`"),
        (&["--to", "production", "--confirm", "production"], "error: "),
        (
            &["--to", "production", "--yes", "--confirm", "production", "--override", "frezee", "--reason", "x"],
            "hint: did you mean `freeze`?",
        ),
    ] {
        let said = promote(&chain, arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.lines().any(|line| line.starts_with(hint)), "{arguments:?}: {}", said.err);
    }
    let said = promote(&chain, &["--to", "production", "--yes", "--confirm", "production", "--read-only"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--read-only"), "{}", said.err);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));
}

#[test]
fn a_lock_holds_until_it_is_overridden_or_taken_away() {
    let chain = delivered();
    let said = say(
        &mut chain.room.flightdeck(),
        &["lock", "checkout", "--in", "production", "--reason", "the database moves", "--for", "2h"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("locked checkout in production: the database moves, until "), "{}", said.out);
    let yes = ["--to", "production", "--yes", "--confirm", "production"];
    let held = promote(&chain, &yes);
    assert_eq!(held.code, 1);
    assert!(held.err.contains("the database moves") && held.err.contains("--override lock"), "{}", held.err);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));

    let passed = promote(&chain, &[&yes[..], &["--override", "lock", "--reason", "the fix cannot wait"]].concat());
    assert_eq!(passed.code, 0, "{}{}", passed.out, passed.err);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.1.0")));

    let unlock = ["unlock", "checkout", "--in", "production"];
    assert_eq!(say(&mut chain.room.flightdeck(), &unlock).code, 0);
    let again = say(&mut chain.room.flightdeck(), &unlock);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("no lock holds checkout in production"), "{}", again.err);
}

#[test]
fn a_version_that_is_marked_bad_is_no_default() {
    let chain = delivered();
    assert_eq!(promote(&chain, &["--to", "production", "--yes", "--confirm", "production"]).code, 0);
    let mark = ["mark-bad", "checkout", "1.0.0"];
    let reason = ["--reason", "loses carts"];
    assert_eq!(say(&mut chain.room.flightdeck(), &[&mark[..], &reason].concat()).code, 0);
    let said = rollback(&chain, &["--plan"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert_eq!(say(&mut chain.room.flightdeck(), &[&mark[..], &["--lift"]].concat()).code, 0);
    assert_eq!(rollback(&chain, &["--plan"]).code, 0);
    assert_eq!(say(&mut chain.room.flightdeck(), &[&mark[..], &["--lift"]].concat()).code, 1);
}

#[test]
fn an_operation_that_fails_has_its_own_code_and_leaves_the_old_version_live() {
    let chain = delivered();
    let config = chain.room.work().join("flightdeck.toml");
    let text = std::fs::read_to_string(&config).expect("it can be read");
    std::fs::write(&config, text + "smoke = [\"false\"]\n").expect("it can be written");
    let said = promote(&chain, &["--to", "production", "--yes", "--confirm", "production"]);
    assert_eq!(said.code, 5, "{}{}", said.out, said.err);
    assert!(said.out.contains("live: 1.0.0 in production"), "{}", said.out);
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));
}

#[test]
fn a_journal_that_was_changed_is_found() {
    let chain = delivered();
    let file = chain.room.state().join("journal.jsonl");
    let text = std::fs::read_to_string(&file).expect("it can be read");
    std::fs::write(&file, text.replacen("first steps", "other steps", 1)).expect("it can be written");
    let said = say(&mut chain.room.flightdeck(), &["journal", "verify"]);
    assert_eq!(said.code, 1);
    assert!(said.err.starts_with("error: journal line "), "{}", said.err);
}

#[test]
fn the_journal_is_exported_line_by_line() {
    let chain = delivered();
    for form in ["jsonl", "cdevents"] {
        let said = say(&mut chain.room.flightdeck(), &["journal", "export", "--as", form]);
        assert_eq!(said.code, 0, "{}", said.err);
        let lines: Vec<Value> =
            said.out.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        assert!(lines.len() >= 3, "{form}: {}", said.out);
    }
}

#[test]
fn where_two_backends_could_act_the_environment_says_which_and_the_plan_who_is_not_asked() {
    let second = |operator: &str| {
        let production = format!("name = \"production\"\n{operator}production = true");
        let twin = "\n[[backend]]\nname = \"twin\"\nkind = \"releases\"\npath = \"twin/{environment}/{service}\"\n\
                    environments = [\"production\"]\npackages = \"packages/testing/{service}\"\n";
        let chain =
            Chain::with(&(CONFIGURATION.replace("name = \"production\"\nproduction = true", &production) + twin));
        std::fs::create_dir_all(chain.room.work().join("twin/production/checkout")).expect("a directory can be made");
        assert_eq!(promote(&chain, &["--to", "testing", "--version", "1.0.0", "--yes"]).code, 0);
        let said = promote(&chain, &["--to", "production", "--plan", "--format", "json"]);
        let plan = &parsed(&said)["plan"];
        (plan["backend"].clone(), plan["not_asked"].clone())
    };
    assert_eq!(second(""), ("servers".into(), Value::from(vec!["twin"])));
    assert_eq!(second("operator = \"twin\"\n"), ("twin".into(), Value::from(vec!["servers"])));
    let typo = Chain::with(&CONFIGURATION.replace("production = true", "production = true\noperator = \"serves\""));
    let said = say(&mut typo.room.flightdeck(), &["config", "check"]);
    assert!(
        said.code != 0 && format!("{}{}", said.out, said.err).contains("there is no backend `serves`"),
        "{}",
        said.err
    );
}
