//! When a frame is drawn: what a person does shows at once, what happens elsewhere at most so often.

use std::time::Duration;

use tokio::time::Instant;

/// The least time between two frames that nobody asked for with a key.
const WATCHED: Duration = Duration::from_millis(33);
/// The same while the terminal says that nobody looks.
const UNWATCHED: Duration = Duration::from_secs(1);

/// When a frame is drawn.
#[derive(Debug)]
pub(super) struct Pace {
    watched: bool,
    asked: bool,
    last: Option<Instant>,
    owed: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        // Terminals that say nothing about it are looked at.
        Self { watched: true, asked: false, last: None, owed: None }
    }
}

impl Pace {
    /// Somebody did something: the next frame comes at once.
    pub(super) fn hurry(&mut self) {
        self.asked = true;
    }

    /// Somebody begins or ends to look. Who comes back sees what is so.
    pub(super) fn watch(&mut self, watched: bool) {
        self.watched = watched;
        self.asked |= watched;
    }

    /// Whether somebody looks, as far as the terminal says.
    pub(super) fn is_watched(&self) -> bool {
        self.watched
    }

    /// Whether a frame is drawn now; if not, it is owed.
    pub(super) fn draws(&mut self, now: Instant) -> bool {
        let least = if self.watched { WATCHED } else { UNWATCHED };
        let due = self.last.map_or(now, |last| last + least);
        if !std::mem::take(&mut self.asked) && due > now {
            self.owed = Some(due);
            return false;
        }
        self.last = Some(now);
        self.owed = None;
        true
    }

    /// The moment at which a frame is owed.
    pub(super) fn owed(&self) -> Option<Instant> {
        self.owed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_news_makes_few_frames_and_a_key_makes_one_at_once() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut pace = Pace::default();
        let drawn: Vec<u64> = (0..100).filter(|&moment| pace.draws(at(moment))).collect();
        assert_eq!(drawn, [0, 33, 66, 99]);
        assert!(!pace.draws(at(100)));
        assert_eq!(pace.owed(), Some(at(132)));
        pace.hurry();
        assert!(pace.draws(at(101)));
        assert_eq!(pace.owed(), None);
    }

    #[test]
    fn nobody_who_looks_means_a_frame_a_second_and_a_look_brings_one() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut pace = Pace::default();
        pace.watch(false);
        let drawn: Vec<u64> = (0..2_500).filter(|&moment| pace.draws(at(moment))).collect();
        assert_eq!(drawn, [0, 1_000, 2_000]);
        pace.watch(true);
        assert!(pace.draws(at(2_501)));
    }
}
