//! The output of a run or of one of its jobs: the end of it first, searched with `/`.

use super::paper::{Paper, field, keys, leaves, scrolls, width};
use super::{Dialog, Step};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::Failure;
use crate::model::{RunId, Text, Time};
use crate::view::{Line, Role, fit, format};

/// How many lines are kept at most: the last ones.
const KEPT: usize = 10_000;
const WIDE: u16 = 196;

/// The output of a run.
#[derive(Clone, Debug)]
pub struct Log {
    run: RunId,
    job: Option<Text>,
    /// When it was asked for, while the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Vec<Text>, Failure>>,
    scroll: Scroll,
    search: Entry,
    typing: bool,
}

/// Whether what is selected has output.
pub fn can_open(state: &State) -> Result<(), String> {
    state.place.subject().run.map(|_| ()).ok_or_else(|| "no run is selected".to_owned())
}

/// Opens the output of the selected run or job.
pub fn open(state: &mut State) -> Vec<Effect> {
    let subject = state.place.subject();
    let Some(run) = subject.run.or_else(|| state.place.wish.run.clone()) else { return Vec::new() };
    let mut log = Log {
        run,
        job: subject.job,
        asked: None,
        answer: None,
        scroll: Scroll::default(),
        search: Entry::default(),
        typing: false,
    };
    let effects = log.ask(state);
    state.dialogs.push(Dialog::Log(log));
    effects
}

/// The output came: its end is shown, where failures are.
pub fn came(state: &mut State, mut result: Result<Vec<Text>, Failure>) -> Vec<Effect> {
    if let Ok(lines) = &mut result {
        lines.drain(..lines.len().saturating_sub(KEPT));
    }
    let at = state.dialogs.iter().rposition(|dialog| matches!(dialog, Dialog::Log(_)));
    let Some(at) = at else { return Vec::new() };
    let Dialog::Log(mut log) = state.dialogs.remove(at) else { return Vec::new() };
    let at_end = log.answer.is_none() || log.scroll.top + log.paper(state).rows(state.size) >= log.len();
    log.asked = None;
    log.answer = Some(result);
    if at_end {
        log.scroll.slide(isize::MAX, log.len(), log.paper(state).rows(state.size));
    }
    state.dialogs.insert(at, Dialog::Log(log));
    Vec::new()
}

impl Log {
    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.asked = Some(state.clock);
        let request = Request::Log(self.run.clone(), self.job.clone());
        vec![Effect::Ask(state.slots.issue(Slot::Log), request)]
    }

    fn output(&self) -> &[Text] {
        match &self.answer {
            Some(Ok(lines)) => lines,
            _ => &[],
        }
    }

    fn len(&self) -> usize {
        self.output().len()
    }

    /// What it shows. Only lines that are seen are made.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let (search, at) = field("/", &self.search, cells);
        let count = format!("{} lines", format::count_of(self.len()));
        let help =
            keys(&[("j k", "scroll"), ("/", "search"), ("n N", "next, before"), ("r", "read again"), ("Esc", "close")]);
        let foot = vec![if self.typing { search } else { help.with(Role::Muted, format!("   {count}")) }];
        let mut title = Line::of(Role::Heading, format!("output of {}", self.run));
        if let Some(job) = &self.job {
            title = title.with(Role::Text, " · ").with(Role::Heading, job.as_str());
        }
        let mut paper = Paper { title, foot, wide: WIDE, tall: true, ..Paper::default() };
        paper.cursor = self.typing.then_some((0, at));
        paper.lines = match &self.answer {
            None => vec![Line::of(Role::Muted, "reading …")],
            Some(Err(failure)) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                std::iter::once(Line::of(Role::Warning, failure.what.as_str())).chain(hint).collect()
            }
            Some(Ok(lines)) if lines.is_empty() => vec![Line::of(Role::Muted, "there is no output")],
            Some(Ok(lines)) => {
                let seen = lines.iter().skip(self.scroll.top).take(paper.rows(state.size));
                seen.map(|line| self.marked(line.as_str(), cells)).collect()
            }
        };
        paper
    }

    fn marked(&self, text: &str, cells: usize) -> Line {
        let text = fit::cut(text, cells);
        let needle = self.search.text();
        let Some((before, after)) = text.split_once(needle).filter(|_| !needle.is_empty()) else {
            return Line::of(Role::Text, text);
        };
        Line::of(Role::Text, before).with(Role::Match, needle).with(Role::Text, after)
    }

    fn next(&mut self, rows: usize, forward: bool) {
        let needle = self.search.text();
        if needle.is_empty() {
            return;
        }
        let hits = |at: &usize| self.output().get(*at).is_some_and(|line| line.as_str().contains(needle));
        let found =
            if forward { (self.scroll.top + 1..self.len()).find(hits) } else { (0..self.scroll.top).rev().find(hits) };
        if let Some(found) = found {
            let len = self.len();
            self.scroll.top = found.min(len.saturating_sub(rows));
        }
    }

    /// Scrolls, searches, reads again.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        let rows = self.paper(state).rows(state.size);
        if self.typing {
            match () {
                () if leaves(key) => {
                    self.typing = false;
                    self.search = Entry::default();
                }
                () if key.is(Named::Enter) => {
                    self.typing = false;
                    self.scroll.top = self.scroll.top.saturating_sub(1);
                    self.next(rows, true);
                }
                () => {
                    self.search.key(key);
                }
            }
            return Step::Stay(Vec::new());
        }
        match key {
            key if leaves(key) || key == Key::char('q') => {
                let forget = state.slots.close(&Slot::Log).then_some(Effect::Forget(Slot::Log));
                return Step::Close(forget.into_iter().collect());
            }
            key if key == Key::char('/') => self.typing = true,
            key if key == Key::char('n') => self.next(rows, true),
            key if key == Key::char('N') => self.next(rows, false),
            key if key == Key::char('r') => return Step::Stay(self.ask(state)),
            key => {
                if let Some(by) = scrolls(key, rows) {
                    let len = self.len();
                    self.scroll.slide(by, len, rows);
                }
            }
        }
        Step::Stay(Vec::new())
    }
}
