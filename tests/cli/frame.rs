//! What holds for every command: help, wrong usage, completions, manual pages, the log.

use std::process::{Command, Stdio};

use crate::chain::write;
use crate::room::{Room, say};

#[test]
fn help_is_part_of_the_product() {
    let said = say(&mut Room::new().flightdeck(), &["--help"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    insta::assert_snapshot!("help", said.out);
}

#[test]
fn every_command_explains_itself_in_one_sentence() {
    let room = Room::new();
    let overview = say(&mut room.flightdeck(), &["-h"]).out;
    let listed = overview.split("Commands:\n").nth(1).expect("commands are listed");
    let commands = listed.lines().take_while(|line| !line.is_empty());
    let mut all = String::new();
    for line in commands.filter(|line| !line.starts_with("   ")) {
        let name = line.split_whitespace().next().expect("a command has a name");
        let about = line.trim_start().trim_start_matches(name).trim();
        assert!(about.len() > 10 && !about.ends_with('.'), "{line}");
        let help = say(&mut room.flightdeck(), &[name, "--help"]);
        assert_eq!(help.code, 0, "{name}");
        let own = help.out.split("Global options:").next().unwrap_or_default();
        all.push_str(&format!("## {name}\n\n{own}\n"));
    }
    insta::assert_snapshot!("commands", all);
}

#[test]
fn wrong_usage_is_told_and_has_its_own_code() {
    let room = Room::new();
    for arguments in [&["no-such-command"][..], &["--no-such-option"], &["--format", "xml"], &["completions"]] {
        let said = say(&mut room.flightdeck(), arguments);
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.err.starts_with("error: ") && said.out.is_empty(), "{}", said.err);
    }
    let said = say(&mut room.flightdeck(), &["--log", "flightdeck=loud", "man"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: cannot understand the log filter"), "{}", said.err);
}

#[test]
fn completions_and_manual_pages_are_written() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = say(&mut room.flightdeck(), &["completions", shell]);
        assert_eq!(said.code, 0, "{shell}");
        assert!(said.out.contains("flightdeck") && said.out.contains("completions"), "{shell}");
    }
    assert!(say(&mut room.flightdeck(), &["man"]).out.contains(".TH flightdeck 1"));
    let pages = room.work().join("pages");
    assert_eq!(say(&mut room.flightdeck(), &["man", "--out", "pages"]).code, 0);
    assert!(pages.join("flightdeck.1").is_file() && pages.join("flightdeck-man.1").is_file());
}

#[test]
fn output_that_nobody_reads_is_quiet() {
    let room = Room::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_flightdeck"))
        .args(["completions", "bash"])
        .env("FLIGHTDECK_STATE", room.state())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary can be run");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_state_directory_that_cannot_be_written_stops_nobody_from_reading() {
    let room = Room::new();
    let file = room.work().join("in-the-way");
    std::fs::write(&file, "").expect("a file can be written");
    let mut command = room.flightdeck();
    command.env("FLIGHTDECK_STATE", &file);
    assert_eq!(say(&mut command, &["man"]).code, 0);
}

#[test]
fn a_tour_is_not_shown_in_what_lies_there_already() {
    let room = Room::new();
    let place = room.work().join("mine");
    write(&place.join("flightdeck.toml"), "name = \"mine\"\n");
    let said = say(&mut room.flightdeck(), &["demo", "mine", "--tour", "on-call"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("is there already") && said.err.contains("a playground of its own"), "{}", said.err);
}
