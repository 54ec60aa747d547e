//! All tracks, one a row: the five measures of each with how far they can be trusted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dashboard::Dashboard;
use super::figures::{decimal, durations, figures, of, percentage, percentages};
use super::study::{Studied, Study};
use super::{Known, lens, spark, without_numbers};
use crate::metrics::report::{LeadTime, Recovery, Share};
use crate::view::format::{UNDEFINED, count_of, duration_of};
use crate::view::lens::{Lens, through_lens};
use crate::view::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish};

const FIELDS: [&str; 2] = ["service", "environment"];
const ORDERS: [&str; 4] = ["service", "lead time", "fail rate", "frequency"];

/// Cells of the trend.
const TREND: usize = 12;

/// All tracks.
#[derive(Debug)]
pub struct Overview {
    lens: Lens,
    known: Known,
    columns: Vec<Column>,
    rows: Vec<Arc<Studied>>,
}

impl Overview {
    /// The tracks that `wish` asks for.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = lens(wish, sources, &FIELDS, &ORDERS);
        let known = sources.metrics.clone();
        let mut rows: Vec<Arc<Studied>> = known.study.iter().flat_map(|it| it.tracks.iter().cloned()).collect();
        rows.retain(|it| {
            let track = &it.report.track;
            let named = wish.service.as_ref().is_none_or(|service| track.service == *service);
            let fields =
                [("service", track.service.as_str().into()), ("environment", track.environment.as_str().into())];
            named && lens.filter.matches(&fields)
        });
        let by = |value: fn(&Studied) -> Option<f64>| {
            // What is greatest comes first, what has no value last.
            move |a: &Arc<Studied>, b: &Arc<Studied>| match (value(a), value(b)) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        };
        match lens.sort.by {
            "lead time" => rows.sort_by(by(|it| it.report.metrics.lead_time.p50)),
            "fail rate" => rows.sort_by(by(|it| it.report.metrics.change_fail.rate)),
            "frequency" => rows.sort_by(by(|it| it.report.metrics.frequency.median_days_per_week)),
            _ => {}
        }
        if lens.sort.turned {
            rows.reverse();
        }
        let environment = |it: &Arc<Studied>| it.report.track.environment.clone();
        let several = rows.iter().map(environment).collect::<BTreeSet<_>>().len() > 1;
        Self { lens, known, columns: columns(several), rows }
    }

    fn study(&self) -> Option<&Study> {
        self.known.study.as_deref()
    }
}

fn columns(several: bool) -> Vec<Column> {
    let right = |id, title, leaves, widths| Column::new(id, title, leaves, widths).right();
    vec![
        Column::new("service", "service", 0, (12, 24)).name(),
        Column::new("environment", "in", if several { 0 } else { 6 }, (6, 14)).name(),
        right("lead", "lead time", 0, (9, 11)),
        right("lead-n", "n", 3, (4, 6)),
        right("lead-interval", "95 %", 21, (14, 23)),
        Column::new("trend", "by week", 4, (6, 12)),
        right("often", "days/wk", 0, (7, 7)),
        right("often-n", "n", 3, (4, 6)),
        right("fail", "fail rate", 0, (9, 9)),
        right("fail-n", "of", 3, (6, 10)),
        right("fail-interval", "95 %", 21, (11, 14)),
        right("recovery", "recovery", 1, (8, 11)),
        right("recovery-n", "n", 5, (3, 5)),
        right("rework", "rework", 1, (6, 8)),
        right("rework-n", "of", 5, (6, 10)),
    ]
}

