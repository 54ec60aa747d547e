//! How far a pooled median can be trusted.
//!
//! The changes of one deployment share its moment, so they are no independent observations: whole deployments are drawn
//! with replacement, not changes (cluster bootstrap; Davison and Hinkley 1997, section 3.8), and the interval is the
//! percentile interval of the medians (Efron 1981).
//!
//! A thousand draws of sixty thousand values must not cost a thousand sorts. All values are sorted once. A draw then only
//! gives each cluster a weight, and the weighted order statistic is found in two steps: the block that holds it, by the
//! weights and how many values each cluster has before each block, then the place inside the block.

use super::quantile::{place, sorted_quantile};
use super::random::SplitMix64;

/// How many times clusters are drawn.
pub const RESAMPLES: usize = 1_000;

/// Fewer clusters with values than this have no interval.
pub const FEWEST_CLUSTERS: usize = 8;

/// The same observations have the same interval on every screen.
const SEED: u64 = 0x5eed_0fde_117e_4100;

/// The shortest block; longer ones hold as many values as there are clusters, so the table is no larger than the values.
const SHORTEST_BLOCK: usize = 64;

/// The 95 % interval of the median (type 7) of all values, each cluster the values of one deployment.
/// A cluster without values is drawn like the others and adds nothing. What is not a number is left out. `None` with less
/// than [`FEWEST_CLUSTERS`] clusters that have values.
pub fn median_interval<C: AsRef<[f64]>>(clusters: &[C]) -> Option<(f64, f64)> {
    let pool = Pool::new(clusters);
    if pool.busy < FEWEST_CLUSTERS {
        return None;
    }
    let mut random = SplitMix64(SEED);
    let mut weights = vec![0; clusters.len()];
    let mut medians: Vec<f64> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        draw(&mut random, &mut weights);
        medians.extend(pool.median(&weights));
    }
    medians.sort_unstable_by(f64::total_cmp);
    Some((sorted_quantile(&medians, 0.025)?, sorted_quantile(&medians, 0.975)?))
}

/// Draws as many clusters as there are, with replacement: how often each was drawn.
fn draw(random: &mut SplitMix64, weights: &mut [u32]) {
    weights.fill(0);
    for _ in 0..weights.len() {
        if let Some(weight) = weights.get_mut(random.below(weights.len())) {
            *weight += 1;
        }
    }
}

/// All values in order.
struct Pool {
    /// The values, ascending.
    values: Vec<f64>,
    /// The cluster of each value.
    owners: Vec<u32>,
    /// How many values a block has.
    block: usize,
    /// For each block a row: how many values each cluster has before it. The last row holds the sizes of the clusters.
    before: Vec<u32>,
    /// How many clusters there are.
    clusters: usize,
    /// How many clusters have values.
    busy: usize,
}

impl Pool {
    fn new<C: AsRef<[f64]>>(clusters: &[C]) -> Self {
        let numbered = (0u32..).zip(clusters);
        let of_cluster = |(owner, it)| <C as AsRef<[f64]>>::as_ref(it).iter().map(move |value| (*value, owner));
        let mut pairs: Vec<(f64, u32)> = numbered.flat_map(of_cluster).filter(|(value, _)| !value.is_nan()).collect();
        pairs.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let (values, owners): (Vec<f64>, Vec<u32>) = pairs.into_iter().unzip();
        let block = clusters.len().max(SHORTEST_BLOCK);
        let mut counts = vec![0; clusters.len()];
        let mut before = counts.clone();
        for owners in owners.chunks(block) {
            owners.iter().filter_map(|it| counts.get_mut(*it as usize).map(|count| *count += 1)).for_each(drop);
            before.extend_from_slice(&counts);
        }
        let busy = counts.iter().filter(|it| **it > 0).count();
        Self { values, owners, block, before, clusters: clusters.len(), busy }
    }

    /// The median when each cluster counts as often as its weight says. `None` if that leaves no value.
    fn median(&self, weights: &[u32]) -> Option<f64> {
        let rows = self.before.len().checked_div(self.clusters)?;
        let count = self.weight_before(rows.checked_sub(1)?, weights);
        let (below, share) = place(usize::try_from(count).ok()?.checked_sub(1)?, 0.5)?;
        let (low, high) = self.pair(below as u64, rows, weights)?;
        Some(if share == 0.0 { low } else { low + (high - low) * share })
    }

