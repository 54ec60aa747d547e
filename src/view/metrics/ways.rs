//! Where the time of a track's changes went: each change's milestones on the way that delivered it.

use std::sync::Arc;

use crate::graph::Pos;
use crate::metrics::decompose::{Flow, Mean, means};
use crate::metrics::milestone::{Deploy, Milestone};
use crate::metrics::{Class, Code, Decomposition, Policy, Scope, decompose};
use crate::model::{Artifact, Deployment, EnvironmentId, Run, Time};
use crate::picture::{Arrival, Repository, ServicePicture, Snapshot, Track};
use crate::query::TrackReport;
use crate::view::flow::milestones::Milestones;

/// Where the time of a track's changes went.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// How many changes of the service's own repository.
    pub n: usize,
    /// The mean of each part; they add up to the mean lead time.
    pub means: Vec<Mean>,
    /// Work and waiting.
    pub flow: Flow,
    /// In how many changes some milestone on the way is not known.
    pub missing: usize,
    /// The last environment.
    pub last: Option<EnvironmentId>,
    /// The environments before it, by the number that milestones have for them.
    pub environments: Vec<EnvironmentId>,
}

/// Where the time of the changes of a report went.
pub fn of(snapshot: &Snapshot, policy: &Policy, report: &TrackReport) -> Ways {
    let Some(service) = snapshot.service(&report.track.service) else { return Ways::default() };
    let Some(repository) = snapshot.repository_of(&report.track.service) else { return Ways::default() };
    let head = service.head.and_then(|head| repository.graph.position(&head));
    let code = Code::new(&repository.graph, head, &repository.pull_requests, &repository.classes, policy);
    let within = |pos: Pos| repository.touches(&service.service.id, pos);
    let scope = Scope { code: &code, within: Some(&within) };
    let walk = Walk::new(snapshot, service, repository, report);
    let ways: Vec<Decomposition> = report
        .metrics
        .deployments
        .iter()
        .filter(|it| it.lead_time.is_some())
        .filter_map(|it| Some((it.entry, report.ledger.entries().get(it.entry)?)))
        .flat_map(|(entry, it)| {
            let built = walk.built(&it.deployment);
            let of_scope = |pos: &&Pos| {
                report.ledger.line(0).is_some_and(|deliveries| scope.class(**pos, deliveries) == Class::Change)
            };
            let changes = report.ledger.new_commits(0, entry).iter().filter(of_scope);
            let way = |pos: &Pos| decompose(code.start(*pos), &walk.milestones(*pos, &it.deployment, &built));
            changes.filter_map(way).collect::<Vec<_>>()
        })
        .collect();
    Ways {
        n: ways.len(),
        means: means(&ways),
        flow: Flow::of(&ways),
        missing: ways.iter().filter(|it| it.segments.iter().any(|part| part.missing)).count(),
        last: Some(report.track.environment.clone()),
        environments: walk.before.iter().map(|it| it.id.environment.clone()).collect(),
    }
}

/// What is known of the ways of one service to one track.
struct Walk<'a> {
    service: &'a ServicePicture,
    milestones: Milestones,
    /// The tracks before this one in the order of promotion.
    before: Vec<&'a Track>,
}

/// From what a deployment was made.
struct Built {
    artifact: Option<Arc<Artifact>>,
    run: Option<Arc<Run>>,
}

impl<'a> Walk<'a> {
    fn new(
        snapshot: &Snapshot,
        service: &'a Arc<ServicePicture>,
        repository: &Arc<Repository>,
        report: &TrackReport,
    ) -> Self {
        let line = |id: &EnvironmentId| snapshot.environment(id).is_none_or(|it| it.release_line);
        let tracks = service.tracks.iter().take_while(|it| it.id != report.track);
        let member = |id: &EnvironmentId| {
            snapshot.environment(id).is_some_and(|it| it.group.as_ref() == Some(&report.track.environment))
        };
        let on_the_way = |it: &&Track| !line(&it.id.environment) && !member(&it.id.environment);
        let is_line = snapshot.environment(&report.track.environment).is_some_and(|it| it.release_line);
        let before = tracks.filter(on_the_way).filter(|_| !is_line).collect();
        Self { service, milestones: Milestones::new(Arc::clone(service), Arc::clone(repository)), before }
    }

    fn built(&self, deployment: &Deployment) -> Built {
        let fits = |it: &&Arc<Artifact>| deployment.version.as_ref().is_some_and(|version| it.version == *version);
        let artifact = self.service.artifacts.iter().find(fits).cloned();
        let run = artifact.as_ref().and_then(|it| it.run.clone());
        let run = run.and_then(|id| self.service.runs.iter().find(|it| it.id == id).cloned());
        Built { artifact, run }
    }

    fn milestones(&self, pos: Pos, deployment: &Deployment, built: &Built) -> Vec<(Milestone, Option<i64>)> {
        let request = self.milestones.request(pos);
        // What came after the deployment did not make it: then what did is not known.
        let in_time = |at: Option<Time>| at.zip(deployment.at()).is_none_or(|(at, deployed)| at <= deployed);
        let published = |it: &Arc<Artifact>| it.built_at.or(it.arrived_at);
        let first = || self.milestones.artifact(pos).filter(|it| in_time(published(it)));
        let artifact = built.artifact.as_ref().or_else(first);
        let first = || self.milestones.run(pos).filter(|it| in_time(it.finished_at));
        let run = built.run.as_ref().or_else(first);
        let mut all = vec![
            (Milestone::Opened, request.and_then(|it| it.opened_at)),
            (Milestone::FirstReview, request.and_then(|it| it.first_review_at)),
            (Milestone::Approved, request.and_then(|it| it.approved_at)),
            (Milestone::Landed, self.milestones.landed(pos)),
            (Milestone::Queued, run.and_then(|it| it.queued_at)),
            (Milestone::Started, run.and_then(|it| it.started_at)),
            (Milestone::Finished, run.and_then(|it| it.finished_at)),
            (Milestone::Published, artifact.and_then(published)),
        ];
        for (number, track) in (0_u16..).zip(&self.before) {
            let came = match track.arrival(pos) {
                Some(Arrival::With(deployment)) => Some(deployment),
                _ => None,
            };
            all.push((Milestone::Environment(number, Deploy::Started), came.and_then(|it| it.started_at)));
            all.push((Milestone::Environment(number, Deploy::Finished), came.and_then(|it| it.at())));
        }
        all.push((Milestone::Production(Deploy::Started), deployment.started_at));
        all.push((Milestone::Production(Deploy::Finished), deployment.at()));
        all.into_iter().map(|(milestone, at)| (milestone, at.map(|it: Time| it.timestamp()))).collect()
    }
}
