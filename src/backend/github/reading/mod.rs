//! Reading: rounds over what is due, history behind them, facts out of what changed.

mod changes;
mod deployments;
mod facts;
mod gates;
mod history;
mod kept;
mod round;
mod runs;
mod state;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;

use self::history::History;
use self::kept::Kept;
use self::round::Round;
pub use self::state::State;
use super::connection::{Connection, Repository};
use super::limits::Spending;
use super::memory::Memory;
use super::mirror::Fetch;
use super::schedule::{Look, Schedule};
use super::{Github, Inner};
use crate::backend::{Cursor, Notices, Reader, Reading, Result};
use crate::fact::{Body, Complete, Fact, FactKey, FactKind};
use crate::model::Time;

/// How long nothing is looked for while nobody looks.
const ASLEEP: std::time::Duration = std::time::Duration::from_secs(3_600);
/// How long to wait between two looks at what is due.
const STEP: std::time::Duration = std::time::Duration::from_millis(50);
/// How far apart two slices of history are.
const BETWEEN_SLICES: Duration = Duration::seconds(2);

impl Inner {
    /// Asks what is due, and goes on with history where there is time for it. What came of it waits in the state.
    ///
    /// # Errors
    /// When nothing could be asked at all.
    async fn go_round(&self, state: &mut State, look: Look) -> Result<()> {
        let connection = self.connection()?;
        let now = connection.api.now();
        if let Some(error) = state.trouble_at(now) {
            return Err(error);
        }
        state.heed_writes(connection.api.writes());
        let mut done = Ok(());
        for repository in &connection.repositories {
            done = self.round(connection, repository, state, now).ask(look).await;
            if done.is_err() {
                break;
            }
        }
        if done.is_ok() && look != Look::Away {
            done = self.go_back(state, now).await;
        }
        state.take();
        if state.tells_states() {
            // Of all repositories: what is told is everything that the tracks run.
            let told = |it: &Repository| Some(facts::states(self, it, state.memories.get(&it.slug)?));
            let states: Vec<_> = connection.repositories.iter().filter_map(told).flatten().collect();
            state.tell(states);
        }
        state.concluded(&done, now);
        done
    }

    /// A round over one repository. What it finds is in the state from the moment that it is found: a reading that is
    /// given up loses nothing.
    fn round<'a>(
        &'a self,
        connection: &'a Connection,
        repository: &'a Repository,
        state: &'a mut State,
        now: Time,
    ) -> Round<'a> {
        Round {
            inner: self,
            api: &connection.api,
            repository,
            memory: state.memories.entry(repository.slug.clone()).or_default(),
            schedule: state.schedules.entry(repository.slug.clone()).or_default(),
            found: &mut state.found,
            now,
            is_one_of_many: connection.repositories.len() > 1,
        }
    }

    /// One slice of history.
    async fn go_back(&self, state: &mut State, now: Time) -> Result<()> {
        let connection = self.connection()?;
        for repository in &connection.repositories {
            let history = state.histories.entry(repository.slug.clone()).or_default();
            let is_soon = |at: &Time| now < *at && *at <= now + BETWEEN_SLICES;
            if history.is_done() || state.next_slice.as_ref().is_some_and(is_soon) {
                continue;
            }
            // A slice that is given up is read again: its place is kept when it has ended.
            let (mut history, mut spending) = (history.clone(), state.spending.clone());
            let read = self.round(connection, repository, state, now).slice(&mut history, &mut spending).await;
            state.spending = spending;
            state.histories.insert(repository.slug.clone(), history);
            state.next_slice = Some(now + BETWEEN_SLICES);
            state.dirty = true;
            read?;
        }
        Ok(())
    }

    /// Fetches mirrors that lack something; branches and tags of those are told in `reading`.
    async fn fetch_mirrors(&self, state: &mut State, reading: &mut Reading, now: Time) -> Result<()> {
        let connection = self.connection()?;
        for repository in connection.repositories.iter().filter(|_| self.mirrors()) {
            let mirror = self.mirror(repository)?;
            if !state.wants_fetch(&mirror, now) {
                continue;
            }
            let branch = state.memories.get(&repository.slug).map(|it| it.default_branch.clone()).unwrap_or_default();
            let mut fetch = match state.fetches.remove(&repository.slug) {
                Some(fetch) => fetch,
                None => Fetch::begin(mirror, connection.api.token().await?, branch, Arc::clone(&self.attended)),
            };
            let Some(fetched) = fetch.ended(&self.id).await else {
                tracing::info!(repository = repository.slug, "commits are still being fetched");
                state.fetches.insert(repository.slug.clone(), fetch);
                continue;
            };
            if fetched.is_ok() {
                let references = self.references(repository).await?;
                reading.facts.extend(references.into_iter().map(|body| Fact::new(self.id.clone(), now, body)));
                let within = vec![repository.called.as_str().to_owned()];
                reading.complete.push(Complete { kind: FactKind::Reference, within });
            }
            state.fetched(&repository.slug, fetched, now);
        }
        Ok(())
    }

    /// Whether a mirror should be fetched.
    fn wants_fetch(&self, state: &mut State, now: Time) -> bool {
        let Ok(connection) = self.connection() else { return false };
        self.mirrors()
            && connection
                .repositories
                .iter()
                .any(|it| self.mirror(it).is_ok_and(|mirror| state.wants_fetch(&mirror, now)))
    }

    /// When something is to be asked next; none while nobody looks.
    fn next_due(&self, state: &State, look: Look) -> Option<Time> {
        let connection = self.connection().ok()?;
        let now = connection.api.now();
        if look == Look::Away {
            return None;
        }
        // What we wrote ourselves is looked at at once.
        let mut next: Option<Time> = state.is_behind(connection.api.writes()).then_some(now);
        for repository in &connection.repositories {
            let (empty, none) = (Memory::default(), Schedule::default());
            let memory = state.memories.get(&repository.slug).unwrap_or(&empty);
            let schedule = state.schedules.get(&repository.slug).unwrap_or(&none);
            let due = schedule.next(memory, look, now);
            let history = state.histories.get(&repository.slug).is_none_or(|it| !it.is_done());
            let slice = history.then(|| self.next_slice(state, now));
            next = [next, due, slice].into_iter().flatten().min();
        }
        let until = connection.api.limits().paused(now).map(|it| it.until).max(state.troubled_until());
        next.map(|at| until.map_or(at, |until| at.max(until)))
    }

    fn next_slice(&self, state: &State, now: Time) -> Time {
        let soon = state.next_slice.unwrap_or(now);
        state.spending.again(self.history_budget(), now).map_or(soon, |again| again.max(soon))
    }

    /// Requests an hour that may go into history.
    fn history_budget(&self) -> u32 {
        self.settings.history_budget.unwrap_or(1_000)
    }
}

