//! Pipeline runs, everywhere or of one service; and the jobs of one run.

mod details;
mod jobs;
pub mod waterfall;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use super::lens::{Lens, through_lens};
use super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format};
use crate::model::{Deployment, Run, RunId, ServiceId, Status, Time};
use crate::picture::Snapshot;

pub use jobs::Jobs;

const FIELDS: [&str; 10] =
    ["service", "pipeline", "run", "branch", "commit", "status", "trigger", "version", "job", "is"];
const ORDERS: [&str; 3] = ["newest", "failed", "longest"];

/// Runs, newest first.
#[derive(Debug)]
pub struct Runs {
    lens: Lens,
    columns: Vec<Column>,
    only: Option<ServiceId>,
    rows: Vec<(ServiceId, Arc<Run>)>,
    total: usize,
}

impl Runs {
    /// The runs that `wish` asks for.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let all = all(&lens, wish.service.as_ref());
        let total = all.len();
        let mut rows: Vec<_> = all.into_iter().filter(|(service, run)| passes(&lens, service, run)).collect();
        let newest = |run: &Run| Reverse(latest(run));
        match lens.sort.by {
            "failed" => rows.sort_by_key(|(_, run)| (run.status != Status::Failed, newest(run))),
            "longest" => rows.sort_by_key(|(_, run)| Reverse(took(run, lens.present.now()))),
            _ => rows.sort_by_key(|(_, run)| newest(run)),
        }
        if lens.sort.turned {
            rows.reverse();
        }
        Self { columns: columns(wish.service.is_none()), only: wish.service.clone(), rows, total, lens }
    }

    fn at(&self, at: usize) -> Option<&(ServiceId, Arc<Run>)> {
        self.rows.get(at)
    }
}

/// Every run once, with the service that it belongs to: a run for a repository that several services share has many.
fn all(lens: &Lens, only: Option<&ServiceId>) -> Vec<(ServiceId, Arc<Run>)> {
    let services = lens.snapshot().services.values().filter(|it| only.is_none_or(|only| *only == it.service.id));
    let mut seen = HashSet::new();
    let runs = services.flat_map(|it| it.runs.iter().map(move |run| (it.service.id.clone(), Arc::clone(run))));
    runs.filter(|(_, run)| seen.insert((run.id.clone(), run.pipeline.clone()))).collect()
}

/// The latest moment that a run knows of: where it stands in a list.
fn latest(run: &Run) -> Option<Time> {
    run.finished_at.max(run.started_at).max(run.queued_at)
}

/// How long it has taken, seconds.
fn took(run: &Run, now: Time) -> Option<i64> {
    let end = run.finished_at.or((run.status == Status::Running).then_some(now))?;
    Some((end - run.started_at?).num_seconds())
}

/// How long it waited for its first job, or has been waiting.
fn queued(lens: &Lens, run: &Run) -> Cell {
    match (run.queued_at, run.started_at) {
        (Some(queued), None) if run.status == Status::Waiting => Cell::of(Role::Text, lens.present.running_for(queued)),
        (queued, started) => Cell::of(Role::Muted, format::between(queued, started)),
    }
}

fn columns(service: bool) -> Vec<Column> {
    let mut columns = vec![Column::new("status", "status", 0, (9, 11))];
    if service {
        columns.push(Column::new("service", "service", 2, (10, 28)).name());
    }
    columns.extend([
        Column::new("pipeline", "pipeline", 6, (8, 20)),
        Column::new("run", "run", 1, (6, 14)),
        Column::new("branch", "branch and commit", 4, (17, 40)),
        Column::new("queued", "queued", 7, (8, 11)).right(),
        Column::new("took", "took", 3, (8, 11)).right(),
        Column::new("when", "when", 1, (4, 6)).right(),
    ]);
    columns
}

