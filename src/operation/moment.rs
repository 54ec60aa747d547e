//! Moments as people write them, in the time zone that they mean.

use chrono::{Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::model::Time;

/// Which of two instants a local time means when clocks are put back and it comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// The first.
    First,
    /// The second.
    Second,
}

/// A day, or a minute of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// `2026-12-24`.
    Day(NaiveDate),
    /// `2026-12-24T18:00`.
    Minute(NaiveDateTime),
}

impl Local {
    /// Reads `2026-12-24`, `2026-12-24T18:00` or the same with a blank or seconds.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Some(Self::Day(day));
        }
        let shapes = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"];
        shapes.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok()).map(Self::Minute)
    }

    /// Its first moment.
    pub fn start(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Minute(minute) => minute,
        }
    }

    /// The first moment after it: a day ends when it is over, a minute is exact.
    pub fn end(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN),
            Self::Minute(minute) => minute,
        }
    }
}

/// The instant of a local time. A time that clocks skip is the moment at which they skip it.
pub fn instant(local: NaiveDateTime, zone: Tz, twice: Twice) -> Time {
    // No zone ever skipped more than a day.
    for minutes in 0..=24 * 60 + 1 {
        let Some(later) = local.checked_add_signed(TimeDelta::minutes(minutes)) else { break };
        return match zone.from_local_datetime(&later) {
            MappedLocalTime::Single(at) => at.to_utc(),
            MappedLocalTime::Ambiguous(first, second) => match twice {
                Twice::First => first.to_utc(),
                Twice::Second => second.to_utc(),
            },
            MappedLocalTime::None => continue,
        };
    }
    Utc.from_utc_datetime(&local)
}

/// Reads when something ends: a length (`90m`, `2h`, `1d12h`, `1w`) from `now`, an hour (`18:00`, the next one), `tomorrow` or a
/// day (its end), a minute of a day, or an instant with its offset. Says what is wrong otherwise.
///
/// # Errors
/// When it is none of these, or lies in the past.
pub fn until(text: &str, now: Time, zone: Tz) -> Result<Time, String> {
    let text = text.trim();
    let tomorrow = || now.with_timezone(&zone).date_naive().checked_add_days(Days::new(1));
    let tomorrow = || tomorrow().map(|day| instant(Local::Day(day).end(), zone, Twice::Second));
    let at = length(text)
        .and_then(|length| now.checked_add_signed(length))
        .or_else(|| next_hour(text, now, zone))
        .or_else(|| text.eq_ignore_ascii_case("tomorrow").then(tomorrow).flatten())
        .or_else(|| Local::parse(text).map(|local| instant(local.end(), zone, Twice::Second)))
        .or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()));
    match at {
        Some(at) if at <= now => Err("that is over already".to_owned()),
        Some(at) => Ok(at),
        None => Err("expected `90m`, `2h`, `3d`, `18:00`, `tomorrow`, `2026-12-24` or `2026-12-24T18:00`".to_owned()),
    }
}

/// Reads `90m`, `2h`, `1d12h`, `1w`.
fn length(text: &str) -> Option<TimeDelta> {
    let mut rest = text;
    let mut minutes = 0_i64;
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(unit_at);
        let mut tail = tail.chars();
        let unit = match tail.next()? {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            'w' => 7 * 24 * 60,
            _ => return None,
        };
        minutes = number.parse::<i64>().ok()?.checked_mul(unit)?.checked_add(minutes)?;
        rest = tail.as_str();
    }
    if minutes == 0 { None } else { TimeDelta::try_minutes(minutes) }
}

fn next_hour(text: &str, now: Time, zone: Tz) -> Option<Time> {
    let hour = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    let today = now.with_timezone(&zone).date_naive();
    let days = [Some(today), today.checked_add_days(Days::new(1))];
    days.into_iter().flatten().map(|day| instant(day.and_time(hour), zone, Twice::First)).find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("an instant")
    }

    #[test]
    fn ends_are_read_in_every_shape() {
        let now = at("2026-11-21T12:00:00Z");
        let zone = chrono_tz::Europe::Berlin;
        for (text, expected) in [
            ("90m", "2026-11-21T13:30:00Z"),
            ("2h", "2026-11-21T14:00:00Z"),
            ("1d12h", "2026-11-23T00:00:00Z"),
            ("1w", "2026-11-28T12:00:00Z"),
            ("18:00", "2026-11-21T17:00:00Z"),
            ("09:00", "2026-11-22T08:00:00Z"),
            ("tomorrow", "2026-11-22T23:00:00Z"),
            ("2026-12-24", "2026-12-24T23:00:00Z"),
            ("2026-12-24T18:00", "2026-12-24T17:00:00Z"),
            ("2026-12-24 18:00", "2026-12-24T17:00:00Z"),
            ("2026-12-24T18:00:00+00:00", "2026-12-24T18:00:00Z"),
        ] {
            assert_eq!(until(text, now, zone), Ok(at(expected)), "{text}");
        }
        for text in ["", "0h", "2x", "h", "yesterday", "2020-01-01", "99999999999999999999h", "9223372036854775807w"] {
            assert!(until(text, now, zone).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_that_clocks_skip_is_the_moment_of_the_skip_and_one_that_comes_twice_is_told_apart() {
        let berlin = chrono_tz::Europe::Berlin;
        let local = |text: &str| Local::parse(text).expect("a local time").start();
        assert_eq!(instant(local("2026-03-29T02:30"), berlin, Twice::First), at("2026-03-29T01:00:00Z"));
        assert_eq!(instant(local("2026-10-25T02:30"), berlin, Twice::First), at("2026-10-25T00:30:00Z"));
        assert_eq!(instant(local("2026-10-25T02:30"), berlin, Twice::Second), at("2026-10-25T01:30:00Z"));
        // A whole day that never was.
        let apia = chrono_tz::Pacific::Apia;
        assert_eq!(instant(local("2011-12-30T00:00"), apia, Twice::First), at("2011-12-30T10:00:00Z"));
    }
}
