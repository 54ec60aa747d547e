//! An operation that is carried out: it goes on whether anybody looks or not.

use std::sync::Arc;

use chrono::TimeDelta;

use super::show::way_of;
use super::{Plans, SHIELD, Stage};
use crate::app::dialog::{Dialog, bulk};
use crate::app::effect::{Effect, Request};
use crate::app::gate::{Late, Slot};
use crate::app::message::{Message, Weight};
use crate::app::state::{Flying, State};
use crate::app::world::{Failure, Outcome};
use crate::model::{Progress, Text};
use crate::operation::{Confirmation, Done, Ending, Plan};
use crate::view::Screen;

/// Has a plan carried out.
pub fn start(state: &mut State, plan: Arc<Plan>, confirmation: Confirmation) -> Vec<Effect> {
    let ticket = state.slots.issue(Slot::Operation(plan.operation.clone()));
    state.flying.push(Flying { plan: plan.clone(), since: state.clock, progress: None });
    vec![Effect::Ask(ticket, Request::Run(Box::new(Plan::clone(&plan)), confirmation))]
}

/// It has come further.
pub fn progressed(state: &mut State, late: Late<Progress>) -> Vec<Effect> {
    let Slot::Operation(operation) = late.slot().clone() else { return Vec::new() };
    let Some(progress) = state.slots.open(late) else { return Vec::new() };
    if let Some(flying) = state.flying.iter_mut().find(|flying| flying.plan.operation == operation) {
        flying.progress = Some(progress);
    }
    Vec::new()
}

/// It is over. The dialog says how it ended if it is still there; else a message does.
pub fn done(state: &mut State, slot: &Slot, result: Result<Outcome, Failure>) -> Vec<Effect> {
    let Slot::Operation(operation) = slot else { return Vec::new() };
    let Some(at) = state.flying.iter().position(|flying| flying.plan.operation == *operation) else {
        return Vec::new();
    };
    let Flying { plan, .. } = state.flying.remove(at);
    show_newest(state, &plan);
    if bulk::follows(state, operation) {
        return bulk::ended(state, operation, result);
    }
    let now = state.clock;
    let dialog = state.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Plan(plans) if plans.follows(operation) => Some(plans),
        _ => None,
    });
    match (dialog, result) {
        (Some(plans), result) => plans.ended(plan, result, now),
        (None, Ok(Outcome::Ended(done))) => {
            state.tell(told(&done));
            done.problems.into_iter().for_each(|problem| state.tell(Message::warning(problem)));
        }
        (None, Ok(Outcome::Changed { why, .. })) => {
            let text = format!("{}: {why}", plan.intent.track);
            state.tell(Message::warning(text).hint("plan it again to see what it would do now"));
        }
        (None, Err(failure)) => {
            let text = format!("{}: {}", plan.intent.track, failure.what);
            state.tell(Message { weight: Weight::Error, text: Text::from(text), hint: failure.hint, stays: false });
        }
    }
    Vec::new()
}

/// What happened is looked for at the top of the track's history and of the journal.
fn show_newest(state: &mut State, plan: &Plan) {
    let track = &plan.intent.track;
    for place in state.parked.values_mut().chain([&mut state.place]) {
        let wish = &place.wish;
        let of_track = wish.service.as_ref() == Some(&track.service);
        let of_track = of_track && wish.environment.as_ref() == Some(&track.environment);
        if wish.screen == Screen::Journal || (wish.screen == Screen::Track && of_track) {
            place.select(0);
            place.top = 0;
        }
    }
}

/// The message about an operation that ended unseen.
fn told(Done { summary, ways_out, .. }: &Done) -> Message {
    let done = summary.verb.done();
    match &summary.ending {
        Ending::Succeeded(_) if summary.verb.chooses() => {
            Message::note(format!("{} {done} to {}", summary.track, summary.to))
        }
        Ending::Succeeded(_) => Message::note(format!("{} {done}", summary.track)),
        ending => {
            let ways: Vec<String> =
                ways_out.iter().map(|way| format!("`:{}` {}", way.verb.command(), way_of(way))).collect();
            let ways = [ways, vec!["7 shows the journal".to_owned()]].concat();
            Message::error(format!("{}: {}", summary.track, ending.why())).hint(ways.join(" · "))
        }
    }
}

impl Plans {
    fn ended(&mut self, plan: Arc<Plan>, result: Result<Outcome, Failure>, now: crate::model::Time) {
        match result {
            Ok(Outcome::Ended(done)) => self.stage = Stage::Ended(plan, done),
            Ok(Outcome::Changed { why, plan: new }) => {
                self.take(Arc::from(new), now);
                self.notice = Some(Text::from(format!("{why}; this is the plan now")));
            }
            Err(failure) => self.stage = Stage::NotRun(plan, failure),
        }
        self.shield = now + TimeDelta::milliseconds(SHIELD);
        self.scroll = crate::app::scroll::Scroll::default();
    }
}
