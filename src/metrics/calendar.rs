//! Days as a service's people live them: in the service's own time zone, a day with a clock change a day like
//! any other (metrics documentation, "Time").

use std::collections::BTreeMap;

use chrono::{Datelike, Days, MappedLocalTime, NaiveDate, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

use crate::model::Time;

/// What happened on each local day that saw something; the other days are absent.
pub type PerDay = BTreeMap<NaiveDate, usize>;

/// The local day of an instant.
pub fn day(at: Time, zone: Tz) -> NaiveDate {
    let utc = at.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    // Only the first and the last day that can be written down have no local day.
    utc.checked_add_offset(offset).unwrap_or(utc).date()
}

/// The first instant of a local day. Where a clock change swallows midnight, the instant of the change; where midnight
/// comes twice, the first. `None` beyond the days that can be written down.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Option<Time> {
    let midnight = day.and_time(NaiveTime::MIN);
    let start = match zone.from_local_datetime(&midnight) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(at),
        MappedLocalTime::None => GapInfo::new(&midnight, &zone)?.end,
    };
    start.map(|it| it.with_timezone(&Utc))
}

/// How many of `instants` fall on each local day, for a calendar heat map.
pub fn per_day(instants: &[Time], zone: Tz) -> PerDay {
    let mut counts = PerDay::new();
    instants.iter().for_each(|it| *counts.entry(day(*it, zone)).or_default() += 1);
    counts
}

/// The Monday of the week that holds the day.
pub fn monday_of(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))
}

/// The day itself if it is a Monday, else the next Monday.
pub fn monday_from(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::from((7 - day.weekday().num_days_from_monday()) % 7)))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Weekday};
    use chrono_tz::{America, Asia, Europe, Pacific};
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Time {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[rstest]
    #[case::summer("2026-06-07T21:30:00Z", Europe::Berlin, "2026-06-07")]
    #[case::next_day("2026-06-07T22:30:00Z", Europe::Berlin, "2026-06-08")]
    #[case::the_hour_that_comes_twice("2026-10-25T01:30:00Z", Europe::Berlin, "2026-10-25")]
    #[case::after_the_day_that_never_was("2011-12-30T10:00:00Z", Pacific::Apia, "2011-12-31")]
    fn days_are_local(#[case] instant: &str, #[case] zone: Tz, #[case] expected: &str) {
        assert_eq!(day(at(instant), zone).to_string(), expected);
    }

    #[rstest]
    #[case::plain("2026-06-08", Europe::Berlin, "2026-06-07T22:00:00Z")]
    #[case::midnight_swallowed("2021-03-22", Asia::Tehran, "2021-03-21T20:30:00Z")]
    #[case::midnight_twice("2024-11-03", America::Havana, "2024-11-03T04:00:00Z")]
    #[case::day_swallowed("2011-12-30", Pacific::Apia, "2011-12-30T10:00:00Z")]
    #[case::spring_in_chile("2024-09-08", America::Santiago, "2024-09-08T04:00:00Z")]
    fn days_begin(#[case] day: NaiveDate, #[case] zone: Tz, #[case] expected: &str) {
        assert_eq!(start_of_day(day, zone), Some(at(expected)));
    }

    #[test]
    fn the_ends_of_time_are_days_too() {
        for zone in [Europe::Berlin, Pacific::Apia, America::Santiago] {
            for end in [Time::MIN_UTC, Time::MAX_UTC] {
                let day = day(end, zone);
                let _ = (start_of_day(day, zone), monday_of(day), monday_from(day));
            }
        }
    }

    #[test]
    fn mondays_hold_their_weeks() {
        let dates = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().iter_days().take(800);
        for day in dates {
            let monday = monday_of(day).unwrap();
            assert_eq!((monday.weekday(), monday.iso_week()), (Weekday::Mon, day.iso_week()));
            assert!(monday_from(day) == Some(day) || monday_from(day) == monday.checked_add_days(Days::new(7)));
        }
    }

    #[test]
    fn a_heat_map_counts_each_local_day() {
        let instants = [at("2026-06-07T21:30:00Z"), at("2026-06-07T22:30:00Z"), at("2026-06-08T10:00:00Z")];
        let counts: Vec<usize> = per_day(&instants, Europe::Berlin).into_values().collect();
        assert_eq!((counts, per_day(&instants, Tz::UTC).len()), (vec![1, 2], 2));
    }
}
