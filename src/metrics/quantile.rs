//! Quantiles.

/// The quantile of `values` at `p` in 0..=1, linear interpolation between order statistics (Hyndman and Fan, type 7).
/// Sorts `values`. No values have no quantile.
pub fn quantile(values: &mut [f64], p: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 changes")]
    let place = p.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "place is within 0..=last")]
    let below = place.floor() as usize;
    let (low, high) = (*values.get(below)?, *values.get(below.saturating_add(1).min(last))?);
    Some(low + (high - low) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&mut [10.0, 5.0], 0.5), Some(7.5));
        assert_eq!(quantile(&mut [1.0, 2.0, 3.0, 4.0], 0.75), Some(3.25));
        assert_eq!(quantile(&mut [7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
