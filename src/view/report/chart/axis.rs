//! An axis of durations on which what doubles takes the same room everywhere.

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;
const YEAR: f64 = 365.25 * DAY;
const MONTH: f64 = YEAR / 12.0;

/// Where an axis may begin, end and have a mark.
const MARKS: [(f64, &str); 19] = [
    (1.0, "1 s"),
    (10.0, "10 s"),
    (MINUTE, "1 m"),
    (5.0 * MINUTE, "5 m"),
    (15.0 * MINUTE, "15 m"),
    (HOUR, "1 h"),
    (4.0 * HOUR, "4 h"),
    (12.0 * HOUR, "12 h"),
    (DAY, "1 d"),
    (3.0 * DAY, "3 d"),
    (WEEK, "1 wk"),
    (2.0 * WEEK, "2 wk"),
    (MONTH, "1 mo"),
    (3.0 * MONTH, "3 mo"),
    (6.0 * MONTH, "6 mo"),
    (YEAR, "1 y"),
    (3.0 * YEAR, "3 y"),
    (10.0 * YEAR, "10 y"),
    (30.0 * YEAR, "30 y"),
];

/// How many marks lie at least between both ends.
const FEWEST_STEPS: usize = 3;

/// An axis from one mark to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    first: usize,
    last: usize,
}

impl Axis {
    /// The shortest axis that shows all of `seconds`. What is beyond the marks is drawn at the end. `None` without a
    /// number.
    pub fn around(seconds: impl IntoIterator<Item = f64>) -> Option<Self> {
        let finite = seconds.into_iter().filter(|it| it.is_finite());
        let (low, high) = finite.fold(None, |ends: Option<(f64, f64)>, it| {
            Some(ends.map_or((it, it), |(low, high)| (low.min(it), high.max(it))))
        })?;
        let end = MARKS.len() - 1;
        let last = MARKS.partition_point(|it| it.0 < high).clamp(FEWEST_STEPS, end);
        let first = MARKS.partition_point(|it| it.0 <= low).saturating_sub(1).min(last - FEWEST_STEPS);
        Some(Self { first, last })
    }

    /// Where a duration lies, 0..=1.
    pub fn at(self, seconds: f64) -> f64 {
        let (low, high) = (mark(self.first).ln(), mark(self.last).ln());
        ((seconds.max(1.0).ln() - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The marks with their places, 0..=1.
    pub fn marks(self) -> impl Iterator<Item = (f64, &'static str)> {
        let within = MARKS.iter().take(self.last + 1).skip(self.first);
        within.map(move |(seconds, label)| (self.at(*seconds), *label))
    }
}

fn mark(at: usize) -> f64 {
    MARKS.get(at).map_or(1.0, |it| it.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_axis_holds_what_it_shows() {
        let labels = |seconds: &[f64]| {
            let axis = Axis::around(seconds.iter().copied()).unwrap();
            axis.marks().map(|it| it.1).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(&[2.0 * HOUR, 2.0 * DAY]), "1 h 4 h 12 h 1 d 3 d");
        assert_eq!(labels(&[HOUR]), "1 m 5 m 15 m 1 h");
        assert_eq!(labels(&[0.0]), "1 s 10 s 1 m 5 m");
        assert_eq!(labels(&[1e300]), "1 y 3 y 10 y 30 y");
        assert_eq!(Axis::around([f64::NAN, f64::INFINITY]), None);
    }

    proptest! {
        #[test]
        fn places_keep_their_order(mut all in prop::collection::vec(any::<f64>(), 1..20)) {
            let Some(axis) = Axis::around(all.iter().copied()) else { return Ok(()) };
            all.retain(|it| it.is_finite());
            all.sort_unstable_by(f64::total_cmp);
            let places: Vec<f64> = all.iter().map(|it| axis.at(*it)).collect();
            prop_assert!(places.is_sorted() && places.iter().all(|it| (0.0..=1.0).contains(it)));
            let marks: Vec<f64> = axis.marks().map(|it| it.0).collect();
            prop_assert!(marks.len() > FEWEST_STEPS && marks.is_sorted());
        }
    }
}
