//! Death in the middle: the real binary is killed at exact moments of a promotion, and the next start tells the truth.
//!
//! The smoke test and the health check are `cat` on a named pipe. Opening the pipe for writing returns when `cat` has
//! opened it for reading: that is the moment, without a clock.

mod support;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support::world::World;

const PROMOTE: [&str; 7] = ["promote", "catalog", "--to", "production", "--yes", "--confirm", "production"];

struct Pipe(PathBuf);

impl Pipe {
    fn new(world: &World) -> Self {
        let path = world.root().join("gate");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        Self(path)
    }

    /// Waits until somebody reads.
    fn reached(&self) -> File {
        OpenOptions::new().write(true).open(&self.0).unwrap()
    }
}

fn start(world: &World) -> Child {
    world.flightdeck(&PROMOTE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn kill(mut child: Child) {
    // SIGKILL: nothing of the program runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
}

fn whole(world: &World, version: &str) {
    let current = world.production("catalog").join("current");
    assert_eq!(std::fs::read_to_string(current.join("VERSION")).unwrap().trim(), version);
    assert!(current.join("bin/serve").is_file());
}

/// What the next start says, after which nothing is unfinished any more.
#[track_caller]
fn told(world: &World) -> String {
    let status = world.flightdeck(&["status"]).output().unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    let verified = world.flightdeck(&["journal", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let journal = world.flightdeck(&["journal", "--format", "json"]).output().unwrap();
    let journal = String::from_utf8(journal.stdout).unwrap();
    assert!(!journal.contains("\"unfinished\""), "{journal}");
    journal
}

fn calm(path: &Path) {
    // What comes next must not wait for anybody.
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, "").unwrap();
}

#[test]
fn killed_during_the_smoke_test_it_leaves_the_old_version() {
    let world = World::new();
    let (old, new) = (world.live("catalog"), world.offered("testing", "catalog"));
    let pipe = Pipe::new(&world);
    let gate = pipe.0.display().to_string();
    world.configure(|text| {
        text.replace(r#"smoke = ["test", "-s", "{release}/VERSION"]"#, &format!("smoke = [\"cat\", \"{gate}\"]"))
    });
    let child = start(&world);
    let opened = pipe.reached();
    kill(child);
    drop(opened);
    calm(&pipe.0);
    assert_eq!(world.live("catalog"), old);
    whole(&world, &old);
    told(&world);
    assert_eq!(world.live("catalog"), old);
    // And the same again goes through.
    assert!(world.flightdeck(&PROMOTE).output().unwrap().status.success());
    assert_eq!(world.live("catalog"), new);
    whole(&world, &new);
}

#[test]
fn killed_after_the_switch_it_is_the_new_version_and_the_journal_says_so() {
    let world = World::new();
    let new = world.offered("testing", "catalog");
    let pipe = Pipe::new(&world);
    let gate = pipe.0.display().to_string();
    world.configure(|text| {
        text.replace(r#"health = ["test", "-x", "{release}/bin/serve"]"#, &format!("health = [\"cat\", \"{gate}\"]"))
    });
    let child = start(&world);
    let opened = pipe.reached();
    kill(child);
    drop(opened);
    calm(&pipe.0);
    assert_eq!(world.live("catalog"), new);
    whole(&world, &new);
    let journal = told(&world);
    assert!(journal.contains("succeeded"), "{journal}");
    assert_eq!(world.live("catalog"), new);
}

#[test]
fn killed_whenever_the_journal_grows_it_is_old_or_new_and_never_neither() {
    for records in 1..=4 {
        let world = World::new();
        let (old, new) = (world.live("catalog"), world.offered("testing", "catalog"));
        let journal = world.root().join(".flightdeck/journal.jsonl");
        let mut child = start(&world);
        let written = || std::fs::read(&journal).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
        // Whichever comes first: so many records, or its end.
        while written() < records && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        kill(child);
        let live = world.live("catalog");
        assert!(live == old || live == new, "{live}");
        whole(&world, &live);
        let journal = told(&world);
        assert_eq!(world.live("catalog"), live, "looking changes nothing");
        let last_succeeded = journal.contains("succeeded");
        assert_eq!(last_succeeded, live == new && journal.contains("\"operation\""), "{live}: {journal}");
    }
}
