//! Complete ISO weeks of a window: what deployment frequency is counted in (metrics documentation, "Frequency").

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;

use super::calendar::{day, monday_from, monday_of, per_day, start_of_day};
use super::quantile::sparse_median;
use crate::model::Time;

/// The days of a week.
const WEEK: u64 = 7;

/// The complete ISO weeks of a window, those without a deployment among them.
///
/// Weeks without deployments take no memory, so a window of ten thousand years costs what its deployments cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weeks {
    first: Option<NaiveDate>,
    count: usize,
    busy: BTreeMap<NaiveDate, Week>,
}

/// An ISO week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub monday: NaiveDate,
    /// How many deployments it saw.
    pub deployments: usize,
    /// On how many distinct days.
    pub days: usize,
}

impl Weeks {
    /// The complete weeks of the window `from..to`. A week counts when it begins no earlier than the local day of the first
    /// of all `deployments` and no earlier than the window, and ends no later than the window.
    /// `deployments` are all of a track in any order, also those before the window: they tell when it began.
    pub fn complete(deployments: &[Time], zone: Tz, from: Time, to: Time) -> Self {
        let Some(begin) = deployments.iter().min() else { return Self::default() };
        let Some((first, count)) = span(*begin, zone, from, to) else { return Self::default() };
        let mut weeks = Self { first: Some(first), count, busy: BTreeMap::new() };
        for (day, deployments) in per_day(deployments, zone) {
            let Some(monday) = monday_of(day).filter(|it| weeks.index(*it).is_some()) else { continue };
            let week = weeks.busy.entry(monday).or_insert(Week { monday, deployments: 0, days: 0 });
            week.days += 1;
            week.deployments += deployments;
        }
        weeks
    }

    /// How many complete weeks there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many deployments these weeks saw.
    pub fn deployments(&self) -> usize {
        self.busy.values().map(|it| it.deployments).sum()
    }

    /// Each week, oldest first, also those without a deployment. As long as the window, so take what will be drawn.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Week> {
        let monday = |index| self.first?.checked_add_days(Days::new(WEEK.checked_mul(index)?));
        let idle = |monday| Week { monday, deployments: 0, days: 0 };
        let week = move |monday| self.busy.get(&monday).copied().unwrap_or_else(|| idle(monday));
        (0..self.count as u64).filter_map(monday).map(week)
    }

    /// The median of distinct deploy days in a week, the headline of deployment frequency. `None` without a complete week.
    pub fn median_days(&self) -> Option<f64> {
        sparse_median(self.busy.values().map(|it| it.days), self.count)
    }

    /// Deployments in a week on average. `None` without a complete week.
    pub fn mean_deployments(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 deployments")]
        (self.count > 0).then(|| self.deployments() as f64 / self.count as f64)
    }

    /// The median of weeks with a deployment in a month, over the months all of whose Mondays are among the weeks: a week
    /// belongs to the month of its Monday (DORA, "Four Keys", deployment frequency query). `None` without such a month.
    pub fn median_busy_weeks_per_month(&self) -> Option<f64> {
        let (first, count) = (self.first?, u64::try_from(self.count).ok()?.checked_sub(1)?);
        let last = first.checked_add_days(Days::new(WEEK.checked_mul(count)?))?;
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let week_before = first.checked_sub_days(Days::new(WEEK)).map(month);
        let week_after = last.checked_add_days(Days::new(WEEK)).map(month);
        let begin = month(first) + i64::from(week_before == Some(month(first)));
        let end = month(last) + i64::from(week_after != Some(month(last)));
        let mut busy: BTreeMap<i64, usize> = BTreeMap::new();
        let months = self.busy.keys().map(|it| month(*it)).filter(|it| (begin..end).contains(it));
        months.for_each(|it| *busy.entry(it).or_default() += 1);
        sparse_median(busy.into_values(), usize::try_from(end - begin).ok()?)
    }

    fn index(&self, monday: NaiveDate) -> Option<usize> {
        let days = monday.signed_duration_since(self.first?).num_days();
        usize::try_from(days / 7).ok().filter(|it| days >= 0 && *it < self.count)
    }
}

