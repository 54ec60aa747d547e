//! What the demo company's other systems have written down: pull requests, runs, incidents, as lines of facts.

use std::path::Path;

use super::DemoError;
use super::history::Mark;
use super::output;
use super::pipeline;
use super::story::{PullStory, RepositoryStory, ServiceStory};
use crate::model::{
    BadMark, CommitId, DeploymentId, EnvironmentId, Incident, IncidentId, Job, Lock, PullRequest, Run, Scope,
    ServiceId, Text, Time,
};

/// The pull request with the ids of its commits.
pub fn pull_request(story: &PullStory, ids: &[CommitId]) -> PullRequest {
    let id = |mark: &Mark| ids.get(*mark).copied();
    PullRequest {
        merge_commit: story.merge.as_ref().and_then(id),
        commits: story.commits.iter().filter_map(id).collect(),
        ..story.pull.clone()
    }
}

/// What is known of a run at `now`.
pub fn run(mark: Mark, run: &Run, ids: &[CommitId], now: Time) -> Run {
    Run { commit: ids.get(mark).copied(), ..pipeline::as_of(run, now) }
}

/// One line of facts: what it is, when it was seen, and the thing itself.
pub struct Line {
    /// When it was seen to be so.
    pub at: Time,
    /// The line, with its end.
    pub text: String,
}

/// What each file of facts holds.
#[derive(Default)]
pub struct Records {
    /// `pull-requests.jsonl`.
    pub pull_requests: Vec<Line>,
    /// `runs.jsonl`.
    pub runs: Vec<Line>,
    /// `incidents.jsonl`.
    pub incidents: Vec<Line>,
    /// `marks.jsonl`: locks, and versions that were marked bad.
    pub marks: Vec<Line>,
}

impl Records {
    /// Everything that is known of one repository at `now`; outputs of runs are written beside, below `facts`.
    ///
    /// # Errors
    /// When an output cannot be written.
    pub fn of(story: &RepositoryStory, ids: &[CommitId], now: Time, facts: &Path) -> Result<Self, DemoError> {
        let mut records = Self::default();
        for pull in &story.pulls {
            records.pull_requests.push(pull_request_line(&pull_request(pull, ids))?);
        }
        for service in &story.services {
            for (mark, planned) in &service.runs {
                if planned.queued_at.is_some_and(|queued| queued <= now) {
                    let known = run(*mark, planned, ids, now);
                    let logged = output::is_kept(planned, now);
                    records.runs.push(run_line(&known, now, logged)?);
                    if logged {
                        output::write(facts, planned, now)?;
                    }
                }
            }
            for incident in incidents(service) {
                let at = incident.resolved_at.unwrap_or(incident.opened_at);
                records.incidents.push(line("incident", at, &incident)?);
            }
            for mark in bad_marks(service) {
                records.marks.push(line("bad_mark", mark.at, &mark)?);
            }
            if let Some(lock) = lock(service) {
                records.marks.push(line("lock", lock.since, &lock)?);
            }
        }
        Ok(records)
    }

    /// Takes in what another repository has.
    pub fn join(&mut self, other: Self) {
        self.pull_requests.extend(other.pull_requests);
        self.runs.extend(other.runs);
        self.incidents.extend(other.incidents);
        self.marks.extend(other.marks);
    }

