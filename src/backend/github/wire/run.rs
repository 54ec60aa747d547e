//! Runs of workflows, their jobs and steps.

use super::{Items, User};
use crate::model::Time;

wire! {
    /// A page of runs.
    pub struct RunsPage {
        /// They, newest first.
        workflow_runs: Items<Run>,
    }
}

wire! {
    /// A run of a workflow.
    pub struct Run[id: u64, "Its number, the same for all attempts."] {
        /// The workflow's name.
        name: Option<String>,
        /// What this run is called.
        display_title: Option<String>,
        /// The workflow's file.
        path: Option<String>,
        /// The commit.
        head_sha: String,
        /// The branch.
        head_branch: Option<String>,
        /// What started it.
        event: String,
        /// How far it is.
        status: String,
        /// How it ended.
        conclusion: Option<String>,
        /// Its number within the workflow.
        run_number: Option<u64>,
        /// Which attempt, from 1.
        run_attempt: Option<u32>,
        /// When this attempt was asked for.
        run_started_at: Option<Time>,
        /// When the run was asked for first.
        created_at: Option<Time>,
        /// When something of it changed.
        updated_at: Option<Time>,
        /// Who is behind it.
        actor: Option<User>,
        /// Who started this attempt.
        triggering_actor: Option<User>,
        /// Where a person can look at it.
        html_url: Option<String>,
        /// The set of its checks, for one query about many.
        check_suite_node_id: Option<String>,
    }
}

impl Run {
    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.status == "completed"
    }

    /// Who started it.
    pub fn person(&self) -> Option<&str> {
        let by = self.triggering_actor.as_ref().or(self.actor.as_ref())?;
        Some(by.login.as_str()).filter(|it| !it.is_empty())
    }

    /// Which attempt it is; the first where that is not told.
    pub fn attempt(&self) -> u32 {
        self.run_attempt.unwrap_or(1).max(1)
    }
}

wire! {
    /// A page of jobs.
    pub struct JobsPage {
        /// They.
        jobs: Items<Job>,
    }
}

wire! {
    /// A job of a run.
    pub struct Job[id: u64, "Its number."] {
        /// Its name.
        name: String,
        /// How far it is.
        status: String,
        /// How it ended.
        conclusion: Option<String>,
        /// When it was asked for.
        created_at: Option<Time>,
        /// When it began.
        started_at: Option<Time>,
        /// When it ended.
        completed_at: Option<Time>,
        /// Where a person can look at it.
        html_url: Option<String>,
        /// Its steps.
        steps: Vec<Step>,
    }
}

wire! {
    /// A step of a job.
    pub struct Step {
        /// Its name.
        name: String,
        /// How far it is.
        status: String,
        /// How it ended.
        conclusion: Option<String>,
        /// When it began.
        started_at: Option<Time>,
        /// When it ended.
        completed_at: Option<Time>,
    }
}
