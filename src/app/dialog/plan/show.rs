//! What a plan's dialog shows.

use super::{Focus, Plans, Stage, wanted};
use crate::app::dialog::paper::{Paper, field, keys, width};
use crate::app::state::{Flying, State};
use crate::app::wake::PATIENCE;
use crate::app::wrap::wrap;
use crate::backend::Verb;
use crate::model::Status;
use crate::operation::{Done, Intent, Plan};
use crate::view::{Line, Role, Span, fit, format};

const WIDE: u16 = 116;
/// How many cells a bar of progress is long.
const BAR: u64 = 16;

impl Plans {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let mut paper = Paper { title: self.title(state), wide: WIDE, tall: true, ..Paper::default() };
        let mut lines = match &self.stage {
            Stage::Asking { since, before } => asking(state, *since, before.is_some()),
            Stage::Refused(failure) => {
                let mut lines = vec![Line::of(Role::Status(Status::Failed), failure.what.as_str())];
                lines.extend(failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}"))));
                lines
            }
            Stage::Ready(_) => Vec::new(),
            Stage::Running(plan) => running(state, plan),
            Stage::Ended(plan, done) => ended(plan, done),
            Stage::NotRun(_, failure) => {
                let mut lines =
                    vec![Line::of(Role::Status(Status::Failed), format!("not carried out: {}", failure.what))];
                lines.extend(failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}"))));
                lines.push(Line::default());
                lines
            }
        };
        match self.plan() {
            Some(plan) if self.focus == Focus::Versions && matches!(self.stage, Stage::Ready(_)) => {
                lines = plan
                    .candidates
                    .iter()
                    .map(|it| fit::cut_line(&(state.views.candidate)(it, state.clock), cells))
                    .collect();
                paper.selected = Some(self.versions.at);
                paper.top = self.versions.top;
            }
            // What was live, and what held it, is not so any more.
            Some(_) if matches!(&self.stage, Stage::Ended(_, done) if done.succeeded()) => {
                lines = lines.iter().flat_map(|line| wrap(line, cells, 2)).collect();
            }
            Some(plan) => {
                lines.extend((state.views.plan)(plan, state.sources.now));
                lines = lines.iter().flat_map(|line| wrap(line, cells, 2)).collect();
                paper.top = self.scroll.top;
            }
            None => lines = lines.iter().flat_map(|line| wrap(line, cells, 2)).collect(),
        }
        paper.lines = lines;
        self.foot(state, cells, &mut paper);
        paper
    }

    fn title(&self, state: &State) -> Line {
        let verb = self.intent.verb;
        let track = &self.intent.track;
        let production = state.sources.snapshot.environment(&track.environment).is_some_and(|it| it.production);
        Line::of(Role::Heading, format!("{} ", verb.word()))
            .with(Role::Strong, track.service.to_string())
            .with(Role::Heading, format!(" {} ", verb.preposition()))
            .with(Role::Environment(track.environment.clone(), production), track.environment.to_string())
    }

    fn foot(&self, state: &State, cells: usize, paper: &mut Paper) {
        paper.foot.push(Line::default());
        let Stage::Ready(plan) = &self.stage else {
            paper.foot.push(self.keys_after());
            return;
        };
        if let Some(notice) = &self.notice {
            paper.foot.push(fit::cut_line(&Line::of(Role::Warning, notice.as_str()), cells));
        }
        for (at, finding) in plan.overrides().enumerate() {
            let mark = if self.overrides.contains(&finding.guard) { "[x] " } else { "[ ] " };
            let here = self.focus == Focus::Overrides && at == self.finding;
            let line = Line::of(if here { Role::Key } else { Role::Text }, if here { "> " } else { "  " })
                .with(Role::Strong, mark)
                .with(Role::Warning, format!("override {}", finding.guard));
            paper.foot.push(fit::cut_line(&line, cells));
        }
        let (reason, at) = field("reason", &self.reason, cells);
        if self.focus == Focus::Reason {
            paper.cursor = Some((paper.foot.len(), at));
        }
        paper.foot.push(reason);
        self.question(state, plan, cells, paper);
    }

    /// The question, or why it cannot be answered with yes; and the keys.
    fn question(&self, state: &State, plan: &Plan, cells: usize, paper: &mut Paper) {
        let forbidden = plan.denials().next().is_some() || !state.write.rule(state.clock).writes();
        let wanted = wanted(&plan.confirm);
        match (self.allowed(state), &wanted) {
            (Err(reason), _) if forbidden => paper.foot.push(fit::cut_line(&Line::of(Role::Warning, reason), cells)),
            (_, Some(wanted)) => {
                let (line, at) = field(&format!("type {wanted} to confirm:"), &self.typed, cells);
                if self.focus == Focus::Confirm {
                    paper.cursor = Some((paper.foot.len(), at));
                }
                paper.foot.push(line);
            }
            (_, None) => {
                let line = Line::of(Role::Heading, "carry this out?").with(Role::Text, " ").with(Role::Strong, "[No]");
                paper.foot.push(line);
            }
        }
        let mut all = match (self.focus, &wanted) {
            (Focus::Confirm, None) if forbidden => vec![("Esc", "close")],
            (Focus::Confirm, None) => vec![("Enter", "No"), ("y", "yes, do it")],
            (Focus::Confirm, Some(_)) => vec![("Esc", "No"), ("Enter", "do it, once the name stands there")],
            (Focus::Reason, _) => vec![("Enter", "done"), ("Esc", "back")],
            (Focus::Versions, _) => vec![("Enter", "plan this version"), ("Esc", "back")],
            (Focus::Overrides, _) => vec![("Space", "override"), ("Esc", "back")],
        };
        if self.focus == Focus::Confirm && wanted.is_none() {
            all.push(("e", "reason"));
            if plan.candidates.len() > 1 {
                all.push(("v", "other versions"));
            }
        } else {
            let chooses = plan.candidates.len() > 1;
            all.push(("Tab", if chooses { "reason, versions" } else { "reason" }));
        }
        all.push(("↑ ↓", "scroll"));
        paper.foot.push(fit::cut_line(&keys(&all), cells));
    }

    fn keys_after(&self) -> Line {
        let abort = self.way_out(Verb::Abort).map(|_| ("x", "abort …"));
        let back = self.way_out(Verb::RollBack).map(|_| ("b", "roll back …"));
        let undo = self.inverse().filter(|_| back.is_none()).map(|_| ("u", "undo …"));
        let all: &[(&str, &str)] = match &self.stage {
            Stage::Running(_) => &[("Esc", "close; it goes on"), ("↑ ↓", "scroll")],
            Stage::Refused(_) => &[("r", "plan again"), ("Esc", "close")],
            Stage::Ended(..) if abort.or(back).or(undo).is_some() => &[("Esc", "close"), ("↑ ↓", "scroll")],
            _ => &[("Esc", "close")],
        };
        let ways = [abort, back, undo].into_iter().flatten();
        keys(&ways.chain(all.iter().copied()).collect::<Vec<_>>())
    }
}

