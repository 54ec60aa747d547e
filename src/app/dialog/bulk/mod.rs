//! Promote or roll back several tracks at once: one plan for each, read together, confirmed together, carried out one
//! after the other.
//!
//! Plans are made a few at a time. What a guard forbids or holds stays in the list with its reason and is left out: an
//! override is a decision about one track, and is taken in the dialog of its own plan. The order is the order of
//! promotion, and nothing is carried out beside anything else, so that the first failure stops the rest before it began.
//! [`keys`] takes keys, [`flight`] carries out, [`show`] says what is seen.

mod flight;
mod keys;
mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;

pub use flight::{can_show, ended, follows, give_up, show_again};

use super::Dialog;
use super::plan::SHIELD;
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::Failure;
use crate::backend::Verb;
use crate::model::{OperationId, Text, Time, TrackId, Version};
use crate::operation::{Confirm, Done, Intent, Plan};

/// How many plans are made at once.
const AT_ONCE: usize = 4;

/// Several tracks at once.
#[derive(Clone, Debug)]
pub struct Bulk {
    verb: Verb,
    items: Vec<Item>,
    running: bool,
    /// Whether it stops after the one that is carried out.
    stopping: bool,
    focus: Focus,
    /// Keys before this moment are ignored.
    shield: Time,
    /// The reason for all of them; empty means the one that each plan proposes.
    reason: Entry,
    typed: Entry,
    scroll: Scroll,
    notice: Option<Text>,
}

/// One track of them.
#[derive(Clone, Debug)]
struct Item {
    intent: Intent,
    /// Whether the person left it out.
    out: bool,
    /// What confirmed it, while its turn has yet to come.
    queued: Option<Confirm>,
    stage: Stage,
    /// What happened to it that has to be read.
    note: Option<Text>,
}

/// How far a track has come.
#[derive(Clone, Debug)]
enum Stage {
    Waiting,
    Asking(Time),
    Refused(Failure),
    Planned(Arc<Plan>),
    Running(Arc<Plan>),
    Ended(Arc<Plan>, Box<Done>),
    NotRun(Arc<Plan>, Failure),
}

/// Where keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    List,
    Typed,
    Reason,
    /// The whole plan of the selected track, scrolled so far.
    Plan(usize),
}

/// Opens it for these tracks and has the first of them planned.
pub fn open(state: &mut State, verb: Verb, mut tracks: Vec<TrackId>, version: Option<&Version>) -> Vec<Effect> {
    if flight::is_under_way(state) {
        let message = Message::warning("several operations are being carried out already, one after the other");
        state.tell(message.hint("`:bulk` shows them"));
        return Vec::new();
    }
    // Plans that are still being made answer whoever asked last.
    state.dialogs.retain(|dialog| !matches!(dialog, Dialog::Bulk(bulk) if bulk.planning() > 0));
    let environments = &state.sources.snapshot.environments;
    tracks.sort_by_key(|track| environments.iter().position(|it| it.id == track.environment));
    let intent = |track| Intent { verb, track, version: version.cloned(), source: None, reason: None };
    let item = |track| Item { intent: intent(track), out: false, queued: None, stage: Stage::Waiting, note: None };
    let mut bulk = Bulk {
        verb,
        items: tracks.into_iter().map(item).collect(),
        running: false,
        stopping: false,
        focus: Focus::List,
        shield: state.clock,
        reason: Entry::default(),
        typed: Entry::default(),
        scroll: Scroll::default(),
        notice: None,
    };
    let effects = bulk.ask_more(state);
    state.dialogs.push(Dialog::Bulk(Box::new(bulk)));
    effects
}

/// The plan for a track came, or the reason why there is none.
pub fn planned(state: &mut State, track: &TrackId, result: Result<Box<Plan>, Failure>) -> Vec<Effect> {
    with(state, |bulk, state| {
        let asking = |item: &&mut Item| item.intent.track == *track && matches!(item.stage, Stage::Asking(_));
        if let Some(item) = bulk.items.iter_mut().find(asking) {
            item.stage = match result {
                Ok(plan) => Stage::Planned(Arc::from(plan)),
                Err(failure) => Stage::Refused(failure),
            };
        }
        let effects = bulk.ask_more(state);
        if bulk.planning() == 0 {
            bulk.start_reading(state.clock);
        }
        effects
    })
}

/// Does something with the dialog on top that is of this sort.
fn with(state: &mut State, act: impl FnOnce(&mut Bulk, &mut State) -> Vec<Effect>) -> Vec<Effect> {
    let at = state.dialogs.iter().rposition(|dialog| matches!(dialog, Dialog::Bulk(_)));
    let taken = at.map(|at| (at, state.dialogs.remove(at)));
    let Some((at, Dialog::Bulk(mut bulk))) = taken else { return Vec::new() };
    let effects = act(&mut bulk, state);
    state.dialogs.insert(at.min(state.dialogs.len()), Dialog::Bulk(bulk));
    effects
}

