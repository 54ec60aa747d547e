//! The output of a run, of one of its jobs or of what runs in a track: the end of it first; followed while it grows, searched, filtered by level.

mod choose;
mod keys;
mod lines;
mod show;

#[cfg(test)]
mod tests;

use super::Dialog;
use crate::app::attention::of_track;
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::{Failure, LogOf};
use crate::backend::{LogCursor, LogPart, Output, Which};
use crate::model::{Job, Run, RunId, Sight, Status, Text, Time, TrackId};
use crate::view::{Filter, Screen};
use choose::Outputs;
use lines::{Level, Lines};

/// An output.
#[derive(Clone, Debug)]
pub struct Log {
    of: LogOf,
    /// What there is to choose from, where it is the output of what runs.
    outputs: Outputs,
    /// The list to choose from, while it is shown.
    choosing: Option<Scroll>,
    /// When it was asked for, while the answer is awaited.
    pub asked: Option<Time>,
    /// Whether anything has come yet.
    answered: bool,
    failure: Option<Failure>,
    lines: Lines,
    cursor: Option<LogCursor>,
    /// Whether new lines are waited for.
    following: bool,
    /// The selected line, among those that are shown.
    scroll: Scroll,
    search: Entry,
    typing: bool,
    least: Level,
    wrap: bool,
    numbers: bool,
    stamps: bool,
}

/// Whether what is selected has output.
pub fn can_open(state: &State) -> Result<(), String> {
    if running(state).is_some() {
        return Ok(());
    }
    let subject = state.place.subject();
    let missing = match subject.deployment {
        Some(_) => "no run is known that carried this deployment out",
        None => "no run is selected",
    };
    let run = subject.run.ok_or(missing)?;
    match run_of(state, &run) {
        Some(found) if found.jobs.is_empty() => Err(format!("the jobs of run {run} were not reported")),
        _ => Ok(()),
    }
}

/// The selected track, where the output of what runs there is kept: not on the screen of runs, whose rows have outputs of
/// their own.
fn running(state: &State) -> Option<TrackId> {
    let snapshot = &state.sources.snapshot;
    let track = state.place.subject().track().filter(|_| state.place.wish.screen != Screen::Runs)?;
    let owner = snapshot.track(&track)?.owner.as_ref();
    let keeps = match owner.and_then(|owner| snapshot.sources.get(owner)) {
        Some(owner) => owner.outputs,
        None => snapshot.sources.values().any(|source| source.outputs),
    };
    keeps.then_some(track)
}

/// Opens the output of what runs in the selected track, where it is kept; else of the selected job, or of the job of the
/// selected run that tells most. That of what runs is followed.
pub fn open(state: &mut State) -> Vec<Effect> {
    if let Some(track) = running(state) {
        let mut log = Log::new(LogOf::Track(track, Which::default()), true);
        let mut effects = log.ask(state);
        effects.extend(log.list(state));
        state.dialogs.push(Dialog::Log(Box::new(log)));
        return effects;
    }
    let subject = state.place.subject();
    let Some(run) = subject.run.or_else(|| state.place.wish.run.clone()) else { return Vec::new() };
    let job = subject.job.or_else(|| run_of(state, &run).and_then(telling).map(|job| job.name.clone()));
    let following = runs(state, &run, job.as_ref());
    let mut log = Log::new(LogOf::Run(run, job), following);
    let effects = log.ask(state);
    state.dialogs.push(Dialog::Log(Box::new(log)));
    effects
}

/// The run of that id.
pub fn run_of<'a>(state: &'a State, run: &RunId) -> Option<&'a Run> {
    let mut all = state.sources.snapshot.services.values().flat_map(|service| &service.runs);
    all.find(|it| it.id == *run).map(|run| &**run)
}

/// The job of a run whose output tells most: the one that failed, else the one at work, else the last that began.
fn telling(run: &Run) -> Option<&Job> {
    let of = |status: Status| run.jobs.iter().find(move |job| job.status == status);
    let last = || run.jobs.iter().rev().find(|job| job.started_at.is_some()).or(run.jobs.last());
    failed(run).or_else(|| of(Status::Running)).or_else(last)
}

/// The first job of a run that failed.
pub fn failed(run: &Run) -> Option<&Job> {
    run.jobs.iter().find(|job| job.status == Status::Failed)
}

/// Whether the run, or its job, is still at work.
fn runs(state: &State, run: &RunId, job: Option<&Text>) -> bool {
    let at_work = |status: Status| matches!(status, Status::Running | Status::Waiting);
    run_of(state, run).is_some_and(|it| match job.and_then(|job| it.jobs.iter().find(|it| it.name == *job)) {
        Some(job) => at_work(job.status),
        None => at_work(it.status),
    })
}