/// Nothing for a moment: most plans are there before anybody could read this.
fn asking(state: &State, since: crate::model::Time, shown_before: bool) -> Vec<Line> {
    let waited = (state.clock - since).num_milliseconds() >= PATIENCE;
    let mut lines = vec![Line::of(Role::Muted, if waited { "planning …" } else { "" })];
    if shown_before {
        lines.push(Line::default());
    }
    lines
}

fn running(state: &State, plan: &Plan) -> Vec<Line> {
    let Some(Flying { since, progress, .. }) = state.flying(&plan.operation) else { return Vec::new() };
    let elapsed = format::duration((state.clock - *since).num_seconds());
    let what = progress.as_ref().map_or("beginning", |progress| progress.what.as_str());
    let mut line = Line(vec![Span::status(Status::Running)]).with(Role::Strong, format!(" {what}"));
    if let Some(progress) = progress.as_ref().filter(|progress| progress.total > 0) {
        let filled = (progress.done.min(progress.total) * BAR / progress.total) as usize;
        let bar = format!("  {}{}", "█".repeat(filled), "░".repeat(BAR as usize - filled));
        line = line.with(Role::Series(0), bar).with(Role::Muted, format!(" {} of {}", progress.done, progress.total));
    }
    let expected = plan.expected_seconds.map(|seconds| format!(" of about {}", format::duration_of(Some(seconds))));
    line = line.with(Role::Muted, format!("  {elapsed}{}", expected.unwrap_or_default()));
    vec![line, Line::default()]
}

fn key_of(verb: Verb) -> &'static str {
    if verb == Verb::Abort { "x" } else { "b" }
}

/// `gives up what is on its way`, `puts 1.4.2 back`.
pub fn way_of(way: &Intent) -> String {
    match &way.version {
        Some(version) => format!("puts {version} back"),
        None => "gives up what is on its way, and stays with what is live".to_owned(),
    }
}

fn ended(plan: &Plan, done: &Done) -> Vec<Line> {
    let summary = &done.summary;
    let took =
        summary.ended_at.map(|ended| format!("  {}", format::duration((ended - summary.began_at).num_seconds())));
    let line = Line(vec![Span::status(summary.ending.status())])
        .with(Role::Strong, format!(" {}", summary.ending.why()))
        .with(Role::Muted, took.unwrap_or_default());
    let mut lines = vec![line];
    lines.extend(done.follow_up.iter().map(|next| Line::of(Role::Warning, format!("to make it last: {next}"))));
    lines.extend(done.problems.iter().map(|problem| Line::of(Role::Warning, problem.as_str())));
    lines.extend(done.ways_out.iter().map(|way| {
        Line::of(Role::Muted, "way out: ")
            .with(Role::Key, key_of(way.verb))
            .with(Role::Text, format!(" {}", way_of(way)))
    }));
    if done.undo.is_some() && done.ways_out.is_empty() {
        lines.push(Line::of(Role::Muted, format!("undo: {}", plan.undo)));
    }
    lines.push(Line::default());
    lines
}
