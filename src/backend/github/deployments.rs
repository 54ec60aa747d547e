//! Deployments: what their statuses mean, and what a track runs by them.
//!
//! The newest status of a deployment is how it stands; `inactive` says only that a later one took over. What is live is the
//! one that says `success` and came to it last: of two that waited for an answer the older one may have been let go later.
//! Where none says so, it is the newest that once did.

use serde::{Deserialize, Serialize};

use super::rules;
use super::wire::{Deployment, DeploymentStatus};
use crate::model::{self, DeploymentId, Outcome, Text, Time, TrackId, Version};

/// A deployment and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// It.
    pub it: Deployment,
    /// Its statuses, newest first.
    pub statuses: Vec<DeploymentStatus>,
}

/// How a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not begun: it is queued, or waits for somebody.
    Waiting,
    /// It is under way.
    Running,
    /// Users have it, or had it until a later one took over.
    Success,
    /// It did not come to be.
    Failed,
    /// Somebody said no, or it was given up before it began.
    Cancelled,
    /// A later one took over before it was there.
    Superseded,
}

impl Deployed {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        let began = || self.statuses.iter().any(|it| it.state == "in_progress");
        let succeeded = || self.statuses.iter().any(|it| it.state == "success");
        match self.statuses.first().map(|it| it.state.as_str()) {
            Some("success") => Standing::Success,
            Some("failure" | "error") if !began() && self.waited() => Standing::Cancelled,
            Some("failure" | "error") => Standing::Failed,
            Some("in_progress") => Standing::Running,
            Some("inactive") if succeeded() => Standing::Success,
            Some("inactive") => {
                match self.statuses.iter().find(|it| it.state != "inactive").map(|it| it.state.as_str()) {
                    Some("failure" | "error") => Standing::Failed,
                    _ => Standing::Superseded,
                }
            }
            // No status yet, or a word that is new: it has been asked for, no more is known.
            Some("queued" | "pending" | "waiting") | None => Standing::Waiting,
            Some(_) if succeeded() => Standing::Success,
            Some(_) => Standing::Waiting,
        }
    }

    /// Whether more is to come of it.
    pub fn is_open(&self) -> bool {
        matches!(self.standing(), Standing::Waiting | Standing::Running)
    }

    /// Whether it waited for somebody's answer: then it was said no to, and did not fail.
    fn waited(&self) -> bool {
        self.statuses.iter().any(|it| it.state == "waiting")
    }

    /// Whether it says of itself that users have it: it was not taken over.
    fn says_success(&self) -> bool {
        self.statuses.first().is_some_and(|it| it.state == "success")
    }

    /// When users had it, or when it ended.
    pub fn ended_at(&self) -> Option<Time> {
        let first = |states: &[&str]| {
            self.statuses.iter().rev().find(|it| states.contains(&it.state.as_str())).and_then(|it| it.created_at)
        };
        match self.standing() {
            Standing::Success => first(&["success"]),
            Standing::Failed | Standing::Cancelled => first(&["failure", "error"]),
            Standing::Superseded => first(&["inactive"]),
            Standing::Waiting | Standing::Running => None,
        }
    }

    /// When something last became of it.
    fn moved_at(&self) -> Option<Time> {
        self.statuses.first().and_then(|it| it.created_at).or(self.it.created_at)
    }

    /// When it began.
    fn started_at(&self) -> Option<Time> {
        let begun = self.statuses.iter().rev().find(|it| it.state == "in_progress").and_then(|it| it.created_at);
        begun.or(self.it.created_at)
    }

    /// Where its output is.
    pub fn url(&self) -> Option<&str> {
        self.statuses
            .iter()
            .find_map(|it| it.log_url.as_deref().or(it.target_url.as_deref()).filter(|it| it.starts_with("http")))
    }

    /// The run that carries it out, by the address of its output.
    pub fn run(&self) -> Option<u64> {
        let (_, after) = self.url()?.split_once("/actions/runs/")?;
        after.split(['/', '?', '#']).next()?.parse().ok()
    }

    /// The fact that it is; none while it waits, because nothing has begun.
    pub fn fact(&self, track: &TrackId, version: Option<Version>, actor: Option<Text>) -> Option<model::Deployment> {
        let outcome = match self.standing() {
            Standing::Waiting => return None,
            Standing::Running => Outcome::Running,
            Standing::Success => Outcome::Success,
            Standing::Failed => Outcome::Failed,
            Standing::Cancelled => Outcome::Cancelled,
            Standing::Superseded => Outcome::Superseded,
        };
        let creator = self.it.creator.as_ref().filter(|it| !it.login.is_empty());
        Some(model::Deployment {
            id: DeploymentId::from(self.it.id.to_string()),
            service: track.service.clone(),
            environment: track.environment.clone(),
            version,
            commit: rules::commit(&self.it.sha),
            also: Vec::new(),
            digest: None,
            started_at: self.started_at(),
            finished_at: self.ended_at(),
            outcome,
            actor: actor.or_else(|| creator.map(|it| it.login.as_str().into())),
            reason: self.reason(),
            labels: Vec::new(),
            fixes: None,
            traffic: None,
            url: self.url().map(Text::from),
        })
    }

    /// What was said about it.
    fn reason(&self) -> Option<Text> {
        let said = self.it.description.as_deref().map(str::trim).filter(|it| !it.is_empty());
        said.map(Text::from)
    }
}

