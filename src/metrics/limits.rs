//! Whether a trend is more than noise: the process-behaviour chart for individual values, XmR (Shewhart; Wheeler 1993,
//! "Understanding Variation").

/// Limits lie this many mean moving ranges from the centre: 3 / d2, where d2 = 1.128 for ranges of two.
const WIDTH: f64 = 2.66;

/// Fewer points than this have no limits.
pub const FEWEST_POINTS: usize = 8;

/// So many successive points on one side of the centre are a shift, not chance.
pub const RUN: usize = 8;

/// On which scale points vary alike at all heights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Counts and shares. The lower limit may lie below 0.
    Linear,
    /// Durations: what doubles weighs the same at any height. What is less than 1 (a second) counts as 1.
    Log,
}

/// A trend's centre and what is ordinary around it, in the unit of the points.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The mean of the points; on a log scale their geometric mean.
    pub centre: f64,
    /// What is below is no chance.
    pub low: f64,
    /// What is above is no chance.
    pub high: f64,
    /// For each point why it stands out.
    pub marks: Vec<Mark>,
}

/// Why a point stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// It lies beyond a limit.
    pub outside: bool,
    /// It is one of at least [`RUN`] successive points on one side of the centre.
    pub run: bool,
}

impl Limits {
    /// The limits of points in their order of time. `None` with less than [`FEWEST_POINTS`], or if one is no number.
    pub fn of(points: &[f64], scale: Scale) -> Option<Self> {
        if points.len() < FEWEST_POINTS || !points.iter().all(|it| it.is_finite()) {
            return None;
        }
        let points: Vec<f64> = points.iter().map(|it| scale.apply(*it)).collect();
        let centre = mean(points.iter().copied())?;
        let range = mean(points.iter().zip(points.iter().skip(1)).map(|(one, next)| (next - one).abs()))?;
        let (low, high) = (centre - WIDTH * range, centre + WIDTH * range);
        let mut marks: Vec<Mark> =
            points.iter().map(|it| Mark { outside: *it < low || *it > high, run: false }).collect();
        mark_runs(&points, centre, &mut marks);
        Some(Self { centre: scale.undo(centre), low: scale.undo(low), high: scale.undo(high), marks })
    }
}

impl Scale {
    fn apply(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.max(1.0).ln(),
        }
    }

    fn undo(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.exp(),
        }
    }
}

/// A point on the centre ends a run.
fn mark_runs(points: &[f64], centre: f64, marks: &mut [Mark]) {
    let side = |it: &f64| it.partial_cmp(&centre);
    let mut marks = marks.iter_mut();
    for group in points.chunk_by(|one, next| side(one) == side(next)) {
        let run = group.len() >= RUN && group.first().is_some_and(|it| *it != centre);
        marks.by_ref().take(group.len()).for_each(|it| it.run = run);
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), it| (sum + it, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9 * other.abs().max(1.0)
    }

    #[test]
    fn limits_come_with_the_eighth_point() {
        assert_eq!(Limits::of(&[1.0; 7], Scale::Linear), None);
        let flat = Limits::of(&[1.0; 8], Scale::Linear).unwrap();
        assert_eq!((flat.centre, flat.low, flat.high, flat.marks), (1.0, 1.0, 1.0, vec![Mark::default(); 8]));
        assert_eq!(Limits::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, f64::NAN], Scale::Linear), None);
    }

    #[test]
    fn the_width_is_the_mean_moving_range() {
        let limits = Limits::of(&[4.0, 6.0, 4.0, 6.0, 4.0, 6.0, 4.0, 6.0], Scale::Linear).unwrap();
        assert!(close(limits.centre, 5.0) && close(limits.low, 5.0 - 5.32) && close(limits.high, 10.32));
        assert!(limits.marks.iter().all(|it| !it.outside && !it.run));
    }

    #[test]
    fn a_jump_is_outside() {
        let points = [5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 40.0];
        let limits = Limits::of(&points, Scale::Linear).unwrap();
        assert_eq!(limits.marks.iter().position(|it| it.outside), Some(11));
    }

    #[test]
    fn eight_on_one_side_are_a_shift() {
        let points: Vec<f64> = [2.0, 3.0].repeat(4).into_iter().chain([8.0, 9.0].repeat(4)).collect();
        let limits = Limits::of(&points, Scale::Linear).unwrap();
        assert!(limits.marks.iter().all(|it| it.run));
        let short = Limits::of(&points[1..15], Scale::Linear).unwrap();
        assert!(short.marks.iter().all(|it| !it.run));
    }

    #[test]
    fn durations_vary_by_factors() {
        let limits = Limits::of(&[50.0, 200.0].repeat(4), Scale::Log).unwrap();
        assert!(close(limits.centre, 100.0) && close(limits.low * limits.high, 1e4) && limits.low > 0.0);
        assert!(Limits::of(&[0.0; 9], Scale::Log).is_some_and(|it| it.centre == 1.0));
    }

    proptest! {
        #[test]
        fn limits_enclose_the_centre(points in prop::collection::vec(0.0..1e12, 8..60), log in any::<bool>()) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let limits = Limits::of(&points, scale).unwrap();
            prop_assert!(limits.low <= limits.centre && limits.centre <= limits.high);
            prop_assert_eq!(limits.marks.len(), points.len());
        }

        #[test]
        fn no_point_is_too_large(points in prop::collection::vec(any::<f64>(), 0..20)) {
            let _ = (Limits::of(&points, Scale::Linear), Limits::of(&points, Scale::Log));
        }
    }
}
