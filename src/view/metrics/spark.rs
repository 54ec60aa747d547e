//! A trend in a few cells.

/// Heights of a cell, lowest first.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The last `cells` values on a log scale from their least to their greatest; nothing for fewer than two.
pub fn log(values: &[f64], cells: usize) -> String {
    let values: Vec<f64> = values.iter().filter(|it| it.is_finite()).map(|it| it.max(1.0).ln()).collect();
    let last = values.get(values.len().saturating_sub(cells)..).unwrap_or_default();
    if last.len() < 2 {
        return String::new();
    }
    let (low, high) =
        last.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (it.min(low), it.max(high)));
    last.iter().map(|it| height((it - low) / (high - low).max(f64::MIN_POSITIVE))).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn height(share: f64) -> char {
    let at = (share.clamp(0.0, 1.0) * 7.0).round() as usize;
    HEIGHTS.get(at).copied().unwrap_or('▁')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_rises_and_falls() {
        assert_eq!(log(&[1.0, 1.0], 8), "▁▁");
        assert_eq!(log(&[9.0, 1.0, 10.0, 100.0], 3), "▁▅█");
        assert_eq!(log(&[f64::NAN, 4.0], 8), "");
    }
}
