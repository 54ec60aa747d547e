//! Flightdeck beside terminal programs that people know, on one machine in one run: how soon there is a picture, what
//! it costs to leave it open, how much memory it takes. Only the ratios mean anything elsewhere.
//!
//! Flightdeck shows a fleet of 500 services in 6 environments with 100,000 deployments that it has read before; tig
//! shows the history of the git project; htop shows this machine. Programs that are not installed are left out, and
//! that is said.

#[path = "synthetic/fleet.rs"]
mod fleet;
#[path = "../tests/histories/history.rs"]
mod history;
#[path = "terminal/pty.rs"]
mod pty;
// Counting in it is for the tests.
#[allow(dead_code)]
#[path = "../tests/histories/replay.rs"]
mod replay;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use self::history::history;
use self::pty::{Cost, measure};
use self::replay::Replayed;

const ROUNDS: usize = 5;
/// For how long each is left alone. `BESIDE_IDLE_SECONDS` chooses otherwise.
const IDLE: Duration = Duration::from_secs(60);

/// A program with what it is given.
struct Contender {
    name: &'static str,
    program: String,
    arguments: Vec<String>,
    /// What is on the screen when it is of use.
    useful: &'static str,
    /// A key that moves a selection.
    key: &'static [u8],
}

fn main() {
    let idle =
        std::env::var("BESIDE_IDLE_SECONDS").ok().and_then(|it| it.parse().ok()).map_or(IDLE, Duration::from_secs);
    let directory = tempfile::tempdir().expect("a directory");
    fleet::write(directory.path(), 500, 100_000, chrono::Utc::now()).expect("written");
    let state = directory.path().join("state");
    read_once(directory.path(), &state);
    let git = Replayed::new(&history("git"));
    let contenders = [
        Contender {
            name: "flightdeck",
            program: env!("CARGO_BIN_EXE_flightdeck").to_owned(),
            arguments: vec!["--state".to_owned(), state.display().to_string()],
            useful: "500 services",
            key: b"j",
        },
        Contender { name: "tig", program: "tig".to_owned(), arguments: Vec::new(), useful: "[main]", key: b"j" },
        Contender {
            name: "htop",
            program: "htop".to_owned(),
            arguments: Vec::new(),
            useful: "Load average",
            key: b"\x1b[B",
        },
    ];
    println!(
        "{:<12}{:>12}{:>12}{:>14}{:>14}{:>14}{:>12}{:>12}{:>14}",
        "", "useful", "held", "of its own", "idle bytes", "idle wakes", "idle CPU", "a move", "first frame"
    );
    let mut first: Option<Cost> = None;
    for it in &contenders {
        if !installed(&it.program) {
            println!("{:<12}NOT RUN: it is not installed", it.name);
            continue;
        }
        let place = if it.name == "tig" { git.repository() } else { directory.path().to_owned() };
        let Some(cost) = measure(it, &place, ROUNDS, idle) else {
            println!("{:<12}NOT RUN: it ended by itself", it.name);
            continue;
        };
        row(it.name, &cost);
        match &first {
            None => first = Some(cost),
            Some(first) => ratios(&cost, first),
        }
    }
}

/// Fills the store, as somebody did the day before.
fn read_once(directory: &Path, state: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    command.arg("sync").arg("--state").arg(state).current_dir(directory);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().expect("started");
    assert!(status.success(), "{status}");
}

fn installed(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn row(name: &str, cost: &Cost) {
    println!(
        "{name:<12}{:>9.1} ms{:>9.1} MB{:>11.1} MB{:>14}{:>14}{:>9} ms{:>10} B{:>12} B",
        cost.useful.as_secs_f64() * 1e3,
        cost.resident as f64 / 1e6,
        cost.own as f64 / 1e6,
        cost.idle_bytes,
        cost.idle_wakes,
        cost.idle_cpu.as_millis(),
        cost.move_bytes,
        cost.first_bytes,
    );
}

fn ratios(cost: &Cost, first: &Cost) {
    println!(
        "{:<12}{:>10.2} x{:>10.2} x{:>12.2} x",
        "  to ours",
        cost.useful.as_secs_f64() / first.useful.as_secs_f64(),
        cost.resident as f64 / first.resident as f64,
        cost.own as f64 / first.own as f64,
    );
}
