//! Opening the store, and setting aside what cannot be opened.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;
use super::migrate::{STEPS, Schema, migrate};
use crate::model::Time;

/// The name of the database within the state directory.
const FILE: &str = "facts.sqlite";
/// Whoever opens, migrates or sets aside holds this lock, so that two never do it to one file.
const LOCK: &str = "facts.lock";
/// How long a statement waits for other processes.
const PATIENCE: Duration = Duration::from_secs(10);
/// Up to this size a store is checked page by page when it is opened (a few milliseconds); in a greater one damage is
/// found when it is met.
const CHECKED_UP_TO: u64 = 16 << 20;

/// A store that could not be used and was renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it lies now.
    pub path: PathBuf,
    /// What was wrong with it, as a fragment.
    pub why: String,
}

/// Opens or makes the database in `dir`; one that is damaged, newer or not ours is renamed and a new one begun.
pub(super) fn open(dir: &Path, now: Time) -> Result<(PathBuf, Connection, Option<SetAside>), StoreError> {
    make_directory(dir)?;
    let lock_path = dir.join(LOCK);
    let lock = File::options().create(true).truncate(false).write(true).open(&lock_path);
    let lock = lock.map_err(|error| StoreError::io(dir, error))?;
    lock.lock().map_err(|error| StoreError::io(&lock_path, error))?;

    let path = dir.join(FILE);
    match open_file(&path) {
        Ok(connection) => Ok((path, connection, None)),
        Err(error) if error.is_about_content() => {
            let aside = set_aside(&path, now)?;
            let connection = open_file(&path)?;
            Ok((path, connection, Some(SetAside { path: aside, why: reason(&error) })))
        }
        Err(error) => Err(error),
    }
}

/// A connection that can only read, to a database that [`open`] made ready.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let wrap = |error: rusqlite::Error| StoreError::database(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(wrap)?;
    connection.busy_timeout(PATIENCE).map_err(wrap)?;
    Ok(connection)
}

fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| StoreError::database(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if path.is_dir() {
        let why = "a directory is in the way".to_owned();
        return Err(StoreError::Other { path: path.to_owned(), why });
    }
    let mut connection = Connection::open_with_flags(path, flags).map_err(wrap)?;
    connection.busy_timeout(PATIENCE).map_err(wrap)?;
    // SQLite opens a file that may not be written without a word.
    if connection.is_readonly(rusqlite::MAIN_DB).map_err(wrap)? {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    match migrate(&mut connection, STEPS).map_err(wrap)? {
        Schema::Current => check(&connection, path)?,
        Schema::Newer(found) => {
            let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
            return Err(StoreError::Newer { path: path.to_owned(), found, known });
        }
        Schema::Foreign => {
            let why = "not a store of flightdeck".to_owned();
            return Err(StoreError::Damaged { path: path.to_owned(), why });
        }
    }
    // A write-ahead log lets readers go on while another process writes. NORMAL: a power cut may take the last
    // transactions, cursor and facts alike, which are then read again; it never leaves half of one.
    connection.pragma_update(None, "journal_mode", "wal").map_err(wrap)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(wrap)?;
    Ok(connection)
}

fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let wrap = |error: rusqlite::Error| StoreError::database(path, &error);
    let size = fs::metadata(path).map_err(|error| StoreError::io(path, error))?.len();
    if size > CHECKED_UP_TO {
        return Ok(());
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(wrap)?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Damaged { path: path.to_owned(), why: verdict }),
    }
}

/// Renames the database and its companions to names that carry the time and are not taken.
fn set_aside(path: &Path, now: Time) -> Result<PathBuf, StoreError> {
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let name = |n: u32| if n == 0 { format!("{FILE}.{stamp}") } else { format!("{FILE}.{stamp}-{n}") };
    let aside = (0..).map(|n| path.with_file_name(name(n))).find(|it| !it.exists());
    let Some(aside) = aside else {
        let why = "no free name to set it aside under".to_owned();
        return Err(StoreError::Other { path: path.to_owned(), why });
    };
    // The log goes first: beside a new database it would be taken for that one's own.
    for companion in ["-wal", "-shm", ""] {
        let (from, to) = (with_suffix(path, companion), with_suffix(&aside, companion));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io(&from, error)),
            _ => {}
        }
    }
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Damaged { why, .. } => why.clone(),
        StoreError::Newer { found, .. } => format!("written by a later version of flightdeck (schema {found})"),
        other => other.to_string(),
    }
}

fn make_directory(dir: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    // Ends of logs are kept in it: nobody else's business.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| StoreError::io(dir, error))
}
