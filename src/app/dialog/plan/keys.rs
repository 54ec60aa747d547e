//! The keys of a plan's dialog. `y` confirms where nothing has to be typed; Enter never does there.

use super::{Focus, Plans, Stage, wanted};
use crate::app::dialog::paper::{leaves, scrolls, scrolls_while_typing};
use crate::app::dialog::{Step, help, palette};
use crate::app::effect::Effect;
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::state::State;
use crate::backend::Verb;
use crate::model::Text;
use crate::operation::Plan;

impl Plans {
    /// Takes a key. What comes within a moment of something to confirm appearing is ignored: it was meant for what was
    /// there before.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if state.clock < self.shield {
            return Step::Stay(Vec::new());
        }
        match &self.stage {
            Stage::Ready(plan) => {
                let plan = plan.clone();
                self.key_ready(state, &plan, key)
            }
            Stage::Asking { .. } | Stage::Refused(_) => self.key_without_plan(state, key),
            Stage::Running(_) | Stage::Ended(..) | Stage::NotRun(..) => self.key_after(state, key),
        }
    }

    /// Pasted text goes where text is typed.
    pub fn paste(&mut self, text: &str) {
        match (&self.stage, self.focus) {
            (Stage::Ready(_), Focus::Reason) => self.reason.paste(text),
            (Stage::Ready(plan), Focus::Confirm) if wanted(&plan.confirm).is_some() => self.typed.paste(text),
            _ => {}
        }
    }

    fn key_without_plan(&mut self, state: &mut State, key: Key) -> Step {
        if key == Key::char('r') && matches!(self.stage, Stage::Refused(_)) {
            return Step::Stay(self.ask(state));
        }
        if leaves(key) || key == Key::char('q') || key.is(Named::Enter) {
            let forget = state.slots.close(&Slot::Plan).then_some(Effect::Forget(Slot::Plan));
            return Step::Close(forget.into_iter().collect());
        }
        Step::Stay(Vec::new())
    }

    fn key_after(&mut self, state: &mut State, key: Key) -> Step {
        if key == Key::char('u')
            && let Some(intent) = self.inverse()
        {
            return Step::Close(super::open(state, intent));
        }
        let way_out = match key.typed() {
            Some('x') => self.way_out(Verb::Abort),
            Some('b') => self.way_out(Verb::RollBack),
            _ => None,
        };
        if let Some(intent) = way_out {
            return Step::Close(super::open(state, intent));
        }
        if leaves(key) || key == Key::char('q') || key.is(Named::Enter) {
            if matches!(self.stage, Stage::Running(_)) {
                state.tell(Message::note("it goes on; the journal (7) shows how far it has come"));
            }
            return Step::Close(Vec::new());
        }
        self.scroll_by(state, scrolls(key, self.rows(state)));
        Step::Stay(Vec::new())
    }

    fn key_ready(&mut self, state: &mut State, plan: &Plan, key: Key) -> Step {
        self.notice = None;
        if leaves(key) && self.focus == Focus::Confirm {
            return Step::Close(Vec::new());
        }
        if leaves(key) {
            self.focus = Focus::Confirm;
            return Step::Stay(Vec::new());
        }
        if key.is(Named::Tab) || key.is(Named::BackTab) {
            self.focus = self.beside(plan, key.is(Named::Tab));
            return Step::Stay(Vec::new());
        }
        match self.focus {
            Focus::Reason => self.key_reason(state, key),
            Focus::Versions => self.key_versions(state, plan, key),
            Focus::Overrides => self.key_overrides(plan, key),
            Focus::Confirm if wanted(&plan.confirm).is_some() => self.key_typed(state, key),
            Focus::Confirm => self.key_yes(state, plan, key),
        }
    }

    /// The focus is on *No*: Enter takes it, only `y` is yes.
    fn key_yes(&mut self, state: &mut State, plan: &Plan, key: Key) -> Step {
        match key.typed() {
            Some('y') => return Step::Stay(self.confirm(state)),
            Some('n' | 'q') => return Step::Close(Vec::new()),
            Some('e' | 'i') => self.focus = Focus::Reason,
            Some('v') if plan.candidates.len() > 1 => self.focus = Focus::Versions,
            Some('o') if plan.overrides().next().is_some() => self.focus = Focus::Overrides,
            Some(':') => return Step::Stay(palette::open(state)),
            Some('?') => return Step::Stay(help::open(state, "")),
            _ if key.is(Named::Enter) => return Step::Close(Vec::new()),
            _ => self.scroll_by(state, scrolls(key, self.rows(state))),
        }
        Step::Stay(Vec::new())
    }

    /// The environment's name is typed; Enter confirms once it stands there.
    fn key_typed(&mut self, state: &mut State, key: Key) -> Step {
        if key.is(Named::Enter) {
            return Step::Stay(self.confirm(state));
        }
        if key == Key::char(':') && self.typed.text().is_empty() {
            return Step::Stay(palette::open(state));
        }
        match scrolls_while_typing(key, self.rows(state)) {
            Some(by) => self.scroll_by(state, Some(by)),
            None => {
                self.typed.key(key);
            }
        }
        Step::Stay(Vec::new())
    }

    fn key_reason(&mut self, state: &State, key: Key) -> Step {
        match scrolls_while_typing(key, self.rows(state)) {
            _ if key.is(Named::Enter) => self.focus = Focus::Confirm,
            Some(by) => self.scroll_by(state, Some(by)),
            None => {
                self.reason.key(key);
            }
        }
        Step::Stay(Vec::new())
    }

    /// Enter plans the selected version instead; one that cannot be chosen says why.
    fn key_versions(&mut self, state: &mut State, plan: &Plan, key: Key) -> Step {
        if !key.is(Named::Enter) {
            let rows = self.rows(state);
            if let Some(by) = scrolls(key, rows) {
                self.versions.step(by, plan.candidates.len(), rows);
            }
            return Step::Stay(Vec::new());
        }
        let Some(candidate) = plan.candidates.get(self.versions.at) else { return Step::Stay(Vec::new()) };
        if let Some(refused) = &candidate.refused {
            self.notice = Some(Text::from(format!("{} cannot be chosen: {refused}", candidate.version.version)));
            return Step::Stay(Vec::new());
        }
        self.focus = Focus::Confirm;
        if candidate.version.version == plan.to.version {
            return Step::Stay(Vec::new());
        }
        self.intent.version = Some(candidate.version.version.clone());
        Step::Stay(self.ask(state))
    }

    fn key_overrides(&mut self, plan: &Plan, key: Key) -> Step {
        let count = plan.overrides().count();
        if key.is(Named::Enter) {
            // Pressed twice it does not take the override away again.
            self.overrides.extend(plan.overrides().nth(self.finding).map(|finding| finding.guard.clone()));
            if self.overrides.len() == count {
                if self.reason.text() == self.proposed {
                    self.reason = Entry::default();
                }
                self.focus = Focus::Reason;
            }
        } else if key == Key::char(' ') {
            if let Some(finding) = plan.overrides().nth(self.finding)
                && !self.overrides.remove(&finding.guard)
            {
                self.overrides.insert(finding.guard.clone());
            }
        } else if let Some(by) = scrolls(key, count) {
            self.finding = self.finding.saturating_add_signed(by).min(count.saturating_sub(1));
        }
        Step::Stay(Vec::new())
    }

    /// The next thing that keys can go to.
    fn beside(&self, plan: &Plan, forward: bool) -> Focus {
        let mut stops = vec![Focus::Confirm];
        if plan.overrides().next().is_some() {
            stops.push(Focus::Overrides);
        }
        stops.push(Focus::Reason);
        if plan.candidates.len() > 1 {
            stops.push(Focus::Versions);
        }
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or(0);
        let next = if forward { at + 1 } else { at + stops.len() - 1 } % stops.len();
        stops.get(next).copied().unwrap_or(Focus::Confirm)
    }

    fn rows(&self, state: &State) -> usize {
        self.paper(state).rows(state.size)
    }

    fn scroll_by(&mut self, state: &State, by: Option<isize>) {
        if let Some(by) = by {
            let paper = self.paper(state);
            self.scroll.slide(by, paper.lines.len(), paper.rows(state.size));
        }
    }
}
