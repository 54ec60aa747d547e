//! Letting go of what nobody will ask for again.

use chrono::TimeDelta;
use rusqlite::named_params;

use super::{Store, StoreError};

/// How long facts are kept that no metric needs for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days after its latest time after which a run is let go.
    pub runs_days: u32,
    /// Days for which a withdrawn fact keeps an older observation from bringing it back.
    pub withdrawn_days: u32,
}

impl Default for Retention {
    /// A year of runs, a month of what is gone.
    fn default() -> Self {
        Self { runs_days: 365, withdrawn_days: 30 }
    }
}

const LET_GO: &str = "
    DELETE FROM fact
    WHERE (withdrawn = 1 AND observed_s < :withdrawn_before) OR (kind = 'run' AND happened_s < :runs_before)";

impl Store {
    /// Lets go of runs and withdrawn facts that are older than `retention` says, and says how many those were. Others
    /// do not learn of it through [`changes_since`](Self::changes_since): call it before the facts are read.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retain(&self, retention: Retention) -> Result<usize, StoreError> {
        let now = (self.0.clock)();
        let before = |days: u32| {
            let age = TimeDelta::days(i64::from(days));
            now.checked_sub_signed(age).map_or(i64::MIN, |before| before.timestamp())
        };
        let mut connection = self.writer();
        self.in_transaction(&mut connection, |transaction| {
            transaction.execute(
                LET_GO,
                named_params! {
                    ":withdrawn_before": before(retention.withdrawn_days),
                    ":runs_before": before(retention.runs_days),
                },
            )
        })
    }
}
