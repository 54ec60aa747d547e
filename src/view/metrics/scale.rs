//! An axis for durations on which what doubles is equally far at any height.

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 365.25 * DAY / 12.0;
const YEAR: f64 = 12.0 * MONTH;

/// Where an axis may say something.
const TICKS: [(f64, &str); 17] = [
    (MINUTE, "1m"),
    (5.0 * MINUTE, "5m"),
    (15.0 * MINUTE, "15m"),
    (HOUR, "1h"),
    (4.0 * HOUR, "4h"),
    (12.0 * HOUR, "12h"),
    (DAY, "1d"),
    (3.0 * DAY, "3d"),
    (7.0 * DAY, "1w"),
    (14.0 * DAY, "2w"),
    (MONTH, "1mo"),
    (3.0 * MONTH, "3mo"),
    (6.0 * MONTH, "6mo"),
    (YEAR, "1y"),
    (3.0 * YEAR, "3y"),
    (10.0 * YEAR, "10y"),
    (30.0 * YEAR, "30y"),
];

/// A place on an axis with what stands there; from 0, its beginning, to 1, its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub at: f64,
    /// What stands there.
    pub label: String,
}

/// A logarithmic axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log {
    low: f64,
    high: f64,
}

impl Log {
    /// An axis that holds all `seconds`, from tick to tick. Less than a minute counts as one; `None` without any.
    pub fn around(seconds: impl IntoIterator<Item = f64>) -> Option<Self> {
        let finite = seconds.into_iter().filter(|it| it.is_finite()).map(|it| it.max(MINUTE));
        let (low, high) = finite.fold((f64::INFINITY, 0.0), |(low, high), it| (it.min(low), it.max(high)));
        if low > high {
            return None;
        }
        let places = || TICKS.iter().map(|(at, _)| *at);
        let below = places().rfind(|it| *it <= low).unwrap_or(MINUTE);
        let above = places().find(|it| *it >= high && *it > below).unwrap_or(high.max(below * 2.0));
        Some(Self { low: below, high: above })
    }

    /// Where a duration of so many seconds is, 0..=1.
    pub fn place(&self, seconds: f64) -> f64 {
        let seconds = if seconds.is_nan() { self.low } else { seconds.clamp(self.low, self.high) };
        ((seconds / self.low).ln() / (self.high / self.low).ln()).clamp(0.0, 1.0)
    }

    /// What the axis says.
    pub fn ticks(&self) -> Vec<Tick> {
        let within = TICKS.iter().filter(|(at, _)| (self.low..=self.high).contains(at));
        within.map(|(at, label)| Tick { at: self.place(*at), label: (*label).to_owned() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_axis_reaches_from_tick_to_tick() {
        let axis = Log::around([2.0 * HOUR, 5.0 * DAY]).expect("an axis");
        let labels: Vec<String> = axis.ticks().into_iter().map(|it| it.label).collect();
        assert_eq!(labels, ["1h", "4h", "12h", "1d", "3d", "1w"]);
        assert_eq!(Log::around([]), None);
    }

    proptest! {
        #[test]
        fn everything_has_a_place(seconds in prop::collection::vec(any::<f64>(), 1..9), other: f64) {
            let Some(axis) = Log::around(seconds.iter().copied()) else { return Ok(()) };
            for it in seconds.into_iter().chain([other]) {
                prop_assert!((0.0..=1.0).contains(&axis.place(it)));
            }
            prop_assert!(axis.ticks().iter().all(|it| (0.0..=1.0).contains(&it.at)));
        }
    }
}