/// The first complete week and how many there are.
fn span(begin: Time, zone: Tz, from: Time, to: Time) -> Option<(NaiveDate, usize)> {
    let (next, week) = (|day: NaiveDate| day.checked_add_days(Days::new(WEEK)), 7);
    let from_monday = monday_from(day(from, zone))?;
    let inside = start_of_day(from_monday, zone).is_some_and(|it| it >= from);
    let from_monday = if inside { from_monday } else { next(from_monday)? };
    let first = from_monday.max(monday_from(day(begin, zone))?);
    let to_monday = monday_of(day(to, zone))?;
    let ended = start_of_day(to_monday, zone).is_some_and(|it| it <= to);
    let end = if ended { to_monday } else { to_monday.checked_sub_days(Days::new(WEEK))? };
    let weeks = usize::try_from(end.signed_duration_since(first).num_days() / week).ok()?;
    (weeks > 0).then_some((first, weeks))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use chrono_tz::{Asia, Europe};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Time {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn weeks(deployments: &[&str], from: &str, to: &str) -> Weeks {
        let deployments: Vec<Time> = deployments.iter().map(|it| at(it)).collect();
        Weeks::complete(&deployments, Europe::Berlin, at(from), at(to))
    }

    /// Deployments at noon on days after Monday 2026-01-05.
    fn days(days: &[i64], weeks: i64) -> Weeks {
        let monday = at("2026-01-05T00:00:00Z");
        let noon = |day: &i64| monday + TimeDelta::days(*day) + TimeDelta::hours(12);
        let deployments: Vec<Time> = days.iter().map(noon).collect();
        Weeks::complete(&deployments, Tz::UTC, monday, monday + TimeDelta::weeks(weeks))
    }

    #[test]
    fn a_week_without_a_deployment_counts() {
        let weeks = days(&[0, 1, 2, 3, 4, 15, 15, 17, 21, 23, 25], 4);
        let found: Vec<(usize, usize)> = weeks.iter().map(|it| (it.days, it.deployments)).collect();
        assert_eq!(found, [(5, 5), (0, 0), (2, 3), (3, 3)]);
        assert_eq!((weeks.median_days(), weeks.mean_deployments()), (Some(2.5), Some(2.75)));
    }

    #[test]
    fn midnight_parts_weeks_where_the_service_lives() {
        let late = ["2026-06-07T21:30:00Z", "2026-06-07T22:30:00Z", "2026-06-01T08:00:00Z"];
        let here = weeks(&late, "2026-05-31T22:00:00Z", "2026-06-14T22:00:00Z");
        assert_eq!(here.iter().map(|it| it.days).collect::<Vec<_>>(), [2, 1]);
        let (from, to) = (at("2026-06-01T00:00:00Z"), at("2026-06-15T00:00:00Z"));
        let utc = Weeks::complete(&late.map(at), Tz::UTC, from, to);
        assert_eq!(utc.iter().map(|it| it.days).collect::<Vec<_>>(), [2, 0]);
    }

    #[rstest]
    #[case::begun_on_wednesday(&["2026-06-03T10:00:00Z"], "2026-05-31T22:00:00Z", "2026-06-21T22:00:00Z", 2)]
    #[case::begun_on_monday(&["2026-06-01T10:00:00Z"], "2026-05-31T22:00:00Z", "2026-06-21T22:00:00Z", 3)]
    #[case::begun_long_before(&["2020-06-03T10:00:00Z"], "2026-05-31T22:00:00Z", "2026-06-21T22:00:00Z", 3)]
    #[case::a_second_late(&["2020-06-03T10:00:00Z"], "2026-05-31T22:00:01Z", "2026-06-21T22:00:00Z", 2)]
    #[case::a_second_short(&["2020-06-03T10:00:00Z"], "2026-05-31T22:00:00Z", "2026-06-21T21:59:59Z", 2)]
    #[case::less_than_a_week(&["2020-06-03T10:00:00Z"], "2026-06-01T22:00:00Z", "2026-06-14T21:00:00Z", 0)]
    #[case::backwards(&["2020-06-03T10:00:00Z"], "2026-06-21T22:00:00Z", "2026-05-31T22:00:00Z", 0)]
    #[case::begun_after_the_window(&["2027-06-03T10:00:00Z"], "2026-05-31T22:00:00Z", "2026-06-21T22:00:00Z", 0)]
    #[case::never_begun(&[], "2026-05-31T22:00:00Z", "2026-06-21T22:00:00Z", 0)]
    fn complete_weeks(#[case] deployments: &[&str], #[case] from: &str, #[case] to: &str, #[case] expected: usize) {
        let weeks = weeks(deployments, from, to);
        assert_eq!((weeks.count(), weeks.iter().count()), (expected, expected));
        assert_eq!(weeks.median_days().is_some(), expected > 0);
        assert_eq!(weeks.mean_deployments().is_some(), expected > 0);
    }

    #[test]
    fn less_than_half_of_the_weeks_is_a_median_of_none() {
        let weeks = days(&[0, 14, 28, 42, 56, 70], 13);
        assert_eq!((weeks.count(), weeks.deployments(), weeks.median_days()), (13, 6, Some(0.0)));
    }

    #[test]
    fn a_monday_without_midnight_begins_its_week() {
        let (from, to) = (at("2021-03-21T20:30:00Z"), at("2021-03-28T19:30:00Z"));
        let weeks = Weeks::complete(&[from], Asia::Tehran, from, to);
        assert_eq!((weeks.count(), weeks.deployments()), (1, 1));
    }

    #[test]
    fn a_month_counts_when_all_its_mondays_do() {
        // Mondays: January 5, 12, 19, 26; February 2, 9, 16, 23; March 2.
        assert_eq!(days(&[0, 7, 28], 9).median_busy_weeks_per_month(), Some(1.5));
        assert_eq!(days(&[0, 7, 28], 7).median_busy_weeks_per_month(), Some(2.0));
        assert_eq!(days(&[7, 28], 7).median_busy_weeks_per_month(), None);
        assert_eq!(days(&[0], 3).median_busy_weeks_per_month(), None);
        assert_eq!(Weeks::default().median_busy_weeks_per_month(), None);
    }

    #[test]
    fn windows_of_any_length_cost_what_their_deployments_cost() {
        let ends = [Time::MIN_UTC, at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"), Time::MAX_UTC];
        for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to))) {
            let weeks = Weeks::complete(&ends, Asia::Tehran, from, to);
            assert!(weeks.busy.len() <= ends.len() && weeks.median_days().is_none_or(|it| it < 8.0));
            assert!(weeks.median_busy_weeks_per_month().is_none_or(|it| it < 6.0));
        }
        assert!(Weeks::complete(&ends, Tz::UTC, ends[1], ends[2]).count() > 500_000);
    }

    proptest! {
        #[test]
        fn weeks_and_medians_equal_plain_counting(hours in prop::collection::vec(0i64..4000, 1..40), from in 0i64..3000,
                                                  length in 0i64..2000) {
            let start = at("2026-01-01T00:00:00Z");
            let hour = |it: i64| start + TimeDelta::hours(it);
            let deployments: Vec<Time> = hours.iter().copied().map(hour).collect();
            let weeks = Weeks::complete(&deployments, Europe::Berlin, hour(from), hour(from + length));
            let mut days: Vec<f64> = Vec::new();
            for week in weeks.iter() {
                let inside = |it: &&Time| monday_of(day(**it, Europe::Berlin)) == Some(week.monday);
                let mut found: Vec<NaiveDate> =
                    deployments.iter().filter(inside).map(|it| day(*it, Europe::Berlin)).collect();
                prop_assert_eq!(found.len(), week.deployments);
                found.sort_unstable();
                found.dedup();
                prop_assert_eq!(found.len(), week.days);
                days.push(f64::from(u32::try_from(week.days).unwrap()));
            }
            prop_assert_eq!(weeks.median_days(), crate::metrics::quantile(&mut days, 0.5));
        }
    }
}
