//! Answers to questions, in words.

mod changes;
mod definitions;
mod whereabouts;

pub use changes::changes;
pub use definitions::definitions;
pub use whereabouts::whereabouts;

use crate::model::Time;
use crate::view::format;

/// How long ago something was: `just now`, `3m ago`.
fn ago(now: Time, then: Time) -> String {
    match format::age(now, then).as_str() {
        "now" => "just now".to_owned(),
        age if age.starts_with("in ") => age.to_owned(),
        age => format!("{age} ago"),
    }
}
