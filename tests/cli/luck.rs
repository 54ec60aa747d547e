//! What is said when something around the answer is wrong.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::chain::{Chain, commit, git};
use crate::room::{Room, say};

#[test]
fn nobody_there_to_hear_a_warning_stops_nothing() {
    let chain = Chain::new();
    let full = OpenOptions::new().write(true).open("/dev/full").expect("a device that takes nothing");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    command.env_clear().envs(chain.room.environment()).current_dir(chain.room.work());
    command.args(["promote", "nope", "--to", "production", "--plan"]).stdout(Stdio::null()).stderr(full);
    assert_eq!(command.status().expect("the binary can be run").code(), Some(1), "an answer, no crash");
}

#[test]
fn answers_from_a_shallow_clone_say_so() {
    let room = Room::new();
    let (whole, cut) = (room.work().join("whole"), room.work().join("cut"));
    std::fs::create_dir(&whole).expect("a directory can be made");
    git(&whole, &["init", "-q", "-b", "main"]);
    ["one", "two", "three"].iter().for_each(|subject| drop(commit(&whole, subject)));
    let from = format!("file://{}", whole.display());
    git(&room.work(), &["clone", "-q", "--depth", "2", &from, "cut"]);
    for arguments in [&["status"][..], &["where", "main"], &["status", "--offline"]] {
        let said = say(&mut room.flightdeck_in(&cut), arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        assert!(said.err.contains("warning: cut is a shallow clone"), "{arguments:?}: {}", said.err);
        assert!(said.err.contains("git fetch --unshallow"), "{arguments:?}: {}", said.err);
        assert_eq!(say(&mut room.flightdeck_in(&whole), arguments).err, "");
    }
}

#[test]
fn where_nothing_can_be_kept_answers_come_all_the_same_and_nothing_is_written() {
    let chain = Chain::new();
    let file = chain.room.work().join("a file");
    std::fs::write(&file, "in the way").expect("written");
    let here = |arguments: &[&str]| {
        let mut command = chain.room.flightdeck();
        say(command.env("FLIGHTDECK_STATE", &file), arguments)
    };
    for arguments in [&["status"][..], &["where", "main"], &["metrics", "--since", "all"]] {
        let said = here(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        assert!(said.err.contains("what is read is kept for this answer alone"), "{arguments:?}: {}", said.err);
        assert!(said.out.contains("checkout"), "{arguments:?}: {}", said.out);
    }
    let refused = here(&["promote", "checkout", "--to", "testing", "--yes"]);
    assert_eq!(refused.code, 1, "without a journal nothing is changed: {}", refused.err);
}
