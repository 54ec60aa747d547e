//! The five measures of a track as people read them: on the screen, in reports and in tables.
//!
//! A number never stands alone: with it go how many observations it is from, its 95 % interval, and why something is
//! withheld. Undefined is [`UNDEFINED`], never 0.

use crate::metrics::report::{Coverage, Frequency, LeadTime, Recovery, Share};
use crate::metrics::{TrackMetrics, Window, bands};
use crate::model::Time;
use crate::view::format::{UNDEFINED, absolute, count_of, counted, duration_of};

/// One measure with all that has to be known to believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What is measured, as a title in lower case.
    pub metric: &'static str,
    /// The value with its unit; where there are too few observations for one, the observations; undefined where there
    /// is none.
    pub value: String,
    /// From how many observations: `62 changes`, `4 of 32`.
    pub n: String,
    /// The 95 % interval of the value.
    pub interval: Option<String>,
    /// Why something is withheld, or what else belongs to the value.
    pub note: Option<String>,
}

/// What the five measures are called, in the order in which they are shown.
pub const TITLES: [&str; 5] = ["lead time", "deployment frequency", "change fail rate", "recovery time", "rework rate"];

/// Stands between two notes.
const SEPARATOR: &str = "; ";

/// The five measures, in the order of [`TITLES`].
pub fn figures(metrics: &TrackMetrics) -> [Figure; 5] {
    let [lead, often, fail, recovery, rework] = TITLES;
    let band = |metric, interval| band(metrics.bands, metric, interval);
    [
        lead_time(lead, &metrics.lead_time).and(band(bands::Metric::LeadTime, metrics.lead_time.interval)),
        frequency(often, &metrics.frequency),
        change_fail(fail, &metrics.change_fail, metrics.provisional)
            .and(band(bands::Metric::ChangeFailRate, metrics.change_fail.interval)),
        recovery_time(recovery, &metrics.recovery, metrics.now),
        rework_rate(rework, &metrics.rework),
    ]
}

/// The band of a year's report, where it is asked for and the whole interval lies in it. A number without an interval has
/// none.
fn band(year: Option<u16>, metric: bands::Metric, interval: Option<(f64, f64)>) -> Option<String> {
    let (table, (low, high)) = bands::Table::of(year?).zip(interval)?;
    let band = table.band(metric, low, high)?;
    Some(format!("{} in the {} report ({})", band.name.word(), table.year, band.stated))
}

impl Figure {
    /// With one more note, if there is one.
    fn and(mut self, note: Option<String>) -> Self {
        self.note = joined(self.note.into_iter().chain(note).collect());
        self
    }
}

fn lead_time(metric: &'static str, lead: &LeadTime) -> Figure {
    let n = counted_of(lead.n(), "change");
    let figure = |value, interval, notes: Vec<String>| Figure { metric, value, n, interval, note: joined(notes) };
    match lead.n() {
        0 => figure(UNDEFINED.to_owned(), None, vec!["no change was delivered in the window".to_owned()]),
        few if few < LeadTime::ENOUGH_FOR_QUANTILES => {
            let all = lead.seconds.iter().map(|it| duration_of(Some(*it))).collect::<Vec<_>>().join(", ");
            let why = format!("all of them: a median needs {}", LeadTime::ENOUGH_FOR_QUANTILES);
            figure(all, None, vec![why])
        }
        n => {
            let mut notes = vec![format!("P75 {}", duration_of(lead.p75))];
            notes.push(match lead.p90 {
                Some(_) => format!("P90 {}", duration_of(lead.p90)),
                None => format!("{}: a P90 needs {}", counted_of(n, "change"), LeadTime::ENOUGH_FOR_P90),
            });
            if lead.interval.is_none() {
                let have = counted_of(lead.deployments, "deployment");
                notes.push(format!("{have}: an interval needs {}", LeadTime::ENOUGH_FOR_INTERVAL));
            }
            figure(duration_of(lead.p50), lead.interval.map(durations), notes)
        }
    }
}

fn frequency(metric: &'static str, it: &Frequency) -> Figure {
    let n = counted_of(it.deployments, "deployment");
    let mut notes = Vec::new();
    match it.median_days_per_week {
        None => notes.push("no complete week in the window".to_owned()),
        Some(_) => {
            let weeks = counted_of(it.weeks.count(), "complete week");
            notes.push(format!("median of {weeks}, {} deployments a week", decimal(it.per_week)));
        }
    }
    if it.gap_p50.is_some() {
        notes.push(format!("gap P50 {}, P90 {}", duration_of(it.gap_p50), duration_of(it.gap_p90)));
    }
    if it.since_last.is_some() {
        notes.push(format!("last {} ago", duration_of(it.since_last)));
    }
    let value = match it.median_days_per_week {
        Some(days) => format!("{} {} a week", decimal(Some(days)), if days == 1.0 { "day" } else { "days" }),
        None => UNDEFINED.to_owned(),
    };
    Figure { metric, value, n, interval: None, note: joined(notes) }
}

