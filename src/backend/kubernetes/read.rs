//! Reading clusters: what changed in the mirrors since the last reading, as facts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::history::Known;
use super::item::Uid;
use super::kind::Kind;
use super::place::{Named, Scope};
use super::rights::Rights;
use super::view::View;
use super::watch::{State, Watch};
use super::{Inner, Kubernetes};
use crate::backend::{Cursor, Reader, Reading, Result};
use crate::fact::{Complete, Fact, FactKind};
use crate::model::{Text, TrackId};

/// How long the first reading waits for a cluster.
const FIRST: Duration = Duration::from_secs(30);

/// What was reported of each track: service, then environment.
type Reported = BTreeMap<String, BTreeMap<String, Known>>;

/// A workload that is meant by a track: whether it is called otherwise, kind, namespace, name, uid.
type Meant = (bool, Kind, Arc<str>, Arc<str>, Uid);

/// What reading remembers while the program runs.
#[derive(Default)]
pub struct Memory {
    reported: Option<Reported>,
    /// Which track a workload was, by context and uid.
    tracks: BTreeMap<(String, Uid), TrackId>,
    /// What we may change.
    pub rights: Rights,
    /// Scopes whose tracks were compared with what an earlier run reported.
    compared: BTreeSet<Arc<Scope>>,
    /// Workloads that would be a track that another one is, with the words for it.
    rivals: BTreeMap<(String, Uid), Text>,
}

#[async_trait]
impl Reader for Kubernetes {
    async fn read(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let inner = &self.inner;
        inner.start();
        let first = inner.memory().reported.is_none();
        if first {
            let waits = inner.watches.iter().map(|watch| watch.settled(FIRST));
            futures::future::join_all(waits).await;
        }
        inner.ask_for_rights(first).await;
        inner.collect(cursor)
    }
}

impl Inner {
    fn collect(&self, cursor: Option<&Cursor>) -> Result<Reading> {
        let mut memory = self.memory();
        let first = memory.reported.is_none();
        let known = || cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default();
        let mut reported: Reported = memory.reported.take().unwrap_or_else(known);
        let before = reported.clone();
        let mut reading = Reading::default();
        let mut failures = Vec::new();
        for watch in &self.watches {
            let mut state = watch.state();
            let changed = state.mirror.take_changed();
            let all = first.then(|| state.mirror.workloads().map(|(item, _)| item.uid.clone()).collect());
            let uids: BTreeSet<Uid> = all.unwrap_or(changed);
            self.report(watch, &state, &uids, &mut memory, &mut reported, &mut reading);
            self.withdraw_lost(watch, &state, &mut memory, &mut reported, &mut reading);
            failures.extend(self.problems(watch, &state, &mut reading));
        }
        if reported != before || first {
            reading.cursor = serde_json::to_string(&reported).ok().map(Cursor);
        }
        memory.reported = Some(reported);
        reading.problems.extend(memory.rivals.values().cloned());
        drop(memory);
        match failures.into_iter().next() {
            // Nothing can be read at all: what was read before is as old as it was then.
            Some(error) if self.watches.iter().all(|watch| watch.is_out_of_reach()) && reading.facts.is_empty() => {
                Err(error)
            }
            _ => Ok(reading),
        }
    }

