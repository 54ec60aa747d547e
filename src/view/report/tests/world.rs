//! Three tracks for reports: one with everything in it, one whose names mean ill, one without a deployment.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::graph::{CommitGraph, NewCommit};
use crate::metrics::definition::{Definition, Metric};
use crate::metrics::{Classes, Code, Codebase, Ledger, Policy, Reported, Scope, Subject, Traced, Window, measure};
use crate::model::{BadMark, CommitId, Deployment, Incident, Outcome, RepositoryId, Time, TrackId};
use crate::query::TrackReport;
use crate::view::report::Report;

/// Commits come so often.
const EVERY: i64 = 5;

pub fn now() -> Time {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn hours_ago(hours: i64) -> Time {
    now() - TimeDelta::hours(hours)
}

fn id(number: usize) -> CommitId {
    let mut id = [7; 20];
    id[..8].copy_from_slice(&(number as u64).to_be_bytes());
    CommitId(id)
}

/// A line of commits, the last one now. Commit 320 has a parent that is not there.
fn graph(commits: usize, reverts: &[(usize, usize)]) -> CommitGraph {
    let mut graph = CommitGraph::default();
    for number in 0..commits {
        let committed = hours_ago(EVERY * (commits - number) as i64).timestamp();
        let mut parents: Vec<CommitId> = number.checked_sub(1).map(id).into_iter().collect();
        parents.extend((number == 320).then_some(CommitId([9; 20])));
        // Some changes take long before they are committed.
        let authored = committed - 3_600 * [1, 2, 30, 4, 90, 9, 400, 3][number % 8];
        let reverts: Vec<CommitId> = reverts.iter().filter(|it| it.0 == number).map(|it| id(it.1)).collect();
        let (id, parents, reverts) = (id(number), &*parents, &*reverts);
        graph.append(&NewCommit { id, parents, authored, committed, reverts, ..NewCommit::default() });
    }
    graph
}

fn deployment(track: &TrackId, name: &str, hours: i64, commit: usize) -> Deployment {
    Deployment {
        id: format!("deploy-{name}").into(),
        service: track.service.clone(),
        environment: track.environment.clone(),
        version: Some(name.into()),
        commit: Some(id(commit)),
        also: Vec::new(),
        digest: None,
        started_at: Some(hours_ago(hours) - TimeDelta::minutes(6)),
        finished_at: Some(hours_ago(hours)),
        outcome: Outcome::Success,
        actor: Some("Ana".into()),
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    }
}

/// What is known beside the deployments.
#[derive(Default)]
struct Known {
    incidents: Vec<Arc<Incident>>,
    bad: Vec<BadMark>,
    /// Commits that take back the one at a number.
    reverts: Vec<(usize, usize)>,
}

fn measured(track: TrackId, deployments: Vec<Deployment>, commits: usize, known: &Known) -> TrackReport {
    let (graph, repository) = (graph(commits, &known.reverts), RepositoryId::from("shop"));
    let policy = policy();
    let classes = Classes::new(&graph, &[], &[], &policy);
    let code = Code::new(&graph, graph.positions().next_back(), &[], &classes, &policy);
    let reported = deployments.into_iter().map(|it| Reported { source: "servers".into(), deployment: Arc::new(it) });
    let codebases = [Codebase { id: &repository, graph: &graph }];
    let ledger = Ledger::new(reported.collect(), &codebases, &policy.baseline);
    let subject = Subject {
        ledger: &ledger,
        scopes: &[Scope { code: &code, within: None }],
        incidents: &known.incidents,
        bad: &known.bad,
        zone: Tz::Europe__Berlin,
        traced: &|it| Traced { run: it.commit.is_some(), artifact: false },
    };
    let metrics = measure(&subject, &policy, Window::default(), now());
    let zone = Tz::Europe__Berlin;
    TrackReport { track, production: true, zone, repository: Some(repository), ledger: Arc::new(ledger), metrics }
}

fn policy() -> Policy {
    Policy { infer_within: Some(TimeDelta::hours(24)), ..Policy::default() }
}

fn incident(name: &str, track: &TrackId, opened: i64, resolved: i64, cause: Option<&str>) -> Arc<Incident> {
    Arc::new(Incident {
        id: name.into(),
        service: Some(track.service.clone()),
        environment: Some(track.environment.clone()),
        title: "orders are lost".into(),
        opened_at: hours_ago(opened),
        detected_at: None,
        resolved_at: Some(hours_ago(resolved)),
        caused_by: cause.map(|it| format!("deploy-{it}").into()),
        url: None,
    })
}

fn bad(track: &TrackId, version: &str) -> BadMark {
    let (who, why) = ("Ben".into(), "loses orders".into());
    BadMark { service: track.service.clone(), version: version.into(), who, why, at: hours_ago(1), lifted: false }
}

/// Ninety days: forward, twice rolled back, once broken by a canary, once cut off, one version too young.
pub fn checkout() -> TrackReport {
    let track = TrackId::new("checkout", "production");
    let commits = 430;
    let mut all: Vec<Deployment> = (0..34)
        .map(|number| {
            let commit = 6 + number * 12;
            let hours = EVERY * (commits - commit) as i64 - [2, 30, 3, 20, 7][number % 5];
            deployment(&track, &format!("1.{number}.0"), hours, commit)
        })
        .collect();
    let hours = |name: usize, all: &[Deployment]| hours_of(&all[name]);
    let back = [(12, hours(13, &all) - 2), (20, hours(21, &all) - 49)];
    let known = Known {
        incidents: vec![
            incident("INC-7", &track, hours(13, &all) - 1, hours(13, &all) - 2, Some("1.13.0")),
            incident("INC-9", &track, hours(24, &all) - 5, hours(24, &all) - 8, None),
        ],
        bad: vec![bad(&track, "1.34.1")],
        reverts: vec![(6 + 12 * 27, 6 + 12 * 26)],
    };
    all[30].labels = vec!["hotfix".into()];
    all.extend(back.map(|(name, hours)| deployment(&track, &format!("1.{name}.0-again"), hours, 6 + 12 * name)));
    let failed = Deployment { outcome: Outcome::Failed, traffic: Some(true), ..deployment(&track, "1.34.0", 75, 414) };
    all.push(failed);
    all.push(deployment(&track, "1.34.1", 20, 420));
    measured(track, all, commits, &known)
}

fn hours_of(it: &Deployment) -> i64 {
    (now() - it.finished_at.unwrap()).num_hours()
}

/// Names that are commands in other languages.
pub fn hostile() -> TrackReport {
    let track = TrackId::new("<script>alert(1)</script>", "=HYPERLINK(\"https://a.b\",\"x\")");
    let names = ["\"><img src=x onerror=alert(1)>", "=1+1,\"2\"", "[x](https://a.b)|@all `\u{1b}[31m\n<b>", "+日本語"];
    let numbered = names.iter().enumerate();
    let deployment = |(at, name): (usize, &&str)| deployment(&track, name, 190 - 45 * at as i64, 10 + at * 10);
    let mut deployments: Vec<Deployment> = numbered.map(deployment).collect();
    deployments[2].fixes = Some(names[0].into());
    let known = Known { bad: vec![bad(&track, names[1]), bad(&track, names[2])], ..Known::default() };
    measured(track, deployments, 50, &known)
}

/// Nothing was ever deployed.
pub fn idle() -> TrackReport {
    measured(TrackId::new("search", "production"), Vec::new(), 3, &Known::default())
}

pub fn definitions() -> Vec<Definition> {
    Metric::ALL.map(|it| Definition::of(it, &policy())).into()
}

pub fn report<'a>(tracks: &'a [TrackReport], definitions: &'a [Definition], problems: &'a [String]) -> Report<'a> {
    Report { title: "Corner shop", now: now(), window: Window::default(), tracks, ways: &[], definitions, problems }
}
