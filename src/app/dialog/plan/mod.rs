//! Promote and roll back: the dialog *is* the plan.
//!
//! It is planned, read, confirmed, carried out and told about in one place. [`show`] says what is seen, [`keys`] takes
//! keys, [`flight`] follows an operation that is carried out.

pub mod flight;
pub mod keys;
pub mod possible;
pub mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;

pub use flight::{done, progressed};
pub use possible::{can, is_offered};

use super::{Dialog, bulk};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::update::marking;
use crate::app::world::Failure;
use crate::backend::Verb;
use crate::model::{OperationId, Text, Time, TrackId, Version};
use crate::operation::{Confirm, Confirmation, Done, Intent, Plan};

/// For how long keys are ignored after something to confirm has appeared, milliseconds.
pub const SHIELD: i64 = 300;

/// The dialog of a plan.
#[derive(Clone, Debug)]
pub struct Plans {
    intent: Intent,
    stage: Stage,
    focus: Focus,
    /// Keys before this moment are ignored.
    shield: Time,
    reason: Entry,
    /// The reason that was proposed: one that was not edited gives way to the next proposal.
    proposed: String,
    typed: Entry,
    overrides: BTreeSet<Text>,
    versions: Scroll,
    finding: usize,
    scroll: Scroll,
    notice: Option<Text>,
}

/// How far it has come.
#[derive(Clone, Debug)]
enum Stage {
    /// A plan is being made; the one before is still shown.
    Asking { since: Time, before: Option<Arc<Plan>> },
    /// No plan can be made.
    Refused(Failure),
    /// There is a plan to say yes or no to.
    Ready(Arc<Plan>),
    /// It is carried out.
    Running(Arc<Plan>),
    /// It has been carried out.
    Ended(Arc<Plan>, Box<Done>),
    /// It was not carried out.
    NotRun(Arc<Plan>, Failure),
}

/// Where keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Confirm,
    Reason,
    Versions,
    Overrides,
}

/// Plans what `verb` says for the selected track.
pub fn intend(state: &mut State, verb: Verb, version: &str) -> Vec<Effect> {
    let version = (!version.is_empty()).then(|| Version::from(version));
    let meant = marking::targets(state).into_iter().map(|subject| possible::meant(state, subject));
    let tracks: Vec<TrackId> = match meant.collect::<Result<Vec<TrackId>, String>>() {
        Ok(tracks) => bulk::distinct(tracks.into_iter()),
        Err(reason) => {
            state.tell(Message::warning(reason));
            return Vec::new();
        }
    };
    match tracks.as_slice() {
        [] => {
            state.tell(Message::warning("what was marked is not there any more"));
            Vec::new()
        }
        [track] => match possible::possible(state, track, verb) {
            Ok(()) => open(state, Intent { verb, track: track.clone(), version, source: None, reason: None }),
            Err(reason) => {
                state.tell(Message::warning(reason));
                Vec::new()
            }
        },
        _ => bulk::open(state, verb, tracks, version.as_ref()),
    }
}

/// Opens the dialog of an intent and has it planned.
pub fn open(state: &mut State, intent: Intent) -> Vec<Effect> {
    let mut dialog = Plans {
        stage: Stage::Asking { since: state.clock, before: None },
        focus: Focus::Confirm,
        shield: state.clock,
        reason: Entry::default(),
        proposed: String::new(),
        typed: Entry::default(),
        overrides: BTreeSet::new(),
        versions: Scroll::default(),
        finding: 0,
        scroll: Scroll::default(),
        notice: None,
        intent,
    };
    let effects = dialog.ask(state);
    state.dialogs.push(Dialog::Plan(Box::new(dialog)));
    effects
}

/// The plan came, or the reason why there is none.
pub fn planned(state: &mut State, result: Result<Box<Plan>, Failure>) -> Vec<Effect> {
    let now = state.clock;
    let asking = state.dialogs.iter_mut().rev().find_map(|dialog| match dialog {
        Dialog::Plan(plans) if matches!(plans.stage, Stage::Asking { .. }) => Some(plans),
        _ => None,
    });
    if let Some(plans) = asking {
        match result {
            Ok(plan) => plans.take(Arc::from(plan), now),
            Err(failure) => plans.stage = Stage::Refused(failure),
        }
    }
    Vec::new()
}

/// The dialog on top, if it is a plan's.
fn top(state: &State) -> Result<&Plans, String> {
    match state.dialogs.last() {
        Some(Dialog::Plan(plans)) => Ok(plans),
        _ => Err("no plan is shown".to_owned()),
    }
}

/// Whether the plan on top can be carried out.
pub fn can_confirm(state: &State) -> Result<(), String> {
    top(state)?.allowed(state).map(|_| ())
}

/// Carries out the plan on top.
pub fn confirm(state: &mut State) -> Vec<Effect> {
    on_top(state, Plans::confirm)
}

/// Whether what was done can be undone from here.
pub fn can_undo(state: &State) -> Result<(), String> {
    top(state)?.inverse().map(|_| ()).ok_or_else(|| "there is nothing to undo".to_owned())
}

/// Plans the inverse of what was done.
pub fn undo(state: &mut State) -> Vec<Effect> {
    match top(state).ok().and_then(Plans::inverse) {
        Some(intent) => {
            state.dialogs.pop();
            open(state, intent)
        }
        None => Vec::new(),
    }
}

/// Whether what was done did not work, so that there is a way out of it.
pub fn can_leave(state: &State) -> Result<(), String> {
    let way = top(state)?.best_way_out();
    way.map(|_| ()).ok_or_else(|| "there is nothing that a way would lead out of".to_owned())
}