fn change_fail(metric: &'static str, share: &Share, provisional: usize) -> Figure {
    let young = (provisional > 0).then(|| {
        let are = if provisional == 1 { "is" } else { "are" };
        format!("{} {are} too young for a verdict and left out", counted_of(provisional, "deployment"))
    });
    let nothing = share.rate.is_none().then(|| "no deployment in the window has a verdict".to_owned());
    rate(metric, share, nothing.into_iter().chain(young).collect())
}

fn rework_rate(metric: &'static str, share: &Share) -> Figure {
    let nothing = share.rate.is_none().then(|| "no deployment succeeded in the window".to_owned());
    rate(metric, share, nothing.into_iter().collect())
}

fn rate(metric: &'static str, share: &Share, notes: Vec<String>) -> Figure {
    Figure {
        metric,
        value: percentage(share.rate),
        n: of(share),
        interval: share.rate.and(share.interval).map(|(low, high)| percentages(low, high)),
        note: joined(notes),
    }
}

fn recovery_time(metric: &'static str, it: &Recovery, now: Time) -> Figure {
    let count = it.episodes.len();
    let mut n = counted_of(count, "episode");
    if it.open > 0 {
        n.push_str(&format!(", {} open", count_of(it.open)));
    }
    let figure = |value, why: Option<String>| Figure { metric, value, n, interval: None, note: why };
    match count {
        0 => figure(UNDEFINED.to_owned(), Some("no deployment failed its users in the window".to_owned())),
        few if few < Recovery::ENOUGH_FOR_MEDIAN => {
            let all: Vec<String> = it.episodes.iter().map(|it| lasted(it.from, it.until, now)).collect();
            figure(all.join(", "), Some(format!("all of them: a median needs {}", Recovery::ENOUGH_FOR_MEDIAN)))
        }
        _ => {
            let why = it.p50.is_none().then(|| "median not reached: too many episodes are open".to_owned());
            figure(duration_of(it.p50), why)
        }
    }
}

/// How long an episode lasted: `2 h 10 m`, `open for 3 d 04 h`.
pub fn lasted(from: Time, until: Option<Time>, now: Time) -> String {
    let span = crate::view::format::between(Some(from), Some(until.unwrap_or(now)));
    if until.is_some() { span } else { format!("open for {span}") }
}

/// A window in words: `2026-10-20 09:00 UTC to 2026-11-20 10:00 UTC`, `everything to …`.
pub fn window(window: Window, now: Time, zone: chrono_tz::Tz) -> String {
    let end = absolute(window.end(now), zone);
    match window.from {
        Some(from) => format!("{} to {end}", absolute(from, zone)),
        None => format!("everything to {end}"),
    }
}

/// How much is known of the successful deployments: `commit 100 %, run 40 %, artifact 35 % of 62 deployments`.
pub fn coverage(it: &Coverage) -> String {
    if it.deployments == 0 {
        return "no deployment succeeded in the window".to_owned();
    }
    let share = |part: usize| {
        let [part, whole] = [part, it.deployments].map(|it| u64::try_from(it).unwrap_or(u64::MAX));
        crate::view::format::percent(part, whole)
    };
    let known = format!("commit {}, run {}, artifact {}", share(it.commit), share(it.run), share(it.artifact));
    format!("{known} of {}", counted_of(it.deployments, "deployment"))
}

/// `4 of 32`.
pub fn of(share: &Share) -> String {
    format!("{} of {}", count_of(share.some), count_of(share.of))
}

/// A share as a percentage with one decimal where that says something: `12.5 %`, `4 %`, `0 %`.
pub fn percentage(share: Option<f64>) -> String {
    share.filter(|it| it.is_finite()).map_or_else(|| UNDEFINED.to_owned(), |it| format!("{} %", tenths(it * 100.0)))
}

/// An interval of durations: `9 d 03 h – 21 d`.
pub fn durations((low, high): (f64, f64)) -> String {
    format!("{} – {}", duration_of(Some(low)), duration_of(Some(high)))
}

/// An interval of shares: `4.6 – 69.9 %`.
pub fn percentages(low: f64, high: f64) -> String {
    format!("{} – {} %", tenths(low * 100.0), tenths(high * 100.0))
}

