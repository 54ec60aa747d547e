//! Numbers and times as people read them: durations `3 h 10 m`, ages `3m 2h 4d`, counts `1,234`.
//!
//! What is not known is [`UNDEFINED`], never 0.

use chrono::{Datelike, TimeDelta};
use chrono_tz::Tz;

use crate::model::{CommitId, Digest, Time};

/// What stands where nothing is known.
pub const UNDEFINED: &str = "—";

/// What an age that lies ahead begins with.
pub const AHEAD: &str = "in ";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// A duration of `seconds`, about three digits of it: `45 s`, `12 m 05 s`, `3 h 10 m`, `4 d 02 h`, `16.8 d`, `146 d`.
/// Negative ones count as none.
pub fn duration(seconds: i64) -> String {
    match seconds.max(0) {
        s if s < MINUTE => format!("{s} s"),
        s if s < HOUR => format!("{} m {:02} s", s / MINUTE, s % MINUTE),
        s if s < DAY => format!("{} h {:02} m", s / HOUR, s % HOUR / MINUTE),
        s if s < 10 * DAY => format!("{} d {:02} h", s / DAY, s % DAY / HOUR),
        // Half a day still says something there: truncated, 16.8 days would read 16.
        s if s < 100 * DAY => format!("{}.{} d", s / DAY, s % DAY / (DAY / 10)),
        s => format!("{} d", count_signed(s / DAY)),
    }
}

/// [`duration`] of a measured quantity; undefined where it is absent or not a number.
pub fn duration_of(seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) if seconds.is_finite() => duration(whole_seconds(seconds)),
        _ => UNDEFINED.to_owned(),
    }
}

/// The time between two instants; undefined where one is missing.
pub fn between(from: Option<Time>, until: Option<Time>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => duration((until - from).num_seconds()),
        _ => UNDEFINED.to_owned(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and no duration comes near the end")]
fn whole_seconds(seconds: f64) -> i64 {
    seconds.round() as i64
}

/// How long ago `then` was, coarsely: `now` within a minute, then `3m`, `2h`, `4d`, from two years on `2y`. What lies
/// ahead reads `in 3m`.
pub fn age(now: Time, then: Time) -> String {
    let seconds = (now - then).num_seconds();
    let amount = coarse(seconds.saturating_abs());
    if seconds <= -MINUTE { format!("{AHEAD}{amount}") } else { amount }
}

/// A span of time as an age writes it, without a direction: `now`, `3m`, `2h`, `4d`, `2y`.
pub fn coarse(seconds: i64) -> String {
    match seconds {
        s if s < MINUTE => "now".to_owned(),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < DAY => format!("{}h", s / HOUR),
        s if s < 2 * YEAR => format!("{}d", s / DAY),
        s => format!("{}y", s / YEAR),
    }
}

/// The next moment at which [`age`] of `then` reads otherwise than at `now`.
pub fn age_changes_at(now: Time, then: Time) -> Option<Time> {
    let seconds = (now - then).num_seconds();
    let unit = match seconds.saturating_abs() {
        s if s < HOUR => MINUTE,
        s if s < DAY => HOUR,
        s if s < 2 * YEAR => DAY,
        _ => YEAR,
    };
    let wait = if seconds < 0 { -seconds % unit + 1 } else { unit - seconds % unit };
    now.checked_add_signed(TimeDelta::try_seconds(wait)?)
}

/// A count with thousands separators: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn count_signed(number: i64) -> String {
    count(number.unsigned_abs())
}

/// A length as a count, for [`count`].
pub fn count_of(length: usize) -> String {
    count(u64::try_from(length).unwrap_or(u64::MAX))
}

/// `1 change`, `2 changes`: a count with its noun, which takes an `s`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Bytes in decimal units: `812 B`, `3.4 kB`, `128 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut scale = 1_000_u64;
    let mut unit = 0;
    while unit + 1 < UNITS.len() && bytes / scale >= 1_000 {
        scale = scale.saturating_mul(1_000);
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    let whole = bytes / scale;
    if whole >= 10 {
        return format!("{whole} {name}");
    }
    format!("{whole}.{} {name}", bytes % scale * 10 / scale)
}

/// A moment for people in `zone`: `14:02` on the day of `now`, `12 Nov 14:02` within the year, `12 Nov 2024` before.
pub fn moment(now: Time, then: Time, zone: Tz) -> String {
    let (now, then) = (now.with_timezone(&zone), then.with_timezone(&zone));
    let shape = if now.date_naive() == then.date_naive() {
        "%H:%M"
    } else if now.year() == then.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y"
    };
    then.format(shape).to_string()
}

