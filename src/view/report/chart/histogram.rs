//! How lead times are spread, in buckets that grow, with the quantiles where they lie.

use std::fmt;

use super::{Chart, Numbers, Share, bar, real, stile, under};
use crate::metrics::histogram;
use crate::metrics::histogram::BUCKETS;
use crate::metrics::report::LeadTime;
use crate::view::format::{count_of, duration_of};
use crate::view::report::words;

const HEIGHT: f64 = 210.0;
/// The bars' part of it: above them stand the quantiles, each on a line of its own.
const ROOM: f64 = 138.0;
const LINE: f64 = 16.0;

/// Lead times by bucket.
pub struct Histogram<'a> {
    lead_time: &'a LeadTime,
    counts: [usize; BUCKETS.len()],
}

impl<'a> Histogram<'a> {
    /// Of changes that came.
    pub fn new(lead_time: &'a LeadTime) -> Self {
        Self { lead_time, counts: histogram(&lead_time.seconds) }
    }

    fn quantiles(&self) -> impl DoubleEndedIterator<Item = (&'static str, f64)> {
        let it = self.lead_time;
        [("P50", it.p50), ("P75", it.p75), ("P90", it.p90)].into_iter().filter_map(|(name, at)| Some((name, at?)))
    }

    /// The quantiles from the top, and whether their names stand on the left: no line crosses a name.
    fn stacked(&self) -> (Vec<(&'static str, f64)>, bool) {
        let left = self.quantiles().any(|(_, at)| place(at) > 0.75);
        (if left { self.quantiles().rev().collect() } else { self.quantiles().collect() }, left)
    }
}

impl Chart for Histogram<'_> {
    fn id(&self) -> &'static str {
        "histogram"
    }

    fn title(&self) -> &'static str {
        "How long changes took"
    }

    fn says(&self) -> String {
        if self.lead_time.n() == 0 {
            return "No change with a known lead time came in this window.".to_owned();
        }
        let quantiles: Vec<String> =
            self.quantiles().map(|(name, at)| format!("{name} {}", duration_of(Some(at)))).collect();
        let changes = words::counted(self.lead_time.n(), "change");
        format!("{changes} by lead time, in buckets that grow: {}.", quantiles.join(", "))
    }

    fn height(&self) -> Option<f64> {
        (self.lead_time.n() > 0).then_some(HEIGHT)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = real(self.counts.iter().copied().max().unwrap_or_default().max(1));
        let (wide, top) = (1.0 / real(BUCKETS.len()), |count: usize| HEIGHT - (ROOM * real(count) / most).max(1.5));
        let bars = || self.counts.iter().enumerate().filter(|it| *it.1 > 0);
        for (number, count) in bars() {
            let (x, width, y) = (Share((real(number) + 0.08) * wide), Share(wide * 0.84), top(*count));
            let high = HEIGHT - y;
            write!(f, "<rect class=\"bar\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{high:.1}\" rx=\"2\"/>")?;
        }
        bar(f, "axis", (0.0, 1.0), HEIGHT)?;
        let (quantiles, left) = self.stacked();
        for (number, (_, at)) in quantiles.iter().enumerate() {
            stile(f, "quantile", place(*at), (LINE * real(number), HEIGHT))?;
        }
        // Numbers stand before the lines.
        for (number, count) in bars() {
            let (x, y) = (Share((real(number) + 0.5) * wide), top(*count) - 5.0);
            write!(f, "<text class=\"over\" x=\"{x}\" y=\"{y:.1}\">{}</text>", count_of(*count))?;
        }
        for (number, bucket) in BUCKETS.iter().enumerate().take(BUCKETS.len() - 1) {
            under(f, real(number + 1) * wide, HEIGHT, bucket.label.trim_start_matches('<'), false)?;
        }
        for (number, (name, at)) in quantiles.into_iter().enumerate() {
            let (place, y) = (place(at), LINE * real(number) + 9.0);
            let (class, away) = if left { ("mark end", -6) } else { ("mark", 6) };
            let (x, says) = (Share(place), duration_of(Some(at)));
            write!(f, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" dx=\"{away}\"><tspan>{name}</tspan> {says}</text>")?;
        }
        Ok(())
    }

    fn numbers(&self) -> Numbers {
        let rows = BUCKETS.iter().zip(self.counts);
        let share = |count| words::share(count, self.lead_time.n());
        Numbers {
            head: vec!["lead time", "changes", "share"],
            rows: rows.map(|(it, count)| vec![words::bucket(it.label), count_of(count), share(count)]).collect(),
            note: None,
        }
    }
}

/// Where a duration lies across the buckets, 0..=1: inside a bucket by its logarithm.
fn place(seconds: f64) -> f64 {
    let number = BUCKETS.partition_point(|it| it.below <= seconds).min(BUCKETS.len() - 1);
    let edge = |at: usize| BUCKETS.get(at).map(|it| it.below).filter(|it| it.is_finite());
    let high = edge(number);
    let low = number.checked_sub(1).and_then(edge).or(high.map(|it| it / 4.0)).unwrap_or(1.0);
    let high = high.unwrap_or(low * 4.0);
    let inside = ((seconds.max(1.0) / low).ln() / (high / low).ln()).clamp(0.0, 1.0);
    (real(number) + inside) / real(BUCKETS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_stands_in_its_bucket() {
        for (number, bucket) in BUCKETS.iter().enumerate().take(BUCKETS.len() - 1) {
            let edge = real(number + 1) / real(BUCKETS.len());
            assert!((place(bucket.below) - edge).abs() < 1e-9, "{}", bucket.label);
            assert!(place(bucket.below * 0.99) < edge);
        }
        assert_eq!((place(0.0), place(f64::MAX), place(f64::NAN).is_nan()), (0.0, 1.0, false));
    }
}
