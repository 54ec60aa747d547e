//! Reading facts.

use rusqlite::{Connection, Row, TransactionBehavior};

use super::{FactsUpTo, Revision, Store, StoreError};
use crate::fact::{Body, Fact};
use crate::model::{SourceId, Time};

const COLUMNS: &str = "source, observed_s, observed_ns, body";

impl Store {
    /// All facts that hold, of every source that ever reported, and the revision up to which they tell: with it
    /// [`changes_since`](Self::changes_since) goes on without a gap. Withdrawn facts are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts(&self) -> Result<FactsUpTo, StoreError> {
        let mut facts = Vec::new();
        let revision = self.each_fact(|fact| facts.push(fact))?;
        Ok((facts, revision))
    }

    /// The same, one after the other: they need not all be in memory twice.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn each_fact(&self, take: impl FnMut(Fact)) -> Result<Revision, StoreError> {
        self.read_facts("withdrawn = 0", None, take)
    }

    /// What changed after `revision`, withdrawals among it, whoever wrote it. Cheap when nothing did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes_since(&self, revision: Revision) -> Result<FactsUpTo, StoreError> {
        let mut facts = Vec::new();
        let revision = self.read_facts("revision > ?1", Some(revision), |fact| facts.push(fact))?;
        Ok((facts, revision))
    }

    fn read_facts(
        &self,
        condition: &str,
        since: Option<Revision>,
        mut take: impl FnMut(Fact),
    ) -> Result<Revision, StoreError> {
        self.with_reader(|connection| {
            // One transaction: the revision and the facts are of one moment.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            let last = last_revision(&transaction)?;
            if since.is_some_and(|since| since >= last) {
                return Ok(last);
            }
            let sql = format!("SELECT {COLUMNS} FROM fact WHERE {condition} ORDER BY source, kind, name");
            let mut statement = transaction.prepare_cached(&sql)?;
            let mut rows = match since {
                Some(Revision(since)) => statement.query([since])?,
                None => statement.query([])?,
            };
            while let Some(row) = rows.next()? {
                // A row that cannot be read is of a body that this program does not know; the rest still counts.
                fact(row)?.into_iter().for_each(&mut take);
            }
            drop(rows);
            drop(statement);
            transaction.commit()?;
            // Nobody reads all of it soon again: the pages that were read are given back.
            connection.pragma_query(None, "shrink_memory", |_| Ok(()))?;
            Ok(last)
        })
    }
}

pub(super) fn last_revision(connection: &Connection) -> rusqlite::Result<Revision> {
    connection.query_row("SELECT last FROM revision", [], |row| row.get(0)).map(Revision)
}

fn fact(row: &Row<'_>) -> rusqlite::Result<Option<Fact>> {
    let source = SourceId::from(row.get_ref(0)?.as_str()?);
    let observed_at = Time::from_timestamp(row.get(1)?, row.get(2)?);
    let body = Body::decoded(row.get_ref(3)?.as_str()?);
    match (observed_at, body) {
        (Some(observed_at), Ok(body)) => Ok(Some(Fact { source, observed_at, body })),
        (_, body) => {
            let error = body.err().map(|error| error.to_string());
            tracing::warn!(%source, error, "a stored fact cannot be read and is left out");
            Ok(None)
        }
    }
}
