//! The deployments of a track in the window, newest first, with what came with each and what is held against it.

use std::borrow::Cow;

use super::dashboard::About;
use super::evidence::{evidence, flags, name, remedy};
use super::{lens, without_numbers};
use crate::metrics::Entry;
use crate::metrics::report::{Flag, Measured};
use crate::model::{Status, TrackId};
use crate::query::TrackReport;
use crate::view::format::{UNDEFINED, count_of, duration_of};
use crate::view::lens::{Lens, through_lens};
use crate::view::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish};

const FIELDS: [&str; 5] = ["version", "kind", "verdict", "flag", "why"];
const ORDERS: [&str; 4] = ["newest", "oldest", "changes", "lead time"];

/// The deployments of a track in the window.
#[derive(Debug)]
pub struct Deployments {
    lens: Lens,
    about: About,
    columns: Vec<Column>,
    /// Places among the measured deployments.
    rows: Vec<usize>,
}

/// How a deployment is judged: its state and the word for it.
pub(super) fn verdict(it: &Measured) -> (Status, &'static str) {
    match () {
        () if !it.failed_by.is_empty() => (Status::Failed, "failed"),
        () if it.kind == crate::model::Kind::Failed => (Status::Cancelled, "never live"),
        () if it.flags.contains(&Flag::Provisional) => (Status::Waiting, "provisional"),
        () if it.counted => (Status::Ok, "well"),
        () => (Status::Skipped, "not counted"),
    }
}

/// What identifies a deployment among the rows.
pub(super) fn row_key(it: &Entry) -> RowKey {
    RowKey(format!("{}/{}", it.source.as_str(), it.deployment.id.as_str()))
}

impl Deployments {
    /// The deployments of a track.
    pub fn new(track: TrackId, wish: &Wish, sources: &Sources) -> Self {
        let lens = lens(wish, sources, &FIELDS, &ORDERS);
        let about = About::new(track, sources);
        let mut it = Self { lens, about, columns: columns(), rows: Vec::new() };
        it.rows = it.find_rows();
        it
    }

    fn find_rows(&self) -> Vec<usize> {
        let Some(report) = self.report() else { return Vec::new() };
        let all = &report.metrics.deployments;
        let mut rows: Vec<usize> = (0..all.len()).rev().filter(|at| self.passes(report, *at)).collect();
        let number = |at: usize, of: fn(&Measured) -> Option<f64>| all.get(at).and_then(of).unwrap_or(-1.0);
        match self.lens.sort.by {
            "oldest" => rows.reverse(),
            "changes" => rows.sort_by_key(|at| std::cmp::Reverse(all.get(*at).and_then(|it| it.changes))),
            "lead time" => {
                let p50 = |at: usize| number(at, |it| it.lead_time.and_then(|it| it.p50));
                rows.sort_by(|a, b| p50(*b).total_cmp(&p50(*a)));
            }
            _ => {}
        }
        if self.lens.sort.turned {
            rows.reverse();
        }
        rows
    }

    fn passes(&self, report: &TrackReport, at: usize) -> bool {
        if self.lens.filter.is_empty() {
            return true;
        }
        let Some((it, entry)) = pair(report, at) else { return false };
        let mut fields: Vec<(&'static str, Cow<'_, str>)> = vec![
            ("version", name(&entry.deployment).into()),
            ("kind", it.kind.word().into()),
            ("verdict", verdict(it).1.into()),
        ];
        fields.extend(it.flags.iter().map(|it| ("flag", it.word().into())));
        fields.extend(it.failed_by.iter().map(|it| ("why", evidence(report, it).into())));
        fields.extend(it.remedy.iter().map(|it| ("why", remedy(report, it).into())));
        self.lens.filter.matches(&fields)
    }

    fn report(&self) -> Option<&TrackReport> {
        self.about.studied.as_ref().map(|it| &it.report)
    }

    fn at(&self, at: usize) -> Option<(&TrackReport, &Measured, &Entry)> {
        let report = self.report()?;
        let (it, entry) = pair(report, *self.rows.get(at)?)?;
        Some((report, it, entry))
    }
}

fn pair(report: &TrackReport, at: usize) -> Option<(&Measured, &Entry)> {
    let it = report.metrics.deployments.get(at)?;
    Some((it, report.ledger.entries().get(it.entry)?))
}

fn columns() -> Vec<Column> {
    let right = |id, title, leaves, widths| Column::new(id, title, leaves, widths).right();
    vec![
        Column::new("version", "version", 0, (12, 24)).name(),
        Column::new("verdict", "verdict", 0, (8, 14)),
        Column::new("kind", "kind", 2, (8, 12)),
        right("when", "when", 1, (4, 6)),
        right("changes", "changes", 1, (7, 9)),
        right("p50", "P50", 2, (8, 10)),
        right("max", "oldest", 4, (8, 10)),
        right("commits", "commits", 5, (7, 8)),
        right("merges", "merges", 7, (6, 7)),
        right("bots", "bots", 7, (4, 5)),
        Column::new("why", "why", 3, (12, 60)),
    ]
}

