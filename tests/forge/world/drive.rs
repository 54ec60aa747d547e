//! What happens in a run: the test drives it, one event at a time, and people approve, cancel and run it again.

use super::clock::Time;
use super::repository::Repository;
use super::run::{Approval, Attempt, Job, Step};
use super::workflow::{FROM_INPUT, Plan};

/// Who GitHub's own workflows are.
pub const ACTIONS: &str = "github-actions[bot]";

impl Repository {
    /// The next natural event of a run: it starts, a job starts, a job succeeds, the run is over. False when nothing
    /// happens by itself: it waits for somebody or for its timer, or it is over.
    pub fn advance(&mut self, run: u64) -> bool {
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        if attempt.is_over() {
            return false;
        }
        let Some(job) = attempt.current() else {
            self.begin_next(run);
            return true;
        };
        match job.status.as_str() {
            "queued" => {
                self.begin_work(run);
                true
            }
            "in_progress" => {
                self.finish_job(run, "success");
                true
            }
            _ => {
                let freed = self.is_free(run, now);
                if freed {
                    self.begin_work(run);
                }
                freed
            }
        }
    }

    /// Advances until nothing happens by itself.
    pub fn play(&mut self, run: u64) {
        while self.advance(run) {}
    }

    /// The job that runs ends so: `success`, `failure`, `timed_out`, `cancelled`.
    pub fn finish_job(&mut self, run: u64, conclusion: &str) {
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        let job = attempt.jobs.last_mut().filter(|it| it.status != "completed").expect("a job that is not over");
        job.finish(conclusion, now);
        attempt.updated_at = now;
        let deployment = job.deployment;
        if let Some(id) = deployment {
            let state = match conclusion {
                "success" => "success",
                "cancelled" => "inactive",
                _ => "failure",
            };
            self.deployment_status(id, ACTIONS, state);
        }
        let run_now = self.run_mut(run);
        let done = run_now.last().jobs.len();
        let file = run_now.workflow.clone();
        let left = self.workflow_of(&file).is_some_and(|it| it.jobs.len() > done);
        if conclusion == "success" && left {
            self.begin_next(run);
        } else {
            self.finish_run(run, conclusion);
        }
    }

    /// Somebody lets a run's deployments to these environments through or not, now.
    pub fn review(&mut self, run: u64, environments: &[u64], state: &str, user: &str, comment: &str) -> Vec<u64> {
        let names: Vec<String> =
            self.environments.iter().filter(|it| environments.contains(&it.id)).map(|it| it.name.clone()).collect();
        let now = self.clock.now();
        let its = self.run_mut(run);
        let (state, user, comment) = (state.to_owned(), user.to_owned(), comment.to_owned());
        its.approvals.push(Approval { environments: environments.to_vec(), state: state.clone(), user, comment });
        let Some(job) = its.last_mut().jobs.last_mut().filter(|it| it.status == "waiting") else { return Vec::new() };
        if !job.environment.as_ref().is_some_and(|it| names.contains(it)) {
            return Vec::new();
        }
        let deployment = job.deployment;
        if state == "approved" {
            job.approved = true;
            if self.is_free(run, now) {
                self.release_job(run);
            }
        } else {
            self.finish_job(run, "failure");
        }
        deployment.into_iter().collect()
    }

    /// Somebody cancels it. True when it was not over.
    pub fn cancel(&mut self, run: u64, force: bool) -> bool {
        let stubborn = self.stubborn && !force;
        let attempt = self.run_mut(run).last_mut();
        if attempt.is_over() {
            return false;
        }
        attempt.cancel_asked = true;
        if !stubborn {
            self.cancel_now(run);
        }
        true
    }

    /// What was asked to be cancelled is.
    pub fn cancel_now(&mut self, run: u64) {
        let has_job = self.run_mut(run).last().current().is_some();
        if has_job {
            self.finish_job(run, "cancelled");
        } else {
            self.finish_run(run, "cancelled");
        }
    }

    /// Another attempt: of everything, or from the first job that did not succeed, or from one job on. False while it
    /// runs.
    pub fn rerun(&mut self, run: u64, by: &str, from: From) -> bool {
        let now = self.clock.now();
        let clock = self.clock.clone();
        let its = self.run_mut(run);
        if !its.last().is_over() {
            return false;
        }
        let jobs = &its.last().jobs;
        let keep = match from {
            From::Start => 0,
            From::Failed => jobs.iter().take_while(|it| it.conclusion.as_deref() == Some("success")).count(),
            From::Job(id) => jobs.iter().take_while(|it| it.id != id).count(),
        };
        let kept: Vec<Job> = jobs[..keep].iter().map(|it| Job { id: clock.id(), ..it.clone() }).collect();
        let number = its.last().number + 1;
        let mut attempt = Attempt::new(number, by, now);
        attempt.jobs = kept;
        its.attempts.push(attempt);
        true
    }

    /// When the job that waits began to.
    pub fn waits_since(&self, run: u64) -> Option<Time> {
        self.run_of(run)?.last().current().filter(|it| it.status == "waiting").map(|it| it.created_at)
    }

