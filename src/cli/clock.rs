//! Where the present comes from.

use std::sync::Arc;
use std::time::Instant;

use chrono::{TimeDelta, Utc};

use super::failure::Failure;
use crate::model::{Clock, Time};

/// The variable that sets another present: for tests, pictures and playgrounds that are the same every time.
const VARIABLE: &str = "FLIGHTDECK_NOW";

/// The machine's clock, or one that began at `FLIGHTDECK_NOW` when the process did and goes on from there.
pub fn of_environment() -> Result<Clock, Failure> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => from(&text),
        _ => Ok(Arc::new(Utc::now)),
    }
}

/// A clock that begins at a moment, which is written as in RFC 3339, and goes on from there.
pub fn from(text: &str) -> Result<Clock, Failure> {
    let start: Time = text.parse().map_err(|_| {
        Failure::usage(format!("{VARIABLE} is `{text}`")).hint("write it like 2026-11-21T09:00:00Z, or leave it out")
    })?;
    let began = Instant::now();
    Ok(Arc::new(move || {
        let passed = TimeDelta::from_std(began.elapsed()).unwrap_or_default();
        start.checked_add_signed(passed).unwrap_or(start)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_present_goes_on_from_where_it_was_set() {
        let clock = from("2026-11-21T09:00:00Z").expect("a time");
        let start: Time = "2026-11-21T09:00:00Z".parse().expect("a time");
        let (first, second) = (clock(), clock());
        assert!(start <= first && first <= second);
        assert!(from("yesterday").is_err());
    }
}
