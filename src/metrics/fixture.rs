//! Tracks as data: commits, deployments, incidents and a policy in a few words each, for cases and properties.
//!
//! Times are hours after Monday, 5 January 2026, 00:00 UTC.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use serde::Deserialize;

use super::failure::judge;
use super::group::{Grouped, Member, group};
use super::policy::{Baseline, Blame, GroupRule, Headline, Policy, RecoveryFrom, Start};
use super::verdict::Verdicts;
use super::{Classes, Code, Codebase, Ledger, Reported, Scope, Subject, Traced, TrackMetrics, Window, measure};
use crate::graph::{CommitGraph, NewCommit, Pos};
use crate::model::{
    AlsoCommit, BadMark, CommitId, Deployment, Incident, Outcome, PullRequest, RepositoryId, Text, Time,
};

/// The name of the service's own repository.
pub const OWN: &str = "own";

/// A track and what is asked about it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Track {
    pub id: String,
    pub title: String,
    pub commits: BTreeMap<String, Commit>,
    pub deploys: Vec<Deploy>,
    pub incidents: Vec<Trouble>,
    /// Versions that somebody marked bad, with when.
    pub marks: BTreeMap<String, f64>,
    pub requests: Vec<Request>,
    pub policy: Choices,
    pub baseline: Option<Vec<String>>,
    pub first_is_baseline: Option<bool>,
    /// Heads of the deployable branch.
    pub heads: Vec<String>,
    /// Commits outside the paths of the service.
    pub exclude: BTreeSet<String>,
    /// From when until when.
    pub window: (Option<f64>, Option<f64>),
    pub zone: Option<Tz>,
    /// When it is looked at; absent means with the last deployment.
    pub now: Option<f64>,
    pub expect: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    pub t: f64,
    pub p: Vec<String>,
    #[serde(default)]
    pub reverts: Vec<String>,
    #[serde(default)]
    pub repository: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    pub id: String,
    pub sha: String,
    pub at: f64,
    pub ok: bool,
    #[serde(default)]
    pub started: Option<f64>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub fixes: Option<String>,
    #[serde(default)]
    pub traffic: Option<bool>,
    /// Commits of other repositories.
    #[serde(default)]
    pub also: BTreeMap<String, String>,
    /// The environment of a group.
    #[serde(default)]
    pub environment: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    pub id: String,
    pub opened: f64,
    #[serde(default)]
    pub detected: Option<f64>,
    #[serde(default)]
    pub resolved: Option<f64>,
    #[serde(default)]
    pub caused_by: Option<String>,
    #[serde(default)]
    pub environment: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub merge: String,
    pub first_commit: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    pub start: Option<String>,
    pub blame: Option<String>,
    pub recovery_from_detection: bool,
    /// Hours.
    pub infer_within: Option<i64>,
    pub headline_all: bool,
    /// The members of a group of environments, and whether any of them is enough.
    pub group: Vec<String>,
    pub any: bool,
}

/// A track with its measures.
pub struct Measured {
    pub ledger: Ledger,
    pub verdicts: Verdicts,
    pub metrics: TrackMetrics,
}

pub fn time(hours: f64) -> Time {
    let start: Time = "2026-01-05T00:00:00Z".parse().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "some thousand hours")]
    let seconds = (hours * 3_600.0).round() as i64;
    start + chrono::TimeDelta::seconds(seconds)
}

/// An id that a name stands for.
pub fn commit_id(name: &str) -> CommitId {
    let mut bytes = [0; 20];
    bytes.iter_mut().zip(name.bytes()).for_each(|(byte, letter)| *byte = letter);
    CommitId(bytes)
}

pub fn name_of(id: CommitId) -> String {
    String::from_utf8(id.0.iter().copied().take_while(|byte| *byte > 0).collect()).unwrap()
}