/// What a track runs by its deployments, newest first.
pub struct Situation<'a> {
    /// The deployment that is live.
    pub live: Option<&'a Deployed>,
    /// The newest one above it that has not ended.
    pub coming: Option<&'a Deployed>,
    /// The newest one above it that failed.
    pub failed: Option<&'a Deployed>,
}

impl<'a> Situation<'a> {
    /// What `deployments` of one track, newest first, make of it.
    pub fn of(deployments: &[&'a Deployed]) -> Self {
        let had = || deployments.iter().copied().filter(|it| it.standing() == Standing::Success);
        // The one that took over last: of two that waited, the older one may have been let go later. Where none says that
        // it is there, the newest that was.
        let last = had().filter(|it| it.says_success()).max_by_key(|it| (it.ended_at(), it.it.id));
        let live = last.or_else(|| had().next());
        // What is older than the live one and moved before it was left behind.
        let is_after = |it: &Deployed| live.is_none_or(|live| it.it.id > live.it.id || it.moved_at() > live.ended_at());
        let newest =
            |of: fn(Standing) -> bool| deployments.iter().copied().find(|it| of(it.standing()) && is_after(it));
        Self {
            live,
            coming: newest(|it| matches!(it, Standing::Waiting | Standing::Running)),
            failed: newest(|it| it == Standing::Failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployed(id: u64, states: &[&str]) -> Deployed {
        let at = |n: usize| Time::from_timestamp(1_700_000_000 + i64::try_from(n).unwrap_or(0), 0);
        let count = states.len();
        let statuses = states.iter().enumerate().map(|(n, state)| DeploymentStatus {
            state: (*state).to_owned(),
            created_at: at(count - n),
            ..DeploymentStatus::default()
        });
        Deployed { it: Deployment { id, created_at: at(0), ..Deployment::default() }, statuses: statuses.collect() }
    }

    #[test]
    fn the_newest_status_says_how_it_stands() {
        let cases: [(&[&str], Standing); 13] = [
            (&[], Standing::Waiting),
            (&["waiting"], Standing::Waiting),
            (&["in_progress", "queued", "waiting"], Standing::Running),
            (&["success", "in_progress"], Standing::Success),
            (&["inactive", "success", "in_progress"], Standing::Success),
            (&["inactive", "in_progress"], Standing::Superseded),
            (&["inactive", "failure", "in_progress"], Standing::Failed),
            (&["failure", "in_progress", "waiting"], Standing::Failed),
            (&["failure", "waiting"], Standing::Cancelled),
            (&["error"], Standing::Failed),
            (&["failure", "pending"], Standing::Failed),
            (&["failure", "success", "in_progress"], Standing::Failed),
            (&["brand_new"], Standing::Waiting),
        ];
        for (states, expected) in cases {
            assert_eq!(deployed(1, states).standing(), expected, "{states:?}");
        }
    }

    #[test]
    fn users_had_it_when_it_first_succeeded() {
        let it = deployed(1, &["inactive", "success", "in_progress", "queued"]);
        let fact = it.fact(&TrackId::new("a", "b"), None, None).expect("a fact");
        let seconds = |time: Option<Time>| time.map(|it| it.timestamp() - 1_700_000_000);
        assert_eq!((seconds(fact.started_at), seconds(fact.finished_at)), (Some(2), Some(3)));
        assert_eq!(fact.outcome, Outcome::Success);
        assert!(deployed(1, &["waiting"]).fact(&TrackId::new("a", "b"), None, None).is_none());
    }

    #[test]
    fn what_is_live_is_the_newest_success() {
        let all = [
            deployed(5, &["waiting"]),
            deployed(4, &["failure", "in_progress"]),
            deployed(3, &["inactive", "in_progress"]),
            deployed(2, &["success", "in_progress"]),
            deployed(1, &["inactive", "success"]),
        ];
        let all: Vec<&Deployed> = all.iter().collect();
        let ids = |it: Option<&Deployed>| it.map(|it| it.it.id);
        let situation = Situation::of(&all);
        assert_eq!((ids(situation.live), ids(situation.coming), ids(situation.failed)), (Some(2), Some(5), Some(4)));
        let none = Situation::of(&[]);
        assert!(none.live.is_none() && none.coming.is_none());
    }

    #[test]
    fn of_two_that_waited_the_one_that_was_let_go_last_is_live() {
        let mut older = deployed(4, &["success", "in_progress", "waiting"]);
        older.statuses[0].created_at = Time::from_timestamp(1_700_009_000, 0);
        let newer = deployed(5, &["inactive", "success", "in_progress", "waiting"]);
        let situation = Situation::of(&[&newer, &older]);
        assert_eq!(situation.live.map(|it| it.it.id), Some(4));
        // While it was on its way below the other one, it was coming.
        older.statuses.remove(0);
        older.statuses[0].created_at = Time::from_timestamp(1_700_008_000, 0);
        let newer = deployed(5, &["success", "in_progress"]);
        let situation = Situation::of(&[&newer, &older]);
        assert_eq!((situation.live.map(|it| it.it.id), situation.coming.map(|it| it.it.id)), (Some(5), Some(4)));
    }

    #[test]
    fn the_run_is_known_by_the_address_of_the_output() {
        let mut it = deployed(1, &["success"]);
        it.statuses[0].log_url = Some("https://github.com/acme/shop/actions/runs/77/job/5".into());
        assert_eq!(it.run(), Some(77));
        it.statuses[0].log_url = Some("https://elsewhere.test/77".into());
        assert_eq!(it.run(), None);
    }
}