/// Plans the fastest way out of what did not work.
pub fn leave(state: &mut State) -> Vec<Effect> {
    match top(state).ok().and_then(Plans::best_way_out) {
        Some(intent) => {
            state.dialogs.pop();
            open(state, intent)
        }
        None => Vec::new(),
    }
}

fn on_top(state: &mut State, act: fn(&mut Plans, &mut State) -> Vec<Effect>) -> Vec<Effect> {
    match state.dialogs.pop() {
        Some(Dialog::Plan(mut plans)) => {
            let effects = act(&mut plans, state);
            state.dialogs.push(Dialog::Plan(plans));
            effects
        }
        Some(other) => {
            state.dialogs.push(other);
            Vec::new()
        }
        None => Vec::new(),
    }
}

impl Plans {
    /// The track that it is about.
    pub fn track(&self) -> &TrackId {
        &self.intent.track
    }

    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.stage = Stage::Asking { since: state.clock, before: self.plan().cloned() };
        vec![Effect::Ask(state.slots.issue(Slot::Plan), Request::Plan(self.intent.clone()))]
    }

    /// Shows a plan to say yes or no to. Whatever was typed to confirm another one is forgotten.
    fn take(&mut self, plan: Arc<Plan>, now: Time) {
        if self.reason.text() == self.proposed {
            plan.order.reason.as_str().clone_into(&mut self.proposed);
            self.reason = Entry::prefilled(&self.proposed);
        }
        self.versions = Scroll::default();
        self.versions.at = plan.candidates.iter().position(|it| it.version.version == plan.to.version).unwrap_or(0);
        self.overrides.clear();
        self.typed = Entry::default();
        self.finding = 0;
        self.scroll = Scroll::default();
        self.focus = Focus::Confirm;
        self.shield = now + TimeDelta::milliseconds(SHIELD);
        self.stage = Stage::Ready(plan);
    }

    /// The plan that is shown.
    fn plan(&self) -> Option<&Arc<Plan>> {
        match &self.stage {
            Stage::Asking { before, .. } => before.as_ref(),
            Stage::Refused(_) => None,
            Stage::Ready(plan) | Stage::Running(plan) | Stage::Ended(plan, _) | Stage::NotRun(plan, _) => Some(plan),
        }
    }

    /// Since when it has been waiting for a plan.
    pub fn waits_since(&self) -> Option<Time> {
        match &self.stage {
            Stage::Asking { since, .. } => Some(*since),
            _ => None,
        }
    }

    /// The operation that it follows.
    fn follows(&self, operation: &OperationId) -> bool {
        matches!(&self.stage, Stage::Running(plan) if plan.operation == *operation)
    }

    /// How the plan would be confirmed, or why it cannot be.
    fn allowed(&self, state: &State) -> Result<(Arc<Plan>, Confirmation), String> {
        let Stage::Ready(plan) = &self.stage else { return Err("there is nothing to confirm".to_owned()) };
        if let Some(denial) = plan.denials().next() {
            return Err(format!("{} forbids it: {}", denial.guard, denial.why));
        }
        let permit = state.write.permit(state.clock).map_err(|why| format!("{why}: `:write` allows it"))?;
        if let Some(held) = plan.overrides().find(|finding| !self.overrides.contains(&finding.guard)) {
            return Err(format!("{} holds it: Tab goes to the overrides", held.guard));
        }
        let reason = Text::from(self.reason.text().trim());
        if reason.is_empty() {
            return Err("it needs a reason: Tab goes there".to_owned());
        }
        if !self.overrides.is_empty() && reason.as_str() == self.proposed.trim() {
            return Err("an override needs a reason of your own: Tab goes there".to_owned());
        }
        let typed = match &plan.confirm {
            Confirm::Yes => "y",
            Confirm::Environment(_) | Confirm::Count(_) => self.typed.text().trim(),
        };
        if !plan.confirm.accepts(typed) {
            return Err(plan.confirm.asks_for());
        }
        let overrides = self.overrides.iter().cloned().collect();
        Ok((plan.clone(), Confirmation { permit, typed: typed.to_owned(), overrides, reason: Some(reason) }))
    }

    /// Has the plan carried out, if it can be; says why not otherwise.
    fn confirm(&mut self, state: &mut State) -> Vec<Effect> {
        match self.allowed(state) {
            Ok((plan, confirmation)) => {
                self.notice = None;
                self.scroll = Scroll::default();
                self.stage = Stage::Running(plan.clone());
                flight::start(state, plan, confirmation)
            }
            Err(reason) => {
                state.tell(Message::warning(reason.as_str()));
                self.notice = Some(Text::from(reason));
                Vec::new()
            }
        }
    }

    /// What would take back what was done.
    fn inverse(&self) -> Option<Intent> {
        match &self.stage {
            Stage::Ended(_, done) => done.undo.clone(),
            _ => None,
        }
    }

    /// The fastest way out of what did not work.
    fn best_way_out(&self) -> Option<Intent> {
        match &self.stage {
            Stage::Ended(_, done) => done.ways_out.first().cloned(),
            _ => None,
        }
    }

    /// What leads out of what did not work, or out of what is still on its way, by `verb`.
    fn way_out(&self, verb: Verb) -> Option<Intent> {
        match &self.stage {
            Stage::Ended(_, done) => done.ways_out.iter().find(|way| way.verb == verb).cloned(),
            Stage::Running(plan) if verb == Verb::Abort => plan.abort(),
            _ => None,
        }
    }
}

/// What has to be typed to confirm.
fn wanted(confirm: &Confirm) -> Option<String> {
    match confirm {
        Confirm::Yes => None,
        Confirm::Environment(environment) => Some(environment.to_string()),
        Confirm::Count(count) => Some(count.to_string()),
    }
}
