//! Pipeline runs of the demo company: a whole run from its beginning, and what was known of it at any moment.

use chrono::Duration;

use super::random::Random;
use crate::model::{Job, Phase, PhaseKind, Run, RunId, ServiceId, Status, Step, Text, Time};

/// How a run will end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It builds an artifact and publishes it.
    Good,
    /// All is well, and there is nothing to publish: a branch that is not merged.
    Checked,
    /// A test fails.
    Broken,
    /// Somebody stops it, because a newer commit landed.
    Stopped,
}

/// What a job is made of: phases with their typical seconds, and whether a cache may answer.
struct Recipe {
    name: &'static str,
    phases: &'static [(PhaseKind, &'static str, i64, bool)],
}

const BUILD: Recipe = Recipe {
    name: "build",
    phases: &[
        (PhaseKind::Provisioning, "Set up the machine", 14, false),
        (PhaseKind::Download, "Restore dependencies", 48, true),
        (PhaseKind::Build, "Compile", 150, true),
        (PhaseKind::Upload, "Store the build", 8, false),
    ],
};

const UNIT: Recipe = Recipe {
    name: "test (unit)",
    phases: &[
        (PhaseKind::Provisioning, "Set up the machine", 12, false),
        (PhaseKind::Download, "Fetch the build", 10, false),
        (PhaseKind::Test, "Unit tests", 70, false),
    ],
};

const INTEGRATION: Recipe = Recipe {
    name: "test (integration)",
    phases: &[
        (PhaseKind::Provisioning, "Set up the machine", 13, false),
        (PhaseKind::Download, "Fetch the build", 11, false),
        (PhaseKind::Test, "Integration tests", 190, false),
    ],
};

const PUBLISH: Recipe = Recipe {
    name: "publish",
    phases: &[
        (PhaseKind::Provisioning, "Set up the machine", 11, false),
        (PhaseKind::Upload, "Publish the package", 12, false),
    ],
};

/// What a failing test says, newest last.
pub const COMPLAINT: [&str; 9] = [
    "running 84 tests",
    "test rules::keeps_the_order ... ok",
    "test rules::rounds_half_to_even ... ok",
    "test api::rejects_an_empty_body ... FAILED",
    "failures:",
    "    api::rejects_an_empty_body: expected status 422, got 500",
    "    response body: {\"error\":\"index out of bounds\"}",
    "test result: FAILED. 83 passed; 1 failed; finished in 21.4s",
    "error: process exited with code 101",
];

/// A whole run, as it will have been when it is over.
pub fn run(random: &mut Random, id: String, service: &str, branch: &str, queued_at: Time, fate: Fate) -> Run {
    let started_at = queued_at + Duration::seconds(random.between(2, 55));
    let build = job(random, &BUILD, started_at, started_at, Status::Ok);
    let built_at = build.finished_at.unwrap_or(started_at);
    let checked = match fate {
        Fate::Good | Fate::Checked => Status::Ok,
        Fate::Broken => Status::Failed,
        Fate::Stopped => Status::Cancelled,
    };
    let unit_start = built_at + Duration::seconds(random.between(2, 20));
    let unit = job(random, &UNIT, built_at, unit_start, Status::Ok);
    let integration_start = built_at + Duration::seconds(random.between(2, 40));
    let integration = job(random, &INTEGRATION, built_at, integration_start, checked);
    let tested_at = unit.finished_at.max(integration.finished_at).unwrap_or(built_at);
    let publish_start = tested_at + Duration::seconds(random.between(1, 9));
    let publish = match fate {
        Fate::Good => job(random, &PUBLISH, tested_at, publish_start, Status::Ok),
        _ => skipped(&PUBLISH),
    };
    let finished_at = publish.finished_at.unwrap_or(tested_at);
    Run {
        id: RunId::from(id),
        number: None,
        attempt: None,
        pipeline: Text::from("build and test"),
        service: Some(ServiceId::from(service)),
        commit: None,
        branch: Some(Text::from(branch)),
        trigger: Some(Text::from("push")),
        status: checked,
        queued_at: Some(queued_at),
        started_at: Some(started_at),
        finished_at: Some(finished_at),
        version: None,
        jobs: vec![build, unit, integration, publish],
        url: None,
    }
}

fn job(random: &mut Random, recipe: &Recipe, queued_at: Time, started_at: Time, status: Status) -> Job {
    let mut at = started_at;
    let mut phases = Vec::with_capacity(recipe.phases.len());
    let mut steps = Vec::with_capacity(recipe.phases.len());
    for (number, (kind, name, typical, may_be_cached)) in recipe.phases.iter().enumerate() {
        let cached = *may_be_cached && random.chance(65);
        let percent = if cached { random.between(8, 25) } else { random.between(70, 150) };
        let end = at + Duration::seconds((typical * percent / 100).max(1));
        let last = number + 1 == recipe.phases.len();
        phases.push(Phase { kind: *kind, started_at: at, finished_at: Some(end), cached });
        steps.push(Step {
            name: Text::from(*name),
            status: if last { status } else { Status::Ok },
            started_at: Some(at),
            finished_at: Some(end),
        });
        at = end;
    }
    let log_tail = if status == Status::Failed { COMPLAINT.map(Text::from).to_vec() } else { Vec::new() };
    Job {
        name: Text::from(recipe.name),
        status,
        queued_at: Some(queued_at),
        started_at: Some(started_at),
        finished_at: Some(at),
        phases,
        steps,
        url: None,
        log_tail,
    }
}

