//! Runs of workflows as facts: jobs, steps, where their time went.

use std::collections::BTreeMap;

use super::rules;
use super::wire::{Job, Run, Step};
use crate::model::{self, Phase, PhaseKind, RunId, ServiceId, Status, Text, Time};

/// The id of an attempt of a run: the number alone for the newest one, with the attempt for those before.
pub fn id(run: u64, attempt: Option<u32>) -> RunId {
    match attempt {
        Some(attempt) => RunId::from(format!("{run}/{attempt}")),
        None => RunId::from(run.to_string()),
    }
}

/// The number and the attempt that an id means.
pub fn number(id: &RunId) -> Option<(u64, Option<u32>)> {
    match id.as_str().split_once('/') {
        Some((run, attempt)) => Some((run.parse().ok()?, Some(attempt.parse().ok()?))),
        None => Some((id.as_str().parse().ok()?, None)),
    }
}

/// The fact that a run is, with the jobs of its newest attempt.
pub fn fact(run: &Run, jobs: &[Job], id: RunId, service: Option<ServiceId>) -> model::Run {
    let jobs = jobs_of(jobs);
    let began = jobs.iter().filter_map(|it| it.started_at).min();
    let ended = jobs.iter().filter_map(|it| it.finished_at).max();
    let status = status(&run.status, run.conclusion.as_deref());
    let over = run.is_over();
    model::Run {
        id,
        number: run.run_number,
        attempt: run.run_attempt,
        pipeline: pipeline(run),
        service,
        commit: rules::commit(&run.head_sha),
        branch: run.head_branch.as_deref().map(Text::from),
        trigger: trigger(run),
        status,
        queued_at: run.run_started_at.or(run.created_at),
        started_at: began.or(run.run_started_at.filter(|_| over)),
        finished_at: if over { ended.or(run.updated_at) } else { None },
        version: None,
        jobs,
        url: run.html_url.as_deref().map(Text::from),
    }
}

/// What the pipeline is called: the workflow's name, else its file.
fn pipeline(run: &Run) -> Text {
    let file = run.path.as_deref().map(|it| it.rsplit('/').next().unwrap_or(it));
    let named = run.name.as_deref().filter(|it| !it.trim().is_empty());
    named.or(file).unwrap_or("workflow").into()
}

/// Who or what started it.
fn trigger(run: &Run) -> Option<Text> {
    let by = run.triggering_actor.as_ref().or(run.actor.as_ref()).filter(|it| !it.login.is_empty());
    match (run.event.as_str(), by) {
        ("", None) => None,
        ("workflow_dispatch" | "", Some(by)) => Some(by.login.as_str().into()),
        (event, _) => Some(event.into()),
    }
}

/// How something stands, in GitHub's two words. Words that are new are not known.
pub fn status(status: &str, conclusion: Option<&str>) -> Status {
    match (status, conclusion) {
        ("completed", Some("success" | "neutral")) => Status::Ok,
        ("completed", Some("failure" | "timed_out" | "startup_failure")) => Status::Failed,
        ("completed", Some("cancelled" | "stale")) => Status::Cancelled,
        ("completed", Some("skipped")) => Status::Skipped,
        ("completed", Some("action_required")) | ("waiting" | "action_required", _) => Status::Held,
        ("queued" | "requested" | "pending", _) => Status::Waiting,
        ("in_progress", _) => Status::Running,
        _ => Status::Unknown,
    }
}

/// Jobs by the names that people call them by, in the order in which they were asked for. Matrix jobs that share a name are
/// told apart.
pub fn named(jobs: &[Job]) -> Vec<(String, &Job)> {
    let mut sorted: Vec<&Job> = jobs.iter().collect();
    sorted.sort_by_key(|it| (it.created_at.or(it.started_at), it.id));
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let all = sorted.into_iter().map(|job| {
        let times = seen.entry(job.name.as_str()).and_modify(|it| *it += 1).or_insert(1);
        let name = if *times == 1 { job.name.clone() } else { format!("{} ({times})", job.name) };
        (name, job)
    });
    all.collect()
}

fn jobs_of(jobs: &[Job]) -> Vec<model::Job> {
    named(jobs).into_iter().map(|(name, job)| one(job, name)).collect()
}

fn one(job: &Job, name: String) -> model::Job {
    let status = status(&job.status, job.conclusion.as_deref());
    // A job that waits says that it began when it was asked for, and one that was passed over that it took no time.
    let began = !matches!(status, Status::Waiting | Status::Held | Status::Skipped);
    model::Job {
        name: Text::from(name),
        status,
        queued_at: job.created_at.or(job.started_at),
        started_at: job.started_at.filter(|_| began),
        finished_at: job.completed_at.filter(|_| began),
        phases: phases(&job.steps),
        steps: job.steps.iter().map(step).collect(),
        url: job.html_url.as_deref().map(Text::from),
        log_tail: Vec::new(),
    }
}

