//! No numbers are too strange to be drawn.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::metrics::Survival;
use crate::metrics::decompose::Mean;
use crate::metrics::milestone::Milestone;
use crate::metrics::report::{Cohort, Frequency, LeadTime, Recovery, WeekPoint};
use crate::metrics::verdict::Episode;
use crate::model::Time;
use crate::view::metrics::ways::Ways;

fn drawn(chart: &dyn Chart) -> String {
    let numbers = chart.numbers();
    assert!(numbers.rows.iter().all(|it| it.len() == numbers.head.len()), "{numbers:?}");
    assert!(!chart.says().is_empty());
    match chart.height() {
        Some(_) => fmt::from_fn(|f| chart.draw(f)).to_string(),
        None => String::new(),
    }
}

fn check(chart: &dyn Chart) -> Result<(), TestCaseError> {
    let svg = drawn(chart);
    prop_assert!(!svg.contains("NaN") && !svg.contains("inf%") && !svg.contains("\"inf"), "{}", svg);
    Ok(())
}

fn instant() -> impl Strategy<Value = Time> {
    let ends = (Time::MIN_UTC.timestamp(), Time::MAX_UTC.timestamp());
    (ends.0..=ends.1).prop_map(|it| Time::from_timestamp(it, 0).unwrap())
}

fn day() -> impl Strategy<Value = NaiveDate> {
    instant().prop_map(|it| it.date_naive())
}

proptest! {
    #[test]
    fn lead_times(mut seconds in prop::collection::vec(any::<f64>(), 0..30), weeks in prop::collection::vec((day(), any::<f64>()), 0..12),
                  quantiles in any::<[Option<f64>; 3]>()) {
        seconds.sort_unstable_by(f64::total_cmp);
        let [p50, p75, p90] = quantiles.map(|it| it.filter(|it| it.is_finite()));
        let weekly = weeks.into_iter().filter(|it| it.1.is_finite());
        let weekly = weekly.map(|(monday, p50)| WeekPoint { monday, n: 1, p50 }).collect();
        let lead_time = LeadTime { seconds, p50, p75, p90, weekly, ..LeadTime::default() };
        check(&Histogram::new(&lead_time))?;
        check(&Trend::new(&lead_time))?;
    }

    #[test]
    fn waits(events in prop::collection::vec(any::<f64>(), 0..30), censored in prop::collection::vec(any::<f64>(), 0..30)) {
        let (n, waiting) = (events.len() + censored.len(), censored.len());
        let survival = Survival::estimate(events, censored);
        let p50 = survival.quantile(0.5);
        check(&Waits(&Cohort { n, waiting, delivered_p50: None, p50, p90: None, survival }))?;
    }

    #[test]
    fn calendars(days in prop::collection::btree_map(day(), 1_usize..40, 0..20), last in day()) {
        let frequency = Frequency { deployments: days.values().sum(), per_day: days, ..Frequency::default() };
        check(&Calendar::new(&frequency, last))?;
    }

    #[test]
    fn episodes(all in prop::collection::vec((instant(), prop::option::of(instant())), 0..20), now in instant()) {
        let episode = |(from, until)| Episode { from, until, deployments: Vec::new(), ended_by: None };
        let episodes: Vec<Episode> = all.into_iter().map(episode).collect();
        let recovery = Recovery { open: episodes.len(), p50: Some(f64::MAX), episodes };
        check(&Episodes::new(&recovery, Tz::Pacific__Apia, now))?;
    }
}

#[test]
fn a_change_that_waits_is_ticked_on_the_curve() {
    let hours = |it: f64| it * 3_600.0;
    let survival = Survival::estimate(vec![hours(1.0), hours(2.0), hours(3.0)], vec![hours(120.0), hours(120.0)]);
    let cohort = Cohort { n: 5, waiting: 2, delivered_p50: None, p50: survival.quantile(0.5), p90: None, survival };
    let svg = drawn(&Waits(&cohort));
    assert_eq!(svg.matches("class=\"ticks\"").count(), 1);
    assert!(svg.contains("v8\"/>") && svg.contains("half have arrived after 3 h 00 m"), "{svg}");
}

#[test]
fn days_that_nobody_watched_are_not_drawn_idle() {
    let now: NaiveDate = "2026-11-21".parse().unwrap();
    let deployed = now.checked_sub_signed(TimeDelta::days(2)).unwrap();
    let frequency = Frequency { deployments: 3, per_day: [(deployed, 3)].into(), ..Frequency::default() };
    let svg = drawn(&Calendar::new(&frequency, now));
    assert_eq!((svg.matches("<rect").count(), svg.matches('z').count()), (1, 2));
}

#[test]
fn parts_of_the_way_stand_one_after_the_other() {
    let part = |to, seconds| Mean { to, seconds, missing: 0 };
    let means = vec![part(Milestone::Opened, 3_600.0), part(Milestone::FirstReview, 10_800.0)];
    let ways = Ways { n: 2, means, ..Ways::default() };
    let svg = drawn(&Parts::new(&ways));
    assert!(svg.contains("class=\"work\" x=\"0.00%\"") && svg.contains("class=\"wait\" x=\"25.00%\""), "{svg}");
    assert_eq!(Parts::new(&ways).numbers().rows.len(), 2);
    assert_eq!(Parts::new(&Ways::default()).height(), None);
}
