//! What somebody does at the cockpit.

use crate::support::terminal::Terminal;

/// What the dialog says while the name of production is to be typed.
pub const NAMED: &str = "once the name stands there";

/// Presses a key on the selected row until its plan shows something, and waits until the plan is whole.
#[track_caller]
pub fn open_plan(terminal: &mut Terminal, key: &str, shows: &str) -> String {
    terminal.press_until(key, shows, |screen| screen.contains(shows));
    terminal.wait("the plan is whole", |screen| screen.contains(NAMED))
}

/// Types the name of production and presses Enter.
#[track_caller]
pub fn confirm(terminal: &mut Terminal) {
    name(terminal);
    terminal.send("\r");
}

/// Types the name of production. The dialog ignores the keys of its first moment, all or
/// some of them: each time what stands there is deleted first.
#[track_caller]
pub fn name(terminal: &mut Terminal) {
    terminal
        .press_until("\x15production", "the name", |screen| screen.contains("type production to confirm: production"));
}