/// A moment in full, with its zone: `2026-11-21 14:02 UTC`.
pub fn absolute(then: Time, zone: Tz) -> String {
    then.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// The digits of a digest that people compare, undefined where there is none.
pub fn short_digest(digest: Option<&Digest>) -> String {
    digest.map_or_else(|| UNDEFINED.to_owned(), |digest| crate::model::text::clean(digest.short()).into_owned())
}

/// Seven digits of a commit, undefined where there is none.
pub fn short_commit(commit: Option<CommitId>) -> String {
    commit.map_or_else(|| UNDEFINED.to_owned(), |commit| commit.short())
}

/// A part of a whole as a percentage, rounded down so that 100 % means done; undefined for a whole of 0.
pub fn percent(done: u64, total: u64) -> String {
    if total == 0 {
        return UNDEFINED.to_owned();
    }
    let of_hundred = u128::from(done.min(total)) * 100 / u128::from(total);
    format!("{of_hundred} %")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn seconds(seconds: i64) -> TimeDelta {
        TimeDelta::try_seconds(seconds).expect("a span")
    }

    #[rstest]
    #[case(-5, "0 s")]
    #[case(0, "0 s")]
    #[case(59, "59 s")]
    #[case(60, "1 m 00 s")]
    #[case(725, "12 m 05 s")]
    #[case(3 * HOUR + 10 * MINUTE + 59, "3 h 10 m")]
    #[case(2 * HOUR + 5 * MINUTE, "2 h 05 m")]
    #[case(4 * DAY + 2 * HOUR, "4 d 02 h")]
    #[case(46 * DAY + 23 * HOUR, "46.9 d")]
    #[case(146 * DAY + 23 * HOUR, "146 d")]
    #[case(1926 * DAY, "1,926 d")]
    fn durations(#[case] seconds: i64, #[case] shown: &str) {
        assert_eq!(duration(seconds), shown);
    }

    #[rstest]
    #[case(0, "now")]
    #[case(59, "now")]
    #[case(-59, "now")]
    #[case(60, "1m")]
    #[case(HOUR - 1, "59m")]
    #[case(HOUR, "1h")]
    #[case(DAY, "1d")]
    #[case(400 * DAY, "400d")]
    #[case(900 * DAY, "2y")]
    #[case(-3 * MINUTE, "in 3m")]
    fn ages(#[case] ago: i64, #[case] shown: &str) {
        let now = at("2026-11-21T09:00:00Z");
        assert_eq!(age(now, now - seconds(ago)), shown);
    }

    #[rstest]
    #[case(0, "0 B")]
    #[case(999, "999 B")]
    #[case(3_450, "3.4 kB")]
    #[case(128_400_000, "128 MB")]
    #[case(u64::MAX, "18 EB")]
    fn sizes(#[case] bytes: u64, #[case] shown: &str) {
        assert_eq!(size(bytes), shown);
    }

    #[test]
    fn undefined_is_not_zero() {
        assert_eq!(duration_of(None), "—");
        assert_eq!(duration_of(Some(f64::NAN)), "—");
        assert_eq!(duration_of(Some(0.0)), "0 s");
        assert_eq!(percent(0, 0), "—");
        assert_eq!(short_digest(None), "—");
    }

    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((counted(1, "change"), counted(2_000, "change")), ("1 change".into(), "2,000 changes".into()));
    }

    #[test]
    fn a_moment_says_as_much_as_is_needed_in_the_zone() {
        let now = at("2026-11-21T23:30:00Z");
        assert_eq!(moment(now, at("2026-11-21T08:02:00Z"), Tz::UTC), "08:02");
        assert_eq!(moment(now, at("2026-11-20T23:30:00Z"), Tz::Europe__Berlin), "21 Nov 00:30");
        assert_eq!(moment(now, at("2024-11-12T23:30:00Z"), Tz::UTC), "12 Nov 2024");
        assert_eq!(absolute(now, Tz::Europe__Berlin), "2026-11-22 00:30 CET");
    }

    proptest! {
        #[test]
        fn an_age_changes_exactly_when_it_says(ago in -40 * DAY..1_500 * DAY) {
            let now = at("2026-11-21T09:00:00Z");
            let then = now - seconds(ago);
            let next = age_changes_at(now, then).expect("a moment");
            prop_assert!(next > now);
            prop_assert_eq!(age(next - seconds(1), then), age(now, then));
        }

        #[test]
        fn any_time_and_number_can_be_shown(a in any::<i32>(), b in any::<i32>(), n in any::<u64>(), f in any::<f64>()) {
            let time = |s: i32| Time::from_timestamp(i64::from(s) * 100, 0).expect("a time");
            let (a, b) = (time(a), time(b));
            let _ = (age(a, b), age_changes_at(a, b), moment(a, b, Tz::Asia__Tokyo), absolute(a, Tz::UTC));
            let _ = (between(Some(a), Some(b)), count(n), size(n), percent(n, n / 2), duration_of(Some(f)));
        }
    }
}
