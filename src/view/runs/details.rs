//! What the details pane says about a run and about a job.

use super::super::fit::{pad, width};
use super::super::lens::Lens;
use super::super::{Align, Line, Role, format};
use super::waterfall;
use crate::model::{Job, Run, ServiceId, Status};

/// How wide bars are in the details: a name and a duration stand beside them on a small terminal.
const BAR: usize = 40;
/// How many of the last lines of a failed job's output are shown.
const TAIL: usize = 8;

/// The run: what failed first, with its output; then where its time went.
pub fn run(lens: &Lens, service: &ServiceId, run: &Run) -> Vec<Line> {
    let mut head = Line::of(Role::Strong, format!("{} {}", run.pipeline, run.name())).with(Role::Text, "  ");
    head = head.and_status(run.status).with(Role::Muted, format!("  {service}"));
    if let Some(trigger) = &run.trigger {
        head = head.with(Role::Muted, format!(", started by {trigger}"));
    }
    if let Some(version) = &run.version {
        head = head.with(Role::Muted, ", built ").with(Role::Text, version.to_string());
    }
    let mut lines = vec![head];
    lines.extend(commit(lens, service, run));
    let failed = run.jobs.iter().filter(|job| job.status == Status::Failed);
    failed.for_each(|job| lines.extend(failure(job)));
    lines.extend(bars(lens, run));
    lines.extend(run.url.as_ref().map(|url| Line::of(Role::Link, url.to_string())));
    lines
}

fn commit(lens: &Lens, service: &ServiceId, run: &Run) -> Option<Line> {
    let commit = run.commit?;
    let line = Line::of(Role::Muted, format!("{} ", commit.short()));
    let repository = lens.snapshot().repository_of(service)?;
    let text = repository.texts.text(repository.graph.position(&commit)?);
    Some(line.with(Role::Text, text.subject.to_string()).with(Role::Muted, format!("  {}", text.author)))
}

/// A failed job: its failed step and the end of its output.
fn failure(job: &Job) -> Vec<Line> {
    let step = job.steps.iter().find(|step| step.status == Status::Failed);
    let step = step.map(|step| format!(", step \u{201c}{}\u{201d}", step.name)).unwrap_or_default();
    let mut lines = vec![Line::of(Role::Status(Status::Failed), format!("failed in {}{step}", job.name))];
    let skipped = job.log_tail.len().saturating_sub(TAIL);
    lines.extend(job.log_tail.iter().skip(skipped).map(|line| Line::of(Role::Text, format!("  {line}"))));
    lines
}

/// The waterfall, with its numbers in words where room follows the bar.
fn bars(lens: &Lens, run: &Run) -> Vec<Line> {
    let now = lens.present.now();
    let Some(extent) = waterfall::extent(run, now).filter(|_| !run.jobs.is_empty()) else { return Vec::new() };
    let names = run.jobs.iter().map(|job| width(job.name.as_str())).max().unwrap_or_default().min(20);
    let mut lines = vec![waterfall::legend()];
    for job in &run.jobs {
        let line = Line::of(Role::Text, pad(job.name.as_str(), names, Align::Left)).with(Role::Text, " ");
        let line = line.then(waterfall::bar(job, extent, now, BAR)).with(Role::Text, " ");
        let running = job.status == Status::Running;
        let took = lens.present.took(job.started_at, job.finished_at, running);
        lines.push(line.and_status(job.status).with(Role::Muted, format!(" {took}")));
    }
    lines
}

/// A job: where its time went, its steps, the end of its output.
pub fn job(lens: &Lens, job: &Job) -> Vec<Line> {
    let mut lines = vec![
        Line::of(Role::Strong, job.name.to_string()).with(Role::Text, "  ").and_status(job.status),
        Line::of(Role::Muted, waterfall::words(job, lens.present.now())),
    ];
    for phase in &job.phases {
        let running = phase.finished_at.is_none();
        let took = lens.present.took(Some(phase.started_at), phase.finished_at, running);
        let cached = if phase.cached { ", from cache" } else { "" };
        lines
            .push(Line::of(Role::Muted, format!("{} ", phase.kind.word())).with(Role::Text, format!("{took}{cached}")));
    }
    // What failed comes first.
    let (failed, others): (Vec<_>, Vec<_>) = job.steps.iter().partition(|step| step.status == Status::Failed);
    for step in failed.into_iter().chain(others) {
        let took = format::between(step.started_at, step.finished_at);
        lines.push(
            Line::default()
                .and_status(step.status)
                .with(Role::Text, format!(" {}", step.name))
                .with(Role::Muted, format!("  {took}")),
        );
    }
    lines.extend(job.log_tail.iter().map(|line| Line::of(Role::Text, format!("  {line}"))));
    lines
}
