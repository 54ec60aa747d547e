//! When the demo company works: weekdays, eight to half past five, with the last day as close to now as anybody likes.

use chrono::{Datelike, Duration, NaiveTime, Weekday};

use super::random::Random;
use crate::model::Time;

/// Days of work from `days` days before `now` to the day before it, each as its midnight.
pub fn working_days(now: Time, days: i64) -> Vec<Time> {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    (1..=days).rev().map(|ago| today - Duration::days(ago)).filter(|day| is_working_day(*day)).collect()
}

/// Whether people work on the day of `at`.
fn is_working_day(at: Time) -> bool {
    !matches!(at.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Whether `at` is on a Friday from noon on, when careful people do not deploy any more.
pub fn is_late_in_the_week(at: Time) -> bool {
    use chrono::Timelike;
    !is_working_day(at) || (at.weekday() == Weekday::Fri && at.hour() >= 12)
}

/// A moment in the working hours of the day that begins at `midnight`.
pub fn working_moment(midnight: Time, random: &mut Random) -> Time {
    midnight + Duration::seconds(random.between(8 * 3600, 17 * 3600 + 1800))
}

/// `amount` of seconds that is usually near `typical` and now and then several times as long, as waiting is.
pub fn wait(random: &mut Random, typical: i64) -> Duration {
    let stretch = match random.between(0, 19) {
        0 => random.between(400, 1200),
        1..=5 => random.between(120, 400),
        _ => random.between(30, 120),
    };
    Duration::seconds(typical * stretch / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_works_on_a_weekend() {
        let saturday: Time = "2026-11-21T03:00:00Z".parse().unwrap();
        let days = working_days(saturday, 14);
        assert_eq!(days.len(), 10);
        assert!(days.iter().all(|day| is_working_day(*day) && *day < saturday));
    }
}
