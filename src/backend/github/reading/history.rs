//! History: backwards from now, newest first, a slice at a time, within a budget; it goes on after a restart where it was.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::round::Round;
use crate::backend::Result;
use crate::backend::github::graphql::{self, DeploymentNode, PullNode, RepositoryAnswer};
use crate::backend::github::limits::Spending;
use crate::backend::github::runs;
use crate::backend::github::schedule::Part;
use crate::backend::github::wire::{Run, RunsPage};
use crate::model::Time;

/// Requests of one slice.
const SLICE: usize = 6;
/// How many things a page holds.
const PAGE: u32 = 100;
/// Pull requests come with their commits and reviews, so that fewer fit.
const PULLS: u32 = 50;
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
        self.deployments.is_done() && self.pulls.is_done() && self.runs.is_done()
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
        while left > 0 && !history.is_done() {
            let resource = if history.runs.is_done() || !history.pulls.is_done() { "graphql" } else { "core" };
            if !self.api.limits().can_spare(resource, self.now) || !spending.take(budget, self.now) {
                break;
            }
            left -= 1;
            if !history.deployments.is_done() {
                let next = self.older_deployments(&history.deployments, oldest).await;
                history.deployments = self.told(Part::Deployments, next)?;
            } else if !history.pulls.is_done() {
                let next = self.older_pulls(&history.pulls, oldest).await;
                history.pulls = self.told(Part::Pulls, next)?;
            } else {
                let next = self.older_runs(&history.runs, oldest).await;
                // A page of runs is followed by four questions about their jobs.
                (0..4).for_each(|_| drop(spending.take(budget, self.now)));
                left = left.saturating_sub(4);
                history.runs = self.told(Part::Runs, next)?;
            }
        }
        if std::mem::take(&mut self.found.states) {
            self.tell_states();
        }
        Ok(())
    }

    /// What may not be read or makes no sense is told, and is no more asked for: the rest of history goes on.
    fn told(&mut self, part: Part, next: Result<Frontier>) -> Result<Frontier> {
        use crate::backend::ErrorKind::{Check, Forbidden, NotFound, Protocol};
        match next {
            Ok(next) => Ok(next),
            Err(error) if matches!(error.kind, Forbidden | NotFound | Protocol | Check) => {
                let text = format!("history ends here: {}", error.what);
                self.found.problems.push(((self.repository.slug.clone(), part), Some(text.into())));
                Ok(Frontier::Done)
            }
            Err(error) => Err(error),
        }
    }

    async fn older_deployments(&mut self, from: &Frontier, oldest: Time) -> Result<Frontier> {
        let what = format!("list earlier deployments of {}", self.repository.slug);
        let query = graphql::deployments(&self.repository.slug, PAGE, from.after());
        let answer = self.api.query::<RepositoryAnswer<DeploymentNode>>(&what, &query).await?;
        let Some(list) = answer.repository.map(|it| it.list) else { return Ok(Frontier::Done) };
        let mut last = None;
        for node in self.items(Part::Deployments, list.nodes) {
            let (deployment, statuses) = node.plain();
            last = deployment.created_at.or(last);
            // What is known already is known better: its payload is what it is, not text.
            if !self.memory.knows(&deployment) {
                self.deployment(deployment, Some(statuses));
            }
        }
        Ok(onward(list.page.more, list.page.end, last, oldest))
    }

    async fn older_pulls(&mut self, from: &Frontier, oldest: Time) -> Result<Frontier> {
        let what = format!("list earlier pull requests of {}", self.repository.slug);
        let query = graphql::pull_requests(&self.repository.slug, PULLS, from.after());
        let answer = self.api.query::<RepositoryAnswer<PullNode>>(&what, &query).await?;
        let Some(list) = answer.repository.map(|it| it.list) else { return Ok(Frontier::Done) };
        let last = list.nodes.all.iter().filter_map(|it| it.updated_at).min();
        self.take_pulls(list.nodes);
        Ok(onward(list.page.more, list.page.end, last, oldest))
    }

    /// Runs are asked for by when they were created, because pages move while new ones come.
    async fn older_runs(&mut self, from: &Frontier, oldest: Time) -> Result<Frontier> {
        let what = format!("list earlier workflow runs of {}", self.repository.slug);
        let until = from.after().map_or_else(|| self.now.format("%Y-%m-%dT%H:%M:%SZ").to_string(), str::to_owned);
        let path = format!("/actions/runs?per_page={PAGE}&exclude_pull_requests=true&created=%3C%3D{until}");
        let page = self.api.fetch::<RunsPage>(&what, &self.repository.path(&path)).await?;
        let more = page.next.is_some();
        let runs = self.items(Part::Runs, page.it.workflow_runs);
        let last = runs.iter().filter_map(|it| it.created_at).min();
        self.take_ended(runs).await?;
        // More of one second than fit on a page: the second before is the next place.
        let place = last.map(|it| it.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let place = match (place, last) {
            (Some(place), Some(at)) if place == until => {
                Some((at - Duration::seconds(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string())
            }
            (place, _) => place,
        };
        Ok(onward(more, place, last, oldest))
    }

    /// Runs of history with their jobs; those that are followed are told by the rounds.
    async fn take_ended(&mut self, runs: Vec<Run>) -> Result<()> {
        let followed = |it: &Run| self.memory.runs.contains_key(&it.id) || !it.is_over();
        let ended: Vec<Run> = runs.into_iter().filter(|it| !followed(it)).collect();
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
