//! What several plans at once show.

use super::{Bulk, Focus, Item, Stage, refusal};
use crate::app::dialog::paper::{Paper, field, keys, width};
use crate::app::state::State;
use crate::app::wake::PATIENCE;
use crate::app::wrap::wrap;
use crate::backend::Verb;
use crate::model::Status;
use crate::operation::{Confirm, Plan, Weight};
use crate::view::{Align, Line, Role, Span, fit, format};

const WIDE: u16 = 116;
/// The widest that the names of tracks may be, cells.
const NAMES: usize = 36;

impl Bulk {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let mut paper = Paper { title: self.title(), wide: WIDE, tall: true, ..Paper::default() };
        if let Focus::Plan(top) = self.focus
            && let Some(plan) = self.selected().and_then(Item::plan)
        {
            let lines = (state.views.plan)(plan, state.sources.now);
            paper.lines = lines.iter().flat_map(|line| wrap(line, cells, 2)).collect();
            paper.top = top;
            paper.foot = vec![Line::default(), keys(&[("j k", "scroll"), ("Esc", "back to the list")])];
            return paper;
        }
        let names = self.items.iter().map(|item| fit::width(&item.intent.track.to_string())).max().unwrap_or(0);
        let line = |item: &Item| fit::cut_line(&self.line(state, item, names.min(NAMES).min(cells / 2)), cells);
        paper.lines = self.items.iter().map(line).collect();
        paper.selected = Some(self.scroll.at);
        paper.top = self.scroll.top;
        self.foot(state, cells, &mut paper);
        paper
    }

    fn title(&self) -> Line {
        let to = if self.verb == Verb::Promote { " to " } else { " " };
        let verb = format!("{}{to}", self.verb.word());
        Line::of(Role::Heading, verb).with(Role::Strong, format::counted(self.items.len() as u64, "track"))
    }

    fn line(&self, state: &State, item: &Item, names: usize) -> Line {
        let mark = match (item.included().is_some(), item.out, &item.stage) {
            (true, ..) => "[x] ",
            (_, true, Stage::Planned(_)) => "[ ] ",
            _ => "    ",
        };
        let track = &item.intent.track;
        let name = fit::pad(&fit::cut(&track.to_string(), names), names, Align::Left);
        let production = state.sources.snapshot.environment(&track.environment).is_some_and(|it| it.production);
        let role = Role::Environment(track.environment.clone(), production);
        Line::of(Role::Strong, mark).with(role, name).with(Role::Text, "  ").then(says(state, item))
    }

    fn foot(&self, state: &State, cells: usize, paper: &mut Paper) {
        paper.foot.push(Line::default());
        if let Some(more) = self.selected().and_then(more) {
            // Two lines at most: the whole plan is one key away.
            paper.foot.extend(wrap(&more, cells, 2).into_iter().take(2));
        }
        if let Some(notice) = &self.notice {
            paper.foot.extend(wrap(&Line::of(Role::Warning, notice.as_str()), cells, 2).into_iter().take(2));
        }
        if self.running {
            let how = if self.stopping { "stopping after this one" } else { "one after the other" };
            paper.foot.push(Line::of(Role::Muted, format!("carried out {how}")));
            paper.foot.push(keys(&[("s", "stop after this one"), ("Enter", "its plan"), ("Esc", "close; it goes on")]));
            return;
        }
        if self.planning() == 0 && self.included().next().is_none() && self.focus == Focus::List {
            paper.foot.push(Line::of(Role::Muted, "nothing is left to be carried out"));
            let all =
                [("Enter", "its plan"), ("Space", "take in"), ("r", "plan again"), ("u", "undo …"), ("Esc", "close")];
            paper.foot.push(fit::cut_line(&keys(&all), cells));
            return;
        }
        let (reason, at) = field("reason", &self.reason, cells);
        let proposed = self.reason.text().is_empty() && self.focus != Focus::Reason;
        if self.focus == Focus::Reason {
            paper.cursor = Some((paper.foot.len(), at));
        }
        paper.foot.push(if proposed { reason.with(Role::Muted, "as each plan proposes") } else { reason });
        self.question(state, cells, paper);
    }

    /// The question, or why it cannot be answered with yes; and the keys.
    fn question(&self, state: &State, cells: usize, paper: &mut Paper) {
        let line = match (self.refused(state), self.confirm()) {
            (Some(refused), _) => Line::of(Role::Warning, refused),
            (None, Some(Confirm::Yes) | None) => {
                Line::of(Role::Heading, "carry this out?").with(Role::Text, " ").with(Role::Strong, "[No]")
            }
            (None, Some(Confirm::Count(count))) => {
                self.typed_line(&format!("type {count} to carry out {count} of them:"), cells, paper)
            }
            (None, Some(Confirm::Environment(id))) => {
                self.typed_line(&format!("Tab, then type {id} to carry it out:"), cells, paper)
            }
        };
        paper.foot.push(fit::cut_line(&line, cells));
        let all: &[(&str, &str)] = match (self.focus, self.confirm()) {
            (Focus::Typed, _) => &[("Enter", "do it, once it stands there"), ("Esc", "back")],
            (Focus::Reason, _) => &[("Enter", "done"), ("Esc", "back")],
            (_, Some(Confirm::Yes)) => &[
                ("y", "yes, do it"),
                ("Space", "leave out"),
                ("Enter", "its plan"),
                ("e", "reason"),
                ("u", "undo …"),
                ("Esc", "No"),
            ],
            _ => &[
                ("Space", "leave out"),
                ("Enter", "its plan"),
                ("e", "reason"),
                ("r", "plan again"),
                ("u", "undo …"),
                ("Esc", "No"),
            ],
        };
        paper.foot.push(fit::cut_line(&keys(all), cells));
    }

    fn typed_line(&self, label: &str, cells: usize, paper: &mut Paper) -> Line {
        let (line, at) = field(label, &self.typed, cells);
        if self.focus == Focus::Typed {
            paper.cursor = Some((paper.foot.len(), at));
        }
        line
    }
}