    /// The files with their content, each in the order of time.
    pub fn files(mut self) -> [(&'static str, String); 4] {
        let text = |lines: &mut Vec<Line>| {
            lines.sort_by(|a, b| (a.at, &a.text).cmp(&(b.at, &b.text)));
            lines.iter().map(|line| line.text.as_str()).collect()
        };
        [
            (PULL_REQUESTS, text(&mut self.pull_requests)),
            (RUNS, text(&mut self.runs)),
            (INCIDENTS, text(&mut self.incidents)),
            (MARKS, text(&mut self.marks)),
        ]
    }
}

/// Where pull requests are written down.
pub const PULL_REQUESTS: &str = "pull-requests.jsonl";
/// Where runs are written down.
pub const RUNS: &str = "runs.jsonl";
/// Where incidents are written down.
pub const INCIDENTS: &str = "incidents.jsonl";
/// Where locks and bad versions are written down.
pub const MARKS: &str = "marks.jsonl";

/// A pull request as a line.
///
/// # Errors
/// When it cannot be encoded; it always can.
pub fn pull_request_line(pull: &PullRequest) -> Result<Line, DemoError> {
    let known = [pull.opened_at, pull.first_review_at, pull.approved_at, pull.merged_at, pull.closed_at];
    line("pull_request", known.into_iter().flatten().max().unwrap_or_default(), pull)
}

/// A run as a line, as it was seen at `now`. With `logged` its jobs name the files that hold their output.
///
/// # Errors
/// When it cannot be encoded; it always can.
pub fn run_line(run: &Run, now: Time, logged: bool) -> Result<Line, DemoError> {
    let at = run.finished_at.unwrap_or(now);
    if !logged {
        return line("run", at, run);
    }
    let log = |job: &Job| job.started_at.is_some().then(|| output::path(run, job));
    let jobs = run.jobs.iter().map(|job| LoggedJob { job: job.clone(), log: log(job) }).collect();
    line("run", at, &LoggedRun { run: Run { jobs: Vec::new(), ..run.clone() }, jobs })
}

/// A run whose jobs name the files that hold their output.
#[derive(serde::Serialize)]
struct LoggedRun {
    #[serde(flatten)]
    run: Run,
    jobs: Vec<LoggedJob>,
}

#[derive(serde::Serialize)]
struct LoggedJob {
    #[serde(flatten)]
    job: Job,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
}

/// A line as `backend/file/FORMAT.md` describes it: what it is, and its fields beside that.
#[derive(serde::Serialize)]
struct Typed<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(flatten)]
    body: &'a T,
}

fn line(kind: &str, at: Time, body: &impl serde::Serialize) -> Result<Line, DemoError> {
    let encoded = serde_json::to_string(&Typed { kind, body });
    let text = encoded.map_err(|error| DemoError::Story(format!("a {kind} cannot be written: {error}")))?;
    Ok(Line { at, text: text + "\n" })
}

fn incidents(service: &ServiceStory) -> impl Iterator<Item = Incident> + '_ {
    service.troubles.iter().enumerate().map(|(number, trouble)| Incident {
        id: IncidentId::from(format!("{}-incident-{}", service.name, number + 1)),
        service: Some(ServiceId::from(service.name.as_str())),
        environment: Some(EnvironmentId::from(PRODUCTION)),
        title: Text::from(trouble.title),
        opened_at: trouble.opened,
        detected_at: Some(trouble.detected),
        resolved_at: trouble.resolved,
        caused_by: trouble.caused_by.map(|attempt| attempt_id(service, attempt)),
        url: None,
    })
}

fn bad_marks(service: &ServiceStory) -> impl Iterator<Item = BadMark> + '_ {
    service.bad.iter().filter_map(|(built, at, who, why)| {
        Some(BadMark {
            service: ServiceId::from(service.name.as_str()),
            version: service.built.get(*built)?.version.clone(),
            who: Text::from(*who),
            why: Text::from(*why),
            at: *at,
            lifted: false,
        })
    })
}

fn lock(service: &ServiceStory) -> Option<Lock> {
    let (since, who, why) = service.lock?;
    Some(Lock {
        id: Text::from(format!("{}-lock", service.name)),
        scope: Scope {
            service: Some(ServiceId::from(service.name.as_str())),
            environment: Some(EnvironmentId::from(PRODUCTION)),
        },
        who: Text::from(who),
        why: Text::from(why),
        since,
        until: None,
        released: None,
    })
}

/// The environment in which users are.
pub const PRODUCTION: &str = "production";

/// The id of an attempt to deploy to production.
pub fn attempt_id(service: &ServiceStory, attempt: usize) -> DeploymentId {
    DeploymentId::from(format!("{}-{PRODUCTION}-{}", service.name, attempt + 1))
}
