//! When a freeze holds: once from a moment to a moment, every week on some days, or both together.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use crate::config::Period;
use crate::model::Time;
use crate::operation::moment::{Local, Twice, instant};

/// How many days before and after now are looked at for the occurrences of a weekly window: a window and the gap to the
/// next one are shorter than a week each.
const DAYS: u64 = 15;

/// A stretch of time; an absent end is open.
pub type Occurrence = (Option<Time>, Option<Time>);

/// When a freeze holds.
#[derive(Clone, Debug)]
pub struct Window {
    from: Option<Local>,
    until: Option<Local>,
    weekly: Option<Weekly>,
}

#[derive(Clone, Debug)]
struct Weekly {
    days: Vec<Weekday>,
    /// First minute of the day, and the first after it; past 24 h it reaches into the next day.
    minutes: (i64, i64),
}

impl Window {
    /// Reads a period; says which key is wrong with what.
    pub fn new(period: &Period) -> Result<Self, (&'static str, String)> {
        let from = moment("from", period.from.as_deref())?;
        let until = moment("until", period.until.as_deref())?;
        if let (Some(from), Some(until)) = (from, until)
            && until.end() <= from.start()
        {
            return Err(("until", "is not after `from`".to_owned()));
        }
        let weekly = (!period.days.is_empty() || period.hours.is_some()).then(|| Weekly::new(period)).transpose()?;
        if from.is_none() && until.is_none() && weekly.is_none() {
            return Err(("from", "the window says neither `from`, `until`, `days` nor `hours`".to_owned()));
        }
        Ok(Self { from, until, weekly })
    }

    /// The occurrence that holds at `now`, where one does, and the next one.
    pub fn around(&self, now: Time, zone: Tz) -> Vec<Occurrence> {
        let from = self.from.map(|from| instant(from.start(), zone, Twice::First));
        let until = self.until.map(|until| instant(until.end(), zone, Twice::Second));
        let Some(weekly) = &self.weekly else {
            return if until.is_none_or(|until| now < until) { vec![(from, until)] } else { Vec::new() };
        };
        // Before the first moment of all, the next occurrence is the first after it.
        let middle = from.map_or(now, |from| from.max(now));
        let clipped = weekly.near(middle, zone).into_iter().filter_map(|(since, end)| {
            let since = since.max(from);
            let end = match (end, until) {
                (Some(end), Some(until)) => Some(end.min(until)),
                (end, until) => end.or(until),
            };
            (end.is_none_or(|end| since.is_none_or(|since| since < end) && now < end)).then_some((since, end))
        });
        let mut occurrences: Vec<Occurrence> = clipped.take(2).collect();
        let one_holds = occurrences.first().is_some_and(|(since, _)| since.is_none_or(|since| since <= now));
        occurrences.truncate(if one_holds { 2 } else { 1 });
        occurrences
    }
}

impl Weekly {
    fn new(period: &Period) -> Result<Self, (&'static str, String)> {
        let days = if period.days.is_empty() {
            vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun]
        } else {
            let day = |text: &String| {
                text.trim().parse::<Weekday>().map_err(|_| ("days", format!("`{text}` is no day of the week")))
            };
            period.days.iter().map(day).collect::<Result<_, _>>()?
        };
        let minutes = period.hours.as_deref().map_or(Ok((0, 24 * 60)), hours)?;
        Ok(Self { days, minutes })
    }

    /// The occurrences around `middle`, in order, those that touch joined. One that reaches beyond what is looked at is
    /// open there: it has no end.
    fn near(&self, middle: Time, zone: Tz) -> Vec<Occurrence> {
        let today = middle.with_timezone(&zone).date_naive();
        let Some(first) = today.checked_sub_days(Days::new(DAYS)) else { return Vec::new() };
        let mut joined: Vec<(Time, Time)> = Vec::new();
        for day in first.iter_days().take(2 * DAYS as usize + 1).filter(|day| self.days.contains(&day.weekday())) {
            let Some((since, until)) = self.on(day, zone) else { continue };
            match joined.last_mut() {
                Some(last) if since <= last.1 => last.1 = last.1.max(until),
                _ => joined.push((since, until)),
            }
        }
        match joined.as_slice() {
            // It never pauses.
            [(since, until)] if *until - *since > TimeDelta::days(DAYS as i64) => vec![(None, None)],
            _ => joined.into_iter().map(|(since, until)| (Some(since), Some(until))).collect(),
        }
    }

    fn on(&self, day: NaiveDate, zone: Tz) -> Option<(Time, Time)> {
        let midnight = day.and_time(NaiveTime::MIN);
        let at = |minutes, twice| Some(instant(midnight.checked_add_signed(TimeDelta::minutes(minutes))?, zone, twice));
        let (since, until) = (at(self.minutes.0, Twice::First)?, at(self.minutes.1, Twice::Second)?);
        (since < until).then_some((since, until))
    }
}

fn moment(key: &'static str, text: Option<&str>) -> Result<Option<Local>, (&'static str, String)> {
    let Some(text) = text else { return Ok(None) };
    let problem = || (key, format!("`{text}` is neither a day (`2026-12-20`) nor a minute (`2026-12-20T18:00`)"));
    Local::parse(text).map(Some).ok_or_else(problem)
}

/// Reads `16:00-24:00`; an end before the beginning is on the next day.
fn hours(text: &str) -> Result<(i64, i64), (&'static str, String)> {
    let problem = || ("hours", format!("`{text}` is not of the form `16:00-24:00`"));
    let (from, until) = text.split_once('-').ok_or_else(problem)?;
    let (from, until) = (minute(from).ok_or_else(problem)?, minute(until).ok_or_else(problem)?);
    match from.cmp(&until) {
        std::cmp::Ordering::Less => Ok((from, until)),
        std::cmp::Ordering::Equal => Err(("hours", "begin and end at the same moment".to_owned())),
        std::cmp::Ordering::Greater if from < 24 * 60 => Ok((from, until + 24 * 60)),
        std::cmp::Ordering::Greater => Err(problem()),
    }
}

fn minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let in_day = hours * 60 + minutes;
    (minutes < 60 && in_day <= 24 * 60).then_some(in_day)
}