    fn report(
        &self,
        watch: &Watch,
        state: &State,
        uids: &BTreeSet<Uid>,
        memory: &mut Memory,
        reported: &mut Reported,
        reading: &mut Reading,
    ) {
        let context = &watch.cluster.context;
        let now = (self.clock)();
        let meant = if uids.is_empty() { HashMap::new() } else { self.meant(watch, state) };
        let fact = |body| Fact { source: self.id.clone(), observed_at: now, body };
        for uid in uids {
            let key = (context.clone(), uid.clone());
            let was = memory.tracks.get(&key).cloned();
            let is = self.track_of(watch, state, uid);
            memory.rivals.remove(&key);
            if was.is_some() && was != is {
                memory.tracks.remove(&key);
                was.iter().for_each(|track| withdraw(track, reported, reading));
            }
            let Some(track) = is else { continue };
            if let Some(first) = meant.get(&track).filter(|it| it.4 != *uid) {
                let words = format!(
                    "{track} is {} {}/{} and another workload too: say with `workload`, `kinds` or `service_label` which",
                    first.1.lower(),
                    first.2,
                    first.3
                );
                memory.rivals.insert(key, words.into());
                continue;
            }
            let Some(view) = View::new(&state.mirror, uid, &self.rules, track.service.as_str()) else { continue };
            let slot = reported.entry(track.service.as_str().to_owned()).or_default();
            let (deployments, known) = view.deployments(&track, slot.get(track.environment.as_str()), now);
            slot.insert(track.environment.as_str().to_owned(), known);
            reading.facts.extend(deployments.into_iter().map(|it| fact(it.into())));
            reading.complete.push(promise(&track));
            let mut told = view.state(track.clone());
            told.gates.extend(memory.rights.gate(context, &view.item.namespace, view.workload.kind, &track));
            reading.facts.push(fact(told.into()));
            memory.tracks.insert(key, track);
        }
    }

    /// The track that a workload is.
    pub fn track_of(&self, watch: &Watch, state: &State, uid: &Uid) -> Option<TrackId> {
        let (item, workload) = state.mirror.workload(uid)?;
        let named = Named {
            context: &watch.cluster.context,
            namespace: &item.namespace,
            name: &item.name,
            labels: &workload.labels,
        };
        // What belongs to another controller is no track of its own.
        self.places.track(&named, &state.default_namespace)
    }

    /// The workload that a track is.
    pub fn meant_by(&self, watch: &Watch, state: &State, track: &TrackId) -> Option<Uid> {
        self.meant(watch, state).remove(track).map(|it| it.4)
    }

    /// Which workload each track is: of two that are one, the one that is called like it, then the first kind and name.
    fn meant(&self, watch: &Watch, state: &State) -> HashMap<TrackId, Meant> {
        let mut all: HashMap<TrackId, Meant> = HashMap::new();
        for (item, workload) in state.mirror.workloads() {
            let Some(track) = self.track_of(watch, state, &item.uid) else { continue };
            let other = *item.name != *track.service.as_str();
            let own = (other, workload.kind, item.namespace.clone(), item.name.clone(), item.uid.clone());
            match all.get_mut(&track) {
                Some(known) if *known <= own => {}
                Some(known) => *known = own,
                None => _ = all.insert(track, own),
            }
        }
        all
    }

    /// Tracks that were reported in an earlier run and are not there now, where what is there is known.
    fn withdraw_lost(
        &self,
        watch: &Watch,
        state: &State,
        memory: &mut Memory,
        reported: &mut Reported,
        reading: &mut Reading,
    ) {
        let new = |it: &&Arc<Scope>| !memory.compared.contains(*it) && state.is_live(it);
        let live: Vec<Arc<Scope>> = watch.scopes.iter().filter(new).cloned().collect();
        if live.is_empty() {
            return;
        }
        memory.compared.extend(live.iter().cloned());
        let known: BTreeSet<&TrackId> = memory.tracks.values().collect();
        let covered: BTreeSet<&str> =
            live.iter().flat_map(|scope| self.places.environments_in(scope)).map(|it| it.as_str()).collect();
        let lost: Vec<TrackId> = reported
            .iter()
            .flat_map(|(service, environments)| environments.keys().map(move |it| (service, it)))
            .filter(|(_, environment)| covered.contains(environment.as_str()))
            .map(|(service, environment)| TrackId::new(service.as_str(), environment.as_str()))
            .filter(|track| !known.contains(track))
            .collect();
        lost.iter().for_each(|track| withdraw(track, reported, reading));
    }
}

fn promise(track: &TrackId) -> Complete {
    let within = vec![track.service.as_str().to_owned(), track.environment.as_str().to_owned()];
    Complete { kind: FactKind::State, within }
}

/// A track that is not there any more has no state; what was deployed stays.
fn withdraw(track: &TrackId, reported: &mut Reported, reading: &mut Reading) {
    reading.complete.push(promise(track));
    if let Some(environments) = reported.get_mut(track.service.as_str()) {
        environments.remove(track.environment.as_str());
        if environments.is_empty() {
            reported.remove(track.service.as_str());
        }
    }
}
