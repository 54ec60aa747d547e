//! The output of jobs, and what is added to it while somebody looks.

use super::{World, WorldError};
use crate::backend::{BackendError, ErrorKind, LogCursor, LogPart, Logs};
use crate::model::{RunId, SourceId};
use crate::sync::Follower;

/// How many lines are fetched at once.
const LINES: usize = 5_000;

impl World {
    /// The end of the output of a job, or what came after `after`. Absent when no backend keeps output.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn log(
        &self,
        run: &RunId,
        job: &str,
        after: Option<&LogCursor>,
    ) -> Result<Option<LogPart>, BackendError> {
        let found = self.keeper(run, job, after).await?;
        Ok(found.map(|(_, part)| part))
    }

    /// What comes after `after`, once there is something: directories are watched, nothing is polled. Drop it to stop.
    /// Absent when whoever keeps it cannot be followed.
    ///
    /// # Errors
    /// When it cannot be read, or files cannot be watched.
    pub async fn follow_log(&self, run: &RunId, job: &str, after: &LogCursor) -> Result<Option<LogPart>, WorldError> {
        let Some((keeper, part)) = self.keeper(run, job, Some(after)).await.map_err(WorldError::from)? else {
            return Ok(None);
        };
        if part.says_something() {
            return Ok(Some(part));
        }
        if part.watch.is_empty() {
            return Ok(None);
        }
        let (mut follower, changed) = Follower::new().map_err(|error| WorldError::Watch(error.to_string()))?;
        follower.follow(&SourceId::from("log"), part.watch);
        loop {
            // What came between the look before and the watch is read now.
            let part = keeper.log(run, job, Some(after), LINES).await.map_err(WorldError::from)?;
            if part.says_something() {
                return Ok(Some(part));
            }
            changed.next().await;
        }
    }

    /// Who keeps the output, with what it holds.
    async fn keeper(
        &self,
        run: &RunId,
        job: &str,
        after: Option<&LogCursor>,
    ) -> Result<Option<(&dyn Logs, LogPart)>, BackendError> {
        let mut last: Option<BackendError> = None;
        for logs in self.backends().iter().filter_map(|backend| backend.logs()) {
            match logs.log(run, job, after, LINES).await {
                Ok(part) => return Ok(Some((logs, part))),
                // Another backend may know the run.
                Err(error) if error.kind == ErrorKind::NotFound && last.is_some() => {}
                Err(error) => last = Some(error),
            }
        }
        last.map_or(Ok(None), Err)
    }
}
