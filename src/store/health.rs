//! How the store is: what it holds, and whether the file is whole.

use std::collections::BTreeMap;

use super::{Store, StoreError};
use crate::model::SourceId;

impl Store {
    /// How many facts hold of each source.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counts(&self) -> Result<BTreeMap<SourceId, u64>, StoreError> {
        self.with_reader(|connection| {
            let mut statement =
                connection.prepare("SELECT source, COUNT(*) FROM fact WHERE withdrawn = 0 GROUP BY source")?;
            let rows = statement.query_map([], |row| {
                let count: i64 = row.get(1)?;
                Ok((SourceId::from(row.get_ref(0)?.as_str()?), u64::try_from(count).unwrap_or_default()))
            })?;
            rows.collect()
        })
    }

    /// What is wrong with the file, as SQLite's quick check finds it; nothing where it is whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn damage(&self) -> Result<Vec<String>, StoreError> {
        self.with_reader(|connection| {
            let mut statement = connection.prepare("PRAGMA quick_check(3)")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            let told: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
            Ok(told.into_iter().filter(|line| line != "ok").collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use std::sync::Arc;

    #[test]
    fn a_new_store_is_empty_and_whole() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Arc::new(chrono::Utc::now)).unwrap().store;
        assert!(store.counts().unwrap().is_empty());
        assert!(store.damage().unwrap().is_empty());
    }
}
