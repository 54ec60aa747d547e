//! What frames cost: the driver counts, `:stats` shows.

use std::collections::VecDeque;
use std::time::Duration;

/// How many frames are remembered.
const REMEMBERED: usize = 120;

/// What one frame cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCost {
    /// Taking in what had happened, making tables anew.
    pub update: Duration,
    /// Painting the buffer.
    pub paint: Duration,
    /// Comparing it with the frame before, and the write.
    pub write: Duration,
    /// Cells that differed.
    pub cells: usize,
    /// Bytes written: none when nothing differed.
    pub bytes: usize,
}

impl FrameCost {
    /// All of it.
    pub fn whole(&self) -> Duration {
        self.update + self.paint + self.write
    }
}

/// What the frames of a session cost.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    frames: VecDeque<FrameCost>,
    /// Frames painted in all.
    pub painted: u64,
    /// Those among them that differed from the frame before and were written.
    pub written: u64,
    /// Bytes written in all.
    pub bytes: u64,
    /// From the start of the cockpit to the end of the first frame.
    pub first: Option<Duration>,
    /// Memory that the process holds, bytes, where the system tells.
    pub resident: Option<u64>,
}

impl Stats {
    /// Takes a frame in.
    pub fn take(&mut self, frame: FrameCost) {
        self.painted += 1;
        self.written += u64::from(frame.bytes > 0);
        self.bytes += u64::try_from(frame.bytes).unwrap_or(u64::MAX);
        self.frames.push_back(frame);
        if self.frames.len() > REMEMBERED {
            self.frames.pop_front();
        }
    }

    /// The last frames, newest first.
    pub fn frames(&self) -> impl Iterator<Item = &FrameCost> {
        self.frames.iter().rev()
    }

    /// The median and the largest of a cost over the frames that are remembered.
    pub fn spread<T: Copy + Ord + Default>(&self, of: impl Fn(&FrameCost) -> T) -> (T, T) {
        let mut all: Vec<T> = self.frames.iter().map(of).collect();
        all.sort_unstable();
        (all.get(all.len() / 2).copied().unwrap_or_default(), all.last().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_frames_are_remembered_and_all_are_counted() {
        let mut stats = Stats::default();
        for bytes in 0..500 {
            stats.take(FrameCost { bytes, ..FrameCost::default() });
        }
        assert_eq!((stats.painted, stats.written, stats.frames().count()), (500, 499, REMEMBERED));
        assert_eq!(stats.spread(|it| it.bytes), (440, 499));
        assert_eq!(stats.frames().next().map(|it| it.bytes), Some(499));
    }

    #[test]
    fn nothing_drawn_costs_nothing() {
        assert_eq!(Stats::default().spread(FrameCost::whole), (Duration::ZERO, Duration::ZERO));
    }
}