fn cell(lens: &Lens, report: &TrackReport, it: &Measured, entry: &Entry, column: &str) -> Cell {
    let number = |it: Option<usize>| it.map_or_else(Cell::undefined, |it| Cell::of(Role::Text, count_of(it)));
    let took = |seconds: Option<f64>| match duration_of(seconds) {
        text if text == UNDEFINED => Cell::undefined(),
        text => Cell::of(Role::Text, text),
    };
    match column {
        "version" => Cell::of(Role::Strong, name(&entry.deployment)),
        "verdict" => {
            let (status, word) = verdict(it);
            Cell::with_status(status, Line::of(Role::Text, word))
        }
        "kind" => Cell::of(if it.kind.is_new() { Role::Text } else { Role::Muted }, it.kind.word()),
        "when" => entry.deployment.at().map_or_else(Cell::undefined, |at| Cell::of(Role::Muted, lens.present.age(at))),
        "changes" => number(it.changes),
        "commits" => number(it.new_commits),
        "merges" => Cell::of(Role::Muted, count_of(it.merges)),
        "bots" => Cell::of(Role::Muted, count_of(it.bots)),
        "p50" => took(it.lead_time.and_then(|it| it.p50)),
        "max" => took(it.lead_time.and_then(|it| it.max)),
        "why" => why(report, it),
        _ => Cell::undefined(),
    }
}

/// The first thing that has to be known of it.
fn why(report: &TrackReport, it: &Measured) -> Cell {
    if let Some(first) = it.failed_by.first() {
        return Cell::of(Role::Warning, evidence(report, first));
    }
    if let Some(remedy_of) = &it.remedy {
        return Cell::of(Role::Text, remedy(report, remedy_of));
    }
    Cell::of(Role::Muted, flags(it))
}

/// Everything that is to be said of one deployment.
pub(super) fn lines(lens: &Lens, report: &TrackReport, it: &Measured, entry: &Entry) -> Vec<Line> {
    let deployment = &entry.deployment;
    let (status, word) = verdict(it);
    let mut head = Line::of(Role::Strong, name(deployment))
        .with(Role::Text, format!("  {}, ", it.kind.word()))
        .with(Role::Status(status), word);
    if let Some(at) = deployment.at() {
        head = head.with(Role::Muted, format!("  {} ({})", lens.present.moment(at), lens.present.ago(at)));
    }
    if let Some(actor) = &deployment.actor {
        head = head.with(Role::Text, format!(" by {actor}"));
    }
    let mut lines = vec![head];
    lines.extend(it.failed_by.iter().map(|it| Line::of(Role::Warning, evidence(report, it))));
    lines.extend(
        it.possible.iter().map(|it| Line::of(Role::Muted, "possible: ").with(Role::Text, evidence(report, it))),
    );
    lines.extend(it.remedy.iter().map(|it| Line::of(Role::Text, format!("unplanned: {}", remedy(report, it)))));
    let known = |it: Option<usize>| it.map_or_else(|| UNDEFINED.to_owned(), count_of);
    let counts = format!(
        "{} new commits: {} changes, {} merges, {} by bots",
        known(it.new_commits),
        known(it.changes),
        count_of(it.merges),
        count_of(it.bots)
    );
    lines.push(Line::of(Role::Muted, counts));
    lines.push(match it.lead_time {
        Some(batch) if batch.n == 0 => Line::of(Role::Muted, "no change came with it, so it has no lead time"),
        Some(batch) => Line::of(Role::Muted, format!("lead time of {}: P50 ", count_of(batch.n)))
            .with(Role::Text, duration_of(batch.p50))
            .with(Role::Muted, ", oldest ")
            .with(Role::Text, duration_of(batch.max)),
        None => Line::of(Role::Muted, "lead time is not defined for it"),
    });
    lines.extend(it.flags.iter().map(|it| Line::of(Role::Muted, it.says())));
    lines.extend(deployment.reason.as_ref().map(|why| Line::of(Role::Text, format!("\u{201c}{why}\u{201d}"))));
    lines
}

impl TableModel for Deployments {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.report().map_or(0, |it| it.metrics.deployments.len())
    }

    fn key(&self, at: usize) -> RowKey {
        self.at(at).map_or_else(|| RowKey(String::new()), |(.., entry)| row_key(entry))
    }

    fn row(&self, at: usize) -> Row {
        let cells = match self.at(at) {
            Some((report, it, entry)) => {
                self.columns.iter().map(|column| cell(&self.lens, report, it, entry, &column.id)).collect()
            }
            None => Vec::new(),
        };
        Row { key: self.key(at), cells, stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let deployment = self.at(at).map(|(.., entry)| &entry.deployment);
        Subject {
            version: deployment.and_then(|it| it.version.clone()),
            commit: deployment.and_then(|it| it.commit),
            url: deployment.and_then(|it| it.url.clone()),
            copy: deployment.map(|it| name(it)),
            ..self.about.subject()
        }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        self.at(at).map(|(report, it, entry)| lines(&self.lens, report, it, entry)).unwrap_or_default()
    }

    fn summary(&self) -> Line {
        self.about.place().with(Role::Muted, " · ").with(Role::Text, "deployments")
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total() > 0).then_some("no deployment"), || match self.report() {
            None => without_numbers(&self.about.known),
            Some(_) => vec![
                Line::of(Role::Strong, "nothing was deployed in the window"),
                Line::of(Role::Key, "w").with(Role::Text, " looks further back"),
            ],
        })
    }
}
