//! History: backwards from now, newest first, a slice at a time, within a budget; it goes on after a restart where it was.

use std::collections::BTreeSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::round::Round;
use crate::backend::github::graphql::{self, DeploymentNode, PullNode, RepositoryAnswer};
use crate::backend::github::limits::Spending;
use crate::backend::github::runs;
use crate::backend::github::schedule::Part;
use crate::backend::github::wire::{Run, RunsPage};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::Time;

/// Requests of one slice.
const SLICE: u32 = 6;
/// How many things a page holds.
const PAGE: u32 = 100;
/// What a page of runs costs, with the questions about the jobs of all of them.
const RUNS_COST: u32 = 1 + PAGE.div_ceil(super::runs::SUITES as u32);
/// Pull requests come with their commits and reviews, so that fewer fit.
const PULLS: u32 = 50;
/// How often in a row an answer may make no sense, and how long to wait after the first of them; it doubles.
const FAILURES: u32 = 6;
const PAUSE: Duration = Duration::seconds(10);
/// How far back it goes, unless somebody says otherwise.
const DAYS: u32 = 365;

/// How far history is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Deployments: what is live follows from them, so they come first.
    pub deployments: Frontier,
    /// Pull requests.
    pub pulls: Frontier,
    /// Runs with their jobs.
    pub runs: Frontier,
    /// What may not be read: it is asked for again after the next start.
    #[serde(skip)]
    refused: BTreeSet<Part>,
    /// How often in a row an answer made no sense.
    #[serde(skip)]
    failures: u32,
    /// When it goes on after such an answer.
    #[serde(skip)]
    again: Option<Time>,
}

/// How far one sort of things is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frontier {
    /// Nothing yet.
    #[default]
    Start,
    /// To this place: what the forge wants to be asked with for what comes after it.
    At(String),
    /// To its beginning, or as far back as is wanted.
    Done,
}

impl Frontier {
    fn is_done(&self) -> bool {
        *self == Self::Done
    }

    fn after(&self) -> Option<&str> {
        match self {
            Self::At(place) => Some(place),
            Self::Start | Self::Done => None,
        }
    }
}

impl History {
    /// Whether there is nothing more to read.
    pub fn is_done(&self) -> bool {
        self.next().is_none()
    }

    /// Reads one sort of things again from the newest on: it has a gap.
    pub fn begin_again(&mut self, part: Part) {
        match part {
            Part::EarlierDeployments => self.deployments = Frontier::Start,
            Part::EarlierPulls => self.pulls = Frontier::Start,
            _ => self.runs = Frontier::Start,
        }
    }

    /// What is read next.
    fn next(&self) -> Option<Part> {
        let all = [
            (Part::EarlierDeployments, &self.deployments),
            (Part::EarlierPulls, &self.pulls),
            (Part::EarlierRuns, &self.runs),
        ];
        let open = all.into_iter().find(|(part, frontier)| !frontier.is_done() && !self.refused.contains(part));
        open.map(|(part, _)| part)
    }
}

