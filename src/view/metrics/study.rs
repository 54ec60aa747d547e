//! What is measured for the screen: asked as a question, answered away from the keys, kept until something changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::span::Span;
use super::ways::{self, Ways};
use crate::metrics::Policy;
use crate::model::{Time, TrackId};
use crate::picture::Snapshot;
use crate::query::{Measure, TrackReport};
use crate::view::lens;

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
        let picked = picked(snapshot, scope);
        let pick = |id: &TrackId| picked.contains(id);
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

/// Of each service the production tracks, else the last one; or all.
fn picked(snapshot: &Snapshot, scope: &Scope) -> BTreeSet<TrackId> {
    let mut picked = scope.also.clone();
    for service in snapshot.services.values() {
        let tracks = &service.tracks;
        let production = |id: &TrackId| snapshot.environment(&id.environment).is_some_and(|it| it.production);
        let wanted = tracks.iter().map(|it| &it.id).filter(|id| scope.everywhere || production(id));
        let before = picked.len();
        picked.extend(wanted.cloned());
        if picked.len() == before && !tracks.iter().any(|it| picked.contains(&it.id)) {
            let aim = lens::target(snapshot).map(|it| &it.id);
            let aimed = tracks.iter().find(|it| Some(&it.id.environment) == aim);
            picked.extend(aimed.or(tracks.last()).map(|it| it.id.clone()));
        }
    }
    picked
}

impl Study {
    /// What was found out of a track.
    pub fn track(&self, id: &TrackId) -> Option<&Arc<Studied>> {
        self.tracks.iter().find(|it| it.report.track == *id)
    }
}
