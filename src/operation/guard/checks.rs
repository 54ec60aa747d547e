//! The checks of the run that built the version.

use std::collections::HashSet;

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::{Run, Status, Text};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let Some(service) = case.service.filter(|_| case.brings()) else { return Vec::new() };
    let to = &case.order.to;
    let built_by: HashSet<_> =
        service.artifacts.iter().filter(|it| it.version == to.version).filter_map(|it| it.run.as_ref()).collect();
    let built_it = |run: &Run| built_by.contains(&run.id) || run.version.as_ref() == Some(&to.version);
    let of_version = |run: &&Run| built_it(run) || (to.commit.is_some() && run.commit == to.commit);
    // Runs are newest first: of each pipeline the newest one counts.
    let mut pipelines = HashSet::new();
    let newest = service.runs.iter().map(|run| &**run).filter(of_version).filter(|run| pipelines.insert(&run.pipeline));
    newest.filter_map(|run| judge(run, case.order.verb == Verb::Promote && built_it(run))).collect()
}

/// `grave` is a failure where users never had the version and this run is what it comes from.
fn judge(run: &Run, grave: bool) -> Option<Said> {
    let what = format!("run {} of {}", Text::from(run.id.as_str()), run.pipeline);
    let failed: Vec<&str> =
        run.jobs.iter().filter(|job| job.status == Status::Failed).map(|job| job.name.as_str()).collect();
    let which = if failed.is_empty() { String::new() } else { format!(": {}", failed.join(", ")) };
    match (run.status, grave) {
        (Status::Ok, _) => Some(Said::allow(format!("checks are green: {what}"))),
        (Status::Failed, true) => Some(Said::hold(format!("checks failed: {what}{which}"))),
        (Status::Failed, false) => Some(Said::warn(format!("checks failed for its commit: {what}{which}"))),
        (Status::Running | Status::Waiting, _) => Some(Said::warn(format!("checks are not done: {what}"))),
        (Status::Cancelled, _) => Some(Said::warn(format!("checks were cancelled: {what}"))),
        _ => None,
    }
}