fn passes(lens: &Lens, service: &ServiceId, run: &Run) -> bool {
    if lens.filter.is_empty() {
        return true;
    }
    let mut fields: Vec<(&'static str, Cow<'_, str>)> = vec![
        ("service", service.to_string().into()),
        ("pipeline", run.pipeline.as_str().into()),
        ("run", run.id.to_string().into()),
        ("run", run.name().into()),
        ("status", run.status.word().into()),
    ];
    fields.extend(run.branch.as_ref().map(|it| ("branch", it.as_str().into())));
    fields.extend(run.trigger.as_ref().map(|it| ("trigger", it.as_str().into())));
    fields.extend(run.commit.map(|it| ("commit", it.to_string().into())));
    fields.extend(run.version.as_ref().map(|it| ("version", it.to_string().into())));
    fields.extend(run.jobs.iter().map(|job| ("job", job.name.as_str().into())));
    if matches!(run.status, Status::Running | Status::Waiting) {
        fields.push(("is", "moving".into()));
    }
    lens.filter.matches(&fields)
}

fn cell(lens: &Lens, service: &ServiceId, run: &Run, column: &str) -> Cell {
    match column {
        "status" => Cell::with_status(run.status, Line::of(Role::Text, run.status.word())),
        "service" => Cell::of(Role::Strong, service.to_string()),
        "pipeline" => Cell::of(Role::Text, run.pipeline.to_string()),
        "run" => Cell::of(Role::Text, run.name()),
        "branch" => {
            let branch = run.branch.as_ref().map_or_else(|| format::UNDEFINED.to_owned(), ToString::to_string);
            Cell::of(Role::Text, branch).and(Role::Muted, format!(" {}", format::short_commit(run.commit)))
        }
        "queued" => queued(lens, run),
        "took" => {
            let running = run.status == Status::Running;
            Cell::of(Role::Text, lens.present.took(run.started_at, run.finished_at, running))
        }
        "when" => Cell::of(Role::Muted, lens.present.age_of(latest(run))),
        _ => Cell::undefined(),
    }
}

impl TableModel for Runs {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.total
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.at(at).map(|(_, run)| run.id.as_str().to_owned()).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some((service, run)) = self.at(at) else { return Row { key, cells: Vec::new(), stale: false } };
        let cells = self.columns.iter().map(|column| cell(&self.lens, service, run, &column.id)).collect();
        Row { key, cells, stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        self.at(at).map(|(service, run)| subject(service, run)).unwrap_or_default()
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        self.at(at).map(|(service, run)| details::run(&self.lens, service, run)).unwrap_or_default()
    }

    fn summary(&self) -> Line {
        let mut line = match &self.only {
            Some(service) => Line::of(Role::Strong, service.to_string()).with(Role::Muted, "  "),
            None => Line::default(),
        };
        for status in [Status::Failed, Status::Running, Status::Waiting] {
            let count = self.rows.iter().filter(|(_, run)| run.status == status).count();
            if count > 0 {
                let words = format!("{} {}", format::count_of(count), status.word());
                line = line.with(Role::Status(status), words).with(Role::Muted, " · ");
            }
        }
        line.with(Role::Text, format::counted(u64::try_from(self.rows.len()).unwrap_or(u64::MAX), "run"))
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total > 0).then_some("no run"), || {
            vec![
                Line::of(Role::Strong, "no pipeline run is known"),
                Line::of(Role::Text, "a backend of kind ")
                    .with(Role::Key, "file")
                    .with(Role::Text, " brings runs from any system"),
            ]
        })
    }
}

/// The run that carried a deployment out, where the deployment leads a person to its page.
pub fn of_deployment(snapshot: &Snapshot, deployment: &Deployment) -> Option<RunId> {
    let runs = &snapshot.service(&deployment.service)?.runs;
    runs.iter().find(|run| run.carried_out(deployment)).map(|run| run.id.clone())
}

fn subject(service: &ServiceId, run: &Run) -> Subject {
    Subject {
        service: Some(service.clone()),
        version: run.version.clone(),
        commit: run.commit,
        run: Some(run.id.clone()),
        url: run.url.clone(),
        copy: Some(run.id.to_string()),
        ..Subject::default()
    }
}
