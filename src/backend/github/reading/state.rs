//! What readings keep between them: what is known, what is due, what waits to be told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::history::History;
use super::kept::Kept;
use super::round::Found;
use super::{Place, kept};
use crate::backend::github::Inner;
use crate::backend::github::limits::Spending;
use crate::backend::github::memory::Memory;
use crate::backend::github::mirror::{Fetch, Mirror};
use crate::backend::github::schedule::{Part, Schedule};
use crate::backend::{BackendError, Cursor, ErrorKind, Result};
use crate::fact::Body;
use crate::model::{CommitId, Restricted, Text, Time, TrackState};

/// How long to wait after a failure before the next try; it doubles up to [`LONGEST`].
const SHORTEST: Duration = Duration::seconds(5);
const LONGEST: Duration = Duration::minutes(2);
/// How often what was asked is told although nothing is new: the budget on the screen goes down.
const TELL: Duration = Duration::minutes(1);
/// After what time a mirror is fetched although nothing was seen that it does not hold: branches move without runs.
const MIRROR_OLD: Duration = Duration::minutes(10);
/// How far apart two fetches are.
const MIRROR_APART: Duration = Duration::seconds(10);

/// What readings keep.
#[derive(Default)]
pub struct State {
    /// By repository.
    pub memories: BTreeMap<String, Memory>,
    /// By repository.
    pub schedules: BTreeMap<String, Schedule>,
    /// By repository.
    pub histories: BTreeMap<String, History>,
    /// What history has spent.
    pub spending: Spending,
    /// When the next slice of history may be read.
    pub next_slice: Option<Time>,
    /// Whether something is to be kept.
    pub dirty: bool,
    /// What the round that goes on has found.
    pub found: Found,
    /// Whether what tracks run has to be told anew.
    states: bool,
    begun: bool,
    stamp: u64,
    /// When the facts that were told last were seen.
    seen_at: Option<Time>,
    facts: Vec<Body>,
    /// Commits that were seen since the mirror was looked at, by repository.
    seen: BTreeMap<String, BTreeSet<CommitId>>,
    /// Fetches of mirrors that go on.
    pub fetches: BTreeMap<String, Fetch>,
    /// Until when a mirror is not fetched again, because it failed; and why.
    mirror_failures: BTreeMap<String, (Text, Time)>,
    problems: BTreeMap<(String, Part), Text>,
    oddities: BTreeMap<(String, Part), Text>,
    restricted: BTreeMap<(String, Part), Restricted>,
    failure: Option<(BackendError, Time)>,
    failures: u32,
    told: Option<Time>,
    /// How often something had been written when it was last looked at what came of it.
    writes: u64,
}

impl State {
    /// Takes up what was kept, at the first reading.
    pub fn begin(&mut self, inner: &Inner, cursor: Option<&Cursor>) {
        if self.begun {
            return;
        }
        self.begun = true;
        let Some(place) = cursor.and_then(|it| serde_json::from_str::<Place>(&it.0).ok()) else { return };
        if let Some(Kept { memories, .. }) = kept(inner, &place) {
            self.memories = memories;
        }
        self.stamp = place.stamp;
        self.seen_at = place.seen_at;
        self.histories = place.histories;
        self.spending = place.spending;
    }

    /// Whether something was written since it was last looked at what came of it.
    pub fn is_behind(&self, writes: u64) -> bool {
        self.writes != writes
    }

    /// Looks at deployments and runs at once where something was written.
    pub fn heed_writes(&mut self, writes: u64) {
        if self.is_behind(writes) {
            self.writes = writes;
            for schedule in self.schedules.values_mut() {
                schedule.hurry(Part::Deployments);
                schedule.hurry(Part::Runs);
            }
        }
    }

    /// Whether a first reading was begun.
    pub fn is_begun(&self) -> bool {
        self.begun
    }

    /// Takes in what a round found.
    pub fn take(&mut self) {
        let found = std::mem::take(&mut self.found);
        self.states |= found.states;
        for (slug, part) in found.gaps {
            // What came between what is known and what was read is read as history is, once more from the newest on.
            self.histories.entry(slug).or_default().begin_again(part);
        }
        take_last(&mut self.problems, found.problems);
        take_last(&mut self.oddities, found.oddities);
        take_last(&mut self.restricted, found.restricted);
        for (slug, commits) in found.commits {
            self.seen.entry(slug).or_default().extend(commits);
        }
        self.dirty |= found.changed || !found.facts.is_empty();
        self.facts.extend(found.facts);
    }

    /// Whether what tracks run has to be told anew: asked once.
    pub fn tells_states(&mut self) -> bool {
        std::mem::take(&mut self.states)
    }

    /// Tells what all tracks run.
    pub fn tell(&mut self, states: Vec<TrackState>) {
        self.facts.extend(states.into_iter().map(Body::from));
    }

    /// How a round went.
    pub fn concluded(&mut self, done: &Result<()>, now: Time) {
        match done {
            Ok(()) => {
                self.failure = None;
                self.failures = 0;
            }
            Err(error) => {
                let wait = SHORTEST * (1 << self.failures.min(5));
                self.failures = self.failures.saturating_add(1);
                let until = match error.kind {
                    ErrorKind::RateLimited { until: Some(until) } if until > now => until,
                    _ => now + wait.min(LONGEST),
                };
                self.failure = Some((error.clone(), until));
            }
        }
    }