fn step(step: &Step) -> model::Step {
    model::Step {
        name: step.name.as_str().into(),
        status: status(&step.status, step.conclusion.as_deref()),
        started_at: step.started_at,
        finished_at: step.completed_at,
    }
}

/// Where a job's time went: what its steps are called, steps of one sort after each other as one.
fn phases(steps: &[Step]) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    for step in steps {
        let Some(started_at) = step.started_at.filter(|_| step.conclusion.as_deref() != Some("skipped")) else {
            continue;
        };
        let (kind, finished_at) = (kind(&step.name), step.completed_at);
        match phases.last_mut() {
            Some(last) if last.kind == kind => last.finished_at = later(last.finished_at, finished_at),
            _ => phases.push(Phase { kind, started_at, finished_at, cached: false }),
        }
    }
    phases
}

fn later(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    Some(one?.max(other?))
}

/// Words of steps and the sort of their work; the first that fits holds.
const WORDS: &[(PhaseKind, &[&str])] = &[
    (PhaseKind::Provisioning, &["set up job", "set up runner", "initialize containers"]),
    (PhaseKind::Upload, &["upload", "push", "publish", "save cache", "post "]),
    (
        PhaseKind::Download,
        &["checkout", "download", "restore", "cache", "install", "setup", "set up", "fetch", "pull", "login", "log in"],
    ),
    (PhaseKind::Deploy, &["deploy", "rollout", "roll out", "release", "promote"]),
    (PhaseKind::Test, &["test", "lint", "check", "clippy", "e2e", "smoke", "verify", "scan", "coverage"]),
    (PhaseKind::Build, &["build", "compile", "package", "bundle", "docker", "make"]),
];

fn kind(name: &str) -> PhaseKind {
    let name = name.to_lowercase();
    let fits = |(_, words): &&(PhaseKind, &[&str])| words.iter().any(|word| name.contains(word));
    WORDS.iter().find(fits).map_or(PhaseKind::Other, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Time> {
        Time::from_timestamp(1_700_000_000 + second, 0)
    }

    #[test]
    fn two_words_say_how_it_stands() {
        let cases = [
            ("queued", None, Status::Waiting),
            ("waiting", None, Status::Held),
            ("in_progress", None, Status::Running),
            ("completed", Some("success"), Status::Ok),
            ("completed", Some("timed_out"), Status::Failed),
            ("completed", Some("skipped"), Status::Skipped),
            ("completed", Some("brand_new"), Status::Unknown),
            ("completed", None, Status::Unknown),
            ("", None, Status::Unknown),
        ];
        for (word, conclusion, expected) in cases {
            assert_eq!(status(word, conclusion), expected, "{word} {conclusion:?}");
        }
    }

    #[test]
    fn queueing_is_told_apart_from_running() {
        let job = |id, name: &str, queued, started, ended| Job {
            id,
            name: name.into(),
            status: "completed".into(),
            conclusion: Some("success".into()),
            created_at: at(queued),
            started_at: at(started),
            completed_at: at(ended),
            ..Job::default()
        };
        let jobs = [job(2, "test", 10, 40, 90), job(1, "build", 0, 5, 30), job(3, "test", 10, 45, 95)];
        let run = Run {
            id: 7,
            status: "completed".into(),
            conclusion: Some("success".into()),
            run_started_at: at(0),
            updated_at: at(200),
            ..Run::default()
        };
        let fact = fact(&run, &jobs, id(7, None), None);
        let names: Vec<&str> = fact.jobs.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["build", "test", "test (2)"]);
        assert_eq!((fact.queued_at, fact.started_at, fact.finished_at), (at(0), at(5), at(95)));
        assert_eq!((fact.jobs[1].queued_at, fact.jobs[1].started_at), (at(10), at(40)));
    }

    #[test]
    fn steps_tell_where_the_time_went() {
        let step = |name: &str, from, to| Step {
            name: name.into(),
            status: "completed".into(),
            conclusion: Some("success".into()),
            started_at: at(from),
            completed_at: at(to),
        };
        let steps = [
            step("Set up job", 0, 2),
            step("Run actions/checkout@v4", 2, 5),
            step("Restore cache", 5, 8),
            step("cargo build", 8, 60),
            step("Run unit tests", 60, 100),
            step("Post Restore cache", 100, 101),
            step("Complete job", 101, 101),
        ];
        let kinds: Vec<PhaseKind> = phases(&steps).into_iter().map(|it| it.kind).collect();
        use PhaseKind::{Build, Download, Other, Provisioning, Test, Upload};
        assert_eq!(kinds, [Provisioning, Download, Build, Test, Upload, Other]);
        assert_eq!(phases(&steps)[1].finished_at, at(8));
    }

    #[test]
    fn ids_of_attempts_come_back() {
        assert_eq!(number(&id(7, None)), Some((7, None)));
        assert_eq!(number(&id(7, Some(2))), Some((7, Some(2))));
        assert_eq!(number(&"x".into()), None);
    }
}
