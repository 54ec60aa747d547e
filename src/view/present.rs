//! The present, as a screen needs it: what time it is, where, and when something on the screen will read otherwise.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::format::{self, AHEAD};
use crate::model::Time;

/// The present of one screen. Every age that it writes is remembered, so that a single timer suffices: it rings at the
/// earliest moment at which a text that was really handed out would change.
#[derive(Debug)]
pub struct Present {
    now: Time,
    zone: Tz,
    next: AtomicI64,
}

impl Present {
    /// The present at `now`, in `zone`.
    pub fn new(now: Time, zone: Tz) -> Self {
        Self { now, zone, next: AtomicI64::new(i64::MAX) }
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The zone in which moments are written.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// How long ago `then` was: `3m`.
    pub fn age(&self, then: Time) -> String {
        if let Some(at) = format::age_changes_at(self.now, then) {
            self.remember(at);
        }
        format::age(self.now, then)
    }

    /// When `then` was, for a sentence: `3m ago`, `just now`; `in 3m` where a clock is ahead of ours.
    pub fn ago(&self, then: Time) -> String {
        match self.age(then).as_str() {
            "now" => "just now".to_owned(),
            ahead if ahead.starts_with(AHEAD) => ahead.to_owned(),
            age => format!("{age} ago"),
        }
    }

    /// How long something has been so, for a sentence: `for 3m`, `since just now`; `dated 3m ahead` where a clock is
    /// ahead of ours.
    pub fn so_long(&self, since: Time) -> String {
        match self.age(since).as_str() {
            "now" => "since just now".to_owned(),
            age => match age.strip_prefix(AHEAD) {
                Some(amount) => format!("dated {amount} ahead"),
                None => format!("for {age}"),
            },
        }
    }

    /// [`age`](Self::age), undefined where there is no `then`.
    pub fn age_of(&self, then: Option<Time>) -> String {
        then.map_or_else(|| format::UNDEFINED.to_owned(), |then| self.age(then))
    }

    /// How long something has been going on that goes on still: with seconds, which run.
    pub fn running_for(&self, since: Time) -> String {
        if let Some(at) = TimeDelta::try_seconds(1).and_then(|second| self.now.checked_add_signed(second)) {
            self.remember(at);
        }
        format::duration((self.now - since).num_seconds())
    }

    /// How long something took, or has been going on where it began and did not end.
    pub fn took(&self, from: Option<Time>, until: Option<Time>, running: bool) -> String {
        match (from, until) {
            (Some(from), None) if running => self.running_for(from),
            _ => format::between(from, until),
        }
    }

    /// A moment for people: `14:02`, `12 Nov 14:02`.
    pub fn moment(&self, then: Time) -> String {
        format::moment(self.now, then, self.zone)
    }

    /// A moment for people with its zone: `12 Nov 14:02 CET`, for what somebody may have to wait for.
    pub fn moment_in_zone(&self, then: Time) -> String {
        format!("{} {}", self.moment(then), then.with_timezone(&self.zone).format("%Z"))
    }

    /// Whether `then` lies in the present day of the zone. What is of today is not at midnight.
    pub fn is_today(&self, then: Time) -> bool {
        let day = |at: Time| at.with_timezone(&self.zone).date_naive();
        let tomorrow = day(self.now).succ_opt().and_then(|day| day.and_hms_opt(0, 0, 0));
        if let Some(midnight) = tomorrow.and_then(|at| at.and_local_timezone(self.zone).earliest()) {
            self.remember(midnight.to_utc());
        }
        day(then) == day(self.now)
    }

    /// Takes note that what is shown changes at `at`: a gate that opens, a lock that ends.
    pub fn remember(&self, at: Time) {
        if at > self.now {
            self.next.fetch_min(at.timestamp(), Ordering::Relaxed);
        }
    }

    /// The earliest moment at which a text that was handed out changes.
    pub fn changes_at(&self) -> Option<Time> {
        match self.next.load(Ordering::Relaxed) {
            i64::MAX => None,
            at => Time::from_timestamp(at, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clock_ahead_of_ours_dates_is_no_sentence_about_the_past() {
        let now: Time = "2026-11-21T09:00:30Z".parse().expect("a time");
        let present = Present::new(now, Tz::UTC);
        let (before, ahead) = (now - TimeDelta::hours(3), now + TimeDelta::hours(3));
        assert_eq!([present.ago(before), present.ago(now), present.ago(ahead)], ["3h ago", "just now", "in 3h"]);
        assert_eq!(
            [present.so_long(before), present.so_long(now), present.so_long(ahead)],
            ["for 3h", "since just now", "dated 3h ahead"]
        );
    }

    #[test]
    fn the_timer_rings_for_the_youngest_thing_that_was_shown() {
        let now: Time = "2026-11-21T09:00:30Z".parse().expect("a time");
        let present = Present::new(now, Tz::UTC);
        assert_eq!(present.changes_at(), None);
        present.age(now - TimeDelta::days(3));
        let day = present.changes_at().expect("a moment");
        assert_eq!(day, now + TimeDelta::days(1));
        present.age(now - TimeDelta::seconds(90));
        assert_eq!(present.changes_at(), Some(now + TimeDelta::seconds(30)));
        present.running_for(now - TimeDelta::hours(1));
        assert_eq!(present.changes_at(), Some(now + TimeDelta::seconds(1)));
    }
}