/// Output came. Who stood at the end stays at the end.
pub fn came(state: &mut State, result: Result<LogPart, Failure>) -> Vec<Effect> {
    with_log(state, |log, state| log.take(state, result))
}

/// What there is to choose from came.
pub fn listed(state: &mut State, result: Result<Vec<Output>, Failure>) -> Vec<Effect> {
    with_log(state, |log, _| {
        log.listed(result);
        Vec::new()
    })
}

fn with_log(state: &mut State, act: impl FnOnce(&mut Log, &mut State) -> Vec<Effect>) -> Vec<Effect> {
    let at = state.dialogs.iter().rposition(|dialog| matches!(dialog, Dialog::Log(_)));
    let taken = at.map(|at| (at, state.dialogs.remove(at)));
    let Some((at, Dialog::Log(mut log))) = taken else { return Vec::new() };
    let effects = act(&mut log, state);
    state.dialogs.insert(at, Dialog::Log(log));
    effects
}

impl Log {
    /// What it is the output of.
    pub fn sight(&self) -> Sight {
        match &self.of {
            LogOf::Run(run, _) => Sight::Run(run.clone()),
            LogOf::Track(track, _) => of_track(track),
        }
    }

    fn new(of: LogOf, following: bool) -> Self {
        Self {
            of,
            outputs: Outputs::default(),
            choosing: None,
            asked: None,
            answered: false,
            failure: None,
            lines: Lines::default(),
            cursor: None,
            following,
            scroll: Scroll::default(),
            search: Entry::default(),
            typing: false,
            least: Level::Plain,
            wrap: false,
            numbers: false,
            stamps: true,
        }
    }

    /// Asks for all of it.
    fn ask(&mut self, state: &mut State) -> Vec<Effect> {
        self.asked = Some(state.clock);
        self.request(state, None, false)
    }

    /// Waits for what comes next.
    fn follow(&mut self, state: &mut State) -> Vec<Effect> {
        match self.cursor.clone() {
            Some(cursor) if self.following && self.failure.is_none() => self.request(state, Some(cursor), true),
            _ => Vec::new(),
        }
    }

    fn request(&self, state: &mut State, after: Option<LogCursor>, wait: bool) -> Vec<Effect> {
        let request = Request::Log { of: self.of.clone(), after, wait };
        vec![Effect::Ask(state.slots.issue(Slot::Log), request)]
    }

    fn take(&mut self, state: &mut State, result: Result<LogPart, Failure>) -> Vec<Effect> {
        let first = !self.answered || self.asked.is_some();
        let was = self.shown();
        let at_end = first || self.scroll.at + 1 >= was.len();
        let here = was.get(self.scroll.at).map(|at| at + self.lines.dropped());
        self.asked = None;
        self.answered = true;
        match result {
            Ok(part) => {
                self.failure = None;
                self.cursor.clone_from(&part.cursor);
                // What was asked for as a whole takes the place of what was there.
                self.lines.take(LogPart { anew: part.anew || first, ..part });
            }
            Err(failure) if first => self.failure = Some(failure),
            Err(failure) => {
                self.following = false;
                state.tell(Message::warning(format!("it is not followed any more: {}", failure.what)));
            }
        }
        let shown = self.shown();
        let same = here.and_then(|here| shown.iter().position(|at| at + self.lines.dropped() >= here));
        let rows = self.rows(state);
        let at = if at_end { shown.len().saturating_sub(1) } else { same.unwrap_or(0) };
        self.scroll.select(at, shown.len(), rows);
        self.follow(state)
    }

    /// The places of the lines that are shown.
    fn shown(&self) -> Vec<usize> {
        self.lines.weighing(self.least)
    }

    /// What is searched: smart-case, as one piece of text.
    fn needle(&self) -> Filter {
        let text = self.search.text();
        if text.is_empty() { Filter::default() } else { Filter::parse(&format!("\"{}\"", text.replace('"', "")), &[]) }
    }

    /// The shown lines in which what is searched stands, by their number among those shown.
    fn hits(&self, shown: &[usize]) -> Vec<usize> {
        let needle = self.needle();
        if needle.is_empty() {
            return Vec::new();
        }
        let holds =
            |at: &usize| self.lines.get(*at).is_some_and(|(_, line)| !needle.found_in(line.as_str()).is_empty());
        shown.iter().enumerate().filter(|(_, at)| holds(at)).map(|(number, _)| number).collect()
    }
}
