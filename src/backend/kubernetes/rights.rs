//! What we may do to the workloads of a namespace: asked once before a key is offered, and again after a while when
//! something changes there. Nobody asks while nothing changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use tokio::time::Instant;

use super::Inner;
use super::item::Uid;
use super::kind::Kind;
use super::operate::{Answer, Api, Right};
use super::watch::{State, Watch};
use crate::model::{Gate, TrackId, Verb};

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(600);
/// How long all answers of one reading may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many questions are asked at the same time.
const AT_ONCE: usize = 8;

/// Context, namespace and kind: what rights are about here.
type Subject = (String, String, Kind);

/// What is known of our rights.
#[derive(Default)]
pub struct Rights(BTreeMap<Subject, (Instant, Option<Answer>)>);

impl Rights {
    /// The gate of a track whose workload we may not change.
    pub fn gate(&self, context: &str, namespace: &str, kind: Kind, track: &TrackId) -> Option<Gate> {
        let subject = (context.to_owned(), namespace.to_owned(), kind);
        let answer = self.0.get(&subject)?.1.as_ref().filter(|answer| !answer.allowed)?;
        Some(Right::to_change(kind, namespace).gate(track, context, answer, &Verb::ALL))
    }

    fn is_known(&self, subject: &Subject) -> bool {
        self.0.get(subject).is_some_and(|(at, _)| at.elapsed() < HOLDS)
    }
}

impl Inner {
    /// Asks what is not known of the workloads that are going to be told of. What is not answered in time is not known.
    pub async fn ask_for_rights(&self, first: bool) {
        let mut wanted = Vec::new();
        for watch in &self.watches {
            let all: BTreeSet<Subject> = {
                // In the order in which readings take them.
                let memory = self.memory();
                let state = watch.state();
                let uids = changed(&state, first);
                let subjects = uids.iter().filter_map(|uid| self.subject(watch, &state, uid));
                subjects.filter(|it| !memory.rights.is_known(it)).collect()
            };
            wanted.extend(all.into_iter().map(|subject| (watch, subject)));
        }
        if wanted.is_empty() {
            return;
        }
        let questions: Vec<_> = wanted.into_iter().map(|(watch, subject)| self.ask_for(watch, subject)).collect();
        let mut answers = stream::iter(questions).buffer_unordered(AT_ONCE);
        let until = Instant::now() + PATIENCE;
        while let Ok(Some((subject, answer))) = tokio::time::timeout_at(until, answers.next()).await {
            self.memory().rights.0.insert(subject, (Instant::now(), answer));
        }
    }

    fn subject(&self, watch: &Watch, state: &State, uid: &Uid) -> Option<Subject> {
        let (item, workload) = state.mirror.workload(uid)?;
        self.track_of(watch, state, uid)?;
        Some((watch.cluster.context.clone(), item.namespace.to_string(), workload.kind))
    }

    async fn ask_for(&self, watch: &Watch, subject: Subject) -> (Subject, Option<Answer>) {
        let Ok(client) = watch.cluster.client().await else { return (subject, None) };
        let api = Api { cluster: &watch.cluster, client, source: &self.id };
        let answer = self.access.may(&api, &Right::to_change(subject.2, &subject.1)).await;
        (subject, answer)
    }
}

/// The workloads that the next reading tells of.
fn changed(state: &State, first: bool) -> Vec<Uid> {
    match first {
        true => state.mirror.workloads().map(|(item, _)| item.uid.clone()).collect(),
        false => state.mirror.changed().cloned().collect(),
    }
}
