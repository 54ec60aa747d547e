//! Runs of workflows: attempts, jobs, steps, approvals.

use std::collections::BTreeMap;

use super::clock::Time;
use super::repository::Repository;

/// One run.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: u64,
    pub number: u64,
    pub check_suite: u64,
    /// The file of its workflow.
    pub workflow: String,
    pub event: String,
    pub branch: String,
    pub sha: String,
    pub title: String,
    pub actor: String,
    pub inputs: BTreeMap<String, String>,
    pub created_at: Time,
    /// Oldest first, never empty.
    pub attempts: Vec<Attempt>,
    pub approvals: Vec<Approval>,
}

/// One attempt of a run. `queued`, `in_progress`, `waiting`, `completed`, and then `success`, `failure`, `cancelled` …
#[derive(Debug, Clone)]
pub struct Attempt {
    pub number: u64,
    pub actor: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Time,
    pub updated_at: Time,
    pub jobs: Vec<Job>,
    pub cancel_asked: bool,
}

/// One job.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub environment: Option<String>,
    pub deployment: Option<u64>,
    pub approved: bool,
    pub status: String,
    pub conclusion: Option<String>,
    pub created_at: Time,
    pub started_at: Time,
    pub completed_at: Option<Time>,
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    pub number: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<Time>,
    pub completed_at: Option<Time>,
}

/// Who let something through or not: `approved`, `rejected`.
#[derive(Debug, Clone)]
pub struct Approval {
    pub environments: Vec<u64>,
    pub state: String,
    pub user: String,
    pub comment: String,
}

/// A run to be.
#[derive(Debug, Clone, Default)]
pub struct NewRun {
    pub workflow: String,
    /// `push`, `workflow_dispatch`, `schedule`, `pull_request`.
    pub event: String,
    pub branch: String,
    pub sha: String,
    pub actor: String,
    pub inputs: BTreeMap<String, String>,
}

impl Run {
    /// The newest attempt.
    pub fn last(&self) -> &Attempt {
        self.attempts.last().expect("a run has an attempt")
    }

    /// The newest attempt.
    pub fn last_mut(&mut self) -> &mut Attempt {
        self.attempts.last_mut().expect("a run has an attempt")
    }

    /// What the word `status` of a query may name: the status or the conclusion.
    pub fn is(&self, word: &str) -> bool {
        self.last().status == word || self.last().conclusion.as_deref() == Some(word)
    }
}

impl Attempt {
    /// Whether nothing more will happen.
    pub fn is_over(&self) -> bool {
        self.status == "completed"
    }

    /// The job that is not over yet.
    pub fn current(&self) -> Option<&Job> {
        self.jobs.last().filter(|it| it.status != "completed")
    }
}

impl Job {
    /// The text of its log, in GitHub's form.
    pub fn log(&self) -> String {
        let line = |at: Time, text: &str| format!("{} {text}\n", at.format("%Y-%m-%dT%H:%M:%S.0000000Z"));
        let mut log = line(self.started_at, &format!("Job {} is about to start running.", self.name));
        for step in self.steps.iter().filter(|it| it.started_at.is_some()) {
            let start = step.started_at.unwrap_or(self.started_at);
            log += &line(start, &format!("##[group]Run {}", step.name));
            log += &line(start, "##[endgroup]");
            if step.conclusion.as_deref() == Some("failure") {
                log += &line(step.completed_at.unwrap_or(start), "##[error]Process completed with exit code 1.");
            }
        }
        log
    }
}

impl Repository {
    /// A run that is queued, as something started it. Its number.
    pub fn start_run(&mut self, new: NewRun) -> u64 {
        let (id, check_suite, now) = (self.clock.id(), self.clock.id(), self.clock.now());
        let number = self.runs.iter().filter(|it| it.workflow == new.workflow).count() as u64 + 1;
        let title = self.commit_of(&new.sha).map_or_else(String::new, |it| it.message.clone());
        let title = title.lines().next().unwrap_or_default().to_owned();
        let attempt = Attempt::new(1, &new.actor, now);
        let NewRun { workflow, event, branch, sha, actor, inputs } = new;
        self.runs.push(Run {
            id,
            number,
            check_suite,
            title: if event == "workflow_dispatch" { workflow.clone() } else { title },
            workflow,
            event,
            branch,
            sha,
            actor,
            inputs,
            created_at: now,
            attempts: vec![attempt],
            approvals: Vec::new(),
        });
        id
    }

    /// By its number.
    pub fn run_of(&self, id: u64) -> Option<&Run> {
        let place = self.runs.partition_point(|it| it.id < id);
        self.runs.get(place).filter(|it| it.id == id)
    }

    /// By its number.
    pub fn run_mut(&mut self, id: u64) -> &mut Run {
        let place = self.runs.partition_point(|it| it.id < id);
        self.runs.get_mut(place).filter(|it| it.id == id).unwrap_or_else(|| panic!("no run {id}"))
    }

    /// A job with its run and attempt.
    pub fn job_of(&self, id: u64) -> Option<(&Run, &Attempt, &Job)> {
        let attempts = self.runs.iter().rev().flat_map(|run| run.attempts.iter().map(move |it| (run, it)));
        attempts
            .into_iter()
            .find_map(|(run, attempt)| attempt.jobs.iter().find(|it| it.id == id).map(|job| (run, attempt, job)))
    }
}

impl Attempt {
    /// Queued.
    pub fn new(number: u64, actor: &str, now: Time) -> Self {
        Self {
            number,
            actor: actor.to_owned(),
            status: "queued".to_owned(),
            conclusion: None,
            started_at: now,
            updated_at: now,
            jobs: Vec::new(),
            cancel_asked: false,
        }
    }
}
