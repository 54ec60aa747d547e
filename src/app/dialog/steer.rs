//! Stop a run or run it again: what is written, what may go wrong, and the yes of who sits here.

use std::sync::Arc;

use chrono::TimeDelta;

use super::paper::{Paper, field, keys, leaves, scrolls, width};
use super::plan::SHIELD;
use super::{Dialog, Step};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::wake::PATIENCE;
use crate::app::world::Failure;
use crate::app::wrap::wrap;
use crate::model::{Run, RunAct, Sight, Status, Text, Time};
use crate::operation::{Confirm, RunConfirmation, RunIntent, RunPlan};
use crate::view::{Line, Role, steer};

#[cfg(test)]
mod tests;

const WIDE: u16 = 96;

/// Something that is to be done to a run.
#[derive(Clone, Debug)]
pub struct Steer {
    intent: RunIntent,
    /// When it was asked, while the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Arc<RunPlan>, Failure>>,
    reason: Entry,
    typed: Entry,
    focus: Focus,
    scroll: Scroll,
    /// Keys before this moment are ignored.
    shield: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Confirm,
    Reason,
}

/// Whether any backend can do that to runs at all.
pub fn is_offered(state: &State, act: RunAct) -> bool {
    state.sources.snapshot.sources.values().any(|source| source.run_acts.contains(&act))
}

/// Whether it can be done to the selected run, as far as the picture tells: the backend is asked once it is planned.
pub fn can(state: &State, act: RunAct) -> Result<(), String> {
    if !is_offered(state, act) {
        return Err(format!("no backend can {} runs", act.command()));
    }
    let intent = meant(state, act)?;
    let services = &state.sources.snapshot.services;
    let run = services.values().flat_map(|it| &it.runs).find(|it| it.id == intent.run);
    match run.and_then(|run| unfit(run, act)) {
        Some(why) => Err(format!("run {} {why}", intent.run)),
        None => Ok(()),
    }
}

/// Why a run that stands so is none for that.
fn unfit(run: &Run, act: RunAct) -> Option<&'static str> {
    let moves = matches!(run.status, Status::Running | Status::Waiting | Status::Held);
    match act {
        RunAct::Cancel => (!moves).then_some("has ended: there is nothing to cancel"),
        _ if moves => Some("has not ended yet"),
        RunAct::RerunFailed => (run.status == Status::Ok).then_some("did not fail"),
        RunAct::Rerun | RunAct::RerunJob => None,
    }
}

fn meant(state: &State, act: RunAct) -> Result<RunIntent, String> {
    let subject = state.place.subject();
    let run = subject.run.ok_or("no run is selected")?;
    let job = (act == RunAct::RerunJob).then(|| subject.job.ok_or("no job is selected: Enter goes into the run"));
    Ok(RunIntent { act, run, job: job.transpose()? })
}

/// Opens it and has it planned.
pub fn open(state: &mut State, act: RunAct) -> Vec<Effect> {
    let Ok(intent) = meant(state, act) else { return Vec::new() };
    let mut dialog = Steer {
        intent,
        asked: None,
        answer: None,
        reason: Entry::default(),
        typed: Entry::default(),
        focus: Focus::Confirm,
        scroll: Scroll::default(),
        shield: state.clock,
    };
    let effects = dialog.ask(state);
    state.dialogs.push(Dialog::Steer(Box::new(dialog)));
    effects
}

/// The plan came, or the reason why there is none.
pub fn came(state: &mut State, result: Result<Box<RunPlan>, Failure>) -> Vec<Effect> {
    let now = state.clock;
    let asking = state.dialogs.iter_mut().rev().find_map(|dialog| match dialog {
        Dialog::Steer(it) => Some(it),
        _ => None,
    });
    if let Some(dialog) = asking {
        dialog.asked = None;
        dialog.answer = Some(result.map(Arc::from));
        dialog.typed = Entry::default();
        dialog.shield = now + TimeDelta::milliseconds(SHIELD);
    }
    Vec::new()
}