impl Track {
    /// The commits of each repository, the service's own first.
    pub fn graphs(&self) -> Vec<(RepositoryId, CommitGraph)> {
        let of = |it: &Commit| it.repository.clone().unwrap_or(OWN.to_owned());
        let others: BTreeSet<String> = self.commits.values().map(of).filter(|it| it != OWN).collect();
        let all = [OWN.to_owned()].into_iter().chain(others);
        all.map(|repository| {
            let commits = self.commits.iter().filter(|(_, it)| of(it) == repository);
            (RepositoryId::from(repository.as_str()), graph(commits.collect()))
        })
        .collect()
    }

    pub fn policy(&self) -> Policy {
        let choices = &self.policy;
        let named = self.baseline.as_ref().map(|all| all.iter().map(|it| commit_id(it)).collect());
        Policy {
            start: if choices.start.as_deref() == Some("first_commit") { Start::FirstCommit } else { Start::Author },
            blame: match choices.blame.as_deref() {
                Some("latest") => Blame::Latest,
                Some("all") => Blame::All,
                _ => Blame::Earliest,
            },
            recovery_from: match choices.recovery_from_detection {
                true => RecoveryFrom::Detection,
                false => RecoveryFrom::Deployment,
            },
            infer_within: choices.infer_within.map(chrono::TimeDelta::hours),
            headline: if choices.headline_all { Headline::All } else { Headline::New },
            baseline: named.map_or(Baseline::First, Baseline::Commits),
            group: if choices.any { GroupRule::Any } else { GroupRule::All },
            ..Policy::default()
        }
    }

    pub fn reported(&self) -> Vec<Reported> {
        if self.policy.group.is_empty() {
            return self.deploys.iter().map(reported).collect();
        }
        self.grouped().into_iter().map(|it| it.reported).collect()
    }

    pub fn members(&self) -> Vec<Member> {
        let of = |name: &String| Member {
            environment: name.as_str().into(),
            deployments: self.deploys.iter().filter(|it| it.environment.as_ref() == Some(name)).map(reported).collect(),
        };
        self.policy.group.iter().map(of).collect()
    }

    pub fn grouped(&self) -> Vec<Grouped> {
        group(&"group".into(), &self.members(), self.policy().group)
    }

    pub fn now(&self) -> Time {
        let last = self.deploys.iter().map(|it| it.at).fold(f64::MIN, f64::max);
        time(self.now.unwrap_or(last))
    }

    pub fn ledger(&self, graphs: &[(RepositoryId, CommitGraph)]) -> Ledger {
        let codebases: Vec<Codebase<'_>> = graphs.iter().map(|(id, graph)| Codebase { id, graph }).collect();
        Ledger::new(self.reported(), &codebases, &self.policy().baseline)
    }

    pub fn measured(&self) -> Measured {
        let (graphs, policy) = (self.graphs(), self.policy());
        let ledger = self.ledger(&graphs);
        let requests: Vec<Arc<PullRequest>> = self.requests.iter().map(request).map(Arc::new).collect();
        let classes: Vec<Classes> =
            graphs.iter().map(|(_, graph)| Classes::new(graph, &requests, &[], &policy)).collect();
        let codes: Vec<Code<'_>> = graphs
            .iter()
            .zip(&classes)
            .map(|((_, graph), classes)| {
                let head = self.heads.iter().find_map(|head| graph.position(&commit_id(head)));
                Code::new(graph, head, &requests, classes, &policy)
            })
            .collect();
        let outside: BTreeSet<CommitId> = self.exclude.iter().map(|it| commit_id(it)).collect();
        let withins: Vec<_> = graphs.iter().map(|(_, graph)| |pos: Pos| !outside.contains(&graph.id(pos))).collect();
        let scopes: Vec<Scope<'_>> = codes
            .iter()
            .zip(&withins)
            .map(|(code, within)| {
                let within = (!outside.is_empty()).then_some(within as &(dyn Fn(Pos) -> bool + Sync));
                Scope { code, within }
            })
            .collect();
        let incidents: Vec<Arc<Incident>> = self.incidents.iter().map(incident).map(Arc::new).collect();
        let bad: Vec<BadMark> = self.marks.iter().map(|(version, at)| mark(version, *at)).collect();
        let (from, until) = self.window;
        let window = Window { from: from.map(time), until: until.map(time) };
        let subject = Subject {
            ledger: &ledger,
            scopes: &scopes,
            incidents: &incidents,
            bad: &bad,
            zone: self.zone.unwrap_or(Tz::UTC),
            traced: &|_| Traced::default(),
        };
        let now = self.now();
        let metrics = measure(&subject, &policy, window, now);
        let verdicts = judge(&ledger, &scopes, &incidents, &bad, &policy, now);
        Measured { ledger, verdicts, metrics }
    }
}

