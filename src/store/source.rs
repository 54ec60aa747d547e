//! What is kept about sources: where each reading ended, when, and what could not be read.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Store, StoreError};
use crate::backend::{Cursor, Reading};
use crate::model::{SourceId, Text, Time};

/// What is known about one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// Which source.
    pub id: SourceId,
    /// When a reading of it last came to its end; absent when none has yet.
    pub read_at: Option<Time>,
    /// What that reading, or the one under way, could not read.
    pub problems: Vec<Text>,
}

/// A reading in several parts gathers its problems; a new one begins anew.
const RECORD: &str = "
    INSERT INTO source (id, cursor, read_us, problems, more)
    VALUES (:id, :cursor, CASE WHEN :more THEN NULL ELSE :now END, :problems, :more)
    ON CONFLICT (id) DO UPDATE SET
        cursor = coalesce(excluded.cursor, cursor),
        read_us = coalesce(excluded.read_us, read_us),
        problems = excluded.problems,
        more = excluded.more";

impl Store {
    /// Where the last reading of `source` ended; absent when it never was read, or has to be read from the start.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn cursor(&self, source: &SourceId) -> Result<Option<Cursor>, StoreError> {
        self.with_reader(|connection| {
            let mut statement = connection.prepare_cached("SELECT cursor FROM source WHERE id = ?1")?;
            let cursor = statement.query_row([source.as_str()], |row| row.get::<_, Option<String>>(0));
            Ok(cursor.optional()?.flatten().map(Cursor))
        })
    }

    /// Lets the next reading of `source` begin from the start. Its facts stay until that reading says otherwise.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_cursor(&self, source: &SourceId) -> Result<(), StoreError> {
        let mut connection = self.writer();
        self.in_transaction(&mut connection, |transaction| {
            transaction.execute("UPDATE source SET cursor = NULL, more = 0 WHERE id = ?1", [source.as_str()])?;
            Ok(())
        })
    }

    /// What is known about each source that was ever read, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sources(&self) -> Result<Vec<SourceRecord>, StoreError> {
        self.with_reader(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, read_us, problems FROM source ORDER BY id")?;
            statement.query_map([], record_of)?.collect()
        })
    }
}

/// Keeps the cursor and the problems of a reading.
pub(super) fn record(
    transaction: &Transaction<'_>,
    source: &SourceId,
    reading: &Reading,
    now: Time,
) -> rusqlite::Result<()> {
    let mut problems = unfinished_problems(transaction, source)?;
    problems.extend(reading.problems.iter().cloned());
    problems.dedup();
    transaction.prepare_cached(RECORD)?.execute(named_params! {
        ":id": source.as_str(),
        ":cursor": reading.cursor.as_ref().map(|cursor| &cursor.0),
        ":now": now.timestamp_micros(),
        ":problems": serde_json::to_string(&problems).unwrap_or_else(|_| "[]".to_owned()),
        ":more": reading.more,
    })?;
    Ok(())
}

fn unfinished_problems(connection: &Connection, source: &SourceId) -> rusqlite::Result<Vec<Text>> {
    let mut statement = connection.prepare_cached("SELECT problems FROM source WHERE id = ?1 AND more = 1")?;
    let found = statement.query_row([source.as_str()], |row| row.get::<_, String>(0)).optional()?;
    Ok(found.map(|json| texts(&json)).unwrap_or_default())
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<SourceRecord> {
    Ok(SourceRecord {
        id: SourceId::from(row.get_ref(0)?.as_str()?),
        read_at: row.get::<_, Option<i64>>(1)?.and_then(Time::from_timestamp_micros),
        problems: texts(row.get_ref(2)?.as_str()?),
    })
}

fn texts(json: &str) -> Vec<Text> {
    serde_json::from_str(json).unwrap_or_default()
}
