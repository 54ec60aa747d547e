//! Quantiles.

/// The quantile of `values` at `p` in 0..=1, linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
/// Sorts `values`. No values have no quantile.
pub fn quantile(values: &mut [f64], p: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    sorted_quantile(values, p)
}

/// The quantile of values that stand in ascending order already; else as [`quantile`].
pub fn sorted_quantile(values: &[f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let (below, share) = place(last, p)?;
    let low = *values.get(below)?;
    if share == 0.0 {
        return Some(low);
    }
    let high = *values.get(below.saturating_add(1).min(last))?;
    Some(low + (high - low) * share)
}

/// Where the quantile lies in values whose last index is `last`: the index below, and how far on to the next one.
pub(super) fn place(last: usize, p: f64) -> Option<(usize, f64)> {
    if p.is_nan() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 changes")]
    let place = p.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "place is within 0..=last")]
    let below = place.floor() as usize;
    Some((below, place.fract()))
}

/// The median of `count` counts of which those that are not 0 are `busy`. As [`quantile`], without the zeros in memory.
pub(super) fn sparse_median(busy: impl Iterator<Item = usize>, count: usize) -> Option<f64> {
    let mut busy: Vec<usize> = busy.collect();
    busy.sort_unstable();
    let (last, zeros) = (count.checked_sub(1)?, count.saturating_sub(busy.len()));
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 deployments")]
    let value = |index: usize| index.checked_sub(zeros).and_then(|it| busy.get(it)).map_or(0.0, |it| *it as f64);
    Some(f64::midpoint(value(last / 2), value(count / 2)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&mut [10.0, 5.0], 0.5), Some(7.5));
        assert_eq!(quantile(&mut [1.0, 2.0, 3.0, 4.0], 0.75), Some(3.25));
        assert_eq!(quantile(&mut [7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&mut [], 0.5), None);
    }

    #[test]
    fn shares_beyond_the_ends_are_the_ends() {
        assert_eq!(sorted_quantile(&[1.0, 2.0], -3.0), Some(1.0));
        assert_eq!(sorted_quantile(&[1.0, f64::INFINITY], 7.0), Some(f64::INFINITY));
        assert_eq!(sorted_quantile(&[1.0, 2.0], f64::NAN), None);
    }

    proptest! {
        #[test]
        fn a_sparse_median_is_the_median(counts in prop::collection::vec(0u8..4, 0..40)) {
            let mut all: Vec<f64> = counts.iter().copied().map(f64::from).collect();
            let busy = counts.iter().filter(|it| **it > 0).map(|it| usize::from(*it));
            prop_assert_eq!(sparse_median(busy, counts.len()), quantile(&mut all, 0.5));
        }
    }
}
