//! How lead times are spread, on a scale that tells minutes from months (metrics documentation, "Change lead time").

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;
/// A twelfth of a year of 365.25 days: 30.4375 days.
const MONTH: f64 = 365.25 * DAY / 12.0;

/// A bucket: what is less than `below` seconds and in no bucket before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The upper edge in seconds, which belongs to the next bucket.
    pub below: f64,
    /// What an axis says.
    pub label: &'static str,
}

/// All buckets, shortest first.
pub const BUCKETS: [Bucket; 11] = [
    Bucket { below: 15.0 * MINUTE, label: "<15m" },
    Bucket { below: HOUR, label: "<1h" },
    Bucket { below: 4.0 * HOUR, label: "<4h" },
    Bucket { below: DAY, label: "<1d" },
    Bucket { below: 3.0 * DAY, label: "<3d" },
    Bucket { below: WEEK, label: "<1w" },
    Bucket { below: 2.0 * WEEK, label: "<2w" },
    Bucket { below: MONTH, label: "<1mo" },
    Bucket { below: 3.0 * MONTH, label: "<3mo" },
    Bucket { below: 6.0 * MONTH, label: "<6mo" },
    Bucket { below: f64::INFINITY, label: "6mo+" },
];

/// How many of the `seconds` fall into each of [`BUCKETS`]. What is not a number is left out.
pub fn histogram(seconds: &[f64]) -> [usize; BUCKETS.len()] {
    let mut counts = [0; BUCKETS.len()];
    for value in seconds.iter().filter(|it| !it.is_nan()) {
        let at = BUCKETS.partition_point(|it| it.below <= *value).min(BUCKETS.len() - 1);
        counts.iter_mut().skip(at).take(1).for_each(|it| *it += 1);
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_edge_belongs_to_the_longer_bucket() {
        let edges: Vec<f64> = BUCKETS.iter().map(|it| it.below).collect();
        assert!(edges.is_sorted());
        assert_eq!(histogram(&edges), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
        assert_eq!(histogram(&[0.0, 899.9, 900.0, -5.0, f64::NAN]), [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(seconds in prop::collection::vec(-1e10..1e10, 0..100)) {
            prop_assert_eq!(histogram(&seconds).iter().sum::<usize>(), seconds.len());
        }
    }
}
