//! Where each change of a service is: computed once for all changes when the first row asks, looked up for each row.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::graph::{First, Landings, Paint, Pos, PosSet};
use crate::model::{Artifact, CommitId, Deployment, EnvironmentId, Outcome, PullRequest, Run, Status, Time};
use crate::picture::{Arrival, Live, Repository, ServicePicture, Track};

/// The milestones of a service's changes.
#[derive(Debug)]
pub struct Milestones {
    service: Arc<ServicePicture>,
    repository: Arc<Repository>,
    landings: OnceLock<Landings>,
    requests: OnceLock<HashMap<CommitId, Arc<PullRequest>>>,
    runs: OnceLock<Builds<Run>>,
    artifacts: OnceLock<Builds<Artifact>>,
    /// For each track what its live version holds.
    live: OnceLock<Vec<Option<PosSet>>>,
    /// For each track what the deployments that are under way hold.
    coming: OnceLock<Vec<PosSet>>,
}

/// Things built from commits, and which of them held each commit first.
#[derive(Debug)]
struct Builds<T> {
    all: Vec<Arc<T>>,
    of_commit: HashMap<CommitId, Arc<T>>,
    paint: Paint,
}

/// Where a change is on its way into one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It was there before anything was counted.
    Earlier,
    /// Users of the environment have it, since when, with which deployment.
    There(Option<Time>, Option<Arrival<'a>>),
    /// It was there and what is live now does not hold it.
    TakenBack(Arrival<'a>),
    /// A deployment that holds it is under way.
    Coming,
    /// It came, and what is live now cannot be told.
    Unsure,
    /// It waits.
    Waiting,
    /// The service was never seen in the environment.
    NoTrack,
}

impl Milestones {
    /// The milestones of a service whose code is in `repository`.
    pub fn new(service: Arc<ServicePicture>, repository: Arc<Repository>) -> Self {
        Self {
            service,
            repository,
            landings: OnceLock::new(),
            requests: OnceLock::new(),
            runs: OnceLock::new(),
            artifacts: OnceLock::new(),
            live: OnceLock::new(),
            coming: OnceLock::new(),
        }
    }

    /// The repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The changes of the service, newest position first: landed on the deployed branch, or live somewhere.
    pub fn changes(&self) -> Vec<Pos> {
        let graph = &self.repository.graph;
        let live = self.service.tracks.iter().filter_map(|track| self.commit_of(track.live.as_ref()?));
        let roots: Vec<Pos> = self.service.head.into_iter().chain(live).filter_map(|id| graph.position(&id)).collect();
        let reachable = graph.ancestors(&roots);
        let of_service = |pos: &Pos| self.repository.is_change_of(&self.service.service.id, *pos);
        let mut changes: Vec<Pos> = reachable.iter().filter(of_service).collect();
        changes.reverse();
        changes
    }

    /// When the change landed on the deployed branch: when its pull request was merged, else the committer time of the
    /// commit of the branch's own line that brought it in.
    pub fn landed(&self, pos: Pos) -> Option<Time> {
        if let Some(merged) = self.request(pos).and_then(|it| it.merged_at) {
            return Some(merged);
        }
        let graph = &self.repository.graph;
        let landings = self.landings.get_or_init(|| {
            let head = self.service.head.and_then(|head| graph.position(&head));
            head.map_or_else(Landings::default, |head| Landings::new(graph, head))
        });
        Time::from_timestamp(graph.committed(landings.by(pos)?), 0)
    }

    /// The pull request that carried the change.
    pub fn request(&self, pos: Pos) -> Option<&Arc<PullRequest>> {
        let requests = self.requests.get_or_init(|| {
            let all = self.repository.pull_requests.iter().rev();
            all.flat_map(|it| it.commits.iter().chain(&it.merge_commit).map(|id| (*id, Arc::clone(it)))).collect()
        });
        requests.get(&self.repository.graph.id(pos))
    }

    /// The newest run of the commit itself, else the first run that went well and holds it. A run that began when the
    /// artifact was there already did not build it: the one that did is not known.
    pub fn run(&self, pos: Pos) -> Option<&Arc<Run>> {
        let run = self.any_run(pos)?;
        let own = run.commit == Some(self.repository.graph.id(pos));
        let built = self.artifact(pos).and_then(|it| it.built_at.or(it.arrived_at));
        let too_late = built.zip(run.started_at).is_some_and(|(built, started)| started > built);
        (own || !too_late).then_some(run)
    }

    fn any_run(&self, pos: Pos) -> Option<&Arc<Run>> {
        let runs = self.runs.get_or_init(|| {
            let of_commit = self.service.runs.iter().rev().filter_map(|it| Some((it.commit?, Arc::clone(it))));
            let good = self.service.runs.iter().rev().filter(|it| it.status == Status::Ok);
            self.builds(of_commit.collect(), good, |it| it.commit)
        });
        self.of(runs, pos)
    }

    /// The first artifact of the commit itself, else the first that holds it. Of what the oldest artifact that is known
    /// holds no first one is known.
    pub fn artifact(&self, pos: Pos) -> Option<&Arc<Artifact>> {
        let artifacts = self.artifacts.get_or_init(|| {
            let newest_first = self.service.artifacts.iter();
            let of_commit = newest_first.clone().filter_map(|it| Some((it.commit?, Arc::clone(it))));
            self.builds(of_commit.collect(), newest_first.rev(), |it| it.commit)
        });
        self.of(artifacts, pos)
    }

    fn builds<'a, T: 'a>(
        &self,
        of_commit: HashMap<CommitId, Arc<T>>,
        oldest_first: impl Iterator<Item = &'a Arc<T>>,
        commit: impl Fn(&T) -> Option<CommitId>,
    ) -> Builds<T> {
        let graph = &self.repository.graph;
        let mut builds = Builds { all: Vec::new(), of_commit, paint: Paint::default() };
        for it in oldest_first {
            let Some(pos) = commit(it).and_then(|id| graph.position(&id)) else { continue };
            if builds.all.is_empty() {
                // What was built before the oldest one that is known is not: it may have held the same commits first.
                builds.paint.baseline(graph, pos);
                builds.paint.skip();
            } else {
                builds.paint.deploy(graph, pos);
            }
            builds.all.push(Arc::clone(it));
        }
        builds
    }

    fn of<'a, T>(&self, builds: &'a Builds<T>, pos: Pos) -> Option<&'a Arc<T>> {
        let own = builds.of_commit.get(&self.repository.graph.id(pos));
        own.or_else(|| match builds.paint.first(pos)? {
            First::Deployment(number) => builds.all.get(usize::try_from(number).ok()?),
            First::Baseline => None,
        })
    }

    /// Where the change is on its way into an environment.
    pub fn standing(&self, pos: Pos, environment: &EnvironmentId) -> Standing<'_> {
        let at = self.service.tracks.iter().position(|track| track.id.environment == *environment);
        let Some((at, track)) = at.and_then(|at| Some((at, self.service.tracks.get(at)?))) else {
            return Standing::NoTrack;
        };
        let live = self.live.get_or_init(|| self.service.tracks.iter().map(|track| self.held_by(track)).collect());
        let is_live = live.get(at).and_then(Option::as_ref).map(|held| held.contains(pos));
        match (track.arrival(pos), is_live) {
            (Some(arrival), Some(false)) => Standing::TakenBack(arrival),
            (Some(_), None) if track.live.is_none() => Standing::Unsure,
            (Some(Arrival::Baseline), _) => Standing::Earlier,
            (Some(arrival @ Arrival::With(deployment)), _) => Standing::There(deployment.at(), Some(arrival)),
            (None, Some(true)) => Standing::There(track.live.as_ref().and_then(|live| live.installed.since), None),
            (None, _) if self.is_coming(pos, at) => Standing::Coming,
            (None, _) => Standing::Waiting,
        }
    }

    /// The newest deployment that failed in an environment, where it would have brought the change.
    pub fn failed(&self, pos: Pos, environment: &EnvironmentId) -> Option<&Deployment> {
        let track = self.service.track(environment)?;
        let failed = track.history.iter().find(|it| it.deployment.outcome == Outcome::Failed)?;
        let commit =
            failed.deployment.commit.or_else(|| self.service.commit_of(failed.deployment.version.as_ref()?))?;
        let graph = &self.repository.graph;
        graph.is_ancestor(pos, graph.position(&commit)?).then_some(&*failed.deployment)
    }

    fn held_by(&self, track: &Track) -> Option<PosSet> {
        let graph = &self.repository.graph;
        let commit = self.commit_of(track.live.as_ref()?)?;
        Some(graph.ancestors(&[graph.position(&commit)?]))
    }

    fn commit_of(&self, live: &Live) -> Option<CommitId> {
        live.installed.commit.or_else(|| self.service.commit_of(live.version()))
    }

    fn is_coming(&self, pos: Pos, at: usize) -> bool {
        let coming = self.coming.get_or_init(|| {
            let graph = &self.repository.graph;
            let of_track = |track: &Track| {
                let running = track.history.iter().filter(|it| it.deployment.outcome == Outcome::Running);
                let commits: Vec<Pos> = running.filter_map(|it| graph.position(&it.deployment.commit?)).collect();
                if commits.is_empty() { PosSet::default() } else { graph.ancestors(&commits) }
            };
            self.service.tracks.iter().map(of_track).collect()
        });
        coming.get(at).is_some_and(|held| held.contains(pos))
    }
}
