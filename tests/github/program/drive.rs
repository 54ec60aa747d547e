//! What happens at GitHub while the program follows it.

use std::time::{Duration, Instant};

use super::shop::{NAME, is_now};
use crate::forge::Forge;
use crate::forge::world::{Repository, Run};
use crate::support::terminal::Terminal;

/// Longer than anything takes on a machine that is doing ten other things.
const BOUND: Duration = Duration::from_secs(180);

/// What the dialog says while the name of production is to be typed.
pub const NAMED: &str = "once the name stands there";

/// Waits until there is something.
#[track_caller]
pub fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < BOUND, "waited {BOUND:?} until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a run is there that nothing has happened to. Its number.
#[track_caller]
pub fn begun(forge: &Forge) -> u64 {
    let waits = |it: &&Run| it.last().status == "queued" && it.last().jobs.is_empty();
    until("a run begins", || forge.at(NAME, |it| it.runs.iter().find(waits).map(|it| it.id)))
}

/// Lets a run go on as far as it does by itself.
pub fn play(forge: &Forge, run: u64) {
    is_now(forge);
    forge.at(NAME, |it| it.play(run));
}

/// How a run stands: its status and how it ended.
pub fn standing(forge: &Forge, run: u64) -> (String, Option<String>) {
    let of = |it: &mut Repository| it.run_of(run).map(|it| (it.last().status.clone(), it.last().conclusion.clone()));
    forge.at(NAME, of).expect("a run")
}

/// Presses a key on the selected row until its plan shows something, and waits until the plan is whole.
#[track_caller]
pub fn open_plan(terminal: &mut Terminal, key: &str, shows: &str) -> String {
    terminal.press_until(key, shows, |screen| screen.contains(shows));
    terminal.wait("the plan is whole", |screen| screen.contains(NAMED))
}

/// Types the name of production. The dialog ignores the keys of its first moment, all or some of them: each time what
/// stands there is deleted first.
#[track_caller]
pub fn name(terminal: &mut Terminal) {
    terminal
        .press_until("\x15production", "the name", |screen| screen.contains("type production to confirm: production"));
}

/// Types the name of production and presses Enter.
#[track_caller]
pub fn confirm(terminal: &mut Terminal) {
    name(terminal);
    terminal.send("\r");
}
