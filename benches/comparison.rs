//! Flightdeck against git on one machine in one run: the whole program, without and with what it keeps, beside one
//! `git log` over the same commits and one `git rev-list` a release. Only the ratios mean anything elsewhere.

#[path = "../tests/histories/history.rs"]
mod history;
// Counting in it is for the tests.
#[allow(dead_code)]
#[path = "../tests/histories/replay.rs"]
mod replay;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use self::history::{History, history};
use self::replay::Replayed;

/// Each is run that often, in turns, so that what else the machine does hits all alike. The median counts.
const ROUNDS: usize = 7;
/// `git rev-list` is asked for one release in so many.
const SAMPLE: usize = 10;

fn main() {
    let git = history("git");
    println!("{} commits, {} releases, median of {ROUNDS} runs", git.graph.len(), git.releases.len());
    let replayed = Replayed::new(&git);
    println!("\nwithout a commit-graph file");
    compare(&git, &replayed);
    replayed.write_commit_graph();
    println!("\nwith a commit-graph file");
    compare(&git, &replayed);
}

fn compare(git: &History, replayed: &Replayed) {
    let state = tempfile::tempdir().expect("a directory");
    let state = state.path().join("state");
    let (mut log, mut cold, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        log.push(time(replayed.git().args(["log", "--all", "--format=%H %P %at %ct"])));
        forget(&state);
        cold.push(time(&mut flightdeck(replayed, &state)));
        warm.push(time(&mut flightdeck(replayed, &state)));
    }
    let log = median(log);
    row("git log --all --format='%H %P %at %ct'", log, log);
    row("flightdeck, nothing kept", median(cold), log);
    row("flightdeck, the second time", median(warm), log);
    let ranges = ranges(git, replayed);
    row(&format!("git rev-list --count A..B a release (one in {SAMPLE}, times {SAMPLE})"), ranges, log);
}

fn flightdeck(replayed: &Replayed, state: &Path) -> Command {
    let mut flightdeck = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    flightdeck.args(["metrics", "--tags", r"v\d+(\.\d+)+", "--bots", "none", "--since", "all", "--format", "json"]);
    flightdeck.arg("--repo").arg(replayed.repository()).arg("--state").arg(state);
    flightdeck
}

/// What the usual way costs: the range between two successive releases, one process each.
fn ranges(git: &History, replayed: &Replayed) -> Duration {
    let pairs = git.releases.windows(2).step_by(SAMPLE);
    let ranges = pairs.map(|pair| format!("{}..{}", pair[0].tag, pair[1].tag));
    let sample: Duration = ranges.map(|range| time(replayed.git().args(["rev-list", "--count", &range]))).sum();
    sample * SAMPLE as u32
}

fn forget(state: &Path) {
    match std::fs::remove_dir_all(state) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{}: {error}", state.display()),
        _ => {}
    }
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().expect("started");
    let taken = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    taken
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(what: &str, taken: Duration, log: Duration) {
    println!("{what:<70} {:>9.1} ms  {:>8.2} of git log", taken.as_secs_f64() * 1e3, taken.div_duration_f64(log));
}
