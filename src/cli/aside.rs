//! What is said beside the answer, on standard error.

use crate::model::text;

/// Says what should be known but stops nothing.
pub fn warn(what: &str) {
    eprintln!("warning: {}", text::clean(what));
}

/// Says what the person can do about what was said before.
pub fn hint(what: &str) {
    eprintln!("hint: {}", text::clean(what));
}

/// Says what is good to know.
pub fn note(what: &str) {
    eprintln!("{}", text::clean(what));
}
