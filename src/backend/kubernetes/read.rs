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
/// How long it waits for others when one has told everything.
const OTHERS: Duration = Duration::from_millis(500);

/// What was reported of each track: service, then environment.
type Reported = BTreeMap<String, BTreeMap<String, Known>>;

/// A workload that is meant by a track: whether it is called otherwise, kind, namespace, name, uid.
type Meant = (bool, Kind, Arc<str>, Arc<str>, Uid);

/// What reading remembers while the program runs.
#[derive(Default)]
pub struct Memory {
    reported: Option<Reported>,
    /// Whether every cluster has told everything once, or said why not.
    whole: bool,
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
        let whole = inner.memory().whole || inner.first_lists(first).await;
        inner.memory().whole = whole;
        inner.ask_for_rights(first).await;
        inner.collect(cursor, whole)
    }
}

impl Inner {
    /// Waits for the first lists: until every cluster has told everything or failed. The first time, one of several is
    /// enough, and a moment for the others; whether it was every one.
    async fn first_lists(&self, first: bool) -> bool {
        let all = futures::future::join_all(self.watches.iter().map(|watch| watch.settled(FIRST)));
        if !first || self.watches.len() < 2 {
            all.await;
            return true;
        }
        let one = async {
            futures::future::select_all(self.watches.iter().map(|watch| Box::pin(watch.settled(FIRST)))).await;
            tokio::time::sleep(OTHERS).await;
        };
        tokio::select! {
            _ = all => true,
            () = one => false,
        }
    }

    /// The revision of a track's workload that was seen to serve whole.
    pub fn served(&self, track: &TrackId, uid: &str) -> Option<i64> {
        let memory = self.memory();
        let known = memory.reported.as_ref()?.get(track.service.as_str())?.get(track.environment.as_str())?;
        known.served(uid)
    }

    fn collect(&self, cursor: Option<&Cursor>, whole: bool) -> Result<Reading> {
        let mut memory = self.memory();
        let first = memory.reported.is_none();
        let kept = || cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default();
        let mut reported: Reported = memory.reported.take().unwrap_or_else(kept);
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
        if !whole {
            // What is missing is still on its way, and is told when it came or did not.
            return Ok(Reading { more: true, problems: Vec::new(), restricted: Vec::new(), ..reading });
        }
        match failures.into_iter().next() {
            // Nothing can be read at all: what was read before is as old as it was then.
            Some(error)
                if self.watches.iter().all(|watch| watch.is_out_of_reach())
                    && reading.facts.is_empty()
                    && reading.complete.is_empty() =>
            {
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
        // What left a track leaves it to another workload, which may not have changed itself.
        let mut uids = uids.clone();
        for uid in uids.clone() {
            let key = (context.clone(), uid);
            memory.rivals.remove(&key);
            let Some(was) = memory.tracks.get(&key).cloned() else { continue };
            if self.track_of(watch, state, &key.1).as_ref() != Some(&was) {
                memory.tracks.remove(&key);
                withdraw(&was, reported, reading);
                uids.extend(meant.get(&was).map(|it| it.4.clone()));
            }
        }
        for uid in &uids {
            let key = (context.clone(), uid.clone());
            let Some(track) = self.track_of(watch, state, uid) else { continue };
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
            let slot = reported.entry(track.service.as_str().to_owned()).or_default();
            let known = slot.get(track.environment.as_str());
            let served = known.and_then(|known| known.served(uid));
            let Some(view) = View::new(&state.mirror, uid, &self.rules, track.service.as_str(), served) else {
                continue;
            };
            let watched = memory.tracks.get(&key) == Some(&track);
            let (deployments, known) = view.deployments(&track, known, watched, now);
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
            .flat_map(|(service, environments)| environments.iter().map(move |(it, known)| (service, it, known)))
            .filter(|(_, environment, known)| !known.gone && covered.contains(environment.as_str()))
            .map(|(service, environment, _)| (service, environment))
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

/// A track that is not there any more has no state; what was deployed stays, and what was said of it.
fn withdraw(track: &TrackId, reported: &mut Reported, reading: &mut Reading) {
    reading.complete.push(promise(track));
    let known = reported.get_mut(track.service.as_str()).and_then(|it| it.get_mut(track.environment.as_str()));
    if let Some(known) = known {
        known.gone = true;
    }
}
