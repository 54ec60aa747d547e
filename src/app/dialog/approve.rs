//! Approve: what waits for a yes or no, what was said already, and the answer of who sits here.

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
use crate::app::state::State;
use crate::app::update::row;
use crate::app::wake::PATIENCE;
use crate::app::world::Failure;
use crate::app::wrap::wrap;
use crate::model::{GateKind, Status, Text, Time, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{ApprovalPlan, Confirm, Weight};
use crate::view::{Line, Present, Role, approval};

#[cfg(test)]
mod tests;

const WIDE: u16 = 96;

/// What waits in a track.
#[derive(Clone, Debug)]
pub struct Approve {
    track: TrackId,
    /// When it was asked, while the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Vec<Arc<ApprovalPlan>>, Failure>>,
    at: usize,
    /// Whether the answer would be no.
    no: bool,
    comment: Entry,
    typed: Entry,
    focus: Focus,
    /// Keys before this moment are ignored.
    shield: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Confirm,
    Comment,
}

/// The track that is meant, if something waits in it.
fn meant(state: &State) -> Result<TrackId, String> {
    let subject = state.place.subject();
    let snapshot = &state.sources.snapshot;
    let waits = |track: &TrackId| {
        let state = snapshot.track(track).and_then(|track| track.state.as_ref());
        state.is_some_and(|(_, state)| state.gates.iter().any(|gate| gate.kind == GateKind::Approval))
    };
    if let Some(track) = subject.track() {
        return if waits(&track) { Ok(track) } else { Err(format!("nothing waits for an approval in {track}")) };
    }
    let service = subject.service.ok_or("no service is selected")?;
    let tracks = snapshot.service(&service).into_iter().flat_map(|it| &it.tracks).map(|track| track.id.clone());
    let first = tracks.into_iter().find(waits);
    first.ok_or_else(|| format!("nothing of {service} waits for an approval"))
}

/// Whether something waits for an approval here.
pub fn can_approve(state: &State) -> Result<(), String> {
    meant(state).map(|_| ())
}

/// Opens it and reads what waits.
pub fn open(state: &mut State) -> Vec<Effect> {
    meant(state).map(|track| show(state, track)).unwrap_or_default()
}

/// Opens it for a track and reads what waits there.
pub fn show(state: &mut State, track: TrackId) -> Vec<Effect> {
    let mut dialog = Approve {
        track,
        asked: None,
        answer: None,
        at: 0,
        no: false,
        comment: Entry::default(),
        typed: Entry::default(),
        focus: Focus::Confirm,
        shield: state.clock,
    };
    let effects = dialog.ask(state);
    state.dialogs.push(Dialog::Approve(Box::new(dialog)));
    effects
}

/// What waits was read.
pub fn came(state: &mut State, result: Result<Vec<ApprovalPlan>, Failure>) -> Vec<Effect> {
    let now = state.clock;
    let asking = state.dialogs.iter_mut().rev().find_map(|dialog| match dialog {
        Dialog::Approve(it) => Some(it),
        _ => None,
    });
    if let Some(dialog) = asking {
        dialog.asked = None;
        dialog.answer = Some(result.map(|all| all.into_iter().map(Arc::new).collect()));
        (dialog.at, dialog.typed) = (0, Entry::default());
        dialog.shield = now + TimeDelta::milliseconds(SHIELD);
    }
    Vec::new()
}

impl Approve {
    /// Where what it shows waits.
    pub fn track(&self) -> &TrackId {
        &self.track
    }

    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.asked = Some(state.clock);
        vec![Effect::Ask(state.slots.issue(Slot::Approvals), Request::Approvals(self.track.clone()))]
    }

    fn plans(&self) -> &[Arc<ApprovalPlan>] {
        match &self.answer {
            Some(Ok(all)) => all,
            _ => &[],
        }
    }

    fn selected(&self) -> Option<&Arc<ApprovalPlan>> {
        self.plans().get(self.at)
    }

    /// The answer as it would be given, or why it cannot be.
    fn verdict(&self, state: &State) -> Result<(Arc<ApprovalPlan>, Verdict), String> {
        let plan = self.selected().ok_or("nothing waits")?;
        let permit = state.write.permit(state.clock).map_err(|why| format!("{why}: `:write` allows it"))?;
        if let Some(denied) = plan.findings.iter().find(|finding| finding.weight >= Weight::Override) {
            return Err(denied.why.to_string());
        }
        let comment = Text::from(self.comment.text().trim());
        if self.no && comment.is_empty() {
            return Err("a no needs a word about why: e goes there".to_owned());
        }
        let typed = match plan.confirm {
            Confirm::Yes => "y".to_owned(),
            _ => self.typed.text().trim().to_owned(),
        };
        if !plan.confirm.accepts(&typed) {
            return Err(plan.confirm.asks_for());
        }
        Ok((plan.clone(), Verdict { approved: !self.no, comment, typed, permit }))
    }

    fn confirm(&self, state: &mut State) -> Step {
        match self.verdict(state) {
            Ok((plan, verdict)) => {
                let ticket = state.slots.issue_mark();
                Step::Close(vec![Effect::Ask(ticket, Request::Answer(Box::new(ApprovalPlan::clone(&plan)), verdict))])
            }
            Err(why) => {
                state.tell(Message::warning(why));
                Step::Stay(Vec::new())
            }
        }
    }

    /// Opens the page of what waits.
    fn browse(&self, state: &mut State) -> Vec<Effect> {
        let url = self.selected().and_then(|plan| plan.waiting.url.clone());
        url.map(|url| row::open_page(state, url.as_str())).unwrap_or_default()
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let present = Present::new(state.sources.now, chrono_tz::UTC);
        let production = state.sources.snapshot.environment(&self.track.environment).is_some_and(|it| it.production);
        let title = Line::of(Role::Heading, "approve ")
            .with(Role::Strong, self.track.service.to_string())
            .with(Role::Heading, " for ")
            .with(Role::Environment(self.track.environment.clone(), production), self.track.environment.to_string());
        let lines = match &self.answer {
            None => {
                let long = self.asked.is_some_and(|it| (state.clock - it).num_milliseconds() >= PATIENCE);
                vec![Line::of(Role::Muted, if long { "reading what waits …" } else { "" })]
            }
            Some(Err(failure)) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                std::iter::once(Line::of(Role::Status(Status::Failed), failure.what.as_str())).chain(hint).collect()
            }
            Some(Ok(all)) if all.is_empty() => {
                vec![Line::of(Role::Muted, "nothing waits for an approval here any more")]
            }
            Some(Ok(_)) => self.selected().map(|plan| approval::lines(plan, !self.no, &present)).unwrap_or_default(),
        };
        let mut paper = Paper {
            title,
            lines: lines.iter().flat_map(|line| wrap(line, cells, 2)).collect(),
            wide: WIDE,
            ..Paper::default()
        };
        paper.foot.push(Line::default());
        match self.selected() {
            Some(plan) => self.foot(state, plan, cells, &mut paper),
            None => paper.foot.push(keys(&[("r", "read again"), ("Esc", "close")])),
        }
        paper
    }

    fn foot(&self, state: &State, plan: &ApprovalPlan, cells: usize, paper: &mut Paper) {
        let (comment, at) = field("comment", &self.comment, cells);
        if self.focus == Focus::Comment {
            paper.cursor = Some((paper.foot.len(), at));
        }
        paper.foot.push(comment);
        let word = if self.no { "reject" } else { "approve" };
        let refused = self.verdict(state).err().filter(|_| !matches!(plan.confirm, Confirm::Environment(_)));
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
        let other = if self.no { "approve instead" } else { "reject instead" };
        paper.foot.push(match (self.focus, &plan.confirm) {
            (Focus::Comment, _) => keys(&[("Enter", "done"), ("Esc", "back")]),
            (_, Confirm::Environment(_)) => {
                keys(&[("Enter", "do it"), ("Tab", "comment"), ("↑", other), ("Esc", "close")])
            }
            _ if plan.waiting.url.is_some() => {
                keys(&[("y", "yes, do it"), ("x", other), ("e", "comment"), ("o", "browser"), ("Esc", "close")])
            }
            _ => keys(&[("y", "yes, do it"), ("x", other), ("e", "comment"), ("Esc", "close")]),
        });
    }

    /// Types, answers, closes.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if state.clock < self.shield {
            return Step::Stay(Vec::new());
        }
        if self.focus == Focus::Comment {
            if leaves(key) || key.is(Named::Enter) || key.is(Named::Tab) {
                self.focus = Focus::Confirm;
            } else {
                self.comment.key(key);
            }
            return Step::Stay(Vec::new());
        }
        if leaves(key) {
            let forget = state.slots.close(&Slot::Approvals).then_some(Effect::Forget(Slot::Approvals));
            return Step::Close(forget.into_iter().collect());
        }
        let named = self.selected().is_some_and(|plan| matches!(plan.confirm, Confirm::Environment(_)));
        match key.typed() {
            _ if key.is(Named::Tab) && self.selected().is_some() => self.focus = Focus::Comment,
            _ if named && (key.is(Named::Up) || key.is(Named::Down)) => {
                // What was typed was typed for the other answer.
                (self.no, self.typed) = (!self.no, Entry::default());
            }
            _ if named && key.is(Named::Enter) => return self.confirm(state),
            _ if named => _ = self.typed.key(key),
            Some('y') if self.selected().is_some() => return self.confirm(state),
            Some('x') => self.no = !self.no,
            Some('e' | 'i') if self.selected().is_some() => self.focus = Focus::Comment,
            Some('o') => return Step::Stay(self.browse(state)),
            Some('r') => return Step::Stay(self.ask(state)),
            Some('n' | 'q') => return Step::Close(Vec::new()),
            Some(':') => return Step::Stay(super::palette::open(state)),
            _ => {
                if let Some(by) = scrolls(key, 1) {
                    self.at = self.at.saturating_add_signed(by).min(self.plans().len().saturating_sub(1));
                }
            }
        }
        Step::Stay(Vec::new())
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        match self.focus {
            Focus::Comment => self.comment.paste(text),
            Focus::Confirm => self.typed.paste(text),
        }
    }
}
