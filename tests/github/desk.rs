//! A backend over a forge, with the forge's clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flightdeck::backend::{Backend, Cursor, Opening, Reading, Result, github};
use flightdeck::fact::{Body, Fact, FactKey};
use flightdeck::model::{EnvironmentId, SourceId, TrackState};
use tempfile::TempDir;

use crate::forge::{Forge, TOKEN};

/// A backend, and what a store would keep for it.
pub struct Desk {
    pub backend: Arc<dyn Backend>,
    pub facts: BTreeMap<FactKey, Fact>,
    pub cursor: Option<Cursor>,
    clock: Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>,
    text: String,
    cache: TempDir,
}

impl Desk {
    /// Over `acme/shop` with the environments of the big forge; `more` settings as TOML.
    pub fn over(forge: &Arc<Forge>, more: &str) -> Self {
        Self::with_token(forge, TOKEN, more)
    }

    /// The same with another token.
    pub fn with_token(forge: &Arc<Forge>, token: &str, more: &str) -> Self {
        Self::plain(forge, &format!("token_command = [\"echo\", \"{token}\"]\n{more}"))
    }

    /// The same with no token unless `more` says where one is.
    pub fn plain(forge: &Arc<Forge>, more: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let text = format!("repository = \"acme/shop\"\napi = \"{}\"\n{more}", forge.url());
        let cache = tempfile::tempdir().expect("a directory");
        let its = forge.clone();
        let clock: Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync> = Arc::new(move || its.now());
        let backend = open(&text, cache.path(), &clock);
        Self { backend, facts: BTreeMap::new(), cursor: None, clock, text, cache }
    }

    /// The program is started again: what it keeps is kept.
    pub fn restart(&mut self) {
        self.backend = open(&self.text, self.cache.path(), &self.clock);
    }

    /// The directory that it keeps things in.
    pub fn cache(&self) -> PathBuf {
        self.cache.path().to_owned()
    }

    /// What was kept for it is lost.
    pub fn lose_cache(&self) {
        let kept = self.cache.path().join("github");
        std::fs::remove_dir_all(kept).expect("something was kept");
    }

    /// Reads as a refresh does, to its end.
    pub async fn read(&mut self) -> Result<Reading> {
        loop {
            let reading = self.backend.reader().expect("reads").read(self.cursor.as_ref()).await?;
            for fact in &reading.facts {
                self.facts.insert(fact.key(), fact.clone());
            }
            self.cursor = reading.cursor.clone().or(self.cursor.take());
            if !reading.more {
                return Ok(reading);
            }
        }
    }

    /// Everything of one sort.
    pub fn all<'a, T>(&'a self, of: impl Fn(&'a Body) -> Option<&'a T>) -> Vec<&'a T> {
        self.facts.values().filter_map(|it| of(&it.body)).collect()
    }

    /// What an environment runs.
    pub fn state(&self, environment: &str) -> &TrackState {
        let states = self.all(|it| if let Body::State(it) = it { Some(&**it) } else { None });
        states.into_iter().find(|it| it.track.environment.as_str() == environment).expect("a state")
    }
}

fn open(
    text: &str,
    cache: &Path,
    clock: &Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>,
) -> Arc<dyn Backend> {
    let settings: BTreeMap<String, toml::Value> = toml::from_str(text).expect("settings");
    let environments: Vec<EnvironmentId> = crate::forge::big::ENVIRONMENTS.into_iter().map(Into::into).collect();
    let opening = Opening {
        id: SourceId::from("github"),
        settings: &settings,
        base: cache,
        environments: &environments,
        cache,
        clock: clock.clone(),
    };
    github::open(&opening).unwrap_or_else(|why| panic!("{why:?}"))
}