/// A small number with at most one decimal: `2.5`, `3`; undefined where it is absent.
pub fn decimal(number: Option<f64>) -> String {
    number.filter(|it| it.is_finite()).map_or_else(|| UNDEFINED.to_owned(), tenths)
}

fn tenths(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn counted_of(number: usize, noun: &str) -> String {
    counted(u64::try_from(number).unwrap_or(u64::MAX), noun)
}

fn joined(notes: Vec<String>) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join(SEPARATOR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::verdict::Episode;
    use chrono::TimeDelta;
    use rstest::rstest;

    const HOUR: f64 = 3_600.0;

    fn now() -> Time {
        "2026-11-20T10:00:00Z".parse().expect("an instant")
    }

    fn lead(n: u32, deployments: usize, interval: Option<(f64, f64)>) -> Figure {
        let seconds: Vec<f64> = (1..=n).map(|it| f64::from(it) * HOUR).collect();
        let p90 = (n >= 20).then_some(18.0 * HOUR);
        let (p50, p75) = (Some(3.0 * HOUR), Some(9.0 * HOUR));
        lead_time("lead time", &LeadTime { seconds, p50, p75, p90, interval, deployments, ..LeadTime::default() })
    }

    #[rstest]
    #[case::none(lead(0, 0, None), "—", None, "no change was delivered in the window")]
    #[case::few(lead(2, 1, None), "1 h 00 m, 2 h 00 m", None, "all of them: a median needs 5")]
    #[case::some(
        lead(7, 3, None),
        "3 h 00 m",
        None,
        "P75 9 h 00 m; 7 changes: a P90 needs 20; 3 deployments: an interval needs 8"
    )]
    #[case::many(
        lead(40, 9, Some((HOUR, 5.0 * HOUR))), "3 h 00 m", Some("1 h 00 m – 5 h 00 m"), "P75 9 h 00 m; P90 18 h 00 m"
    )]
    fn lead_times(#[case] it: Figure, #[case] value: &str, #[case] interval: Option<&str>, #[case] note: &str) {
        assert_eq!((it.value.as_str(), it.interval.as_deref(), it.note.as_deref()), (value, interval, Some(note)));
    }

    #[test]
    fn nothing_is_never_nought() {
        let share = Share::default();
        assert_eq!(change_fail("", &share, 0).value, "—");
        assert_eq!(rework_rate("", &share).value, "—");
        assert_eq!(frequency("", &Frequency::default()).value, "—");
        assert_eq!(recovery_time("", &Recovery::default(), now()).value, "—");
    }

    #[test]
    fn a_rate_has_its_interval_and_says_what_is_left_out() {
        let share = Share { some: 1, of: 4, rate: Some(0.25), interval: Some((0.0456, 0.6994)) };
        let it = change_fail("change fail rate", &share, 1);
        assert_eq!((it.value.as_str(), it.n.as_str()), ("25 %", "1 of 4"));
        assert_eq!(it.interval.as_deref(), Some("4.6 – 69.9 %"));
        assert_eq!(it.note.as_deref(), Some("1 deployment is too young for a verdict and left out"));
    }

    #[test]
    fn a_band_is_named_only_where_the_whole_interval_is_in_it() {
        let named = |year, interval| band(year, bands::Metric::LeadTime, interval);
        assert_eq!(named(None, Some((HOUR, 2.0 * HOUR))), None, "off by default");
        assert_eq!(named(Some(2024), None), None);
        assert_eq!(named(Some(2024), Some((HOUR, 50.0 * HOUR))), None, "in two bands");
        assert_eq!(named(Some(2024), Some((HOUR, 2.0 * HOUR))).as_deref(), Some("elite in the 2024 report (< 1 d)"));
    }

    #[test]
    fn few_episodes_are_a_list() {
        let episode = |hours: i64, until: Option<i64>| Episode {
            from: now() - TimeDelta::hours(hours),
            until: until.map(|it| now() - TimeDelta::hours(it)),
            deployments: Vec::new(),
            ended_by: None,
        };
        let it = Recovery { episodes: vec![episode(30, Some(28)), episode(3, None)], open: 1, p50: Some(7_200.0) };
        let it = recovery_time("", &it, now());
        assert_eq!((it.value.as_str(), it.n.as_str()), ("2 h 00 m, open for 3 h 00 m", "2 episodes, 1 open"));
    }

    #[test]
    fn one_day_is_singular() {
        let often = |days| Frequency { median_days_per_week: Some(days), ..Frequency::default() };
        assert_eq!([1.0, 2.5].map(|it| frequency("", &often(it)).value), ["1 day a week", "2.5 days a week"]);
    }
}
