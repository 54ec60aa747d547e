//! The output of what is live, and what is added to it while somebody looks.

use std::sync::{Mutex, PoisonError};

use super::World;
use crate::backend::{LogCursor, LogPart, Output, Outputs, Result, Tail, Which};
use crate::model::TrackId;

impl World {
    /// What there is to look at in a track. Absent when no backend keeps the output of what runs there.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn outputs(&self, track: &TrackId) -> Result<Option<Vec<Output>>> {
        match self.output_keeper(track) {
            Some(keeper) => keeper.outputs(track).await.map(Some),
            None => Ok(None),
        }
    }

    /// The end of the output, at most `lines` lines, or what came after `after`. Absent when no backend keeps it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn output(
        &self,
        track: &TrackId,
        which: &Which,
        after: Option<&LogCursor>,
        lines: usize,
    ) -> Result<Option<LogPart>> {
        match self.output_keeper(track) {
            Some(keeper) => keeper.output(track, which, after, lines).await.map(Some),
            None => Ok(None),
        }
    }

    /// What comes after `after`, once there is something. Drop it to stop. Absent when no more will come, or nobody keeps
    /// it.
    ///
    /// # Errors
    /// When it cannot be followed.
    pub async fn follow_output(&self, track: &TrackId, which: &Which, after: &LogCursor) -> Result<Option<LogPart>> {
        match self.output_keeper(track) {
            Some(keeper) => self.0.tails.next(keeper, track, which, after).await,
            None => Ok(None),
        }
    }

    fn output_keeper(&self, track: &TrackId) -> Option<&dyn Outputs> {
        self.backends().iter().filter_map(|backend| backend.outputs()).find(|keeper| keeper.owns(track))
    }
}

/// The tail that is being read, between two questions for more: what is read on where it was left needs no new connection.
#[derive(Default)]
pub struct Tails(Mutex<Option<Kept>>);

struct Kept {
    track: TrackId,
    which: Which,
    at: LogCursor,
    tail: Box<dyn Tail>,
}

impl Tails {
    /// What comes after `after`. Dropping the future drops the tail: the next question begins anew where this one did.
    async fn next(
        &self,
        keeper: &dyn Outputs,
        track: &TrackId,
        which: &Which,
        after: &LogCursor,
    ) -> Result<Option<LogPart>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let goes_on = |it: &Kept| it.track == *track && it.which == *which && it.at == *after;
        let mut tail = match kept.filter(goes_on) {
            Some(kept) => kept.tail,
            None => keeper.follow(track, which, after).await?,
        };
        let part = tail.next().await?;
        if let Some(part) = &part {
            let at = part.cursor.clone().unwrap_or_else(|| after.clone());
            let kept = Kept { track: track.clone(), which: which.clone(), at, tail };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;

    /// Counts how often it is connected to; each tail has three parts and ends.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    struct Three(usize);

    fn cursor(at: usize) -> LogCursor {
        LogCursor(at.to_string())
    }

    #[async_trait]
    impl Outputs for Counted {
        fn owns(&self, _: &TrackId) -> bool {
            true
        }
        async fn outputs(&self, _: &TrackId) -> Result<Vec<Output>> {
            Ok(Vec::new())
        }
        async fn output(&self, _: &TrackId, _: &Which, _: Option<&LogCursor>, _: usize) -> Result<LogPart> {
            Ok(LogPart::default())
        }
        async fn follow(&self, _: &TrackId, _: &Which, after: &LogCursor) -> Result<Box<dyn Tail>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Box::new(Three(after.0.parse().expect("a number"))))
        }
    }

    #[async_trait]
    impl Tail for Three {
        async fn next(&mut self) -> Result<Option<LogPart>> {
            self.0 += 1;
            let lines = vec![format!("line {}", self.0).into()];
            Ok((self.0 <= 3).then(|| LogPart { lines, cursor: Some(cursor(self.0)), ..LogPart::default() }))
        }
    }

    #[tokio::test]
    async fn one_connection_serves_as_long_as_the_same_is_read_on() {
        let (keeper, tails) = (Counted::default(), Tails::default());
        let (track, which) = (TrackId::new("checkout", "production"), Which::default());
        for at in 0..3 {
            let part = tails.next(&keeper, &track, &which, &cursor(at)).await.expect("read").expect("more");
            assert_eq!(part.cursor, Some(cursor(at + 1)));
        }
        assert_eq!(keeper.0.load(Ordering::Relaxed), 1);
        assert_eq!(tails.next(&keeper, &track, &which, &cursor(3)).await.expect("read"), None, "it is over");
        // Another place, another choice: a connection of its own.
        let other = Which { previous: true, ..Which::default() };
        for (which, at) in [(&which, 1), (&other, 2), (&other, 0)] {
            tails.next(&keeper, &track, which, &cursor(at)).await.expect("read");
        }
        assert_eq!(keeper.0.load(Ordering::Relaxed), 4);
    }
}
