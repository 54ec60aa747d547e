//! Whether a freeze can ever hold.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::config::Period;

/// What is wrong with a period: the key and what is wrong with its value. The form of the texts is checked before.
pub fn wrong_period(period: &Period) -> Option<(&'static str, String)> {
    let Period { from, until, days, hours } = period;
    for (key, text) in [("from", from), ("until", until)] {
        if let Some(text) = text.as_ref().filter(|text| first_moment(text).is_none()) {
            return Some((key, format!("there is no day `{text}`")));
        }
    }
    let [begin, end] = [from, until].map(|text| text.as_deref().and_then(first_moment));
    if let (Some(begin), Some(end)) = (begin, end)
        // A day ends when it is over, so that one day may be both.
        && (end < begin || (end == begin && until.as_ref().is_some_and(|text| text.contains(':'))))
    {
        return Some(("until", "is not after `from`".to_owned()));
    }
    let never = from.is_none() && until.is_none() && days.is_empty() && hours.is_none();
    never.then(|| ("", "says neither `from`, `until`, `days` nor `hours`".to_owned()))
}

fn first_moment(text: &str) -> Option<NaiveDateTime> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let Some((date, time)) = text.split_once(['T', ' ']) else {
        return day(text).map(|day| day.and_time(NaiveTime::MIN));
    };
    let shapes = ["%H:%M", "%H:%M:%S"];
    let time = shapes.iter().find_map(|shape| NaiveTime::parse_from_str(time, shape).ok())?;
    day(date).map(|day| day.and_time(time))
}
