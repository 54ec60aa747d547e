//! Random numbers that are the same for ever.

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
///
/// Written out, because an interval on a report must not move when a crate is updated, and the generators that are at
/// hand reserve the right to change their streams.
#[derive(Clone, Debug)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, 0 if there is none (Lemire 2019 without rejection; the bias is below n / 2^64).
    pub fn below(&mut self, n: usize) -> usize {
        let scaled = (u128::from(self.next()) * n as u128) >> 64;
        usize::try_from(scaled).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers that the authors' reference implementation gives for the seed 1234567.
    #[test]
    fn the_stream_is_the_reference_stream() {
        let mut random = SplitMix64(1_234_567);
        let first: Vec<u64> = std::iter::repeat_with(|| random.next()).take(3).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn numbers_are_below_their_bound() {
        let mut random = SplitMix64(0);
        let mut seen = [0; 7];
        (0..7_000).for_each(|_| seen[random.below(7)] += 1);
        assert!(seen.iter().all(|it| (800..1_200).contains(it)), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
