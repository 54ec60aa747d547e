//! The main job in the cockpit, in a terminal of 80×24: look, promote through the dialog, see it live, roll back, leave.

mod support;

use support::terminal::Terminal;
use support::world::World;

const DIALOG: &str = "once the name stands there";
const ENDED: &str = "undo …";
const ESCAPE: &str = "\x1b";

/// Presses `key` until the screen has answered with what is `wanted`. A dialog ignores the keys of its first moment.
#[track_caller]
fn press_until(terminal: &mut Terminal, key: &str, what: &str, wanted: impl Fn(&str) -> bool) {
    for _ in 0..40 {
        if wanted(&terminal.contents()) {
            return;
        }
        terminal.send(key);
        if terminal.becomes(&wanted) {
            return;
        }
    }
    panic!("{what} has not come; the screen shows:\n{}", terminal.contents());
}

/// Confirms the plan that is open by typing the environment's name, and waits until it has been carried out.
#[track_caller]
fn confirm(terminal: &mut Terminal) {
    terminal.wait_for(DIALOG);
    // Away from the field and back: from then on the dialog listens.
    press_until(terminal, "\t", "another field", |screen| !screen.contains(DIALOG));
    press_until(terminal, "\x1b[Z", "the field for the name", |screen| screen.contains(DIALOG));
    terminal.send("production");
    terminal.wait_for("type production to confirm: production");
    terminal.send("\r");
    terminal.wait("the end of the operation", |screen| screen.contains(ENDED));
}

#[test]
fn a_version_is_promoted_in_the_cockpit_and_rolled_back() {
    let world = World::new();
    let (old, new) = (world.live("catalog"), world.offered("testing", "catalog"));
    let mut terminal = Terminal::start(&world.root(), &[], 24, 80);
    terminal.wait("the board with what is live", |screen| screen.contains("catalog") && screen.contains(&old));
    assert!(terminal.alternate());

    terminal.send("/catalog\r");
    terminal.wait("one service only", |screen| screen.contains("catalog") && !screen.contains("checkout"));
    press_until(&mut terminal, "l", "production", |screen| {
        screen.lines().next().is_some_and(|tabs| tabs.contains("production"))
    });
    terminal.send("\r");
    terminal.wait("the track", |screen| screen.contains("catalog") && !screen.contains("testing   "));

    terminal.send("p");
    terminal.wait("the plan", |screen| screen.contains(&format!("{old} → {new}")));
    confirm(&mut terminal);
    assert_eq!(world.live("catalog"), new);
    press_until(&mut terminal, ESCAPE, "the new version live", |screen| {
        !screen.contains(ENDED) && screen.contains(&new)
    });

    terminal.send("b");
    terminal.wait("the plan back", |screen| screen.contains(&format!("{new} → {old}")));
    confirm(&mut terminal);
    assert_eq!(world.live("catalog"), old);
    press_until(&mut terminal, ESCAPE, "what lies behind", |screen| !screen.contains(ENDED));

    terminal.send("7");
    terminal.wait("both in the journal", |screen| {
        screen.contains("promote") && screen.contains("roll") && screen.contains("catalog")
    });
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
    assert!(!terminal.alternate(), "the terminal is as it was");
    let verified = world.flightdeck(&["journal", "verify"]).output().unwrap();
    assert!(verified.status.success());
}
