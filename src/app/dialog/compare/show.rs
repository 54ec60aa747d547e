//! What the comparison shows.

use super::{Compare, Focus};
use crate::app::dialog::paper::{Paper, field, keys, width};
use crate::app::state::State;
use crate::app::wake::PATIENCE;
use crate::app::wrap::wrap;
use crate::model::{CommitId, Status};
use crate::view::{Line, Present, Role, comparison, fit};

const WIDE: u16 = 116;

impl Compare {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let title = Line::of(Role::Heading, "compare ")
            .with(Role::Strong, self.service.to_string())
            .with(Role::Heading, format!(": {} to {}", shown(&self.from), shown(&self.to)));
        let mut paper = Paper { title, wide: WIDE, tall: true, top: self.scroll.top, ..Paper::default() };
        if let Focus::Side(choose) = &self.focus {
            (paper.lines, paper.selected, paper.top) = choose.lines(state, cells);
            let (line, at) = choose.field(cells);
            paper.foot = vec![Line::default(), line, keys(&[("Enter", "compare with it"), ("Esc", "back")])];
            paper.cursor = Some((1, at));
            return paper;
        }
        paper.lines = self.head(state, cells);
        let stops = self.stops(state);
        paper.lines.extend(self.items(state).iter().map(|item| fit::cut_line(&item.line, cells)));
        if stops.is_empty() && self.comparison().is_some() {
            let why = if self.filter.text().is_empty() {
                "no change lies between them"
            } else {
                "no change passes the filter"
            };
            paper.lines.push(Line::of(Role::Muted, why));
        }
        paper.selected = stops.get(self.scroll.at).map(|(line, _)| *line);
        self.foot(cells, &mut paper);
        paper
    }

    /// What stands above the changes.
    fn head(&self, state: &State, cells: usize) -> Vec<Line> {
        let present = Present::new(state.sources.now, chrono_tz::UTC);
        let long = self.asked.is_some_and(|asked| (state.clock - asked).num_milliseconds() >= PATIENCE);
        let mut lines = match &self.answer {
            Some(Ok(it)) => comparison::head(it, &present),
            Some(Err(failure)) => {
                let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
                let what = Line::of(Role::Status(Status::Failed), failure.what.as_str());
                std::iter::once(what).chain(hint).collect()
            }
            None => vec![Line::of(Role::Muted, if long { "comparing …" } else { "" })],
        };
        if self.answer.is_some() {
            lines.push(if long { Line::of(Role::Muted, "comparing …") } else { Line::default() });
        }
        lines.iter().flat_map(|line| wrap(line, cells, 2)).collect()
    }

    /// The lines on which the selection stops, each with its change.
    pub(super) fn stops(&self, state: &State) -> Vec<(usize, CommitId)> {
        let first = self.head(state, width(state.size, WIDE)).len();
        let items = self.items(state);
        items.iter().enumerate().filter_map(|(at, item)| Some((first + at, item.commit?))).collect()
    }

    fn foot(&self, cells: usize, paper: &mut Paper) {
        paper.foot.push(Line::default());
        let filtering = matches!(self.focus, Focus::Filter);
        if filtering || !self.filter.text().is_empty() {
            let (line, at) = field("/", &self.filter, cells);
            if filtering {
                paper.cursor = Some((paper.foot.len(), at));
            }
            paper.foot.push(line);
        }
        let all: &[(&str, &str)] = match filtering {
            true => &[("Enter", "keep"), ("Esc", "take it back")],
            false => &[
                ("Enter", "its flow"),
                ("f t", "sides"),
                ("x", "swap"),
                ("/", "filter"),
                ("y", "copy"),
                ("Esc", "close"),
            ],
        };
        paper.foot.push(fit::cut_line(&keys(all), cells));
    }
}

/// A name as people read it: of a whole commit id its first digits.
fn shown(name: &str) -> String {
    match name.parse::<CommitId>() {
        Ok(commit) => commit.short(),
        Err(_) => crate::model::text::clean(name).into_owned(),
    }
}
