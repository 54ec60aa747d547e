//! The jobs of one run, with a bar for each.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::lens::{Lens, through_lens};
use super::super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format};
use super::{all, details, subject, waterfall};
use crate::model::{Job, Run, ServiceId, Status};

const FIELDS: [&str; 3] = ["job", "status", "step"];
const ORDERS: [&str; 3] = ["order", "failed", "longest"];
/// How many cells a bar takes.
const BAR: u16 = 32;

/// The jobs of one run.
#[derive(Debug)]
pub struct Jobs {
    lens: Lens,
    columns: Vec<Column>,
    run: Option<(ServiceId, Arc<Run>)>,
    /// Places among the run's jobs.
    rows: Vec<usize>,
}

impl Jobs {
    /// The jobs of the run that `wish` names.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let mut runs = all(&lens, wish.service.as_ref()).into_iter();
        let run = runs.find(|(_, run)| wish.run.as_ref() == Some(&run.id));
        let mut jobs = Self { columns: columns(), run, rows: Vec::new(), lens };
        jobs.rows = jobs.find_rows();
        jobs
    }

    fn find_rows(&self) -> Vec<usize> {
        let Some((_, run)) = &self.run else { return Vec::new() };
        let passing = run.jobs.iter().enumerate().filter(|(_, job)| self.passes(job));
        let mut rows: Vec<usize> = passing.map(|(at, _)| at).collect();
        let took = |at: &usize| {
            let job = run.jobs.get(*at)?;
            Some(job.finished_at.unwrap_or(self.lens.present.now()) - job.started_at?)
        };
        match self.lens.sort.by {
            "failed" => rows.sort_by_key(|at| run.jobs.get(*at).is_none_or(|job| job.status != Status::Failed)),
            "longest" => rows.sort_by_key(|at| std::cmp::Reverse(took(at))),
            _ => {}
        }
        if self.lens.sort.turned {
            rows.reverse();
        }
        rows
    }

    fn passes(&self, job: &Job) -> bool {
        let mut fields: Vec<(&'static str, Cow<'_, str>)> =
            vec![("job", job.name.as_str().into()), ("status", job.status.word().into())];
        fields.extend(job.steps.iter().map(|step| ("step", step.name.as_str().into())));
        self.lens.filter.matches(&fields)
    }

    fn job(&self, at: usize) -> Option<(&ServiceId, &Run, &Job)> {
        let (service, run) = self.run.as_ref()?;
        Some((service, run, run.jobs.get(*self.rows.get(at)?)?))
    }

    fn cell(&self, run: &Run, job: &Job, column: &str) -> Cell {
        let present = &self.lens.present;
        match column {
            "status" => Cell::with_status(job.status, Line::of(Role::Text, job.status.word())),
            "job" => Cell::of(Role::Strong, job.name.to_string()),
            "queued" => Cell::of(Role::Muted, format::between(job.queued_at, job.started_at)),
            "took" => {
                Cell::of(Role::Text, present.took(job.started_at, job.finished_at, job.status == Status::Running))
            }
            "time" => {
                let now = present.now();
                let bar = waterfall::extent(run, now).map(|extent| waterfall::bar(job, extent, now, usize::from(BAR)));
                Cell { status: None, line: bar.unwrap_or_default() }
            }
            _ => Cell::undefined(),
        }
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("status", "status", 0, (9, 11)),
        Column::new("job", "job", 0, (10, 40)).name(),
        Column::new("time", "time", 2, (BAR, BAR)),
        Column::new("queued", "queued", 3, (8, 11)).right(),
        Column::new("took", "took", 1, (8, 11)).right(),
    ]
}

impl TableModel for Jobs {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.run.as_ref().map_or(0, |(_, run)| run.jobs.len())
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.job(at).map(|(.., job)| job.name.to_string()).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some((_, run, job)) = self.job(at) else { return Row { key, cells: Vec::new(), stale: false } };
        Row { key, cells: self.columns.iter().map(|column| self.cell(run, job, &column.id)).collect(), stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let Some((service, run)) = &self.run else { return Subject::default() };
        let of_run = subject(service, run);
        let job = self.job(at).map(|(.., job)| job);
        let url = job.and_then(|job| job.url.clone()).or(of_run.url);
        Subject { job: job.map(|job| job.name.clone()), url, ..of_run }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        self.job(at).map(|(.., job)| details::job(&self.lens, job)).unwrap_or_default()
    }

    fn steps(&self) -> Vec<String> {
        self.run.iter().map(|(_, run)| format!("{} {}", run.pipeline, run.name())).collect()
    }

    fn summary(&self) -> Line {
        let Some((service, run)) = &self.run else { return Line::of(Role::Muted, "no run of that name") };
        Line::of(Role::Strong, format!("{} {}", run.pipeline, run.name()))
            .with(Role::Muted, format!(" of {service}  "))
            .and_status(run.status)
            .with(Role::Text, "  ")
            .then(waterfall::legend())
    }

    fn empty(&self) -> Vec<Line> {
        let lines = match &self.run {
            None => vec![Line::of(Role::Strong, "this run is not known any more")],
            Some((_, run)) if run.jobs.is_empty() => {
                vec![Line::of(Role::Strong, "the jobs of this run were not reported")]
            }
            Some(_) => vec![Line::of(Role::Strong, "no job passes the filter")],
        };
        lines.into_iter().chain([Line::of(Role::Key, "Esc").with(Role::Text, " goes back")]).collect()
    }
}