/// Parents first, whatever the order in which commits are named. Parents that are not there cut history off.
fn graph(mut commits: Vec<(&String, &Commit)>) -> CommitGraph {
    let mut graph = CommitGraph::default();
    while !commits.is_empty() {
        let waiting: BTreeSet<&String> = commits.iter().map(|(name, _)| *name).collect();
        let (ready, rest): (Vec<_>, Vec<_>) =
            commits.iter().partition(|(_, it)| !it.p.iter().any(|parent| waiting.contains(parent)));
        assert!(!ready.is_empty(), "a circle");
        for (name, commit) in ready {
            let parents: Vec<CommitId> = commit.p.iter().map(|it| commit_id(it)).collect();
            let reverts: Vec<CommitId> = commit.reverts.iter().map(|it| commit_id(it)).collect();
            let at = time(commit.t).timestamp();
            graph.append(&NewCommit {
                id: commit_id(name),
                parents: &parents,
                authored: at,
                committed: at,
                reverts: &reverts,
                ..NewCommit::default()
            });
        }
        commits = rest;
    }
    graph
}

fn reported(it: &Deploy) -> Reported {
    let also = it.also.iter();
    let also = also
        .map(|(repository, commit)| AlsoCommit { repository: repository.as_str().into(), commit: commit_id(commit) });
    let deployment = Deployment {
        id: it.id.as_str().into(),
        service: "api".into(),
        environment: it.environment.as_deref().unwrap_or("production").into(),
        version: it.version.as_deref().map(Into::into),
        commit: Some(commit_id(&it.sha)),
        also: also.collect(),
        digest: None,
        started_at: it.started.map(time),
        finished_at: Some(time(it.at)),
        outcome: if it.ok { Outcome::Success } else { Outcome::Failed },
        actor: None,
        reason: None,
        labels: it.labels.iter().map(|it| Text::from(it.as_str())).collect(),
        fixes: it.fixes.as_deref().map(Into::into),
        traffic: it.traffic,
        url: None,
    };
    Reported { source: "test".into(), deployment: Arc::new(deployment) }
}

fn incident(it: &Trouble) -> Incident {
    Incident {
        id: it.id.as_str().into(),
        service: None,
        environment: it.environment.as_deref().map(Into::into),
        title: Text::from("it hurt"),
        opened_at: time(it.opened),
        detected_at: it.detected.map(time),
        resolved_at: it.resolved.map(time),
        caused_by: it.caused_by.as_deref().map(Into::into),
        url: None,
    }
}

fn mark(version: &str, at: f64) -> BadMark {
    BadMark {
        service: "api".into(),
        version: version.into(),
        who: Text::from("operator"),
        why: Text::from("it hurt"),
        at: time(at),
        lifted: false,
    }
}

fn request(it: &Request) -> PullRequest {
    PullRequest {
        repository: OWN.into(),
        number: Text::from("1"),
        title: Text::from("a change"),
        author: None,
        first_commit_at: it.first_commit.map(time),
        opened_at: None,
        first_review_at: None,
        approved_at: None,
        merged_at: None,
        closed_at: None,
        merge_commit: Some(commit_id(&it.merge)),
        commits: Vec::new(),
        ticket: None,
        labels: Vec::new(),
        url: None,
    }
}