    /// Why nothing is asked at `now`, where something failed a moment ago.
    pub fn trouble_at(&self, now: Time) -> Option<BackendError> {
        // A failure that would hold for longer was before the clock was set back.
        let holds = |until: Time| now < until && until - now <= Duration::hours(1);
        self.failure.as_ref().filter(|(_, until)| holds(*until)).map(|(error, _)| error.clone())
    }

    /// Until when nothing is asked after a failure.
    pub fn troubled_until(&self) -> Option<Time> {
        self.failure.as_ref().map(|(_, until)| *until)
    }

    /// What is wrong, to be compared: a change of it is news.
    pub fn condition(&self) -> (Option<Text>, usize, usize) {
        (self.failure.as_ref().map(|(error, _)| error.what.clone()), self.problems().len(), self.restricted.len())
    }

    /// Whether something waits to be told.
    pub fn has_news(&self) -> bool {
        !self.facts.is_empty()
    }

    /// Whether commits were fetched that are still to be told, and nothing keeps a reading from it.
    pub fn has_fetched(&self, now: Time) -> bool {
        self.trouble_at(now).is_none() && self.fetches.values().any(Fetch::is_over)
    }

    /// Whether it is time to tell what was asked, although nothing is new.
    pub fn is_time_to_tell(&self, now: Time) -> bool {
        self.told.is_none_or(|told| now - told >= TELL)
    }

    /// Whether a mirror should be fetched: something was seen that it may not hold, or it is old.
    pub fn wants_fetch(&mut self, mirror: &Mirror, now: Time) -> bool {
        let slug = &mirror.repository.slug;
        if self.fetches.contains_key(slug) {
            return true;
        }
        if self.mirror_failures.get(slug).is_some_and(|(_, until)| now < *until) {
            return false;
        }
        let fetched = self.memories.get(slug).and_then(|it| it.mirrored_at).filter(|_| mirror.is_there());
        let Some(fetched) = fetched.filter(|at| now - *at < MIRROR_OLD) else { return true };
        // A push that is seen here may be a moment late there.
        if now - fetched < MIRROR_APART {
            return false;
        }
        let seen: Vec<CommitId> = self.seen.get(slug).into_iter().flatten().copied().collect();
        if seen.is_empty() || mirror.holds(&seen) {
            self.seen.remove(slug);
            return false;
        }
        true
    }

    /// A mirror was fetched, or could not be.
    pub fn fetched(&mut self, slug: &str, done: Result<()>, now: Time) {
        match done {
            Ok(()) => {
                self.mirror_failures.remove(slug);
                // What it does not hold now is not there: a commit of a fork, or one that is gone.
                self.seen.remove(slug);
                self.memories.entry(slug.to_owned()).or_default().mirrored_at = Some(now);
                self.dirty = true;
            }
            Err(error) => {
                let why = error.hint.iter().fold(error.what.to_string(), |what, hint| format!("{what}; {hint}"));
                self.mirror_failures.insert(slug.to_owned(), (why.into(), now + MIRROR_OLD));
            }
        }
    }

    /// When what is told now was seen: always later than what was told before, whatever the clock does. Facts that seem
    /// older would lose against those that they correct.
    pub fn seen_at(&mut self, now: Time, tells: bool) -> Time {
        let after = self.seen_at.map(|last| last + Duration::milliseconds(1));
        let at = after.map_or(now, |after| after.max(now));
        if tells {
            self.seen_at = Some(at);
        }
        at
    }

    /// What waits to be told.
    pub fn drain(&mut self, inner: &Inner) -> Vec<Body> {
        self.told = Some((inner.clock)());
        std::mem::take(&mut self.facts)
    }

    /// What could not be read.
    pub fn problems(&self) -> Vec<Text> {
        let mirrors = self.mirror_failures.values().map(|(why, _)| why);
        let told = self.problems.values().chain(self.oddities.values()).chain(mirrors);
        let mut all: Vec<Text> = told.cloned().collect();
        all.dedup();
        all
    }

    /// What may not be read.
    pub fn restricted(&self) -> Vec<Restricted> {
        self.restricted.values().cloned().collect()
    }

    /// Keeps what is known, and the cursor that goes with it; none where nothing changed.
    pub fn keep(&mut self, inner: &Inner) -> Option<Cursor> {
        if !std::mem::take(&mut self.dirty) {
            return None;
        }
        self.memories.values_mut().for_each(Memory::prune);
        for (slug, schedule) in &mut self.schedules {
            if let Some(memory) = self.memories.get(slug) {
                schedule.prune(memory);
            }
        }
        self.stamp = self.stamp.wrapping_add(1);
        let kept = Kept { stamp: self.stamp, memories: std::mem::take(&mut self.memories) };
        if let Err(error) = kept.save(&inner.kept_path()) {
            // Without it everything is asked for anew after the next start; nothing is lost.
            tracing::warn!(%error, "what was read of GitHub cannot be kept");
        }
        self.memories = kept.memories;
        let (histories, spending) = (self.histories.clone(), self.spending.clone());
        serde_json::to_string(&Place { stamp: self.stamp, seen_at: self.seen_at, histories, spending }).ok().map(Cursor)
    }
}

/// Of what was said more than once of the same, the last holds.
fn take_last<T>(known: &mut BTreeMap<(String, Part), T>, said: Vec<((String, Part), Option<T>)>) {
    for (at, it) in said {
        match it {
            Some(it) => drop(known.insert(at, it)),
            None => drop(known.remove(&at)),
        }
    }
}
