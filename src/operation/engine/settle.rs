//! Finding out what became of an operation whose process ended. Nothing is sent again.

use super::Engine;
use super::run::ending;
use crate::backend::{Order, Verdict};
use crate::model::{Installed, OperationId, Text};
use crate::operation::journal::{Body, Past, Settled};
use crate::operation::record;
use crate::operation::{Ending, OperationError, OperationSummary};

impl Engine {
    /// Looks at the world and writes the outcome of an operation whose process ended: finished, failed, or never
    /// happened. One that is still on its way outside stays unfinished. One that has an outcome is left alone.
    ///
    /// # Errors
    /// When the journal has no such operation, a process that lives carries it out, or the world cannot be read.
    pub async fn settle(&self, operation: &OperationId) -> Result<OperationSummary, OperationError> {
        let journal = &self.deps.journal;
        let unknown = || OperationError::UnknownOperation(operation.clone());
        if journal.past(operation)?.ok_or_else(unknown)?.settled.is_some() {
            return journal.summary_of(operation)?.ok_or_else(unknown);
        }
        let Some(held) = journal.hold_operation(operation)? else {
            return Err(OperationError::CarriedOut(operation.clone()));
        };
        // Somebody may have settled it before the lock was ours.
        let past = journal.past(operation)?.ok_or_else(unknown)?;
        if past.settled.is_none() {
            let (verdict, live) = self.look_up(&past).await?;
            if let Some(verdict) = verdict {
                journal.append(Some(operation), Body::Outcome(Settled { ending: verdict.clone(), live }))?;
                let order = &past.intended.order;
                if let Some((backend, _)) = self.deps.operator(&order.track) {
                    // What could not be written down stands in the notes of the operation.
                    let _ = record::write(&self.deps, backend.id(), order, past.began_at, &verdict).await;
                }
            }
        }
        let summary = journal.summary_of(operation)?.ok_or_else(unknown)?;
        if summary.ended_at.is_some() {
            journal.release(operation, held);
            return Ok(summary);
        }
        drop(held);
        journal.summary_of(operation)?.ok_or_else(unknown)
    }

    /// What became of it, and what is live; no ending while it is still on its way.
    async fn look_up(&self, past: &Past) -> Result<(Option<Ending>, Option<Installed>), OperationError> {
        let order: &Order = &past.intended.order;
        let (_, operator) =
            self.deps.operator(&order.track).ok_or_else(|| OperationError::UnknownTrack(order.track.clone()))?;
        if !past.sent {
            let live = operator.observe(&order.track).await.ok().and_then(|state| state.live);
            let now = live.as_ref().map(|live| format!("; {} is live", live.version)).unwrap_or_default();
            let why = Text::from(format!("never sent: its process ended first{now}"));
            return Ok((Some(Ending::NoEffect(why)), live));
        }
        let verdict = operator.recover(order).await?;
        let live = operator.observe(&order.track).await.ok().and_then(|state| state.live);
        if matches!(verdict, Verdict::Pending(_)) {
            return Ok((None, live));
        }
        Ok((Some(after_the_process(ending(&verdict))), live))
    }
}

/// Says that nobody watched.
fn after_the_process(ending: Ending) -> Ending {
    let told = |why: Text| Text::from(format!("{why} (looked up after its process had ended)"));
    match ending {
        Ending::Succeeded(why) => Ending::Succeeded(told(why)),
        Ending::Failed(why) => Ending::Failed(told(why)),
        Ending::NoEffect(why) => Ending::NoEffect(told(why)),
        other => other,
    }
}
