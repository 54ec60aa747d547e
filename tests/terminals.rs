//! The cockpit on terminals that are not the best there is, and every way out of it. What a terminal was set to is taken
//! back on each: the alternate screen, the hidden cursor, bracketed paste, the mouse, reports of light and dark, raw mode.

mod support;

use support::terminal::Terminal;
use support::world::World;

const SIZE: (u16, u16) = (24, 80);

fn opened(world: &World, variables: &[(&str, &str)], size: (u16, u16)) -> Terminal {
    let terminal = Terminal::with(&world.root(), &[], size, variables);
    terminal.wait_for("catalog");
    terminal
}

/// Every mode that was switched on and not off again, in what was written.
fn left_on(written: &[u8]) -> Vec<String> {
    let written = String::from_utf8_lossy(written);
    let mut on = std::collections::BTreeSet::new();
    for part in written.split("\x1b[?").skip(1) {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        let (numbers, rest) = part.split_at(end);
        for number in numbers.split(';') {
            match rest.chars().next() {
                Some('h') => drop(on.insert(number.to_owned())),
                Some('l') => drop(on.remove(number)),
                _ => {}
            }
        }
    }
    // The cursor is shown: that is how it was.
    on.remove("25");
    on.into_iter().collect()
}

/// Whether the cursor was shown last.
fn cursor_is_back(written: &[u8]) -> bool {
    let written = String::from_utf8_lossy(written);
    written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l")
}

#[track_caller]
fn is_as_it_was(terminal: &Terminal) {
    let written = terminal.written();
    assert!(left_on(&written).is_empty(), "left on: {:?}", left_on(&written));
    assert!(cursor_is_back(&written), "the cursor stays hidden");
    assert!(!terminal.alternate());
}

#[test]
fn quitting_gives_the_terminal_back() {
    let world = World::new();
    let mut terminal = opened(&world, &[], SIZE);
    terminal.send("q");
    assert_eq!(terminal.wait_for_end(), 0);
    is_as_it_was(&terminal);
}

#[cfg(unix)]
#[test]
fn signals_give_the_terminal_back() {
    let world = World::new();
    for signal in ["TERM", "HUP"] {
        let mut terminal = opened(&world, &[], SIZE);
        terminal.signal(signal);
        terminal.wait_for_end();
        is_as_it_was(&terminal);
    }
}

#[test]
fn sixteen_colours_are_sixteen_and_no_colour_is_none() {
    let world = World::new();
    let colours = |variables: &[(&str, &str)]| {
        let mut terminal = opened(&world, variables, SIZE);
        terminal.send("5q");
        terminal.wait_for_end();
        let written = String::from_utf8_lossy(&terminal.written()).into_owned();
        let numbers = written.split("\x1b[").filter_map(|it| it.split_once('m').map(|(numbers, _)| numbers.to_owned()));
        numbers.filter(|it| it.chars().all(|c| c.is_ascii_digit() || c == ';')).collect::<Vec<_>>()
    };
    let sixteen = colours(&[("TERM", "xterm"), ("COLORTERM", "")]);
    assert!(sixteen.iter().any(|it| it != "0"), "nothing is coloured");
    assert!(sixteen.iter().all(|it| !it.contains("8;2;")), "true colour on a terminal of sixteen");
    let palette = |it: &str| it.split_once("8;5;").and_then(|(_, number)| number.split(';').next()?.parse::<u8>().ok());
    assert!(sixteen.iter().filter_map(|it| palette(it)).all(|number| number < 16), "more than sixteen colours");
    let none = colours(&[("NO_COLOR", "1")]);
    let is_colour = |it: &str| {
        it.split(';').any(|number| matches!(number.parse::<u8>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107)))
    };
    assert!(none.iter().all(|it| !is_colour(it)), "colours where none are wanted: {none:?}");
    assert!(none.iter().any(|it| it.split(';').any(|number| number == "7")), "the selection is not reversed");
}

#[test]
fn a_dumb_terminal_is_told_what_to_do_instead() {
    let world = World::new();
    let mut terminal = Terminal::with(&world.root(), &[], SIZE, &[("TERM", "dumb")]);
    terminal.wait_for("--plain");
    assert_eq!(terminal.wait_for_end(), 2);
    assert!(!String::from_utf8_lossy(&terminal.written()).contains("\x1b["), "sequences on a dumb terminal");
}

#[test]
fn a_burst_of_sizes_is_a_handful_of_frames() {
    let world = World::new();
    let mut terminal = opened(&world, &[], SIZE);
    let before = terminal.frames();
    for step in 0..100 {
        terminal.resize(24 + step % 7, 80 + step % 11);
    }
    terminal.resize(30, 100);
    // A key that comes together with a new size is not lost.
    terminal.send("5");
    terminal.wait("the metrics", |screen| screen.contains("fail rate"));
    let frames = terminal.frames() - before;
    assert!(frames < 60, "{frames} frames for a hundred sizes");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end(), 0);
}

#[test]
fn keys_typed_over_a_slow_line_are_not_lost() {
    let world = World::new();
    let mut terminal = Terminal::slow(&world.root(), SIZE);
    terminal.wait_for("catalog");
    // While a frame still trickles, everything is typed at once.
    terminal.send("/catalog\r");
    terminal.wait("one service only", |screen| screen.contains("catalog") && !screen.contains("checkout"));
    terminal.send("q");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end(), 0);
    is_as_it_was(&terminal);
}
