//! The cases of `cases/statistics.json`, each run by the statistic that it names.

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cadence::Cadence;
use super::decompose::decompose;
use super::milestone::{Deploy, Milestone};
use super::{Survival, Weeks, quantile, wilson};
use crate::model::Time;

#[derive(Deserialize)]
struct Case {
    id: String,
    title: String,
    #[serde(flatten)]
    question: Question,
    expect: Value,
}

#[derive(Deserialize)]
#[serde(tag = "statistic", rename_all = "snake_case")]
enum Question {
    MedianDaysPerWeek { weeks: i64, days: Vec<(i64, i64)> },
    Cadence { days_per_week: f64, weeks_per_month: f64 },
    Quantile { values: Vec<f64>, p: f64 },
    Decompose { start: i64, milestones: Vec<(String, Option<i64>)> },
    Wilson { successes: usize, n: usize },
    Survival { events: Vec<f64>, censored: Vec<f64>, p: f64 },
}

const NAMES: [(&str, Milestone); 6] = [
    ("opened", Milestone::Opened),
    ("first_review", Milestone::FirstReview),
    ("approved", Milestone::Approved),
    ("landed", Milestone::Landed),
    ("finished", Milestone::Finished),
    ("production", Milestone::Production(Deploy::Finished)),
];

#[test]
fn every_case_has_its_answer() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cases/statistics.json")).unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        assert_eq!(answer(case.question), case.expect, "{}: {}", case.id, case.title);
    }
}

fn answer(question: Question) -> Value {
    match question {
        Question::MedianDaysPerWeek { weeks, days } => json!(median_days(weeks, &days)),
        Question::Cadence { days_per_week, weeks_per_month } => {
            json!(Cadence::of(Some(days_per_week), Some(weeks_per_month)).map(Cadence::word))
        }
        Question::Quantile { mut values, p } => json!(quantile(&mut values, p)),
        Question::Decompose { start, milestones } => parts(start, &milestones),
        Question::Wilson { successes, n } => {
            json!(wilson(successes, n).map(|(low, high)| [thousandths(low), thousandths(high)]))
        }
        Question::Survival { events, censored, p } => json!(Survival::estimate(events, censored).quantile(p)),
    }
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// Days are (week, day of the week) after some Monday.
fn median_days(weeks: i64, days: &[(i64, i64)]) -> Option<f64> {
    let monday: Time = DateTime::parse_from_rfc3339("2026-01-05T00:00:00Z").unwrap().to_utc();
    let noon = |(week, day): &(i64, i64)| monday + TimeDelta::days(week * 7 + day) + TimeDelta::hours(12);
    let deployments: Vec<Time> = days.iter().map(noon).collect();
    Weeks::complete(&deployments, Tz::UTC, monday, monday + TimeDelta::weeks(weeks)).median_days()
}

fn parts(start: i64, milestones: &[(String, Option<i64>)]) -> Value {
    let named = |name: &str| NAMES.iter().find(|it| it.0 == name).unwrap().1;
    let name = |milestone: Milestone| NAMES.iter().find(|it| it.1 == milestone).unwrap().0;
    let milestones: Vec<_> = milestones.iter().map(|(it, at)| (named(it), *at)).collect();
    let parts = decompose(start, &milestones).unwrap().segments;
    parts.iter().map(|it| json!([name(it.to), it.seconds, it.missing])).collect()
}
