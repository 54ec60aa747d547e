//! Through what every table looks at the world: its sources, the present, what was asked for.

use chrono_tz::Tz;

use super::{Filter, Present, Sort, Sources, Wish};
use crate::model::{Environment, EnvironmentId, Restricted, TrackId};
use crate::picture::{Snapshot, Track};

/// What every table holds.
#[derive(Debug)]
pub(crate) struct Lens {
    pub sources: Sources,
    pub present: Present,
    pub filter: Filter,
    pub sort: Sort,
}

impl Lens {
    /// Reads what was typed, for a table with these fields and orders.
    pub fn new(wish: &Wish, sources: &Sources, fields: &[&'static str], orders: &[&'static str]) -> Self {
        Self {
            present: Present::new(sources.now, zone(&sources.snapshot)),
            sources: sources.clone(),
            filter: Filter::parse_as(&wish.filter, fields, &sources.me),
            sort: Sort::parse(wish.sort.as_deref(), orders),
        }
    }

    /// The picture.
    pub fn snapshot(&self) -> &Snapshot {
        &self.sources.snapshot
    }

    /// Whether what is known of a track is older than it should be: the backend that owns it could not be read.
    pub fn is_stale(&self, track: &Track) -> bool {
        let owner = track.owner.as_ref().and_then(|owner| self.snapshot().sources.get(owner));
        owner.is_some_and(|source| !source.problems.is_empty())
    }

    /// Why what is in a track may not be seen, where that is so: it is restricted, and not empty.
    pub fn restricted(&self, track: &TrackId) -> Option<&Restricted> {
        let all = self.snapshot().sources.values().flat_map(|source| &source.restricted);
        all.into_iter().find(|it| it.scope.covers(track))
    }

    /// What cannot be read now, one fragment each with its backend's name.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        let sources = self.snapshot().sources.iter();
        sources.flat_map(|(id, source)| source.problems.iter().map(move |problem| format!("{id}: {problem}")))
    }
}

/// The methods of a table that its lens answers.
macro_rules! through_lens {
    ($fields:expr, $orders:expr) => {
        fn fields(&self) -> &[&'static str] {
            $fields
        }

        fn orders(&self) -> &[&'static str] {
            $orders
        }

        fn marks(&self, text: &str) -> Vec<std::ops::Range<usize>> {
            self.lens.filter.found_in(text)
        }

        fn hints(&self) -> &[String] {
            self.lens.filter.hints()
        }

        fn changes_at(&self) -> Option<crate::model::Time> {
            self.lens.present.changes_at()
        }
    };
}
pub(crate) use through_lens;

/// The zone in which times are written: that of production, else of the last environment.
pub(crate) fn zone(snapshot: &Snapshot) -> Tz {
    target(snapshot).map_or(Tz::UTC, |environment| environment.time_zone)
}

/// The environment that delivery aims at: production (the last one, where there are several), else the last.
pub(crate) fn target(snapshot: &Snapshot) -> Option<&Environment> {
    let environments = &snapshot.environments;
    environments.iter().rev().find(|environment| environment.production).or_else(|| environments.last())
}

/// The environment before another in the order of promotion. Nothing is promoted to a release line.
pub(crate) fn before<'a>(snapshot: &'a Snapshot, environment: &EnvironmentId) -> Option<&'a Environment> {
    let at = snapshot.environments.iter().position(|it| it.id == *environment && !it.release_line)?;
    snapshot.environments.get(at.checked_sub(1)?)
}

/// How soon the column of each environment leaves when room is short: the target stays longest, then the one before it
/// and so on down, then what comes after it.
pub(crate) fn importance(snapshot: &Snapshot) -> Vec<(&Environment, u8)> {
    let environments = &snapshot.environments;
    let aim = target(snapshot).and_then(|aim| environments.iter().position(|it| it.id == aim.id)).unwrap_or_default();
    let place = |at: usize| if at <= aim { aim - at } else { at };
    environments.iter().enumerate().map(|(at, it)| (it, u8::try_from(place(at)).unwrap_or(u8::MAX))).collect()
}