impl Bulk {
    /// The tracks that it is about.
    pub fn tracks(&self) -> impl Iterator<Item = &TrackId> {
        self.items.iter().map(|item| &item.intent.track)
    }

    /// Asks for more plans, as long as few are being made.
    fn ask_more(&mut self, state: &mut State) -> Vec<Effect> {
        let asking = self.items.iter().filter(|item| matches!(item.stage, Stage::Asking(_))).count();
        let waiting = self.items.iter_mut().filter(|item| matches!(item.stage, Stage::Waiting));
        let ask = |item: &mut Item| {
            item.stage = Stage::Asking(state.clock);
            let ticket = state.slots.issue(Slot::PlanOf(item.intent.track.clone()));
            Effect::Ask(ticket, Request::Plan(item.intent.clone()))
        };
        waiting.take(AT_ONCE.saturating_sub(asking)).map(ask).collect()
    }

    /// Has everything planned anew that has no end yet.
    fn plan_again(&mut self, state: &mut State) -> Vec<Effect> {
        for item in &mut self.items {
            if matches!(item.stage, Stage::Planned(_) | Stage::Refused(_) | Stage::NotRun(..)) {
                (item.stage, item.note) = (Stage::Waiting, None);
            }
        }
        self.ask_more(state)
    }

    /// How many have no plan yet.
    fn planning(&self) -> usize {
        self.items.iter().filter(|item| matches!(item.stage, Stage::Waiting | Stage::Asking(_))).count()
    }

    /// There is something new to confirm: what was typed for something else is forgotten.
    fn start_reading(&mut self, now: Time) {
        self.typed = Entry::default();
        self.focus = Focus::List;
        self.shield = now + TimeDelta::milliseconds(SHIELD);
    }

    /// Since when it has been waiting for a plan.
    pub fn waits_since(&self) -> Option<Time> {
        let asked = self.items.iter().filter_map(|item| match item.stage {
            Stage::Asking(since) => Some(since),
            _ => None,
        });
        asked.min()
    }

    /// What would be carried out.
    fn included(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.items.iter().filter_map(Item::included)
    }

    /// What has to be typed: the count, or for a single track what its plan asks for.
    fn confirm(&self) -> Option<Confirm> {
        let mut plans = self.included();
        let first = plans.next()?;
        Some(match plans.count() {
            0 => first.confirm.clone(),
            more => Confirm::Count(u32::try_from(more + 1).unwrap_or(u32::MAX)),
        })
    }

    /// Why nothing can be carried out now, if nothing can.
    fn refused(&self, state: &State) -> Option<String> {
        let planning = self.planning();
        match () {
            () if self.running => Some("it is being carried out".to_owned()),
            () if planning > 0 => Some(format!("{planning} of {} are still being planned", self.items.len())),
            () if self.included().next().is_none() => Some("nothing is left to be carried out".to_owned()),
            () => state.write.permit(state.clock).err().map(|why| format!("{why}: `:write` allows it")),
        }
    }

    fn selected(&self) -> Option<&Item> {
        self.items.get(self.scroll.at)
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        match self.focus {
            Focus::Reason => self.reason.paste(text),
            Focus::Typed => self.typed.paste(text),
            Focus::List | Focus::Plan(_) => {}
        }
    }
}

impl Item {
    /// Its plan, where it would be carried out.
    fn included(&self) -> Option<&Arc<Plan>> {
        match &self.stage {
            Stage::Planned(plan) if !self.out && refusal(plan).is_none() => Some(plan),
            _ => None,
        }
    }

    fn plan(&self) -> Option<&Arc<Plan>> {
        match &self.stage {
            Stage::Planned(plan) | Stage::Running(plan) | Stage::Ended(plan, _) | Stage::NotRun(plan, _) => Some(plan),
            Stage::Waiting | Stage::Asking(_) | Stage::Refused(_) => None,
        }
    }

    fn runs(&self, operation: &OperationId) -> bool {
        matches!(&self.stage, Stage::Running(plan) if plan.operation == *operation)
    }

    /// What would take back what was done.
    fn inverse(&self) -> Option<Intent> {
        match &self.stage {
            Stage::Ended(_, done) => done.undo.clone(),
            _ => None,
        }
    }
}

/// Why a plan is left out, if it is.
fn refusal(plan: &Plan) -> Option<String> {
    let denied = plan.denials().next().map(|finding| format!("denied by {}: {}", finding.guard, finding.why));
    denied.or_else(|| plan.overrides().next().map(|it| format!("held by {}: {}; plan it alone", it.guard, it.why)))
}

/// The tracks that subjects mean, each once.
pub fn distinct(tracks: impl Iterator<Item = TrackId>) -> Vec<TrackId> {
    let mut seen = BTreeSet::new();
    tracks.filter(|track| seen.insert(track.clone())).collect()
}
