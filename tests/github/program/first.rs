//! What is read of a repository with a past, on the command line and in the cockpit.

use std::process::Command;

use serde_json::Value;

use super::shop::{LARGE, NAME, SMALL, Shop};
use crate::forge::big::{ENVIRONMENTS, Size};
use crate::forge::{Forge, REVIEWER};

/// A small past, and somebody who may answer what waits in it.
fn past(directory: &std::path::Path) -> (Forge, Shop) {
    let forge = Forge::big(Size::SMALL, directory);
    let shop = Shop::then(&forge, REVIEWER, &ENVIRONMENTS, "");
    (forge, shop)
}

/// The commit that is live in an environment.
fn live(forge: &Forge, environment: &str) -> String {
    let is_live = |state: &str| state == "success";
    let newest = |it: &mut crate::forge::world::Repository| {
        let mut all = it.deployments.iter().rev().filter(|it| it.environment == environment);
        all.find(|it| it.statuses.last().is_some_and(|it| is_live(&it.state))).map(|it| it.sha.clone())
    };
    forge.at(NAME, newest).expect("a deployment")
}

/// How many commits that are no merges this range has.
fn commits(forge: &Forge, range: &str) -> usize {
    let git = forge.at(NAME, |it| it.git.clone()).expect("a repository");
    let counted = Command::new("git").args(["rev-list", "--count", "--no-merges", range]).current_dir(git).output();
    String::from_utf8_lossy(&counted.expect("git").stdout).trim().parse().expect("a number")
}

/// A cell of a row.
fn cell<'a>(row: &'a Value, column: &str) -> &'a Value {
    row["cells"].as_array().and_then(|all| all.iter().find(|it| it["column"] == column)).expect("a cell")
}

#[test]
fn everything_is_answered_as_json() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, shop) = past(directory.path());
    let board = shop.json(&["status"]);
    assert_eq!(board["sources"][0]["problems"], Value::Array(Vec::new()));
    let tracks = board["services"][0]["tracks"].as_array().expect("tracks");
    for (track, environment) in tracks.iter().zip(ENVIRONMENTS) {
        let commit = live(&forge, environment);
        assert_eq!((&track["environment"], &track["commit"]), (&environment.into(), &commit.as_str().into()));
        assert_eq!(track["waiting"], commits(&forge, &format!("{commit}..main")), "{environment}");
    }
    let gates = tracks[2]["gates"].as_array().expect("gates");
    assert_eq!(gates.len(), 2);
    assert_eq!((&gates[0]["kind"], &gates[0]["who"]), (&"approval".into(), &"reviewer or team operators".into()));

    let flow = shop.json(&["show", "flow"]);
    let rows = flow["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), commits(&forge, "main"));
    let pulls = forge.at(NAME, |it| it.pulls.clone());
    for row in rows.iter().filter(|it| pulls.iter().any(|pull| pull.commits.iter().any(|sha| it["key"] == **sha))) {
        let pull = pulls.iter().find(|pull| pull.commits.iter().any(|sha| row["key"] == **sha)).expect("it");
        let merged = cell(row, "merged")["text"].as_str().unwrap_or_default().to_owned();
        assert!(merged.starts_with(&format!("#{} ", pull.number)), "{row}");
        assert_eq!(cell(row, "author")["text"], pull.author);
    }

    let runs = shop.json(&["runs"]);
    let status = |wanted: &str| {
        runs["rows"].as_array().expect("rows").iter().filter(|it| cell(it, "status")["status"] == wanted).count()
    };
    let ended = |wanted: &str| {
        forge.at(NAME, |it| it.runs.iter().filter(|it| it.last().conclusion.as_deref() == Some(wanted)).count())
    };
    assert_eq!((runs["total"].clone(), status("ok")), (Size::SMALL.runs.into(), ended("success")));
    assert_eq!((status("failed"), status("held")), (ended("failure"), 2));

    let metrics = shop.json(&["metrics"]);
    let coverage = &metrics["tracks"][0]["coverage"];
    assert!(coverage["deployments"].as_u64() > Some(0), "{coverage}");
    assert_eq!((&coverage["with_commit"], &coverage["with_run"]), (&coverage["deployments"], &coverage["deployments"]));
}

#[test]
fn the_cockpit_shows_what_is_live_what_waits_and_where_time_went() {
    let directory = tempfile::tempdir().expect("a directory");
    let (forge, shop) = past(directory.path());
    let version = live(&forge, "staging")[..7].to_owned();
    let mut terminal = shop.cockpit(SMALL);
    let board = terminal.wait("the board", |screen| screen.contains(&format!("✓ {version}")));
    assert!(board.contains("approval: run #2 waits for an answer of reviewer or team operator"), "{board}");
    terminal.press_until("2", "the flow", |screen| screen.contains("Change 24 of the shop"));
    terminal.resize(LARGE.0, LARGE.1);
    terminal.wait("the flow with requests", |screen| screen.contains("#25 3d") && screen.contains("run ok"));
    terminal.resize(SMALL.0, SMALL.1);
    terminal.press_until("3", "the runs", |screen| screen.contains("▲ held  shop     Put back"));
    terminal.press_until("j", "a run that is over", |screen| screen.contains("CI #90  ✓ ok"));
    terminal.press_until("\r", "its jobs", |screen| screen.contains("lint") && screen.contains("█"));
    let run = terminal.contents();
    assert!(run.contains("✓ ok") && run.contains("test"), "{run}");
}