impl Round<'_> {
    /// Reads one slice.
    ///
    /// # Errors
    /// When it cannot be asked; what was read before that stays read.
    pub(super) async fn slice(&mut self, history: &mut History, spending: &mut Spending) -> Result<()> {
        let budget = self.inner.history_budget();
        let days = self.inner.settings.history_days.unwrap_or(DAYS);
        let oldest = self.now - Duration::days(i64::from(days));
        let mut left = SLICE;
        while let Some(part) = history.next().filter(|_| left > 0 && history.again.is_none_or(|at| at <= self.now)) {
            // A page of runs is followed by questions of many parts about their jobs.
            let cost = if part == Part::EarlierRuns { RUNS_COST } else { 1 };
            let spares = ["core", "graphql"].iter().all(|it| self.api.limits().can_spare(it, self.now));
            if !spares || !spending.take(cost, budget, self.now) {
                break;
            }
            left = left.saturating_sub(cost);
            let read = match part {
                Part::EarlierDeployments => self.older_deployments(&mut history.deployments, oldest).await,
                Part::EarlierPulls => self.older_pulls(&mut history.pulls, oldest).await,
                _ => self.older_runs(&mut history.runs, oldest).await,
            };
            self.told(history, part, read)?;
        }
        Ok(())
    }

    /// What may not be read, or makes no sense however often it is asked for, is told and left out: the rest of history
    /// goes on.
    fn told(&mut self, history: &mut History, part: Part, read: Result<()>) -> Result<()> {
        let at = (self.repository.slug.clone(), part);
        let error = match read {
            Ok(()) => {
                (history.failures, history.again) = (0, None);
                self.found.problems.push((at, None));
                return Ok(());
            }
            Err(error) => error,
        };
        match error.kind {
            ErrorKind::Protocol if history.failures < FAILURES => {
                history.failures += 1;
                history.again = Some(self.now + PAUSE * (1 << history.failures));
            }
            ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Check | ErrorKind::Protocol => {
                (history.failures, history.again) = (0, None);
                history.refused.insert(part);
            }
            _ => return Err(error),
        }
        let text = format!("history cannot be read further: {}", error.what);
        self.found.problems.push((at, Some(text.into())));
        Ok(())
    }

    async fn older_deployments(&mut self, from: &mut Frontier, oldest: Time) -> Result<()> {
        let what = format!("list earlier deployments of {}", self.repository.slug);
        let query = graphql::deployments(&self.repository.slug, PAGE, from.after());
        let answer = self.api.query::<RepositoryAnswer<DeploymentNode>>(&what, &query).await?;
        let Some(list) = answer.repository.map(|it| it.list) else { return Err(self.unseen()) };
        let mut last = None;
        for node in self.items(Part::EarlierDeployments, list.nodes) {
            let (deployment, statuses) = node.plain();
            last = deployment.created_at.or(last);
            // What is known already is known better: its payload is what it is, not text.
            if !self.memory.knows(&deployment) {
                self.deployment(deployment, Some(statuses));
            }
        }
        *from = onward(list.page.more, list.page.end, last, oldest);
        Ok(())
    }

    async fn older_pulls(&mut self, from: &mut Frontier, oldest: Time) -> Result<()> {
        let what = format!("list earlier pull requests of {}", self.repository.slug);
        let query = graphql::pull_requests(&self.repository.slug, PULLS, from.after());
        let answer = self.api.query::<RepositoryAnswer<PullNode>>(&what, &query).await?;
        let Some(list) = answer.repository.map(|it| it.list) else { return Err(self.unseen()) };
        let last = list.nodes.all.iter().filter_map(|it| it.updated_at).min();
        self.take_pulls(list.nodes);
        *from = onward(list.page.more, list.page.end, last, oldest);
        Ok(())
    }

    fn unseen(&self) -> BackendError {
        self.error(ErrorKind::NotFound, "the token may not see it")
    }

    /// Runs are asked for by when they were created, because pages move while new ones come.
    async fn older_runs(&mut self, from: &mut Frontier, oldest: Time) -> Result<()> {
        let what = format!("list earlier workflow runs of {}", self.repository.slug);
        let (until, number) = match from.after().map(|it| it.split_once(' ').unwrap_or((it, "1"))) {
            Some((until, number)) => (until.to_owned(), number.parse().unwrap_or(1)),
            None => (second(self.now), 1_u32),
        };
        let mut path = format!("/actions/runs?per_page={PAGE}&exclude_pull_requests=true&created=%3C%3D{until}");
        if number > 1 {
            path.push_str(&format!("&page={number}"));
        }
        let page = self.api.fetch::<RunsPage>(&what, &self.repository.path(&path)).await?;
        let more = page.next.is_some();
        let runs = self.items(Part::EarlierRuns, page.it.workflow_runs);
        let last = runs.iter().filter_map(|it| it.created_at).min();
        self.take_ended(runs).await?;
        // More of one second than fit on a page: that second has another page.
        let place = last.map(second).map(|it| if it == until { format!("{it} {}", number + 1) } else { it });
        *from = onward(more, place, last, oldest);
        Ok(())
    }

    /// Runs of history with their jobs; those that are followed are told by the rounds.
    async fn take_ended(&mut self, runs: Vec<Run>) -> Result<()> {
        let unknown = runs.into_iter().filter(|it| !self.memory.runs.contains_key(&it.id));
        let (ended, open): (Vec<Run>, Vec<Run>) = unknown.partition(Run::is_over);
        // What waits for somebody is followed from here on, however long it has waited.
        open.into_iter().for_each(|it| self.take(it));
        ended.iter().for_each(|it| self.tell_actor(it));
        let suites: Vec<(u64, String)> =
            ended.iter().filter_map(|it| Some((it.id, it.check_suite_node_id.clone()?))).collect();
        let mut jobs = std::collections::BTreeMap::new();
        for some in suites.chunks(super::runs::SUITES) {
            jobs.extend(self.jobs_together(some).await?);
        }
        let service = self.only_service();
        let told = ended.iter().map(|run| {
            let jobs = jobs.remove(&run.id).unwrap_or_default();
            runs::fact(run, &jobs, runs::id(run.id, None), service.clone()).into()
        });
        self.found.facts.extend(told);
        Ok(())
    }
}

/// A time as the forge is asked with it.
fn second(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Where it goes on: nowhere, where there is no more or it is old enough.
fn onward(more: bool, place: Option<String>, last: Option<Time>, oldest: Time) -> Frontier {
    match place {
        Some(place) if more && last.is_none_or(|last| last > oldest) => Frontier::At(place),
        _ => Frontier::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_ends_at_its_beginning_or_where_it_is_old_enough() {
        let at = |seconds| Time::from_timestamp(seconds, 0);
        let oldest = at(1_000).expect("a time");
        let place = || Some("x".to_owned());
        assert_eq!(onward(true, place(), at(2_000), oldest), Frontier::At("x".into()));
        assert_eq!(onward(true, place(), at(999), oldest), Frontier::Done);
        assert_eq!(onward(false, place(), at(2_000), oldest), Frontier::Done);
        assert_eq!(onward(true, None, at(2_000), oldest), Frontier::Done);
        assert_eq!(onward(true, place(), None, oldest), Frontier::At("x".into()));
    }
}