    fn begin_next(&mut self, run: u64) {
        let its = self.run_mut(run);
        let (file, place) = (its.workflow.clone(), its.last().jobs.len());
        let (sha, branch) = (its.sha.clone(), its.branch.clone());
        let input = its.inputs.get("environment").cloned();
        let plan = self.workflow_of(&file).and_then(|it| it.jobs.get(place)).cloned();
        let Some(plan) = plan else {
            self.finish_run(run, "success");
            return;
        };
        let environment = match plan.environment.as_deref() {
            Some(FROM_INPUT) => input,
            other => other.map(str::to_owned),
        };
        let guarded = environment.as_ref().is_some_and(|it| self.environment(it).is_guarded());
        let deployment = environment.as_ref().map(|name| {
            let branch_known = self.resolve(&branch).is_some();
            let id = self.deploy(ACTIONS, name, if branch_known { &branch } else { &sha });
            self.deployment_mut(id).sha = sha.clone();
            id
        });
        let job_id = self.clock.id();
        if let Some(id) = deployment {
            let url = format!("/{}/actions/runs/{run}/job/{job_id}", self.full_name);
            self.add_status(id, ACTIONS, if guarded { "waiting" } else { "queued" }).log_url = url;
        }
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        attempt.status = if guarded { "waiting" } else { "in_progress" }.to_owned();
        attempt.updated_at = now;
        attempt.jobs.push(Job::new(job_id, &plan, environment, deployment, guarded, now));
    }

    /// A job that waited is queued.
    fn release_job(&mut self, run: u64) {
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        attempt.status = "queued".to_owned();
        attempt.updated_at = now;
        let job = attempt.jobs.last_mut().expect("a job that waits");
        job.status = "queued".to_owned();
        if let Some(id) = job.deployment {
            self.add_status(id, ACTIONS, "queued");
        }
    }

    fn begin_work(&mut self, run: u64) {
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        attempt.status = "in_progress".to_owned();
        attempt.updated_at = now;
        let job = attempt.jobs.last_mut().expect("a job that waits");
        job.status = "in_progress".to_owned();
        job.started_at = now;
        if let Some(step) = job.steps.first_mut() {
            step.status = "in_progress".to_owned();
            step.started_at = Some(now);
        }
        if let Some(id) = job.deployment {
            self.add_status(id, ACTIONS, "in_progress");
        }
    }

    fn finish_run(&mut self, run: u64, conclusion: &str) {
        let now = self.clock.now();
        let attempt = self.run_mut(run).last_mut();
        attempt.status = "completed".to_owned();
        attempt.conclusion = Some(conclusion.to_owned());
        attempt.updated_at = now;
    }

    /// Whether nothing holds the waiting job back any more.
    fn is_free(&self, run: u64, now: Time) -> bool {
        let job = self.run_of(run).and_then(|it| it.last().current());
        let Some(job) = job else { return false };
        let environment = self.environments.iter().find(|it| Some(&it.name) == job.environment.as_ref());
        environment.is_none_or(|it| {
            let until = job.created_at + chrono::Duration::minutes(it.wait_timer.into());
            (it.reviewers.is_empty() || job.approved) && now >= until
        })
    }
}

/// Where another attempt begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Everything again.
    Start,
    /// The first job that did not succeed.
    Failed,
    /// One job and what came after it.
    Job(u64),
}

impl Job {
    fn new(
        id: u64,
        plan: &Plan,
        environment: Option<String>,
        deployment: Option<u64>,
        guarded: bool,
        now: Time,
    ) -> Self {
        let names = ["Set up job"].into_iter().chain(plan.steps.iter().map(String::as_str)).chain(["Complete job"]);
        let steps = names.zip(1..).map(|(name, number)| Step {
            number,
            name: name.to_owned(),
            status: "queued".to_owned(),
            conclusion: None,
            started_at: None,
            completed_at: None,
        });
        Self {
            id,
            name: plan.name.clone(),
            environment,
            deployment,
            approved: false,
            status: if guarded { "waiting" } else { "queued" }.to_owned(),
            conclusion: None,
            created_at: now,
            started_at: now,
            completed_at: None,
            steps: steps.collect(),
        }
    }

    /// All steps end; the last one of the plan is the one that failed.
    fn finish(&mut self, conclusion: &str, now: Time) {
        let worked = self.status == "in_progress";
        self.status = "completed".to_owned();
        self.conclusion = Some(conclusion.to_owned());
        self.completed_at = Some(now);
        if !worked {
            self.steps.clear();
            return;
        }
        let count = self.steps.len();
        let span = (now - self.started_at).num_seconds().max(0);
        let at = |place: usize| self.started_at + chrono::Duration::seconds(span * place as i64 / count.max(1) as i64);
        let mut times: Vec<Time> = (0..count).map(at).collect();
        times.push(now);
        for (place, step) in self.steps.iter_mut().enumerate() {
            let is_culprit = place + 2 == count && conclusion != "success";
            step.status = "completed".to_owned();
            step.conclusion = Some(if is_culprit { conclusion } else { "success" }.to_owned());
            step.started_at = Some(times[place]);
            step.completed_at = Some(times[place + 1]);
        }
    }
}
