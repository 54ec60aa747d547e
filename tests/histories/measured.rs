//! Deployments of a commit graph in a ledger, and the measures over it.

use std::sync::Arc;

use flightdeck::graph::{CommitGraph, Pos};
use flightdeck::metrics::policy::{Baseline, Start};
use flightdeck::metrics::{
    Classes, Code, Codebase, Ledger, Policy, Reported, Scope, Subject, Traced, TrackMetrics, Window, measure,
};
use flightdeck::model::{Deployment, Outcome, RepositoryId, Time};

/// A successful deployment of `commit` at `at`, seconds since 1970 UTC.
pub fn deployed(graph: &CommitGraph, version: &str, at: i64, commit: Pos) -> Reported {
    let deployment = Deployment {
        id: version.into(),
        service: "history".into(),
        environment: "release".into(),
        version: Some(version.into()),
        commit: Some(graph.id(commit)),
        also: Vec::new(),
        digest: None,
        started_at: None,
        finished_at: Time::from_timestamp(at, 0),
        outcome: Outcome::Success,
        actor: None,
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    };
    Reported { source: "tags".into(), deployment: Arc::new(deployment) }
}

/// The ledger of a track, the first deployment being the baseline; made from `before` where there is one.
pub fn ledger(graph: &CommitGraph, deployments: Vec<Reported>, before: Option<&Ledger>) -> Ledger {
    let repository = RepositoryId::from("history");
    let codebases = [Codebase { id: &repository, graph }];
    match before {
        Some(before) => before.updated(deployments, &codebases, &Baseline::First),
        None => Ledger::new(deployments, &codebases, &Baseline::First),
    }
}

/// The measures over everything, nobody taken for a bot, as seen when the newest deployment was made.
pub fn measures(graph: &CommitGraph, ledger: &Ledger, start: Start) -> TrackMetrics {
    let policy = Policy { start, bots: None, ..Policy::default() };
    let classes = Classes::new(graph, &[], &[], &policy);
    let code = Code::new(graph, None, &[], &classes, &policy);
    let subject = Subject {
        ledger,
        scopes: &[Scope { code: &code, within: None }],
        incidents: &[],
        bad: &[],
        zone: chrono_tz::Tz::UTC,
        traced: &|_| Traced::default(),
    };
    let now = ledger.entries().iter().filter_map(|it| it.deployment.at()).max();
    measure(&subject, &policy, Window::default(), now.expect("deployments"))
}
