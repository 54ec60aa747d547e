//! What is measured for the screen: asked as a question, answered away from the keys, kept until something changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::span::Span;
use super::ways::{self, Ways};
use crate::metrics::Policy;
use crate::model::{Time, TrackId};
use crate::picture::Snapshot;
use crate::query::{Measure, TrackReport, is_headline};

/// What the screen wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// How far back is looked.
    pub span: Span,
    /// Whether the window before is measured too.
    pub before: bool,
    /// Whether every environment is measured, and not only the one at which delivery aims.
    pub everywhere: bool,
    /// Tracks that are measured in any case.
    pub also: BTreeSet<TrackId>,
}

/// A question with all that its answer follows from.
#[derive(Clone, Debug)]
pub struct Question {
    /// The picture.
    pub snapshot: Arc<Snapshot>,
    /// What is counted, and how.
    pub policy: Arc<Policy>,
    /// What is wanted.
    pub scope: Scope,
    /// The present.
    pub now: Time,
}

/// Two questions are the same if their answers are, to the day.
impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.snapshot.generation == other.snapshot.generation
            && Arc::ptr_eq(&self.policy, &other.policy)
            && self.scope == other.scope
            && self.now.date_naive() == other.now.date_naive()
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Study {
    /// To what.
    pub question: Question,
    /// The tracks, in the order of services and of promotion.
    pub tracks: Vec<Arc<Studied>>,
}

/// One track.
#[derive(Clone, Debug)]
pub struct Studied {
    /// Its measures.
    pub report: TrackReport,
    /// Where the time of its changes went.
    pub ways: Ways,
    /// The same of the window before.
    pub before: Option<Arc<Studied>>,
}

impl Question {
    /// The answer. It may take seconds on large histories.
    pub fn answer(self) -> Study {
        let Self { snapshot, policy, scope, now } = &self;
        let last = last_resorts(snapshot);
        let pick = |id: &TrackId| {
            scope.everywhere || is_headline(snapshot, id) || scope.also.contains(id) || last.contains(id)
        };
        let measured = |window| Measure { policy, window, now: *now }.tracks(snapshot, &pick);
        let before = scope.span.before(*now).filter(|_| scope.before).map(measured).unwrap_or_default();
        let mut before = before.into_iter().peekable();
        let studied = |report: TrackReport, before| {
            Arc::new(Studied { ways: ways::of(snapshot, policy, &report), before, report })
        };
        let tracks = measured(scope.span.window(*now)).into_iter().map(|report| {
            let before = before.next_if(|it| it.track == report.track).map(|it| studied(it, None));
            studied(report, before)
        });
        let tracks = tracks.collect();
        Study { question: self, tracks }
    }
}

/// Of each service that is nowhere near users, as far as is known, the last track.
fn last_resorts(snapshot: &Snapshot) -> BTreeSet<TrackId> {
    let group = |id: &TrackId| snapshot.environment(&id.environment).and_then(|it| it.group.clone());
    let is_headline = |id: &TrackId| {
        let of_group = |it| is_headline(snapshot, &TrackId { service: id.service.clone(), environment: it });
        is_headline(snapshot, id) || group(id).is_some_and(of_group)
    };
    let nowhere = snapshot.services.values().filter(|it| !it.tracks.iter().any(|track| is_headline(&track.id)));
    nowhere.filter_map(|it| Some(it.tracks.last()?.id.clone())).collect()
}

impl Study {
    /// What was found out of a track.
    pub fn track(&self, id: &TrackId) -> Option<&Arc<Studied>> {
        self.tracks.iter().find(|it| it.report.track == *id)
    }
}