/// What is said of a track beside its name.
fn says(state: &State, item: &Item) -> Line {
    match &item.stage {
        Stage::Waiting => Line::of(Role::Muted, "waits to be planned"),
        Stage::Asking(since) => {
            let long = (state.clock - *since).num_milliseconds() >= PATIENCE;
            Line::of(Role::Muted, if long { "planning …" } else { "" })
        }
        Stage::Refused(failure) => Line::of(Role::Status(Status::Failed), format!("no plan: {}", failure.what)),
        Stage::Planned(_) if item.out => Line::of(Role::Muted, "left out"),
        Stage::Planned(plan) => match (refusal(plan), item.queued.is_some()) {
            (Some(why), _) => Line::of(Role::Status(Status::Held), "left out, ").with(Role::Text, why),
            (None, true) => change(plan).with(Role::Muted, "  waits for its turn"),
            (None, false) => planned(plan),
        },
        Stage::Running(plan) => {
            let flying = state.flying(&plan.operation);
            let what = flying.and_then(|it| it.progress.as_ref()).map_or("beginning", |it| it.what.as_str());
            let elapsed = flying.map(|it| format::duration((state.clock - it.since).num_seconds()));
            Line(vec![Span::status(Status::Running)])
                .with(Role::Strong, format!(" {what}"))
                .with(Role::Muted, format!("  {}", elapsed.unwrap_or_default()))
        }
        Stage::Ended(_, done) => Line(vec![Span::status(done.summary.ending.status())])
            .with(Role::Text, format!(" {}", done.summary.ending.why())),
        Stage::NotRun(_, failure) => {
            Line::of(Role::Status(Status::Failed), "not carried out: ").with(Role::Text, failure.what.as_str())
        }
    }
}

/// `1.4.2 → 1.5.0`.
fn change(plan: &Plan) -> Line {
    let from = plan.from.as_ref().map_or_else(|| "nothing".to_owned(), |from| from.version.to_string());
    Line::of(Role::Text, from).with(Role::Muted, " → ").with(Role::Strong, plan.to.version.to_string())
}

/// `1.4.2 → 1.5.0  +4 -0  forward  1 risk  2 warnings`.
fn planned(plan: &Plan) -> Line {
    let count = |changes: &Option<crate::operation::Changes>| {
        changes.as_ref().map_or_else(|| format::UNDEFINED.to_owned(), |it| format::count(it.count.into()))
    };
    let mut line = change(plan)
        .with(Role::Added, format!("  +{}", count(&plan.added)))
        .with(Role::Removed, format!(" -{}", count(&plan.removed)))
        .with(Role::Muted, format!("  {}", plan.kind.word()));
    if !plan.risks.is_empty() {
        line = line.with(Role::Warning, format!("  {}", format::counted(plan.risks.len() as u64, "risk")));
    }
    let warnings = plan.findings.iter().filter(|finding| finding.weight == Weight::Warn).count() as u64;
    if warnings > 0 {
        line = line.with(Role::Warning, format!("  {}", format::counted(warnings, "warning")));
    }
    line
}

/// What has to be known of the selected track and does not fit into its line.
fn more(item: &Item) -> Option<Line> {
    let of_plan = |plan: &Plan| {
        let risks = plan.risks.iter().map(|risk| risk.says.to_string());
        let warnings = plan.findings.iter().filter(|finding| finding.weight == Weight::Warn);
        let warnings = warnings.map(|finding| format!("{}: {}", finding.guard, finding.why));
        let all: Vec<String> = refusal(plan).into_iter().chain(risks).chain(warnings).collect();
        (!all.is_empty()).then(|| Line::of(Role::Warning, all.join("; ")))
    };
    match &item.stage {
        _ if item.note.is_some() => item.note.as_ref().map(|note| Line::of(Role::Warning, note.as_str())),
        Stage::Planned(plan) => of_plan(plan),
        Stage::Refused(failure) | Stage::NotRun(_, failure) => {
            let hint = failure.hint.as_ref().map(|hint| format!("  hint: {hint}")).unwrap_or_default();
            Some(Line::of(Role::Warning, failure.what.as_str()).with(Role::Muted, hint))
        }
        Stage::Ended(plan, done) if done.undo.is_some() => {
            Some(Line::of(Role::Key, "u").with(Role::Muted, format!(" undo: {}", plan.undo)))
        }
        _ => None,
    }
}
