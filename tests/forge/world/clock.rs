//! The forge's own time, which the test sets, and its numbers.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};

/// A point in time.
pub type Time = DateTime<Utc>;

/// One for a whole forge.
#[derive(Debug)]
pub struct Clock {
    seconds: AtomicI64,
    last_id: AtomicU64,
}

impl Clock {
    /// Stands at a time until it is set.
    pub fn at(now: Time) -> Self {
        Self { seconds: AtomicI64::new(now.timestamp()), last_id: AtomicU64::new(1000) }
    }

    /// What time it is, in whole seconds as GitHub has them.
    pub fn now(&self) -> Time {
        DateTime::from_timestamp(self.seconds.load(Ordering::Relaxed), 0).expect("a time")
    }

    /// Sets it, backwards too.
    pub fn set(&self, now: Time) {
        self.seconds.store(now.timestamp(), Ordering::Relaxed);
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A number that nothing else has, higher than those before.
    pub fn id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// As GitHub writes times.
pub fn stamp(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// As GitHub reads them.
pub fn time(text: &str) -> Time {
    DateTime::parse_from_rfc3339(text).unwrap_or_else(|why| panic!("{text} is no time: {why}")).to_utc()
}