fn skipped(recipe: &Recipe) -> Job {
    Job {
        name: Text::from(recipe.name),
        status: Status::Skipped,
        queued_at: None,
        started_at: None,
        finished_at: None,
        phases: Vec::new(),
        steps: Vec::new(),
        url: None,
        log_tail: Vec::new(),
    }
}

/// Makes everything in a run happen `pace` times faster, from its queueing on.
pub fn quicken(run: &mut Run, pace: i32) {
    let Some(start) = run.queued_at.filter(|_| pace > 1) else { return };
    let sooner = |at: &mut Time| *at = start + (*at - start) / pace;
    let jobs = &mut run.jobs;
    [&mut run.started_at, &mut run.finished_at].into_iter().flatten().for_each(sooner);
    for job in jobs {
        let own = [&mut job.queued_at, &mut job.started_at, &mut job.finished_at];
        own.into_iter().flatten().for_each(sooner);
        for step in &mut job.steps {
            [&mut step.started_at, &mut step.finished_at].into_iter().flatten().for_each(sooner);
        }
        for phase in &mut job.phases {
            sooner(&mut phase.started_at);
            phase.finished_at.iter_mut().for_each(sooner);
        }
    }
}

/// What was known of a run at `moment`.
pub fn as_of(run: &Run, moment: Time) -> Run {
    if run.finished_at.is_some_and(|end| end <= moment) {
        return run.clone();
    }
    let mut known = run.clone();
    let begun = run.started_at.is_some_and(|start| start <= moment);
    known.status = if begun { Status::Running } else { Status::Waiting };
    known.started_at = run.started_at.filter(|_| begun);
    known.finished_at = None;
    known.version = None;
    for job in &mut known.jobs {
        cut_job(job, moment);
    }
    known
}

fn cut_job(job: &mut Job, moment: Time) {
    if job.finished_at.is_some_and(|end| end <= moment) {
        return;
    }
    let past = |time: &Time| *time <= moment;
    job.queued_at = job.queued_at.filter(past);
    job.started_at = job.started_at.filter(past);
    job.finished_at = None;
    job.status = if job.started_at.is_some() { Status::Running } else { Status::Waiting };
    job.log_tail.clear();
    job.phases.retain(|phase| past(&phase.started_at));
    for phase in &mut job.phases {
        phase.finished_at = phase.finished_at.filter(past);
    }
    for step in &mut job.steps {
        let begun = step.started_at.is_some_and(|start| start <= moment);
        let over = step.finished_at.is_some_and(|end| end <= moment);
        step.started_at = step.started_at.filter(past);
        step.finished_at = step.finished_at.filter(past);
        step.status = match (begun, over) {
            (true, true) => step.status,
            (true, false) => Status::Running,
            _ => Status::Waiting,
        };
    }
}

/// The moments at which what is known of a run changes, after its queueing.
pub fn moments(run: &Run) -> Vec<Time> {
    let of_phases =
        run.jobs.iter().flat_map(|job| &job.phases).flat_map(|phase| [Some(phase.started_at), phase.finished_at]);
    let of_jobs = run.jobs.iter().flat_map(|job| [job.started_at, job.finished_at]);
    let mut all: Vec<Time> = of_phases.chain(of_jobs).chain([run.started_at, run.finished_at]).flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(fate: Fate) -> Run {
        let queued: Time = "2026-11-20T10:00:00Z".parse().unwrap();
        run(&mut Random::new(3), "cart-1".into(), "cart", "main", queued, fate)
    }

    #[test]
    fn phases_follow_each_other_within_their_job() {
        for fate in [Fate::Good, Fate::Checked, Fate::Broken, Fate::Stopped] {
            for job in sample(fate).jobs {
                let mut at = job.started_at;
                for phase in &job.phases {
                    assert_eq!(at, Some(phase.started_at));
                    at = phase.finished_at;
                }
                assert_eq!(at, job.finished_at, "{}", job.name);
            }
        }
    }

    #[test]
    fn what_is_known_grows_and_ends_as_the_whole() {
        let whole = sample(Fate::Broken);
        let mut finished = 0;
        for moment in moments(&whole) {
            let known = as_of(&whole, moment);
            let now_finished = known.jobs.iter().filter(|job| job.finished_at.is_some()).count();
            assert!(now_finished >= finished);
            assert!(known.jobs.iter().flat_map(|job| &job.phases).all(|phase| phase.started_at <= moment));
            finished = now_finished;
        }
        assert_eq!(as_of(&whole, whole.finished_at.unwrap()), whole);
        let before = as_of(&whole, whole.queued_at.unwrap());
        assert_eq!(before.status, Status::Waiting);
    }
}
