//! The tours that come with the program, played on the real binary in a terminal: each text is waited for, no clock is.

mod support;

use std::path::Path;
use std::process::Command;

use flightdeck::app::key::{Code, Key, Named};
use flightdeck::ui::tour::{self, Step, Tour};
use support::terminal::Terminal;

/// The bytes that a terminal sends for a key.
fn bytes(key: Key) -> String {
    let plain = match key.code {
        Code::Char(c) if key.ctrl => char::from(c as u8 & 0x1f).to_string(),
        Code::Char(c) => c.to_string(),
        Code::F(number) => panic!("F{number} is not pressed in any tour"),
        Code::Named(named) => match named {
            Named::Enter => "\r",
            Named::Esc => "\x1b",
            Named::Tab => "\t",
            Named::BackTab => "\x1b[Z",
            Named::Backspace => "\x7f",
            Named::Delete => "\x1b[3~",
            Named::Insert => "\x1b[2~",
            Named::Up => "\x1b[A",
            Named::Down => "\x1b[B",
            Named::Right => "\x1b[C",
            Named::Left => "\x1b[D",
            Named::Home => "\x1b[H",
            Named::End => "\x1b[F",
            Named::PageUp => "\x1b[5~",
            Named::PageDown => "\x1b[6~",
        }
        .to_owned(),
    };
    if key.alt { format!("\x1b{plain}") } else { plain }
}

fn play(terminal: &mut Terminal, name: &str, step: &Step) {
    let at = format!("{name}: {step:?}");
    match step {
        Step::Say(_) => {}
        Step::Type(text) => terminal.send(text),
        Step::Press(keys, None) => keys.iter().for_each(|key| terminal.send(&bytes(*key))),
        Step::Press(keys, Some(until)) => {
            let all: String = keys.iter().map(|key| bytes(*key)).collect();
            terminal.press_until(&all, &at, |screen| until.holds(screen));
        }
        Step::See(text) => {
            terminal.wait(&at, |screen| screen.contains(text));
        }
        Step::Gone(text) => {
            terminal.wait(&at, |screen| !screen.contains(text));
        }
        Step::Marked(text) => terminal.wait_for_style(&at, text, vt100::Cell::inverse),
    }
}

fn start(place: &Path, arguments: &[&str], (columns, rows): (u16, u16)) -> Terminal {
    let (directory, work) = (place.join("demo").display().to_string(), place.join("work"));
    std::fs::create_dir_all(&work).unwrap();
    let mut all = vec!["demo", &directory];
    all.extend(arguments);
    Terminal::with(&work, &all, (rows, columns), &[("FLIGHTDECK_NOW", tour::NOW)])
}

/// Plays a tour to its end and leaves; the directory of its playground.
fn journey(name: &str, size: Option<(u16, u16)>) -> tempfile::TempDir {
    let tour = Tour::named(name).unwrap().unwrap();
    let place = tempfile::tempdir().unwrap();
    let seed = tour::SEED.to_string();
    let mut terminal = start(place.path(), &["--frozen", "--write", "--seed", &seed], size.unwrap_or(tour.size));
    for step in &tour.steps {
        play(&mut terminal, name, step);
    }
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
    assert!(!terminal.alternate(), "the terminal is as it was");
    place
}

#[test]
fn the_developer_finds_a_commit() {
    journey("developer", None);
}

#[test]
fn somebody_on_call_finds_what_changed_and_takes_it_back() {
    let place = journey("on-call", None);
    let root = place.path().join("demo");
    let live = std::fs::read_link(root.join("servers/production/checkout/current")).unwrap();
    assert!(live.ends_with("3.4.19"), "{}", live.display());
    let mut verify = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    verify.args(["journal", "verify"]).current_dir(&root).envs(support::world::environment(&root));
    assert!(verify.status().unwrap().success());
}

#[test]
fn the_lead_sees_what_is_slow_and_what_waits() {
    journey("lead", None);
}

#[test]
fn the_same_holds_on_a_large_terminal() {
    for (name, _) in tour::ALL {
        journey(name, Some((200, 50)));
    }
}

#[test]
fn a_tour_shows_itself_until_somebody_takes_over() {
    let place = tempfile::tempdir().unwrap();
    let mut terminal = start(place.path(), &["--tour", "developer"], (80, 24));
    // The first sentence, then the first key and the letters that it types.
    terminal.wait_for("You merged SHOP-803 yesterday");
    terminal.wait_for("where is SHOP");
    terminal.send("x");
    terminal.wait_for("the tour ends here: the keys are yours");
    terminal.send("\x1b");
    terminal.wait("the dialog closed", |screen| !screen.contains("where is …"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end(), 0);
}
