//! What is said beside the answer, on standard error.

use std::io::{self, Write};

use crate::model::text;

/// Says what should be known but stops nothing.
pub fn warn(what: &str) {
    say(&format!("warning: {}", text::clean(what)));
}

/// Says what the person can do about what was said before.
pub fn hint(what: &str) {
    say(&format!("hint: {}", text::clean(what)));
}

/// Says what is good to know.
pub fn note(what: &str) {
    say(&text::clean(what));
}

/// Writes a line that is clean already. Nobody there to read it (a pipe that was closed, a terminal that hung up) must
/// never stop what is being done, so errors end here.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
