//! An axis of days, with as many marks as can be read.

use chrono::{Datelike, Months, NaiveDate};

use super::real;

/// Months between two marks.
const STEPS: [u32; 7] = [1, 2, 3, 6, 12, 36, 120];
/// So many marks can be read beside each other.
const MOST: u32 = 8;

/// From one day to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

impl Days {
    /// The days between the first and the last of `days`. `None` without one.
    pub fn around(days: impl Iterator<Item = NaiveDate> + Clone) -> Option<Self> {
        Some(Self { first: days.clone().min()?, last: days.max()? })
    }

    /// Where a day lies, 0..=1: the only one in the middle.
    pub fn at(self, day: NaiveDate) -> f64 {
        let days = |from: NaiveDate, to: NaiveDate| {
            real(usize::try_from(to.signed_duration_since(from).num_days()).unwrap_or_default())
        };
        let all = days(self.first, self.last);
        if all > 0.0 { (days(self.first, day) / all).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// Beginnings of months or years with their places and names; the ends where that would be less than two.
    pub fn marks(self) -> Vec<(f64, String)> {
        let month = |day: NaiveDate| u32::try_from(day.year()).unwrap_or_default() * 12 + day.month0();
        let months = month(self.last).saturating_sub(month(self.first));
        let step = STEPS.into_iter().find(|it| months / it <= MOST).unwrap_or(120);
        let shape = if step >= 12 { "%Y" } else { "%b %Y" };
        let begin = self.first.with_day(1).and_then(|it| it.checked_add_months(Months::new(1)));
        let mut marks = Vec::new();
        let mut at = begin.filter(|it| *it <= self.last);
        while let Some(day) = at.filter(|it| *it <= self.last) {
            if month(day).is_multiple_of(step) {
                marks.push((self.at(day), day.format(shape).to_string()));
            }
            at = day.checked_add_months(Months::new(1)).filter(|_| marks.len() < 40);
        }
        if marks.len() >= 2 {
            return marks;
        }
        let mut ends = vec![self.first, self.last];
        ends.dedup();
        ends.into_iter().map(|day| (self.at(day), day.format("%-d %b %Y").to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn labels(first: &str, last: &str) -> String {
        let marks = Days { first: day(first), last: day(last) }.marks();
        marks.into_iter().map(|it| it.1).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn marks_are_few_and_round() {
        assert_eq!(labels("2026-11-02", "2026-11-02"), "2 Nov 2026");
        assert_eq!(labels("2026-11-02", "2026-11-30"), "2 Nov 2026, 30 Nov 2026");
        assert_eq!(labels("2026-08-10", "2026-11-30"), "Sep 2026, Oct 2026, Nov 2026");
        assert_eq!(labels("2005-07-11", "2026-06-29"), "2007, 2010, 2013, 2016, 2019, 2022, 2025");
    }

    proptest! {
        #[test]
        fn no_days_are_too_far(first in any::<i32>(), last in any::<i32>()) {
            let day = |it: i32| NaiveDate::from_num_days_from_ce_opt(it % 90_000_000).unwrap_or_default();
            let days = Days::around([day(first), day(last)].into_iter()).unwrap();
            prop_assert!(days.marks().iter().all(|it| (0.0..=1.0).contains(&it.0)));
        }
    }
}
