//! Intervals of a share.

/// The standard normal quantile at 0.975.
const Z: f64 = 1.959_964;

/// The 95 % score interval of `successes` in `n` trials, within 0..=1 (Wilson 1927; without continuity correction).
/// More successes than trials count as all. No trials have no interval.
pub fn wilson(successes: usize, n: usize) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 deployments")]
    let (trials, share) = (n as f64, successes.min(n) as f64 / n as f64);
    let scale = 1.0 + Z * Z / trials;
    let centre = (share + Z * Z / (2.0 * trials)) / scale;
    let half = Z * (share * (1.0 - share) / trials + Z * Z / (4.0 * trials * trials)).sqrt() / scale;
    // At the ends the formula gives exactly 0 and 1; rounding may leave the last digit beside them.
    let low = if successes == 0 { 0.0 } else { (centre - half).clamp(0.0, 1.0) };
    let high = if successes >= n { 1.0 } else { (centre + half).clamp(0.0, 1.0) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 10, "0.000..0.278")]
    #[case(1, 4, "0.046..0.699")]
    #[case(10, 10, "0.722..1.000")]
    #[case(9, 4, "0.510..1.000")]
    #[case(0, 1, "0.000..0.793")]
    fn known_intervals(#[case] successes: usize, #[case] n: usize, #[case] expected: &str) {
        let (low, high) = wilson(successes, n).unwrap();
        assert_eq!(format!("{low:.3}..{high:.3}"), expected);
    }

    #[test]
    fn nothing_tried_is_undefined() {
        assert_eq!(wilson(0, 0), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share(n in 1usize.., successes in 0usize..) {
            let successes = successes % n;
            let (low, high) = wilson(successes, n).unwrap();
            let share = successes as f64 / n as f64;
            prop_assert!(0.0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1.0);
        }
    }
}
