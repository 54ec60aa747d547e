//! Brings a database to the present schema, one numbered step after the other, each in its own transaction.

use rusqlite::{Connection, TransactionBehavior};

/// The steps: the first makes version 1 out of nothing. A step that was released is never edited.
pub(super) const STEPS: &[&str] = &[include_str!("migrations/1.sql")];

/// What marks a SQLite file as a store of Flightdeck: `FLDT`.
const APPLICATION: i64 = 0x464c_4454;

/// What a database turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// The present one, perhaps since a moment.
    Current,
    /// One of a later program.
    Newer(i64),
    /// Not a store.
    Foreign,
}

/// Brings the database to the last of `steps`.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<Schema> {
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    match pragma(connection, "user_version")? {
        found if found > newest => return Ok(Schema::Newer(found)),
        0 if !is_empty(connection)? => return Ok(Schema::Foreign),
        0 => {}
        _ if pragma(connection, "application_id")? != APPLICATION => return Ok(Schema::Foreign),
        _ => {}
    }
    for (version, step) in (1_i64..).zip(steps) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again inside the transaction: another process may have done the step meanwhile.
        if pragma(&transaction, "user_version")? < version {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(Schema::Current)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_reaches_the_newest_and_keeps_its_facts() {
        for version in 1..=STEPS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            assert_eq!(migrate(&mut old, &STEPS[..version]).unwrap(), Schema::Current);
            let row = "INSERT INTO fact (source, kind, name, observed_s, observed_ns, body, withdrawn, revision)
                       VALUES ('s', 'run', '[\"1\"]', 1, 2, '{}', 0, 1)";
            old.execute(row, []).unwrap();
            assert_eq!(migrate(&mut old, STEPS).unwrap(), Schema::Current);
            assert_eq!(pragma(&old, "user_version").unwrap(), STEPS.len() as i64);
            let kept: i64 = old.query_row("SELECT count(*) FROM fact", [], |row| row.get(0)).unwrap();
            assert_eq!(kept, 1);
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate(&mut database, STEPS).unwrap();
        let broken = [STEPS, &["CREATE TABLE half (a); CREATE TABLE fact (b)"]].concat();
        migrate(&mut database, &broken).unwrap_err();
        assert_eq!(pragma(&database, "user_version").unwrap(), STEPS.len() as i64);
        assert_eq!(migrate(&mut database, STEPS).unwrap(), Schema::Current);
        let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
        assert_eq!(database.query_row(half, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn a_newer_or_foreign_database_is_left_alone() {
        let mut newer = Connection::open_in_memory().unwrap();
        migrate(&mut newer, STEPS).unwrap();
        newer.pragma_update(None, "user_version", 999).unwrap();
        assert_eq!(migrate(&mut newer, STEPS).unwrap(), Schema::Newer(999));

        for foreign in ["CREATE TABLE bookmarks (url)", "CREATE TABLE t (a); PRAGMA user_version = 1"] {
            let mut other = Connection::open_in_memory().unwrap();
            other.execute_batch(foreign).unwrap();
            assert_eq!(migrate(&mut other, STEPS).unwrap(), Schema::Foreign, "{foreign}");
        }
    }
}
