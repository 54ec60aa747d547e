//! The way of an operation: plan, confirm, look again, journal, execute, verify, journal.

mod deps;
mod recheck;
mod run;
mod settle;

use crate::model::{OperationId, Text};
use crate::operation::journal::Filter;
use crate::operation::planner::Planner;
use crate::operation::{Actor, Ending, Intent, OperationError, OperationSummary, Plan, WritePermit};
use crate::picture::Snapshot;

pub use deps::{Deps, Patience};
pub use run::Done;

/// Plans operations, carries them out, and finds out what became of those whose process ended.
pub struct Engine {
    deps: Deps,
}

/// What somebody said to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// That this session may write.
    pub permit: WritePermit,
    /// What was typed: see [`Confirm::accepts`](crate::operation::Confirm::accepts).
    pub typed: String,
    /// The guards that are passed with the reason, by name.
    pub overrides: Vec<Text>,
    /// Why, where it is not what the plan proposes. Needed when a guard is passed.
    pub reason: Option<Text>,
}

impl Engine {
    /// An engine.
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// What it is made of.
    pub fn deps(&self) -> &Deps {
        &self.deps
    }

    /// What it would take and mean to do as `intent` says. Reads only.
    ///
    /// # Errors
    /// When the track is not known or cannot be changed, when no version is named and none offers itself, or when the
    /// world or the journal cannot be read.
    pub async fn plan(&self, intent: &Intent, actor: &Actor, snapshot: &Snapshot) -> Result<Plan, OperationError> {
        Planner::new(&self.deps, snapshot).plan((self.deps.ids)(), intent, actor).await
    }

    /// The operations without an outcome whose process is gone, newest first: to be shown before anything else.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn unfinished(&self) -> Result<Vec<OperationSummary>, OperationError> {
        let all = self.deps.journal.summaries(&Filter::default())?;
        Ok(all.into_iter().filter(|summary| matches!(summary.ending, Ending::Unfinished(_))).collect())
    }

    /// Finds out what became of everything [`unfinished`](Self::unfinished), and mends the journal's end first.
    ///
    /// # Errors
    /// When the journal cannot be read or mended. What became of a single operation is in its own result.
    pub async fn settle_all(
        &self,
    ) -> Result<Vec<(OperationId, Result<OperationSummary, OperationError>)>, OperationError> {
        self.deps.journal.repair()?;
        let mut all = Vec::new();
        for summary in self.unfinished()? {
            let settled = self.settle(&summary.operation).await;
            all.push((summary.operation, settled));
        }
        Ok(all)
    }
}
