//! Reading runs: the newest page with a condition, the jobs of those that moved.

use std::collections::BTreeMap;

use super::round::Round;
use crate::backend::github::graphql::{self, JobsAnswer};
use crate::backend::github::runs;
use crate::backend::github::schedule::{NEWEST_RUNS, Part};
use crate::backend::github::wire::{Job, JobsPage, Run, RunsPage};
use crate::backend::{ErrorKind, Result};
use crate::model::RunId;

/// How many pages are gone back when more came than fit on one.
const PAGES: usize = 4;
/// How many pages of jobs of one run are read.
const JOB_PAGES: usize = 10;
/// From how many runs on their jobs are asked for together.
const TOGETHER: usize = 4;
/// How many runs one question of many parts is about: each has up to fifty jobs with fifty steps.
pub(super) const SUITES: usize = 25;
/// How many earlier attempts of one run are read.
const ATTEMPTS: u32 = 3;

impl Round<'_> {
    /// The newest runs.
    pub(super) async fn runs(&mut self) -> Result<()> {
        let what = format!("list workflow runs of {}", self.repository.slug);
        let path = self.repository.path(&format!("/actions/runs?per_page={NEWEST_RUNS}&exclude_pull_requests=true"));
        let first = self.memory.runs.is_empty();
        let Some(page) = self.changed::<RunsPage>(Part::Runs, &what, path).await? else { return Ok(()) };
        let mut next = page.next;
        let mut all = self.items(Part::Runs, page.it.workflow_runs);
        for _ in 1..PAGES {
            let is_known = |it: &Run| self.memory.runs.contains_key(&it.id);
            let Some(address) = next.filter(|_| !first && !all.iter().any(is_known)) else { break };
            let page = self.api.fetch::<RunsPage>(&what, &address).await?;
            next = page.next;
            all.extend(self.items(Part::Runs, page.it.workflow_runs));
        }
        if !first && !all.is_empty() && !all.iter().any(|it| self.memory.runs.contains_key(&it.id)) {
            self.has_gap(Part::EarlierRuns);
        }
        for run in all {
            self.take(run);
        }
        self.read_ended().await
    }

    /// One run that is not among the newest.
    pub(super) async fn run(&mut self, id: u64) -> Result<()> {
        let what = format!("look at run {id} of {}", self.repository.slug);
        let path = self.repository.path(&format!("/actions/runs/{id}?exclude_pull_requests=true"));
        let Some(page) = self.changed::<Run>(Part::Run(id), &what, path).await? else { return Ok(()) };
        self.take(page.it);
        self.read_ended().await
    }

    /// The jobs of a run that is open.
    pub(super) async fn jobs(&mut self, id: u64) -> Result<()> {
        let what = format!("list jobs of run {id} of {}", self.repository.slug);
        let path = self.repository.path(&format!("/actions/runs/{id}/jobs?per_page=100"));
        let Some(page) = self.changed::<JobsPage>(Part::Jobs(id), &what, path).await? else { return Ok(()) };
        let mut next = page.next;
        let mut jobs = self.items(Part::Jobs(id), page.it.jobs);
        for _ in 1..JOB_PAGES {
            let Some(address) = next else { break };
            let page = self.api.fetch::<JobsPage>(&what, &address).await?;
            next = page.next;
            jobs.extend(self.items(Part::Jobs(id), page.it.jobs));
        }
        self.take_jobs(id, jobs);
        Ok(())
    }

    /// Takes in a run; what is new of it is a fact.
    pub(super) fn take(&mut self, run: Run) {
        let id = run.id;
        self.tell_actor(&run);
        // Commits of forks and of pull requests are no part of the repository's branches.
        if run.event == "push" && !self.memory.runs.contains_key(&id) {
            self.saw(&run.head_sha);
        }
        if self.memory.take_run(run) {
            self.found.changed = true;
            self.run_fact(id);
        }
    }

    /// Takes in the jobs of a run.
    pub(super) fn take_jobs(&mut self, id: u64, jobs: Vec<Job>) {
        let Some(held) = self.memory.runs.get_mut(&id) else { return };
        let is_whole = held.run.is_over();
        if held.jobs == jobs && held.is_whole == is_whole {
            return;
        }
        (held.jobs, held.is_whole) = (jobs, is_whole);
        self.found.changed = true;
        self.run_fact(id);
        if let Some(held) = self.memory.runs.get_mut(&id).filter(|it| it.is_whole) {
            // They are told; only of what is open the next ones are compared with them.
            held.jobs = Vec::new();
        }
    }

    /// Tells a run as it is known.
    fn run_fact(&mut self, id: u64) {
        let Some(held) = self.memory.runs.get(&id) else { return };
        // The jobs of a run that has just ended come in a moment; without them it would be told without any.
        let fact = runs::fact(&held.run, &held.jobs, runs::id(id, None), self.only_service());
        self.found.facts.push(fact.into());
    }

    /// The jobs of runs that have ended since they were read: many with one question, few one by one.
    async fn read_ended(&mut self) -> Result<()> {
        let ended = self.memory.runs.iter().rev().filter(|(_, held)| held.run.is_over() && !held.is_whole);
        let ended: Vec<(u64, Option<String>)> =
            ended.take(4 * NEWEST_RUNS).map(|(id, held)| (*id, held.run.check_suite_node_id.clone())).collect();
        let single: Vec<u64> = if ended.len() >= TOGETHER {
            let (many, single): (Vec<_>, Vec<_>) = ended.into_iter().partition(|(_, suite)| suite.is_some());
            let many: Vec<(u64, String)> = many.into_iter().filter_map(|(id, suite)| Some((id, suite?))).collect();
            for some in many.chunks(SUITES) {
                for (id, jobs) in self.jobs_together(some).await? {
                    self.take_jobs(id, jobs);
                }
            }
            single.into_iter().map(|(id, _)| id).collect()
        } else {
            ended.into_iter().map(|(id, _)| id).collect()
        };
        for id in single {
            let path = self.repository.path(&format!("/actions/runs/{id}/jobs?per_page=100"));
            // What was read while it ran is no condition for what it is at its end.
            self.memory.etags.remove(&path);
            match self.jobs(id).await {
                // Somebody deleted it meanwhile: there is nothing more to know of it.
                Err(error) if error.kind == ErrorKind::NotFound => self.take_jobs(id, Vec::new()),
                read => read?,
            }
            match self.earlier_attempts(id).await {
                Err(error) if error.kind == ErrorKind::NotFound => {}
                read => read?,
            }
        }
        Ok(())
    }

    /// The jobs of several runs, with one question. A run whose jobs may not be seen has none.
    pub(super) async fn jobs_together(&mut self, runs: &[(u64, String)]) -> Result<Vec<(u64, Vec<Job>)>> {
        let suites: Vec<&str> = runs.iter().map(|(_, suite)| suite.as_str()).collect();
        let what = format!("list jobs of runs of {}", self.repository.slug);
        let answer = self.api.query::<JobsAnswer>(&what, &graphql::jobs(&suites)).await?;
        let nodes = self.items(Part::Runs, answer.nodes);
        let mut by_suite: BTreeMap<String, Vec<Job>> =
            nodes.into_iter().flatten().map(|suite| (suite.id.clone(), suite.jobs())).collect();
        Ok(runs.iter().map(|(id, suite)| (*id, by_suite.remove(suite).unwrap_or_default())).collect())
    }

    /// The attempts before the newest one of a run that was run again.
    async fn earlier_attempts(&mut self, id: u64) -> Result<()> {
        let Some(newest) = self.memory.runs.get(&id).map(|it| it.run.attempt()).filter(|it| *it > 1) else {
            return Ok(());
        };
        for attempt in (newest.saturating_sub(ATTEMPTS).max(1)..newest).rev() {
            let what = format!("look at attempt {attempt} of run {id} of {}", self.repository.slug);
            let path = self.repository.path(&format!("/actions/runs/{id}/attempts/{attempt}"));
            let run = self.api.fetch::<Run>(&what, &format!("{path}?exclude_pull_requests=true")).await?.it;
            let jobs = self.api.fetch::<JobsPage>(&what, &format!("{path}/jobs?per_page=100")).await?.it;
            let jobs = self.items(Part::Jobs(id), jobs.jobs);
            let id: RunId = runs::id(id, Some(attempt));
            self.found.facts.push(runs::fact(&run, &jobs, id, self.only_service()).into());
        }
        Ok(())
    }
}
