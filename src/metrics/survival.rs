//! How long things wait when some of them still do.

/// By how much S(t) may miss a level and still count as having reached it. S(t) is a product of fractions, and with a
/// hundred thousand factors rounding stays below 1e-10; two true values this close differ by less than one observation.
const ROUNDING: f64 = 1e-9;

/// The estimated share of things that still wait after a time (Kaplan and Meier 1958, the product-limit estimator).
/// Times are in any one unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    steps: Vec<Step>,
    events: usize,
    /// Ascending.
    censored: Vec<f64>,
}

/// A time at which something stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// The estimated share that still waits after it, 0..=1.
    pub survival: f64,
    /// How many were known to wait just before.
    pub at_risk: usize,
    /// How many of these stopped at this very time.
    pub events: usize,
}

impl Survival {
    /// The estimate from waits that ended after `events` and waits that had lasted `censored` when they were last seen.
    /// At equal times events come before censorings. What is not a number is left out.
    pub fn estimate(mut events: Vec<f64>, mut censored: Vec<f64>) -> Self {
        for times in [&mut events, &mut censored] {
            times.retain(|it| !it.is_nan());
            times.sort_unstable_by(f64::total_cmp);
        }
        let mut steps: Vec<Step> = Vec::new();
        let (mut survival, mut gone, mut lost) = (1.0, 0, 0);
        for group in events.chunk_by(|one, next| one == next) {
            let Some(&time) = group.first() else { continue };
            lost += censored.iter().skip(lost).take_while(|it| **it < time).count();
            let at_risk = (events.len() - gone) + (censored.len() - lost);
            survival *= share(at_risk - group.len(), at_risk);
            gone += group.len();
            steps.push(Step { time, survival, at_risk, events: group.len() });
        }
        Self { steps, events: events.len(), censored }
    }

    /// The times at which the estimate falls, ascending. Before the first it is 1.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many waits ended.
    pub fn events(&self) -> usize {
        self.events
    }

    /// How many waits had not ended when they were last seen.
    pub fn censored(&self) -> usize {
        self.censored.len()
    }

    /// How long these had lasted, ascending: a chart marks them on the curve.
    pub fn censored_times(&self) -> &[f64] {
        &self.censored
    }

    /// The share that still waits after `time`.
    pub fn at(&self, time: f64) -> f64 {
        let passed = self.steps.partition_point(|it| it.time <= time);
        passed.checked_sub(1).and_then(|last| self.steps.get(last)).map_or(1.0, |it| it.survival)
    }

    /// The first time t with S(t) <= 1 - p. `None` when the estimate does not fall that far: "not reached".
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let level = 1.0 - p + ROUNDING;
        self.steps.iter().find(|it| it.survival <= level).map(|it| it.time)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no one has 2^52 changes")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn median(events: &[f64], censored: &[f64]) -> Option<f64> {
        Survival::estimate(events.to_vec(), censored.to_vec()).quantile(0.5)
    }

    #[rstest]
    #[case::one_open(&[1.0, 2.0, 3.0], &[10.0], Some(2.0))]
    #[case::two_wait(&[4.0, 2.0, 7.0, 6.0], &[17.0, 16.0], Some(6.0))]
    #[case::all_open(&[], &[30.0], None)]
    #[case::mostly_open(&[1.0], &[2.0, 3.0], None)]
    #[case::censored_before(&[5.0], &[1.0, 2.0], Some(5.0))]
    #[case::censored_at_the_event(&[5.0], &[5.0], Some(5.0))]
    #[case::event_at_the_censoring(&[1.0, 5.0], &[1.0], Some(5.0))]
    #[case::nothing(&[], &[], None)]
    #[case::not_numbers(&[f64::NAN, 3.0], &[f64::NAN], Some(3.0))]
    #[case::ends(&[-0.0, 0.0, f64::MAX], &[f64::NEG_INFINITY, f64::INFINITY], Some(0.0))]
    fn medians(#[case] events: &[f64], #[case] censored: &[f64], #[case] expected: Option<f64>) {
        assert_eq!(median(events, censored), expected);
    }

    /// The data of Freireich et al. 1963 that every textbook works through: remission under 6-MP, weeks.
    #[test]
    fn the_textbook_example() {
        let events = vec![6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
        let censored = vec![6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0];
        let curve = Survival::estimate(events, censored);
        let known = [(6.0, 0.857, 21), (7.0, 0.807, 17), (10.0, 0.753, 15), (13.0, 0.690, 12), (16.0, 0.627, 11)];
        for ((time, survival, at_risk), step) in known.iter().zip(curve.steps()) {
            assert_eq!((step.time, step.at_risk), (*time, *at_risk));
            assert!((step.survival - survival).abs() < 6e-4, "{step:?}");
        }
        assert_eq!((curve.quantile(0.5), curve.quantile(0.9)), (Some(23.0), None));
        assert_eq!((curve.at(5.0), curve.events(), curve.censored()), (1.0, 9, 12));
        assert!(curve.censored_times().is_sorted() && curve.censored_times().last() == Some(&35.0));
        assert_eq!(curve.at(8.0), curve.steps()[1].survival);
    }

    #[test]
    fn levels_that_rounding_just_misses_are_reached() {
        for n in 2..200u32 {
            let events = (1..=2 * n).map(f64::from).collect();
            assert_eq!(Survival::estimate(events, Vec::new()).quantile(0.5), Some(f64::from(n)));
        }
    }

    proptest! {
        #[test]
        fn without_censoring_it_is_the_empirical_distribution(mut events in prop::collection::vec(-50i32..50, 1..80)) {
            let curve = Survival::estimate(events.iter().copied().map(f64::from).collect(), Vec::new());
            events.sort_unstable();
            prop_assert_eq!(curve.quantile(0.5), Some(f64::from(events[(events.len() - 1) / 2])));
            prop_assert!(curve.quantile(1.0).is_some());
        }

        #[test]
        fn it_falls_and_never_rises(events in prop::collection::vec(any::<f64>(), 0..60),
                                    censored in prop::collection::vec(any::<f64>(), 0..60)) {
            let curve = Survival::estimate(events, censored);
            let falls = curve.steps().windows(2).all(|it| it[0].time < it[1].time && it[0].survival > it[1].survival);
            prop_assert!(falls && curve.steps().iter().all(|it| (0.0..=1.0).contains(&it.survival)));
        }
    }
}
