//! At a terminal: the cockpit from the board to production and out again, and the question of the command line.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::chain::Chain;
use crate::room::say;

/// How long a state of the screen is waited for before the test fails. Nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary in a terminal of 80 columns and 24 lines.
struct Terminal {
    screen: vt100::Parser,
    bytes: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    fn open(chain: &Chain, arguments: &[&str]) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 })
            .expect("a terminal can be made");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments);
        command.cwd(chain.room.work());
        command.env_clear();
        for (name, value) in chain.room.environment() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).expect("the binary can be run");
        let mut reader = pair.master.try_clone_reader().expect("a terminal can be read");
        let keys = pair.master.take_writer().expect("a terminal can be written");
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { screen: vt100::Parser::default(), bytes, keys, child }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("keys can be pressed");
    }

    /// Waits until the screen is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.screen.screen().contents();
            if wanted(&shown) {
                return shown;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("{what} was not shown:\n{shown}"),
            }
        }
    }

    /// Presses keys until they have had their effect: a dialog that has just appeared ignores them.
    fn press_until(&mut self, keys: &str, wanted: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.press(keys);
            while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(100)) {
                self.screen.process(&bytes);
            }
            let shown = self.screen.screen().contents();
            if wanted(&shown) {
                return;
            }
            assert!(Instant::now() < end, "{keys:?} has no effect:\n{shown}");
        }
    }

    fn shows(&mut self, text: &str) -> String {
        self.until(text, |shown| shown.contains(text))
    }
}

#[test]
fn a_version_is_promoted_and_rolled_back_by_keys() {
    let chain = Chain::new();
    for version in ["1.0.0", "1.1.0"] {
        let testing = ["promote", "checkout", "--to", "testing", "--version", version, "--yes"];
        assert_eq!(say(&mut chain.room.flightdeck(), &testing).code, 0);
        if version == "1.0.0" {
            let production = ["promote", "checkout", "--to", "production", "--yes", "--confirm", "production"];
            assert_eq!(say(&mut chain.room.flightdeck(), &production).code, 0);
        }
    }
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));

    let mut terminal = Terminal::open(&chain, &["--write"]);
    terminal.shows("checkout");
    // Key after key, each alone: none may lie until something else happens.
    terminal.press("l");
    terminal.press("l");
    terminal.press("l");
    // Until the backends have been read once, nothing is known to own the track.
    terminal.press_until("p", |shown| shown.contains("1.0.0 → 1.1.0"));
    confirm(&mut terminal);
    terminal.shows("u undo");
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.1.0")));
    terminal.press_until("\u{1b}", |shown| !shown.contains("u undo"));
    terminal.press_until("b", |shown| shown.contains("1.1.0 → 1.0.0"));
    confirm(&mut terminal);
    terminal.shows("u undo");
    assert_eq!(chain.live(), Some(PathBuf::from("releases/1.0.0")));
    terminal.press_until("\u{1b}", |shown| !shown.contains("u undo"));
    terminal.press("q");
    assert!(terminal.child.wait().expect("it ends").success());
    let verified = say(&mut chain.room.flightdeck(), &["journal", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
}

#[test]
fn a_promotion_is_confirmed_at_the_prompt_or_left() {
    let chain = Chain::new();
    let mut terminal = Terminal::open(&chain, &["promote", "checkout", "--to", "testing"]);
    terminal.shows("type y to confirm");
    terminal.press("\u{3}");
    assert_eq!(terminal.child.wait().expect("it ends").exit_code(), 130);
    let mut terminal = Terminal::open(&chain, &["promote", "checkout", "--to", "testing"]);
    terminal.shows("type y to confirm");
    terminal.press("n\r");
    terminal.shows("not confirmed: nothing was changed");
    assert_eq!(terminal.child.wait().expect("it ends").exit_code(), 1);
    assert!(!chain.room.work().join("packages/testing/checkout").exists());
    let mut terminal = Terminal::open(&chain, &["promote", "checkout", "--to", "testing"]);
    terminal.shows("type y to confirm");
    terminal.press("y\r");
    terminal.shows("live: 1.2.0 in testing");
    assert_eq!(terminal.child.wait().expect("it ends").exit_code(), 0);
}

/// Types the environment's name until it stands there, then confirms.
fn confirm(terminal: &mut Terminal) {
    terminal.shows("type production to confirm:");
    terminal.press_until("\u{15}production", |shown| shown.contains("confirm: production"));
    terminal.press("\r");
}
