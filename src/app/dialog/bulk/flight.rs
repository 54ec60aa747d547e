//! Carrying several plans out, one after the other. It goes on whether anybody looks or not.

use std::sync::Arc;

use super::{Bulk, Focus, Item, Stage, refusal};
use crate::app::dialog::Dialog;
use crate::app::dialog::plan::flight;
use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::parting::named;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::{Failure, Outcome};
use crate::model::{OperationId, Text};
use crate::operation::{Confirm, Confirmation, Plan};

/// All of them, seen and unseen.
fn all(state: &State) -> impl Iterator<Item = &Bulk> {
    let shown = state.dialogs.iter().filter_map(|dialog| match dialog {
        Dialog::Bulk(bulk) => Some(&**bulk),
        _ => None,
    });
    shown.chain(state.bulk.as_deref())
}

/// Whether several are carried out at once and this operation is one of them.
pub fn follows(state: &State, operation: &OperationId) -> bool {
    all(state).any(|bulk| bulk.items.iter().any(|item| item.runs(operation)))
}

/// Whether several are being carried out: others have to wait, so that nothing is carried out beside them unasked.
pub fn is_under_way(state: &State) -> bool {
    all(state).any(|bulk| bulk.running)
}

/// One of them is over: the next one begins, or it stops and says what was not done.
pub fn ended(state: &mut State, operation: &OperationId, result: Result<Outcome, Failure>) -> Vec<Effect> {
    let follows = |bulk: &Bulk| bulk.items.iter().any(|item| item.runs(operation));
    let at = state.dialogs.iter().position(|dialog| matches!(dialog, Dialog::Bulk(bulk) if follows(bulk)));
    match at.map(|at| (at, state.dialogs.remove(at))) {
        Some((at, Dialog::Bulk(mut bulk))) => {
            let effects = bulk.ended(state, operation, result);
            state.dialogs.insert(at, Dialog::Bulk(bulk));
            effects
        }
        _ => {
            let Some(mut bulk) = state.bulk.take() else { return Vec::new() };
            let effects = bulk.ended(state, operation, result);
            if !bulk.running {
                let says = bulk.notice.clone().unwrap_or_else(|| Text::from("it is over"));
                let message = if bulk.failed() { Message::error(says) } else { Message::note(says) };
                state.tell(message.hint("`:bulk` shows it"));
            }
            state.bulk = Some(bulk);
            effects
        }
    }
}

/// Nothing further begins; what was carried out of what is under way, each with whether it went well, and what had yet to
/// begin.
pub fn give_up(state: &mut State) -> (Vec<(String, bool)>, Vec<String>) {
    let shown = state.dialogs.iter_mut().filter_map(|dialog| match dialog {
        Dialog::Bulk(bulk) => Some(&mut **bulk),
        _ => None,
    });
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for bulk in shown.chain(state.bulk.as_deref_mut()).filter(|bulk| bulk.running) {
        bulk.stopping = true;
        for item in &mut bulk.items {
            match (&item.stage, item.queued.take()) {
                (Stage::Ended(plan, ended), _) => done.push((named(plan), ended.succeeded())),
                (Stage::NotRun(plan, _), _) => done.push((named(plan), false)),
                (Stage::Planned(plan), Some(_)) => left.push(named(plan)),
                _ => {}
            }
        }
    }
    (done, left)
}

/// Whether something goes on unseen, or ended unseen.
pub fn can_show(state: &State) -> Result<(), String> {
    if state.bulk.is_some() {
        Ok(())
    } else {
        Err("nothing is carried out unseen: mark several and press p or b".to_owned())
    }
}

/// Shows what goes on unseen, or ended unseen.
pub fn show_again(state: &mut State) -> Vec<Effect> {
    if let Some(bulk) = state.bulk.take() {
        state.dialogs.push(Dialog::Bulk(bulk));
    }
    Vec::new()
}

impl Bulk {
    /// Has everything carried out that is included, if what was typed is what is asked for; says why not otherwise.
    pub(super) fn confirmed(&mut self, state: &mut State) -> Vec<Effect> {
        let typed = self.typed.text().trim().to_owned();
        let refused = self.refused(state);
        let wrong = || match self.confirm() {
            Some(Confirm::Yes) | None => None,
            Some(confirm) => (!confirm.accepts(&typed)).then(|| confirm.asks_for()),
        };
        if let Some(reason) = refused.or_else(wrong) {
            self.notice = Some(Text::from(reason));
            return Vec::new();
        }
        let Some(confirm) = self.confirm() else { return Vec::new() };
        for item in &mut self.items {
            if item.included().is_some() {
                (item.queued, item.note) = (Some(confirm.clone()), None);
            }
        }
        (self.running, self.stopping, self.notice) = (true, false, None);
        self.focus = Focus::List;
        self.scroll =
            Scroll { at: self.items.iter().position(|item| item.queued.is_some()).unwrap_or(0), ..self.scroll };
        self.next(state)
    }