    /// The weighted order statistic at `index` and the one after it; the last is its own successor.
    fn pair(&self, index: u64, rows: usize, weights: &[u32]) -> Option<(f64, f64)> {
        let block = last_row(rows, |row| self.weight_before(row, weights) <= index);
        let mut passed = self.weight_before(block, weights);
        let mut low = None;
        let from = block * self.block;
        for (value, owner) in self.values.get(from..)?.iter().zip(self.owners.get(from..)?) {
            passed += u64::from(*weights.get(*owner as usize)?);
            let low = *match &mut low {
                None if passed > index => low.insert(*value),
                None => continue,
                Some(low) => low,
            };
            if passed > index + 1 {
                return Some((low, *value));
            }
        }
        low.map(|low| (low, low))
    }

    /// How many values stand before the block of this row, weighted.
    fn weight_before(&self, row: usize, weights: &[u32]) -> u64 {
        let row = self.before.iter().skip(row * self.clusters).take(self.clusters);
        row.zip(weights).map(|(count, weight)| u64::from(*count) * u64::from(*weight)).sum()
    }
}

/// The last of `rows` for which `holds`, which the first does and none after the first that does not.
fn last_row(rows: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut yes, mut no) = (0, rows);
    while no - yes > 1 {
        let middle = usize::midpoint(yes, no);
        if holds(middle) { yes = middle } else { no = middle }
    }
    yes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::quantile;

    /// Every drawn value written out, then sorted.
    fn naive(clusters: &[Vec<f64>], weights: &[u32]) -> Option<f64> {
        let drawn = |(cluster, weight): (&Vec<f64>, &u32)| cluster.repeat(*weight as usize);
        quantile(&mut clusters.iter().zip(weights).flat_map(drawn).collect::<Vec<f64>>(), 0.5)
    }

    fn naive_interval(clusters: &[Vec<f64>]) -> Option<(f64, f64)> {
        let mut random = SplitMix64(SEED);
        let mut weights = vec![0; clusters.len()];
        let mut medians = Vec::new();
        for _ in 0..RESAMPLES {
            draw(&mut random, &mut weights);
            medians.extend(naive(clusters, &weights));
        }
        quantile(&mut medians.clone(), 0.025).zip(quantile(&mut medians, 0.975))
    }

    fn clusters(sizes: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Vec<f64>>> {
        let value = prop_oneof![(0u8..20).prop_map(f64::from), 0.0..1e9];
        prop::collection::vec(prop::collection::vec(value, sizes), 8..20)
    }

    proptest! {
        #[test]
        fn a_weighted_median_is_the_median_of_what_was_drawn(
            clusters in clusters(0..40), weights in prop::collection::vec(0u32..4, 20),
        ) {
            let weights = &weights[..clusters.len()];
            prop_assert_eq!(Pool::new(&clusters).median(weights), naive(&clusters, weights));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn the_interval_is_that_of_plain_resampling(clusters in clusters(1..30)) {
            prop_assert_eq!(median_interval(&clusters), naive_interval(&clusters));
        }
    }

    #[test]
    fn eight_deployments_with_changes_are_needed() {
        let seven: Vec<Vec<f64>> = (0..7).map(|it| vec![f64::from(it)]).collect();
        let empty = |many| vec![Vec::new(); many];
        assert_eq!(median_interval(&seven), None);
        assert_eq!(median_interval(&[seven.clone(), empty(30)].concat()), None);
        assert_eq!(median_interval(&[seven.clone(), vec![vec![f64::NAN]]].concat()), None);
        assert!(median_interval(&[seven, vec![vec![3.0]], empty(30)].concat()).is_some());
        assert_eq!(median_interval::<Vec<f64>>(&[]), None);
    }

    #[test]
    fn the_interval_holds_the_median_and_is_the_same_again() {
        let clusters: Vec<Vec<f64>> =
            (0..40).map(|it| (0..=it).map(|k| f64::from(it * 7 % 11 + k)).collect()).collect();
        let interval = median_interval(&clusters);
        let (low, high) = interval.unwrap();
        let median = naive(&clusters, &[1; 40]).unwrap();
        assert!(low < median && median < high, "{low} {median} {high}");
        assert_eq!(median_interval(&clusters), interval);
    }

    #[test]
    fn one_value_everywhere_has_no_spread() {
        assert_eq!(median_interval(&[[5.0], [5.0], [5.0], [5.0], [5.0], [5.0], [5.0], [5.0]]), Some((5.0, 5.0)));
    }
}
