//! The playground's own randomness: SplitMix64, so that one seed always makes the same company.
//!
//! SplitMix64 (Steele, Lea, Flood 2014) steps a counter by the golden ratio and mixes it twice. It passes the usual
//! statistical batteries, needs eight bytes of state, and its output is fixed by its definition: no crate's update can
//! change the demo's commit ids.

/// A stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for `label`, so that what one service draws never shifts what another draws.
    pub fn fork(&self, label: &str) -> Self {
        // FNV-1a over the label, started from our state.
        let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut fork = Self(hash);
        fork.next();
        fork
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.next() % width).unwrap_or(0))
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of `all`.
    pub fn pick<'a, T, const N: usize>(&mut self, all: &'a [T; N]) -> &'a T {
        const { assert!(N > 0, "there is nothing to pick from") }
        let at = self.next() % N as u64;
        // The remainder is below N, and N is a length.
        &all[usize::try_from(at).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_sequence() {
        // The first outputs of the reference implementation for seed 1234567.
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn ranges_hold_and_forks_differ() {
        let mut random = Random::new(7);
        assert!((0..1000).map(|_| random.between(-3, 4)).all(|drawn| (-3..=4).contains(&drawn)));
        assert_eq!(random.between(5, 1), 5);
        let base = Random::new(7);
        assert_ne!(base.fork("cart").next(), base.fork("search").next());
        assert_eq!(base.fork("cart").next(), base.fork("cart").next());
    }
}
