//! Numbers in files: little-endian, fixed width.

/// Bytes that are read from the front.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next `count` bytes, if there are as many.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    /// The next number.
    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// The next number.
    pub fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// The next `count` entries of `WIDTH` bytes each, appended to `column`.
    pub fn column<const WIDTH: usize, T>(
        &mut self,
        count: usize,
        column: &mut Vec<T>,
        read: impl Fn([u8; WIDTH]) -> T,
    ) -> Option<()> {
        let (entries, _) = self.take(count.checked_mul(WIDTH)?)?.as_chunks::<WIDTH>();
        column.extend(entries.iter().map(|entry| read(*entry)));
        Some(())
    }
}

/// The checksum of `parts`, one after the other, on top of an earlier one.
pub fn checksum(before: u32, parts: &[&[u8]]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(&before.to_le_bytes());
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}