fn cell(studied: &Studied, production: bool, column: &str) -> Cell {
    let report = &studied.report;
    let it = &report.metrics;
    let value = |text: String| Cell::of(if text == UNDEFINED { Role::Muted } else { Role::Strong }, text);
    let muted = |text: String| Cell::of(Role::Muted, text);
    match column {
        "service" => Cell::of(Role::Strong, report.track.service.to_string()),
        "environment" => {
            let environment = &report.track.environment;
            Cell::of(Role::Environment(environment.clone(), production), environment.to_string())
        }
        "lead" => value(duration_of(it.lead_time.p50.filter(|_| it.lead_time.n() >= LeadTime::ENOUGH_FOR_QUANTILES))),
        "lead-n" => muted(count_of(it.lead_time.n())),
        "lead-interval" => muted(it.lead_time.interval.map_or_else(|| UNDEFINED.to_owned(), durations)),
        "trend" => {
            let weeks: Vec<f64> = it.lead_time.weekly.iter().map(|it| it.p50).collect();
            Cell::of(Role::Series(1), spark::log(&weeks, TREND))
        }
        "often" => value(decimal(it.frequency.median_days_per_week)),
        "often-n" => muted(count_of(it.frequency.deployments)),
        "fail" => value(percentage(it.change_fail.rate)),
        "fail-n" => muted(of(&it.change_fail)),
        "fail-interval" => muted(interval(&it.change_fail)),
        "recovery" => {
            let enough = it.recovery.episodes.len() >= Recovery::ENOUGH_FOR_MEDIAN;
            value(duration_of(it.recovery.p50.filter(|_| enough)))
        }
        "recovery-n" => muted(count_of(it.recovery.episodes.len())),
        "rework" => value(percentage(it.rework.rate)),
        "rework-n" => muted(of(&it.rework)),
        _ => Cell::undefined(),
    }
}

fn interval(share: &Share) -> String {
    share.rate.and(share.interval).map_or_else(|| UNDEFINED.to_owned(), |(low, high)| percentages(low, high))
}

impl TableModel for Overview {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.study().map_or(0, |it| it.tracks.len())
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.rows.get(at).map(|it| it.report.track.to_string()).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let cells = match self.rows.get(at) {
            Some(it) => self.columns.iter().map(|column| cell(it, it.report.production, &column.id)).collect(),
            None => Vec::new(),
        };
        Row { key: self.key(at), cells, stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let Some(it) = self.rows.get(at) else { return Subject::default() };
        let track = &it.report.track;
        Subject {
            service: Some(track.service.clone()),
            environment: Some(track.environment.clone()),
            copy: Some(copied(it)),
            ..Subject::default()
        }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        let Some(it) = self.rows.get(at) else { return Vec::new() };
        let mut lines = Vec::new();
        for figure in figures(&it.report.metrics) {
            let mut line = Line::of(Role::Muted, format!("{}  ", figure.metric))
                .with(Role::Strong, figure.value)
                .with(Role::Muted, format!("  {}", figure.n));
            if let Some(interval) = figure.interval {
                line = line.with(Role::Text, format!("  {interval}"));
            }
            if let Some(note) = figure.note {
                line = line.with(Role::Muted, format!("  {note}"));
            }
            lines.push(line);
        }
        lines.push(Line::of(Role::Muted, super::figures::coverage(&it.report.metrics.coverage)));
        lines
    }

    fn summary(&self) -> Line {
        let Some(study) = self.study() else { return Line::of(Role::Muted, "measuring …") };
        let scope = &study.question.scope;
        let which = if scope.everywhere { "every environment" } else { "where delivery aims" };
        let marked = match &self.known.against {
            super::Against::Track(id) => format!(", compared with {id}"),
            _ => String::new(),
        };
        Line::of(Role::Strong, scope.span.title()).with(Role::Muted, format!(" · {which}{marked}"))
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total() > 0).then_some("no track"), || match self.study() {
            Some(_) => vec![
                Line::of(Role::Strong, "no deployment is known"),
                Line::of(Role::Text, "measures begin with the first deployment"),
            ],
            None => without_numbers(&self.known),
        })
    }

    fn dashboard(&self, at: usize) -> Option<Arc<Dashboard>> {
        let it = self.rows.get(at)?;
        Some(Arc::new(Dashboard::new(it, &self.known, false)))
    }
}

/// The five measures in one line, for a message to somebody.
fn copied(it: &Studied) -> String {
    let all = figures(&it.report.metrics).map(|it| format!("{} {} ({})", it.metric, it.value, it.n));
    format!("{}: {}", it.report.track, all.join("; "))
}
