//! Writing facts: by key, the later observation holds.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior, named_params};

use super::{Revision, Store, StoreError, source};
use crate::backend::Reading;
use crate::fact::{Body, Complete, Fact, FactKey, FactKind, Withdrawn};
use crate::model::{SourceId, Time};

/// What a reading changed.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The facts whose content is new or different now, each once; a [`Body::Withdrawn`] for what is gone.
    pub changed: Vec<Fact>,
    /// The revision after it.
    pub revision: Revision,
}

/// Writes one fact if it supersedes the row of its key. An observation that is later and says the same moves the
/// observation's time only: the revision stays, and nothing is reported as changed.
const UPSERT: &str = "
    INSERT INTO fact (source, kind, name, observed_s, observed_ns, body, withdrawn, happened_s, revision)
    VALUES (:source, :kind, :name, :observed_s, :observed_ns, :body, :withdrawn, :happened_s, :revision)
    ON CONFLICT (source, kind, name) DO UPDATE SET
        observed_s = excluded.observed_s, observed_ns = excluded.observed_ns,
        body = excluded.body, withdrawn = excluded.withdrawn, happened_s = excluded.happened_s,
        revision = CASE WHEN body = excluded.body THEN revision ELSE excluded.revision END
    WHERE (excluded.observed_s, excluded.observed_ns, excluded.body) > (observed_s, observed_ns, body)
    RETURNING revision";

const PRESENT: &str = "
    SELECT name FROM fact
    WHERE source = :source AND kind = :kind AND withdrawn = 0
      AND name >= :prefix AND substr(name, 1, length(:prefix)) = :prefix
      AND (:began_s IS NULL OR (observed_s, observed_ns) < (:began_s, :began_ns))";

impl Store {
    /// Takes in what a backend read, in one transaction: facts, withdrawals by its promises, cursor and problems.
    ///
    /// What a [`Complete`] promise covers and the reading does not hold becomes withdrawn as of the newest observation in
    /// the reading; of an empty reading, as of now. What was observed later than that stays.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing of the reading is kept.
    pub fn apply(&self, source: &SourceId, reading: &Reading) -> Result<Applied, StoreError> {
        let now = (self.0.clock)();
        let mut connection = self.writer();
        self.in_transaction(&mut connection, |transaction| {
            let mut writing = Writing::begin(transaction)?;
            writing.put(&reading.facts)?;
            let gone = withdrawals(transaction, source, reading, now)?;
            writing.put(&gone)?;
            source::record(transaction, source, reading, now)?;
            writing.finish()
        })
    }

    /// Takes in facts of Flightdeck's own, such as locks and marks. They are on disk when this returns.
    ///
    /// # Errors
    /// When the store cannot be written; then none of the facts is kept.
    pub fn put(&self, facts: &[Fact]) -> Result<Applied, StoreError> {
        let mut connection = self.writer();
        let durable = |connection: &Connection, level: &str| {
            connection.pragma_update(None, "synchronous", level).map_err(|error| self.error(&error))
        };
        durable(&connection, "full")?;
        let applied = self.in_transaction(&mut connection, |transaction| {
            let mut writing = Writing::begin(transaction)?;
            writing.put(facts)?;
            writing.finish()
        });
        durable(&connection, "normal")?;
        applied
    }

    pub(super) fn in_transaction<T>(
        &self,
        connection: &mut Connection,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let run = || {
            // Immediate: a transaction that reads first and writes later could not be repeated by SQLite itself.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        run().map_err(|error| self.error(&error))
    }
}

/// A transaction that writes facts.
struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    upsert: CachedStatement<'a>,
    before: i64,
    changed: BTreeMap<FactKey, Fact>,
}

impl<'a> Writing<'a> {
    fn begin(transaction: &'a Transaction<'a>) -> rusqlite::Result<Self> {
        let before = transaction.query_row("SELECT last FROM revision", [], |row| row.get(0))?;
        let upsert = transaction.prepare_cached(UPSERT)?;
        Ok(Self { transaction, upsert, before, changed: BTreeMap::new() })
    }

    fn put(&mut self, facts: &[Fact]) -> rusqlite::Result<()> {
        let revision = self.before + 1;
        for fact in facts {
            let key = fact.key();
            let mut rows = self.upsert.query(named_params! {
                ":source": key.source.as_str(),
                ":kind": key.kind.word(),
                ":name": key.name,
                ":observed_s": fact.observed_at.timestamp(),
                ":observed_ns": fact.observed_at.timestamp_subsec_nanos(),
                ":body": fact.body.encoded(),
                ":withdrawn": matches!(fact.body, Body::Withdrawn(_)),
                ":happened_s": happened(&fact.body).map(|at| at.timestamp()),
                ":revision": revision,
            })?;
            if let Some(row) = rows.next()?
                && row.get::<_, i64>(0)? == revision
            {
                self.changed.insert(key, fact.clone());
            }
        }
        Ok(())
    }

    fn finish(self) -> rusqlite::Result<Applied> {
        let mut revision = self.before;
        if !self.changed.is_empty() {
            revision += 1;
            self.transaction.execute("UPDATE revision SET last = ?1", [revision])?;
        }
        Ok(Applied { changed: self.changed.into_values().collect(), revision: Revision(revision) })
    }
}

/// What the promises of a reading say is gone.
fn withdrawals(
    transaction: &Transaction<'_>,
    source: &SourceId,
    reading: &Reading,
    now: Time,
) -> rusqlite::Result<Vec<Fact>> {
    if reading.complete.is_empty() {
        return Ok(Vec::new());
    }
    let held: BTreeSet<(FactKind, String)> =
        reading.facts.iter().map(Fact::key).map(|key| (key.kind, key.name)).collect();
    let seen_at = reading.facts.iter().map(|fact| fact.observed_at).chain(reading.began).max().unwrap_or(now);
    let mut gone = Vec::new();
    for promise in &reading.complete {
        for name in present(transaction, source, promise, reading.began)? {
            if promise.covers(promise.kind, &name) && !held.contains(&(promise.kind, name.clone())) {
                gone.push(Fact::new(source.clone(), seen_at, Withdrawn { kind: promise.kind, name }));
            }
        }
    }
    Ok(gone)
}

/// The names that a promise may be about: not withdrawn, and not observed since `began`.
fn present(
    transaction: &Transaction<'_>,
    source: &SourceId,
    promise: &Complete,
    began: Option<Time>,
) -> rusqlite::Result<Vec<String>> {
    let whole = serde_json::to_string(&promise.within).unwrap_or_default();
    let mut statement = transaction.prepare_cached(PRESENT)?;
    let names = statement.query_map(
        named_params! {
            ":source": source.as_str(),
            ":kind": promise.kind.word(),
            // `["a"]` without its bracket begins every name within, `["a","b"]` too.
            ":prefix": whole.trim_end_matches(']'),
            ":began_s": began.map(|at| at.timestamp()),
            ":began_ns": began.map(|at| at.timestamp_subsec_nanos()),
        },
        |row| row.get(0),
    )?;
    names.collect()
}

/// The latest time in a run, by which retention goes.
fn happened(body: &Body) -> Option<Time> {
    match body {
        Body::Run(run) => run.finished_at.or(run.started_at).or(run.queued_at),
        _ => None,
    }
}