    /// Begins the next one that waits for its turn.
    fn next(&mut self, state: &mut State) -> Vec<Effect> {
        let next = self.items.iter_mut().find(|item| item.queued.is_some());
        let plan = next.and_then(|item| {
            let confirm = item.queued.take()?;
            let Stage::Planned(plan) = &item.stage else { return None };
            // It is carried out on the confirmation that was given for all of them, and its record says so. One whose
            // turn does not come asks for what its own plan asks for, when it is left alone.
            let plan = Arc::new(Plan { confirm, ..Plan::clone(plan) });
            item.stage = Stage::Running(plan.clone());
            Some(plan)
        });
        let Some(plan) = plan else { return self.over(state, None) };
        let permit = match state.write.permit(state.clock) {
            Ok(permit) => permit,
            Err(why) => {
                let failure = Failure::new(format!("{why}: `:write` allows it"));
                self.put(&plan.operation, |plan| Stage::NotRun(plan, failure));
                return self.over(state, Some(format!("{why}")));
            }
        };
        let typed = match &plan.confirm {
            Confirm::Yes => "y".to_owned(),
            Confirm::Environment(id) => id.as_str().to_owned(),
            Confirm::Count(count) => count.to_string(),
        };
        let reason = Some(Text::from(self.reason.text().trim())).filter(|reason| !reason.is_empty());
        flight::start(state, plan, Confirmation { permit, typed, overrides: Vec::new(), reason })
    }

    fn ended(&mut self, state: &mut State, operation: &OperationId, result: Result<Outcome, Failure>) -> Vec<Effect> {
        let wrong = match result {
            Ok(Outcome::Ended(done)) => {
                done.problems.iter().for_each(|problem| state.tell(Message::warning(problem.clone())));
                let wrong = (!done.succeeded()).then(|| done.summary.ending.why().to_string());
                self.put(operation, |plan| Stage::Ended(plan, done));
                wrong
            }
            Ok(Outcome::Changed { why, plan }) => {
                let says = format!("{why}; this is the plan now");
                let changed = self.items.iter_mut().find(|item| item.runs(operation));
                changed.into_iter().for_each(|item| item.note = Some(Text::from(says.as_str())));
                self.put(operation, |_| Stage::Planned(Arc::from(plan)));
                Some(says)
            }
            Err(failure) => {
                let what = failure.what.to_string();
                self.put(operation, |plan| Stage::NotRun(plan, failure));
                Some(what)
            }
        };
        match wrong {
            Some(why) => self.over(state, Some(why)),
            None if self.stopping => self.over(state, Some("you stopped it".to_owned())),
            None => {
                let effects = self.next(state);
                if self.items.iter().all(Item::succeeded) {
                    // What was meant is done.
                    state.place.marks.clear();
                }
                effects
            }
        }
    }

    /// Puts what became of the running one in its place.
    fn put(&mut self, operation: &OperationId, stage: impl FnOnce(Arc<Plan>) -> Stage) {
        let running = self.items.iter_mut().find(|item| item.runs(operation));
        let Some(item) = running else { return };
        if let Stage::Running(plan) = &item.stage {
            item.stage = stage(plan.clone());
        }
    }

    /// Nothing is carried out any more. What waited for its turn was not begun; it can be confirmed anew.
    fn over(&mut self, state: &State, why: Option<String>) -> Vec<Effect> {
        self.running = false;
        let left = self.items.iter_mut().filter_map(|item| item.queued.take()).count();
        let done = self.items.iter().filter(|item| item.succeeded()).count();
        let of = self.items.len();
        self.notice = Some(Text::from(match (why, left) {
            (None, _) => format!("{done} of {of} done"),
            (Some(why), 0) => format!("stopped: {why}; {done} of {of} done"),
            (Some(why), left) => format!("stopped: {why}; {done} of {of} done, {left} not begun"),
        }));
        self.start_reading(state.clock);
        Vec::new()
    }

    fn failed(&self) -> bool {
        self.items.iter().any(|item| match &item.stage {
            Stage::Ended(_, done) => !done.succeeded(),
            Stage::NotRun(..) => true,
            Stage::Planned(plan) => refusal(plan).is_none() && !item.out,
            _ => false,
        })
    }
}

impl Item {
    fn succeeded(&self) -> bool {
        matches!(&self.stage, Stage::Ended(_, done) if done.succeeded())
    }
}