#[async_trait]
impl Reader for Github {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let inner = &self.inner;
        let mut state = inner.state.lock().await;
        state.begin(inner, cursor);
        let look = match inner.look() {
            // Whoever reads wants to know, whatever is on the screen.
            Look::Away => Look::Elsewhere,
            look => look,
        };
        let done = inner.go_round(&mut state, look).await;
        let now = (inner.clock)();
        if let Err(error) = &done
            && !state.has_news()
        {
            return Err(error.clone());
        }
        let mut reading = Reading::default();
        let bodies = state.drain(inner);
        let tells_states = bodies.iter().any(|it| matches!(it, Body::State(_)));
        // Of what was told more than once, the last holds: all of it was seen at one instant.
        let seen_at = state.seen_at(now, !bodies.is_empty());
        let facts = bodies.into_iter().map(|body| Fact::new(inner.id.clone(), seen_at, body));
        let last: BTreeMap<FactKey, Fact> = facts.map(|fact| (fact.key(), fact)).collect();
        reading.facts = last.into_values().collect();
        if tells_states {
            reading.complete.push(Complete { kind: FactKind::State, within: Vec::new() });
        }
        // What is known is told before the first fetch of a large repository ends.
        if done.is_ok() {
            if reading.facts.is_empty() {
                inner.fetch_mirrors(&mut state, &mut reading, now).await?;
            } else {
                reading.more = inner.wants_fetch(&mut state, now);
            }
        }
        reading.problems = state.problems();
        if let Err(error) = done {
            reading.problems.push(error.what);
        }
        reading.restricted = state.restricted();
        reading.cursor = state.keep(inner);
        Ok(reading)
    }
}

#[async_trait]
impl Notices for Github {
    async fn next(&self) {
        let inner = &self.inner;
        loop {
            let look = inner.look();
            let wait = {
                let mut state = inner.state.lock().await;
                if state.has_news() || state.has_fetched((inner.clock)()) {
                    return;
                }
                // Before the first reading nothing is known of what was read before.
                if state.is_begun() {
                    let due = inner.next_due(&state, look);
                    let now = (inner.clock)();
                    match due {
                        Some(at) if at <= now => {
                            let before = state.condition();
                            // What failed is told by the next reading, from the state.
                            let _ = inner.go_round(&mut state, look).await;
                            if state.has_news() || state.condition() != before || state.is_time_to_tell(now) {
                                return;
                            }
                            STEP
                        }
                        Some(at) => (at - now).to_std().unwrap_or_default(),
                        None => ASLEEP,
                    }
                } else {
                    ASLEEP
                }
            };
            let wrote = async {
                match inner.connection.get() {
                    Some(connection) => connection.api.wrote.notified().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = inner.attended.notified() => {}
                () = wrote => {}
            }
        }
    }
}

/// The cursor: what of history is read, and which of the kept memories goes with it.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Place {
    stamp: u64,
    #[serde(default)]
    seen_at: Option<Time>,
    histories: BTreeMap<String, History>,
    #[serde(default)]
    spending: Spending,
}

/// Nothing was read before, or what was kept does not go with it.
fn kept(inner: &Inner, place: &Place) -> Option<Kept> {
    Kept::load(&inner.kept_path()).filter(|it| it.stamp == place.stamp)
}
