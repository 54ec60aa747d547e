//! The backend as its callers see it.

mod follow;
mod format;
mod log;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::fact::{Body, Fact, FactKey};
use crate::model::{EnvironmentId, Time};

/// A directory of facts with a backend over it, read like the rest of the program reads it.
struct World {
    dir: TempDir,
    settings: BTreeMap<String, toml::Value>,
    cursor: Option<Cursor>,
    /// What is known, folded by the rules of facts and promises.
    known: BTreeMap<FactKey, Fact>,
}

impl World {
    fn new(settings: &str) -> Self {
        let settings = settings.parse::<toml::Table>().unwrap().into_iter().collect();
        Self { dir: tempfile::tempdir().unwrap(), settings, cursor: None, known: BTreeMap::new() }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = fs::File::options().append(true).open(self.dir.path().join(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn backend(&self) -> std::result::Result<FileBackend, SettingsProblem> {
        let cache = self.dir.path().join("cache");
        let environments = [EnvironmentId::from("production")];
        FileBackend::open(&Opening {
            id: SourceId::from("history"),
            settings: &self.settings,
            base: self.dir.path(),
            environments: &environments,
            cache: &cache,
            clock: Arc::new(|| Time::from_timestamp(1_800_000_000, 0).unwrap()),
        })
    }

    /// One batch, taken in.
    async fn read(&mut self) -> Result<Reading> {
        let reading = self.backend().unwrap().read(self.cursor.as_ref()).await?;
        for fact in &reading.facts {
            let old = self.known.insert(fact.key(), fact.clone());
            assert!(old.is_none_or(|old| fact.supersedes(&old)), "a later line holds over an earlier one");
        }
        for promise in &reading.complete {
            self.known.retain(|key, fact| {
                !promise.covers(key.kind, &key.name) || reading.began.is_some_and(|began| fact.observed_at >= began)
            });
        }
        self.cursor.clone_from(&reading.cursor);
        Ok(reading)
    }

    /// Batches until there is nothing more; the last of them and how many facts came in all.
    async fn read_all(&mut self) -> (Reading, usize) {
        let mut count = 0;
        loop {
            let reading = self.read().await.unwrap();
            count += reading.facts.len();
            if !reading.more {
                return (reading, count);
            }
            assert_eq!(reading.problems, []);
        }
    }

    /// The titles of the incidents that are known.
    fn titles(&self) -> Vec<&str> {
        let incidents = self.known.values().filter_map(|fact| match &fact.body {
            Body::Incident(it) => Some(it.title.as_str()),
            _ => None,
        });
        incidents.collect()
    }
}

fn incident(id: &str, title: &str) -> String {
    format!("{{\"type\":\"incident\",\"id\":\"{id}\",\"title\":\"{title}\",\"opened_at\":\"2026-11-01T10:00:00Z\"}}\n")
}

fn said(reading: &Reading) -> Vec<&str> {
    reading.problems.iter().map(Text::as_str).collect()
}

fn touch(path: &Path, seconds: u64) {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    fs::File::options().append(true).open(path).unwrap().set_modified(at).unwrap();
}