impl Steer {
    /// What it is about.
    pub fn sight(&self) -> Sight {
        Sight::Run(self.intent.run.clone())
    }

    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.asked = Some(state.clock);
        vec![Effect::Ask(state.slots.issue(Slot::RunPlan), Request::PlanRun(self.intent.clone()))]
    }

    fn plan(&self) -> Option<&Arc<RunPlan>> {
        self.answer.as_ref()?.as_ref().ok()
    }

    /// What would be carried out, or why it cannot be.
    fn confirmed(&self, state: &State) -> Result<(Arc<RunPlan>, RunConfirmation), String> {
        let plan = self.plan().ok_or("there is no plan yet")?;
        let permit = state.write.permit(state.clock).map_err(|why| format!("{why}: `:write` allows it"))?;
        let reason = Text::from(self.reason.text().trim());
        if let Some(why) = plan.refusal(reason.as_str()) {
            return Err(why.to_string());
        }
        let typed = match plan.confirm {
            Confirm::Yes => "y".to_owned(),
            _ => self.typed.text().trim().to_owned(),
        };
        if !plan.confirm.accepts(&typed) {
            return Err(plan.confirm.asks_for());
        }
        Ok((plan.clone(), RunConfirmation { permit, typed, reason }))
    }

    fn confirm(&self, state: &mut State) -> Step {
        match self.confirmed(state) {
            Ok((plan, confirmation)) => {
                let ticket = state.slots.issue_mark();
                Step::Close(vec![Effect::Ask(ticket, Request::Steer(Box::new(RunPlan::clone(&plan)), confirmation))])
            }
            Err(why) => {
                state.tell(Message::warning(why));
                Step::Stay(Vec::new())
            }
        }
    }

    /// Whether the name of an environment has to be typed.
    fn names(&self) -> bool {
        self.plan().is_some_and(|plan| matches!(plan.confirm, Confirm::Environment(_)))
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let intent = &self.intent;
        let job = intent.job.as_ref().map(|job| format!(": {job}")).unwrap_or_default();
        let title = Line::of(Role::Heading, format!("{} run ", intent.act.word()))
            .with(Role::Strong, intent.run.to_string())
            .with(Role::Strong, job);
        let lines = match &self.answer {
            None => {
                let long = self.asked.is_some_and(|it| (state.clock - it).num_milliseconds() >= PATIENCE);
                vec![Line::of(Role::Muted, if long { "looking at the run …" } else { "" })]
            }
            Some(Err(failure)) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                std::iter::once(Line::of(Role::Status(Status::Failed), failure.what.as_str())).chain(hint).collect()
            }
            Some(Ok(plan)) => steer::lines(plan),
        };
        let mut paper = Paper {
            title,
            lines: lines.iter().flat_map(|line| wrap(line, cells, 2)).collect(),
            top: self.scroll.top,
            wide: WIDE,
            foot: vec![Line::default()],
            ..Paper::default()
        };
        match self.plan() {
            Some(plan) => self.foot(state, plan, cells, &mut paper),
            None => paper.foot.push(keys(&[("r", "look again"), ("Esc", "close")])),
        }
        paper
    }

    fn foot(&self, state: &State, plan: &RunPlan, cells: usize, paper: &mut Paper) {
        let (reason, at) = field("reason", &self.reason, cells);
        if self.focus == Focus::Reason {
            paper.cursor = Some((paper.foot.len(), at));
        }
        paper.foot.push(reason);
        let word = plan.order.act.command();
        let refused = plan.refusal(self.reason.text()).map(|why| why.to_string());
        let refused = refused.or_else(|| self.confirmed(state).err().filter(|_| !self.names()));
        paper.foot.push(match (&plan.confirm, refused) {
            (_, Some(why)) => Line::of(Role::Warning, why),
            (Confirm::Environment(id), None) => {
                let (line, at) = field(&format!("type {id} to {word} it:"), &self.typed, cells);
                if self.focus == Focus::Confirm {
                    paper.cursor = Some((paper.foot.len(), at));
                }
                line
            }
            (_, None) => {
                Line::of(Role::Heading, format!("{word} it?")).with(Role::Text, " ").with(Role::Strong, "[No]")
            }
        });
        paper.foot.push(match self.focus {
            Focus::Reason => keys(&[("Enter", "done"), ("Esc", "back")]),
            Focus::Confirm if self.names() => keys(&[("Enter", "do it"), ("Tab", "reason"), ("Esc", "close")]),
            Focus::Confirm => keys(&[("y", "yes, do it"), ("e", "reason"), ("r", "look again"), ("Esc", "close")]),
        });
    }

    /// Types, confirms, closes.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if state.clock < self.shield {
            return Step::Stay(Vec::new());
        }
        if self.focus == Focus::Reason {
            if leaves(key) || key.is(Named::Enter) || key.is(Named::Tab) {
                self.focus = Focus::Confirm;
            } else {
                self.reason.key(key);
            }
            return Step::Stay(Vec::new());
        }
        if leaves(key) {
            let forget = state.slots.close(&Slot::RunPlan).then_some(Effect::Forget(Slot::RunPlan));
            return Step::Close(forget.into_iter().collect());
        }
        let (planned, names) = (self.plan().is_some(), self.names());
        match key.typed() {
            _ if key.is(Named::Tab) && planned => self.focus = Focus::Reason,
            _ if names && key.is(Named::Enter) => return self.confirm(state),
            _ if names => _ = self.typed.key(key),
            Some('y') if planned => return self.confirm(state),
            Some('e' | 'i') if planned => self.focus = Focus::Reason,
            Some('r') => return Step::Stay(self.ask(state)),
            Some('n' | 'q') => return Step::Close(Vec::new()),
            Some(':') => return Step::Stay(super::palette::open(state)),
            _ => {
                let paper = self.paper(state);
                let rows = paper.rows(state.size);
                if let Some(by) = scrolls(key, rows) {
                    self.scroll.slide(by, paper.lines.len(), rows);
                }
            }
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        match self.focus {
            Focus::Reason => self.reason.paste(text),
            Focus::Confirm => self.typed.paste(text),
        }
    }
}
