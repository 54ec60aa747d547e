//! The main job on the command line, with the real binary on a real small company: see, promote, roll back, prove.

mod support;

use std::process::Output;

use serde_json::Value;
use support::world::World;

/// Runs a command that has to succeed, and gives what it said.
#[track_caller]
fn said(world: &World, arguments: &[&str]) -> String {
    let output = world.flightdeck(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(world: &World, arguments: &[&str]) -> Value {
    let said = said(world, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// What the board says of a service in an environment.
fn cell(status: &Value, service: &str, environment: &str) -> Value {
    let named = |all: &Value, key: &str, name: &str| {
        let all = all.as_array().unwrap();
        all.iter().find(|it| it[key] == name).cloned().unwrap_or_else(|| panic!("no {name} in {all:?}"))
    };
    named(&named(&status["services"], "name", service)["tracks"], "environment", environment)
}

#[test]
fn a_version_is_promoted_and_rolled_back_and_the_journal_holds_both() {
    let world = World::new();
    let (old, new) = (world.live("catalog"), world.offered("testing", "catalog"));
    assert_ne!(old, new, "there is something to promote");

    let status = json(&world, &["status"]);
    assert_eq!(cell(&status, "catalog", "production")["version"], old.as_str());
    assert_eq!(cell(&status, "catalog", "testing")["version"], new.as_str());
    assert!(cell(&status, "catalog", "production")["behind"].as_u64().unwrap() > 0);

    said(&world, &["promote", "catalog", "--to", "production", "--yes", "--confirm", "production"]);
    assert_eq!(world.live("catalog"), new);
    let release = world.production("catalog").join("current");
    assert_eq!(std::fs::read_to_string(release.join("VERSION")).unwrap().trim(), new);
    assert_eq!(cell(&json(&world, &["status"]), "catalog", "production")["version"], new.as_str());

    said(
        &world,
        &["rollback", "catalog", "--in", "production", "--yes", "--confirm", "production", "--reason", "errors"],
    );
    assert_eq!(world.live("catalog"), old);
    assert_eq!(cell(&json(&world, &["status"]), "catalog", "production")["version"], old.as_str());

    let journal = said(&world, &["journal"]);
    assert!(journal.contains(&new) && journal.contains("errors"), "{journal}");
    said(&world, &["journal", "verify"]);
}

#[test]
fn a_plan_writes_nothing_and_a_protected_environment_wants_its_name() {
    let world = World::new();
    let old = world.live("search");
    let plan = json(&world, &["promote", "search", "--to", "production", "--plan"]);
    assert!(plan.to_string().contains(&world.offered("testing", "search")));
    let refused = world.flightdeck(&["promote", "search", "--to", "production", "--yes"]).output().unwrap();
    assert!(!refused.status.success(), "{}", told(&refused));
    let mistaken = ["promote", "search", "--to", "production", "--yes", "--confirm", "testing"];
    let mistaken = world.flightdeck(&mistaken).output().unwrap();
    assert!(!mistaken.status.success(), "{}", told(&mistaken));
    assert_eq!(world.live("search"), old);
}

#[test]
fn a_failing_smoke_test_leaves_the_old_version_live() {
    let world = World::new();
    world.configure(|text| text.replace(r#"smoke = ["test", "-s", "{release}/VERSION"]"#, r#"smoke = ["false"]"#));
    let old = world.live("catalog");
    let promoted =
        world.flightdeck(&["promote", "catalog", "--to", "production", "--yes", "--confirm", "production"]).output();
    let promoted = promoted.unwrap();
    assert_eq!(promoted.status.code(), Some(5), "{}", told(&promoted));
    assert_eq!(world.live("catalog"), old);
    said(&world, &["journal", "verify"]);
}
#[test]
fn where_finds_a_change_by_commit_tag_branch_and_ticket() {
    let world = World::new();
    let git = |arguments: &[&str]| {
        let repository = world.root().join("repos/catalog.git");
        let output = std::process::Command::new("git").arg("--git-dir").arg(repository).args(arguments).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    let live = world.live("catalog");
    let commit = git(&["rev-parse", &format!("{live}^{{commit}}")]);
    for reference in [commit.as_str(), live.as_str()] {
        let answer = said(&world, &["where", reference]);
        assert!(answer.contains("production"), "{reference}: {answer}");
    }
    let head = git(&["log", "-1", "--format=%H", "--no-merges", "main"]);
    let answer = said(&world, &["where", &head]);
    assert!(answer.contains(&head[..7]), "{answer}");
}
