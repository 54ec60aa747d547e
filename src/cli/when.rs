//! Moments in the past as people type them.

use chrono::{Duration, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

use crate::model::Time;

/// A length of time: `90m`, `2h`, `1d 12h`, `1w`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a duration like 90m, 2h, 1d12h or 1w".to_owned();
    let mut total = Duration::zero();
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (digits, tail) = rest.split_at(unit_at);
        let amount: i64 = digits.parse().map_err(|_| wrong())?;
        let tail = tail.trim_start();
        let unit = tail.chars().next().ok_or_else(wrong)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return Err(wrong()),
        };
        let part = amount.checked_mul(seconds).and_then(Duration::try_seconds).ok_or_else(wrong)?;
        total = total.checked_add(&part).ok_or_else(wrong)?;
        rest = tail.get(unit.len_utf8()..).unwrap_or_default().trim_start();
    }
    if total > Duration::days(36_500) { Err(wrong()) } else { Ok(total) }
}

/// A moment: `2026-12-24T18:00:00Z`, or `2026-12-24T18:00` or `2026-12-24` in `zone`.
fn moment<Z: TimeZone>(zone: &Z, text: &str) -> Result<Time, String> {
    let text = text.trim();
    if let Ok(exact) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(exact.with_timezone(&Utc));
    }
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN)))
        .ok_or("expected a time like 2026-12-24, 2026-12-24T18:00 or 2026-12-24T18:00:00Z")?;
    zone.from_local_datetime(&local)
        .earliest()
        .map(|time| time.with_timezone(&Utc))
        .ok_or_else(|| "that time does not exist here: clocks are put forward over it".to_owned())
}

/// A moment in the past: how long ago (`2h`, `7d`), or when (`2026-12-24`, in this machine's time zone).
///
/// # Errors
/// Says what is expected, for the command line.
pub fn since(text: &str) -> Result<Since, String> {
    duration(text)
        .map(Since::Ago)
        .or_else(|_| moment(&Local, text).map(Since::At))
        .map_err(|_| "expected a duration like 2h or 7d, or a time like 2026-12-24".to_owned())
}

/// Where a window begins: at a moment in the past, or nowhere (`all`).
///
/// # Errors
/// Says what is expected, for the command line.
pub fn beginning(text: &str) -> Result<Beginning, String> {
    if text == "all" {
        return Ok(Beginning(None));
    }
    since(text).map(|it| Beginning(Some(it))).map_err(|error| format!("{error}, or `all`"))
}

/// Where a window begins; absent means nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning(pub Option<Since>);

/// A moment in the past as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So long ago.
    Ago(Duration),
    /// Then.
    At(Time),
}

impl Since {
    /// The moment that it means at `now`.
    pub fn at(self, now: Time) -> Time {
        match self {
            Self::Ago(length) => now.checked_sub_signed(length).unwrap_or(Time::MIN_UTC),
            Self::At(time) => time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_type_them() {
        let cases = [
            ("90m", Some(5_400)),
            ("2h", Some(7_200)),
            ("1d12h", Some(129_600)),
            ("1d 12h", Some(129_600)),
            ("1w", Some(604_800)),
            ("30", None),
            ("h", None),
            ("", None),
            ("-2h", None),
            ("2 fortnights", None),
            ("99999999999999999999h", None),
            ("999999999w", None),
            ("2é", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text).ok().map(|length| length.num_seconds()), seconds, "{text}");
        }
    }

    #[test]
    fn a_moment_without_a_zone_is_a_local_one() {
        let berlin = chrono_tz::Europe::Berlin;
        let cases = [
            ("2026-12-24T18:00:00Z", Some("2026-12-24T18:00:00+00:00")),
            ("2026-12-24T18:00:00+02:00", Some("2026-12-24T16:00:00+00:00")),
            ("2026-12-24T18:00", Some("2026-12-24T17:00:00+00:00")),
            ("2026-12-24 18:00", Some("2026-12-24T17:00:00+00:00")),
            ("2026-12-24", Some("2026-12-23T23:00:00+00:00")),
            ("2026-03-29T02:30", None),
            ("tomorrow", None),
        ];
        for (text, expected) in cases {
            let read = moment(&berlin, text).ok().map(|time| time.to_rfc3339());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
